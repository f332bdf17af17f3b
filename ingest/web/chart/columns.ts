import type { Flag } from '../../../shared/schema/flags.js'
import type { ReadingsAnswer, Series } from '../../../shared/schema/reading.js'

/**
 * What a chart draws, in columns over one time axis. A value stands in exactly one of `line`, `suspect` and
 * `failed`; elsewhere its row is undefined, which the line passes over. Where nothing was measured the line
 * is broken (`gaps`), never bridged.
 */
export interface Columns {
  /** unix seconds, ascending */
  times: number[]
  line: Cell[]
  suspect: Cell[]
  failed: Cell[]
  /** Lowest and highest of a bucket's good values; empty at resolution raw. */
  low: Cell[]
  high: Cell[]
  /** Pairs of row indices between which nothing is known. */
  gaps: [number, number][]
  /** Rows of `line` without a neighbour to draw a line to. */
  isolated: number[]
  rows: Row[]
}

type Cell = number | null | undefined

/** One point as it is read out: a reading, or a bucket with what it is made of. */
export interface Row {
  timeMs: number
  node: string
  /** null: a bucket of suspect or failed values only */
  value: number | null
  flag: Flag
  why: readonly string[]
  bucket: BucketFacts | undefined
}

export interface BucketFacts {
  min: number | null
  max: number | null
  suspectMin: number | null
  suspectMax: number | null
  nAll: number
  nSuspect: number
  nFailed: number
}

/** More than this many intervals without a value are a gap: one may be lost to jitter. */
const GAP_INTERVALS = 2.5

const BUCKET_MS = { hour: 3_600_000, day: 86_400_000 } as const

/** `typicalIntervalS` keeps a dense series from looking torn wherever one of its values is late. */
export function toColumns(
  rows: readonly Row[],
  typicalIntervalS: number,
  bucketMs?: number,
): Columns {
  const sorted = [...rows].sort((a, b) => a.timeMs - b.timeMs)
  const drawn = sorted.flatMap((row, index) => (lineValue(row) === undefined ? [] : [index]))
  const intervalMs =
    bucketMs ??
    Math.max(typicalIntervalS * 1000, medianInterval(drawn.map((i) => timeAt(sorted, i))))
  const columns: Columns = {
    times: sorted.map((row) => row.timeMs / 1000),
    line: sorted.map(lineValue),
    suspect: sorted.map(suspectValue),
    failed: sorted.map((row) =>
      row.bucket === undefined && row.flag === 4 ? row.value : undefined,
    ),
    low: sorted.map((row) => row.bucket?.min ?? undefined),
    high: sorted.map((row) => row.bucket?.max ?? undefined),
    gaps: [],
    isolated: [],
    rows: sorted,
  }
  const limitMs = bucketMs === undefined ? intervalMs * GAP_INTERVALS : bucketMs * 1.5
  findGaps(columns, drawn, limitMs)
  return columns
}

function findGaps(columns: Columns, drawn: readonly number[], limitMs: number): void {
  let brokenBefore = true
  drawn.forEach((index, order) => {
    const next = drawn[order + 1]
    const brokenAfter =
      next === undefined || timeAt(columns.rows, next) - timeAt(columns.rows, index) > limitMs
    if (next !== undefined && brokenAfter) columns.gaps.push([index, next])
    if (brokenBefore && brokenAfter) columns.isolated.push(index)
    brokenBefore = brokenAfter
  })
}

function lineValue(row: Row): number | undefined {
  return row.flag <= 2 && row.value !== null ? row.value : undefined
}

function suspectValue(row: Row): number | undefined {
  if (row.bucket !== undefined) return row.bucket.suspectMax ?? undefined
  return row.flag === 3 && row.value !== null ? row.value : undefined
}

function timeAt(rows: readonly Row[], index: number): number {
  return rows[index]?.timeMs ?? 0
}

function medianInterval(times: readonly number[]): number {
  const intervals = times
    .slice(1)
    .map((time, index) => time - (times[index] ?? time))
    .sort((a, b) => a - b)
  return intervals[Math.floor((intervals.length - 1) / 2)] ?? 0
}

/**
 * The rows of an answer. A site's history may have come from several nodes, one after the other; `without`
 * names the ones that measure beside the chosen one, whose values are another line.
 */
export function rowsOf(answer: ReadingsAnswer, without: readonly string[]): Row[] {
  return answer.series
    .filter((series) => !without.includes(series.node))
    .flatMap((series) => [...readingRows(series), ...bucketRows(series)])
}

export function bucketMsOf(answer: ReadingsAnswer): number | undefined {
  return answer.resolution === 'raw' ? undefined : BUCKET_MS[answer.resolution]
}

function readingRows(series: Series): Row[] {
  return (series.readings ?? []).map((reading) => ({
    timeMs: Date.parse(reading.time),
    node: series.node,
    value: reading.value,
    flag: reading.flag,
    why: reading.why,
    bucket: undefined,
  }))
}

function bucketRows(series: Series): Row[] {
  return (series.buckets ?? []).map((bucket) => ({
    timeMs: Date.parse(bucket.time),
    node: series.node,
    value: bucket.value,
    flag: bucketFlag(bucket.nAll, bucket.nGood, bucket.nUsed, bucket.nSuspect),
    why: [],
    bucket: {
      min: bucket.min,
      max: bucket.max,
      suspectMin: bucket.suspectMin,
      suspectMax: bucket.suspectMax,
      nAll: bucket.nAll,
      nSuspect: bucket.nSuspect,
      nFailed: bucket.nAll - bucket.nUsed - bucket.nSuspect,
    },
  }))
}

/** A summary is as good as the least evaluated value in it; without a usable one it is suspect or failed. */
function bucketFlag(nAll: number, nGood: number, nUsed: number, nSuspect: number): Flag {
  if (nUsed > 0) return nGood === nUsed ? 1 : 2
  return nSuspect > 0 || nAll === 0 ? 3 : 4
}
