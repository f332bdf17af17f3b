import { computed, type Input, notComputable, type Result, type Text } from '../result.js'
import { SOURCES } from '../sources.js'
import { limitInput } from './coverage.js'
import { type Bound, keeps, keepsBeyond, type Limit } from './limit.js'
import { ESTIMATE_TEXT, isEstimate, type Origin } from './origin.js'
import { limitOf, type Standard, type StandardLimit } from './standard.js'

export interface WaterValue {
  /** Key of the quantity or of the row of the table. */
  parameter: string
  /** In the unit of the table. */
  value: number | null
  origin: Origin
  /** The laboratory wrote "<" or ">": the water lies below or above the value. */
  bound?: Bound | null
  /** For the temperature only: what an officer entered as natural, in °C. */
  naturalTempC?: number | null
}

export interface WaterVerdict {
  isKept: boolean
  limit: Limit
  /** What may be said of it; a sensor's is indicative. */
  text: Text
}

const NO_LIMIT: Text = {
  id: 'tidak diatur dalam PP 22/2021 Lampiran VI untuk kelas ini; hanya indikator',
  en: 'no limit in PP 22/2021 Lampiran VI for this class; an indicator only',
}
const NO_NATURAL_TEMPERATURE: Text = {
  id: 'tidak dinilai: suhu alami belum diisi petugas',
  en: 'not judged: no officer has entered the natural temperature',
}
const UNDECIDED: Text = {
  id: 'tidak dinilai: batas deteksi laboratorium tidak dapat dibandingkan dengan baku mutu',
  en: 'not judged: the detection limit cannot be held against the standard',
}

const TEXTS: Record<Origin, { kept: Text; broken: Text }> = {
  laboratory: {
    kept: { id: 'memenuhi baku mutu', en: 'meets the limit' },
    broken: { id: 'tidak memenuhi baku mutu', en: 'does not meet the limit' },
  },
  sensor: {
    kept: { id: 'di dalam batas (indikatif)', en: 'within the limit (indicative)' },
    broken: { id: 'di luar batas (indikatif)', en: 'outside the limit (indicative)' },
  },
}

/**
 * Holds one value against the limit of its class. There is no verdict over several parameters on purpose: each is
 * shown with its own source and confidence.
 */
export function judgeWater(sample: WaterValue, standard: Standard): Result<WaterVerdict> {
  const found = limitOf(sample.parameter, standard)
  if (found === undefined) {
    return notComputable(NO_LIMIT, { inputs: [], source: SOURCES.waterLimits })
  }
  const basis = { inputs: inputsOf(sample, found), source: found.source }
  const { value, origin, bound = null } = sample
  if (value === null || !Number.isFinite(value)) {
    return notComputable({ id: 'belum ada nilai', en: 'no value yet' }, basis)
  }
  if (isEstimate(sample.parameter, origin)) return notComputable(ESTIMATE_TEXT, basis)
  const limit = limitFor(sample, found)
  if (limit === undefined) return notComputable(NO_NATURAL_TEMPERATURE, basis)
  const isKept = bound === null ? keeps(value, limit) : keepsBeyond(value, bound, limit)
  if (isKept === undefined) return notComputable(UNDECIDED, basis)
  const text = TEXTS[origin][isKept ? 'kept' : 'broken']
  return computed({ isKept, limit, text }, basis)
}

/** A temperature's range around what is natural; undefined where nobody said what is. */
function limitFor(
  { naturalTempC }: WaterValue,
  { limit, deviationC }: StandardLimit,
): Limit | undefined {
  if (limit !== undefined || deviationC === undefined) return limit
  if (typeof naturalTempC !== 'number' || !Number.isFinite(naturalTempC)) return undefined
  return { kind: 'range', low: naturalTempC - deviationC, high: naturalTempC + deviationC }
}

function inputsOf(sample: WaterValue, found: StandardLimit): Input[] {
  const measured = limitInput(found, sample.value)
  if (typeof sample.naturalTempC !== 'number') return [measured]
  const name = { id: 'suhu alami', en: 'natural temperature' }
  return [measured, { key: 'natural_temperature', name, value: sample.naturalTempC, unit: '°C' }]
}
