import { computed, notComputable, type Result, type Text } from '../result.js'
import { SOURCES } from '../sources.js'
import { exceeds, RECORD_CRITERIA } from './criteria.js'
import { type CalibrationPoint, fitPoints, type Line, onLine, UNCHANGED } from './fit.js'

/**
 * What a visit finds out about a sensor's errors, after Wagner et al. 2006, USGS TM1-D3: fouling from the readings
 * before and after cleaning, drift from the cleaned sensor in a standard. Both are what must be *added* to the
 * record, and are kept apart.
 */

/** The sensor beside the reference meter, at the same moment in the same water. */
export interface Beside {
  sensor: number
  reference: number
}

export interface ChannelCheck {
  asFound: Beside | null
  afterCleaning: Beside | null
  /** The cleaned sensor in standards, before it is calibrated anew. */
  standards: readonly CalibrationPoint[]
}

/**
 * TM1-D3: (monitor after cleaning - monitor before) - (field meter after - field meter before): the water itself may
 * have changed meanwhile. Not computable without both pairs.
 */
export function foulingError({ asFound, afterCleaning }: ChannelCheck): Result<number> {
  const inputs = [
    named('asFound', 'sensor saat ditemukan', asFound?.sensor),
    named('asFoundReference', 'acuan saat ditemukan', asFound?.reference),
    named('afterCleaning', 'sensor setelah dibersihkan', afterCleaning?.sensor),
    named('afterCleaningReference', 'acuan setelah dibersihkan', afterCleaning?.reference),
  ]
  const basis = { inputs, source: SOURCES.record }
  if (asFound === null || afterCleaning === null) return notComputable(NOT_BOTH, basis)
  const ofMonitor = afterCleaning.sensor - asFound.sensor
  const ofWater = afterCleaning.reference - asFound.reference
  return computed(ofMonitor - ofWater, basis)
}

/**
 * TM1-D3: value of the standard - reading in it. In one standard the error is the same for every reading; in two or
 * three it changes along a line, which answers the true value of a reading.
 */
export function driftLine(quantityKey: string, { standards }: ChannelCheck): Result<Line> {
  const fitted = fitPoints(quantityKey, standards)
  return { ...fitted, source: SOURCES.record }
}

/** What follows for the record since the visit before. */
export interface RecordErrors {
  fouling: number
  drift: Line
  /** What they make together of a value like the one that was found, without their signs. */
  combined: number
  level: number
  isCorrected: boolean
  text: Text
}

/**
 * Fouling and drift are corrected when the sum of their sizes, at the level that was found, is more than the criterion
 * of the quantity; what was not measured counts as zero.
 */
export function recordErrors(quantityKey: string, check: ChannelCheck): RecordErrors | undefined {
  const foulingResult = foulingError(check)
  const driftResult = driftLine(quantityKey, check)
  if (!foulingResult.isComputable && !driftResult.isComputable) return undefined
  const fouling = foulingResult.isComputable ? foulingResult.value : 0
  const { gain, offset } = driftResult.isComputable ? driftResult.value : UNCHANGED
  const level = check.asFound?.sensor ?? check.afterCleaning?.sensor ?? check.standards[0]?.raw ?? 0
  const drift = onLine({ gain, offset }, level + fouling) - (level + fouling)
  const combined = Math.abs(fouling) + Math.abs(drift)
  const criteria = RECORD_CRITERIA[quantityKey]
  const isCorrected = criteria !== undefined && exceeds(combined, level, criteria.correctAbove)
  const text = criteria === undefined ? NO_CRITERIA : isCorrected ? CORRECTED : WITHIN
  return { fouling, drift: { gain, offset }, combined, level, isCorrected, text }
}

const NOT_BOTH: Text = {
  id: 'perlu bacaan sensor dan acuan, saat ditemukan dan setelah dibersihkan',
  en: 'it takes sensor and reference, as found and after cleaning',
}
const NO_CRITERIA: Text = {
  id: 'tidak ada kriteria koreksi untuk besaran ini',
  en: 'there is no criterion of correction for this quantity',
}
const CORRECTED: Text = {
  id: 'melebihi kriteria koreksi: data sejak kunjungan sebelumnya dikoreksi',
  en: 'above the criterion: the record since the visit before is corrected',
}
const WITHIN: Text = {
  id: 'di dalam kriteria: data tidak dikoreksi',
  en: 'within the criterion: the record is not corrected',
}

function named(key: string, id: string, value: number | undefined) {
  return { key, name: { id, en: NAMES_EN[key] ?? key }, value: value ?? null, unit: '' }
}

const NAMES_EN: Record<string, string> = {
  asFound: 'sensor as found',
  asFoundReference: 'reference as found',
  afterCleaning: 'sensor after cleaning',
  afterCleaningReference: 'reference after cleaning',
}
