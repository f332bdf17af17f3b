/** Units as laboratories write them, and the powers of ten between them; nothing else is exact in decimals. */

/** Of each unit of a parameter: what else may stand there, and by which power of ten it is more. */
const WRITTEN: Record<string, Record<string, number>> = {
  'mg/L': { 'mg/l': 0, 'ug/l': -3, 'g/l': 3, 'mg/m3': -3, 'g/m3': 0, 'mg/dm3': 0 },
  'µg/L': { 'ug/l': 0, 'mg/l': 3, 'mg/m3': 0, 'ug/dm3': 0 },
  'MPN/100 mL': { 'mpn/100ml': 0, 'mpn/100 ml': 0, 'mpn/dl': 0 },
  'µS/cm': { 'us/cm': 0, 'ms/cm': 3, 'ms/m': 1, 'umhos/cm': 0 },
  NTU: { ntu: 0 },
  '°C': { '°c': 0, c: 0, oc: 0, cel: 0, celsius: 0 },
  m: { m: 0, meter: 0, cm: -2 },
  mV: { mv: 0 },
  'Pt-Co': { 'pt-co': 0, ptco: 0, 'pt co': 0, 'unit pt-co': 0 },
  '': { '': 0, '-': 0, ph: 0, unit: 0, 'unit ph': 0, 'ph unit': 0 },
}

/**
 * By which power of ten a number in the written unit must be multiplied to be in `unit`; undefined where the two
 * measure different things, or where the way between them is not exact.
 */
export function powerOfTen(written: string, unit: string): number | undefined {
  const name = written.trim().replaceAll(/[µμ]/g, 'u').replaceAll('º', '°').replaceAll('³', '3')
  // Only here do capitals decide: MS is no millisiemens.
  if (unit === 'µS/cm' && /^M/.test(name)) return undefined
  return new Map(Object.entries(WRITTEN[unit] ?? {})).get(name.toLowerCase())
}

/** The spellings that are understood for a unit, in the words of an error. */
export function unitsFor(unit: string): string {
  const known = Object.keys(WRITTEN[unit] ?? {}).filter((each) => each !== '')
  return known.join(', ')
}
