/**
 * Gases in µg/m³ at 25 °C and 1 atm, as the air standards mean them. At 905 m the same gas shows a tenth less in
 * µg/m³ of the air there.
 */

export type Gas = 'sulfur_dioxide' | 'carbon_monoxide' | 'ozone' | 'nitrogen_dioxide'

/** Litres that a mole takes at 25 °C and 1 atm. */
const MOLAR_VOLUME_L = 24.465

const MOLAR_MASS_G: Record<Gas, number> = {
  sulfur_dioxide: 64.066,
  carbon_monoxide: 28.01,
  ozone: 47.998,
  nitrogen_dioxide: 46.0055,
}

const REFERENCE_K = 298.15
const REFERENCE_HPA = 1013.25

/** µg/m³ at reference conditions of a mixing ratio, which depends on no condition. */
export function ugM3FromPpb(gas: Gas, ppb: number): number {
  return (ppb * MOLAR_MASS_G[gas]) / MOLAR_VOLUME_L
}

/** µg/m³ at reference conditions of µg/m³ in air of this temperature and station pressure. */
export function ugM3AtReference(ugM3: number, airTempC: number, pressureHpa: number): number {
  return ugM3 * ((airTempC + 273.15) / REFERENCE_K) * (REFERENCE_HPA / pressureHpa)
}
