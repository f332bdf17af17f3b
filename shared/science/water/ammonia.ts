import { computeFrom, quantityInput, type Result } from '../result.js'
import { SOURCES } from '../sources.js'

export interface AmmoniaSample {
  /** NH3 and NH4+ together, as nitrogen. */
  totalMgL: number | null
  ph: number | null
  waterTempC: number | null
}

export interface UnionisedAmmonia {
  /** Share of the total that is NH3, 0 to 1. */
  fraction: number
  /** NH3 as nitrogen, the form that is poisonous to fish. */
  nh3MgL: number
}

/** Un-ionised ammonia in equilibrium with the total, in fresh water. */
export function unionisedAmmonia(sample: AmmoniaSample): Result<UnionisedAmmonia> {
  const inputs = [
    quantityInput('ammonia_n', sample.totalMgL),
    quantityInput('ph', sample.ph, [0, 14]),
    quantityInput('water_temperature', sample.waterTempC, [0, 50]),
  ]
  return computeFrom({ inputs, source: SOURCES.ammonia }, (totalMgL, ph, tempC) => {
    const pKa = 0.09018 + 2729.92 / (tempC + 273.15)
    const fraction = 1 / (10 ** (pKa - ph) + 1)
    return { fraction, nh3MgL: totalMgL * fraction }
  })
}
