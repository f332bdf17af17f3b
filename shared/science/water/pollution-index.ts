import type { Text } from '../result.js'
import type { Limit } from './limit.js'

/**
 * Indeks Pencemaran, KepMenLH 115/2003 Lampiran II: the formulas alone. What the decree leaves open is decided so:
 * the logarithm is to base 10 and P is 5; the ceiling of oxygen is its saturation at the measured temperature and
 * the local pressure, and oxygen above it counts as a ratio of 0.
 */

/** A value beside its limit; where less is worse, also the highest value that is possible. */
export interface PollutionRow {
  parameter: string
  value: number
  limit: Limit
  /** Needed for limits of kind min, in the unit of the value. */
  ceiling?: number
}

export interface PollutionRatio {
  parameter: string
  /** The value against its limit; above 1 it breaks it. */
  ratio: number
  /** The ratio as it enters the index. */
  corrected: number
}

export interface PollutionIndex {
  index: number
  status: Text
  max: number
  mean: number
  ratios: readonly PollutionRatio[]
}

const CORRECTION = 5

const STATUSES: readonly { upTo: number; text: Text }[] = [
  { upTo: 1, text: { id: 'memenuhi baku mutu', en: 'meets the standard' } },
  { upTo: 5, text: { id: 'cemar ringan', en: 'lightly polluted' } },
  { upTo: 10, text: { id: 'cemar sedang', en: 'moderately polluted' } },
]
const WORST: Text = { id: 'cemar berat', en: 'heavily polluted' }

/** The index of at least one row. Throws RangeError without rows, or where a row has no ratio. */
export function pollutionIndex(rows: readonly PollutionRow[]): PollutionIndex {
  if (rows.length === 0) throw new RangeError('no row to make an index of')
  const ratios = rows.map((row): PollutionRatio => {
    const ratio = ratioOf(row)
    if (ratio === undefined) throw new RangeError(`${row.parameter} has no ratio`)
    return { parameter: row.parameter, ratio, corrected: corrected(ratio) }
  })
  const entered = ratios.map((each) => each.corrected)
  const max = Math.max(...entered)
  const mean = entered.reduce((sum, each) => sum + each, 0) / entered.length
  const index = Math.sqrt((max ** 2 + mean ** 2) / 2)
  return { index, status: statusOf(index), max, mean, ratios }
}

/** undefined where less is worse and the ceiling is unknown or does not lie above the limit. */
export function ratioOf({ value, limit, ceiling }: PollutionRow): number | undefined {
  if (limit.kind === 'max') return value / limit.limit
  if (limit.kind === 'range') {
    const middle = (limit.low + limit.high) / 2
    return (value - middle) / ((value <= middle ? limit.low : limit.high) - middle)
  }
  if (ceiling === undefined || ceiling <= limit.limit) return undefined
  return Math.max(0, (ceiling - value) / (ceiling - limit.limit))
}

function corrected(ratio: number): number {
  return ratio <= 1 ? ratio : 1 + CORRECTION * Math.log10(ratio)
}

function statusOf(index: number): Text {
  return STATUSES.find(({ upTo }) => index <= upTo)?.text ?? WORST
}
