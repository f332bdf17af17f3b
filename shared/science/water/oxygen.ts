import { type Basis, computeFrom, quantityInput, type Result } from '../result.js'
import { SOURCES } from '../sources.js'
import { HPA_PER_ATM } from './pressure.js'

export interface OxygenConditions {
  waterTempC: number | null
  /** Pressure at the station, not reduced to sea level. */
  pressureHpa: number | null
  /** Practical salinity; fresh water is 0. */
  salinity?: number
}

/** Dissolved oxygen in mg/L of water in equilibrium with air at this pressure. */
export function oxygenSaturation(conditions: OxygenConditions): Result<number> {
  return computeFrom(basis(conditions), (tempC, hPa, salinity) =>
    saturationMgL(tempC, hPa, salinity),
  )
}

/** Dissolved oxygen as a percentage of saturation at this pressure. A drifted zero stays below 0. */
export function oxygenPercent(
  oxygenMgL: number | null,
  conditions: OxygenConditions,
): Result<number> {
  const { inputs, source } = basis(conditions)
  const all = [...inputs, quantityInput('dissolved_oxygen', oxygenMgL)]
  return computeFrom(
    { inputs: all, source },
    (tempC, hPa, salinity, oxygen) => (100 * oxygen) / saturationMgL(tempC, hPa, salinity),
  )
}

function basis({ waterTempC, pressureHpa, salinity = 0 }: OxygenConditions): Basis {
  return {
    source: SOURCES.oxygen,
    inputs: [
      quantityInput('water_temperature', waterTempC, [0, 40]),
      quantityInput('air_pressure', pressureHpa, [500, 1100]),
      {
        key: 'salinity',
        name: { id: 'salinitas', en: 'salinity' },
        value: salinity,
        unit: '',
        valid: [0, 40],
      },
    ],
  }
}

function saturationMgL(tempC: number, pressureHpa: number, salinity: number): number {
  const kelvin = tempC + 273.15
  const pressure = pressureHpa / HPA_PER_ATM
  const fresh =
    -139.34411 +
    1.575701e5 / kelvin -
    6.642308e7 / kelvin ** 2 +
    1.2438e10 / kelvin ** 3 -
    8.621949e11 / kelvin ** 4
  const salt = salinity * (1.7674e-2 - 10.754 / kelvin + 2140.7 / kelvin ** 2)
  const vapour = Math.exp(11.8571 - 3840.7 / kelvin - 216_961 / kelvin ** 2)
  const theta = 0.000975 - 1.426e-5 * tempC + 6.436e-8 * tempC ** 2
  const atPressure = (pressure - vapour) * (1 - theta * pressure)
  return (Math.exp(fresh - salt) * atPressure) / ((1 - vapour) * (1 - theta))
}
