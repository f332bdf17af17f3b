import { computed, notComputable, type Result, type Text } from '../result.js'
import { SOURCES } from '../sources.js'
import {
  ISPU_BREAKPOINTS,
  ISPU_CATEGORIES,
  ISPU_STEPS,
  type IspuCategory,
  POLLUTANT_TEXT,
  type Pollutant,
} from './ispu-table.js'

/** A mean with what it was made of: a raw minute can never become an index. */
export interface PollutantMean {
  pollutant: Pollutant
  /** µg/m³; gases at 25 °C and 1 atm. */
  ugM3: number | null
  windowHours: number
  /** Hours of the window that hold valid data. */
  validHours: number
  /** Whether the station's method is equivalent to the reference method. */
  isReferenceEquivalent: boolean
}

export interface Ispu {
  pollutant: Pollutant
  /** Continuous; shown as `rounded`. */
  index: number
  rounded: number
  category: IspuCategory
  /** What must stand beside it. */
  text: Text
}

export interface StationIspu extends Ispu {
  /** The index of each pollutant that has one; the highest is the station's. */
  all: readonly Ispu[]
}

const WINDOW_HOURS = 24
/** Three quarters of the window: our rule, as is common practice. */
const LEAST_HOURS = 18
const TOP = 500

const TEXTS = {
  reference: { id: 'ISPU', en: 'ISPU, the Indonesian air pollution index' },
  other: { id: 'indikatif, bukan ISPU', en: 'indicative, not an ISPU' },
} as const satisfies Record<string, Text>
const WRONG_WINDOW: Text = {
  id: 'ISPU dihitung dari rata-rata 24 jam',
  en: 'an ISPU is made of a mean of 24 hours',
}
const NO_MEAN: Text = {
  id: 'belum ada rata-rata yang tidak negatif',
  en: 'no mean that is not negative yet',
}

/** Sub-index of one pollutant. */
export function ispu(mean: PollutantMean): Result<Ispu> {
  const { pollutant, ugM3, windowHours, validHours, isReferenceEquivalent } = mean
  const name = POLLUTANT_TEXT[pollutant]
  const inputs = [{ key: pollutant, name, value: ugM3, unit: 'µg/m³' }]
  const basis = { inputs, source: SOURCES.ispu }
  if (windowHours !== WINDOW_HOURS) return notComputable(WRONG_WINDOW, basis)
  if (!(validHours >= LEAST_HOURS)) return notComputable(tooFew(validHours), basis)
  if (ugM3 === null || !Number.isFinite(ugM3) || ugM3 < 0) return notComputable(NO_MEAN, basis)
  const index = indexOf(pollutant, ugM3)
  const rounded = Math.round(index)
  const category = ISPU_CATEGORIES.find(({ upTo }) => rounded <= upTo)
  if (category === undefined) throw new RangeError(`no category for ${rounded}`)
  const text = TEXTS[isReferenceEquivalent ? 'reference' : 'other']
  return computed({ pollutant, index, rounded, category, text }, basis)
}

/** The station's index is its highest sub-index; the pollutant named is the critical one. */
export function stationIspu(means: readonly PollutantMean[]): Result<StationIspu> {
  const results = means.map(ispu)
  const basis = { inputs: results.flatMap(({ inputs }) => inputs), source: SOURCES.ispu }
  const all = results.flatMap((result) => (result.isComputable ? [result.value] : []))
  const worst = all.reduce<Ispu | undefined>(
    (highest, each) => (highest !== undefined && highest.index >= each.index ? highest : each),
    undefined,
  )
  if (worst !== undefined) return computed({ ...worst, all }, basis)
  const refused = results.find((result) => !result.isComputable)
  return notComputable(refused?.isComputable === false ? refused.reason : NO_MEAN, basis)
}

/** Straight lines between the breakpoints; above the last one the index stays at its top. */
function indexOf(pollutant: Pollutant, ugM3: number): number {
  const breakpoints = ISPU_BREAKPOINTS[pollutant]
  const upper = breakpoints.findIndex((breakpoint, step) => step > 0 && ugM3 <= breakpoint)
  const [x0, x1] = [breakpoints[upper - 1], breakpoints[upper]]
  const [i0, i1] = [ISPU_STEPS[upper - 1], ISPU_STEPS[upper]]
  if (x0 === undefined || x1 === undefined || i0 === undefined || i1 === undefined) return TOP
  return i0 + ((i1 - i0) / (x1 - x0)) * (ugM3 - x0)
}

function tooFew(validHours: number): Text {
  return {
    id: `baru ${validHours} dari 24 jam berisi data valid, perlu ${LEAST_HOURS}`,
    en: `only ${validHours} of 24 hours hold valid data, ${LEAST_HOURS} are needed`,
  }
}
