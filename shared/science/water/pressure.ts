import { computeFrom, type Result } from '../result.js'
import { SOURCES } from '../sources.js'

/** Mean water level of Lake Toba above the sea, in metres. */
export const LAKE_TOBA_ALTITUDE_M = 905

export const HPA_PER_ATM = 1013.25
const MMHG_PER_ATM = 760

export interface Pressure {
  atm: number
  hPa: number
  mmHg: number
}

/** Mean air pressure at an altitude in metres, in the standard atmosphere below 11 km. */
export function pressureAtAltitude(altitudeM: number | null): Result<Pressure> {
  const name = { id: 'ketinggian', en: 'altitude' }
  const inputs = [
    { key: 'altitude', name, value: altitudeM, unit: 'm', valid: [-500, 11_000] },
  ] as const
  return computeFrom({ inputs, source: SOURCES.atmosphere }, (metres) => {
    const atm = (1 - 2.25577e-5 * metres) ** 5.25588
    return { atm, hPa: atm * HPA_PER_ATM, mmHg: atm * MMHG_PER_ATM }
  })
}
