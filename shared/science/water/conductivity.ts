import { computeFrom, quantityInput, type Result } from '../result.js'
import { SOURCES } from '../sources.js'

export interface RawConductivity {
  /** As measured, not compensated, in µS/cm. */
  conductivityUsCm: number | null
  waterTempC: number | null
  /** Change a degree; many loggers use 0.02. */
  perDegree?: number
}

/** Conductivity in µS/cm as it would be at 25 °C. */
export function conductivityAt25(raw: RawConductivity): Result<number> {
  const { conductivityUsCm, waterTempC, perDegree = 0.0191 } = raw
  const inputs = [
    {
      key: 'conductivity',
      name: { id: 'daya hantar listrik terukur', en: 'measured conductivity' },
      value: conductivityUsCm,
      unit: 'µS/cm',
    },
    quantityInput('water_temperature', waterTempC, [0, 50]),
    {
      key: 'temperature_coefficient',
      name: { id: 'koefisien suhu', en: 'temperature coefficient' },
      value: perDegree,
      unit: '/°C',
      valid: [0.01, 0.03],
    },
  ] as const
  return computeFrom(
    { inputs, source: SOURCES.conductivity },
    (conductivity, tempC, coefficient) => conductivity / (1 + coefficient * (tempC - 25)),
  )
}
