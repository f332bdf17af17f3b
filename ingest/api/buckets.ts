import type { Bucket } from '../../shared/schema/reading.js'
import { LOCAL_OFFSET_MS } from '../../shared/science/local-time.js'
import { fromSteps, type Quantity } from '../../shared/wire/quantities.js'
import type { Database } from '../store/database.js'
import {
  type BucketRow,
  bucketPage,
  bucketsOfMany,
  PAGE_ROWS,
  partialBucket,
  type SeriesRow,
} from '../store/readings.js'
import { iso } from './answers.js'

export type BucketSize = 'hour' | 'day'

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
const DAY_BEGINS_MS = -LOCAL_OFFSET_MS

interface Span {
  from: Date
  to: Date
}

/** What of a series is whole buckets, and what is parts of buckets that it shares with another site. */
export interface BucketSpans {
  whole: Span
  parts: (Span & { start: Date })[]
}

/**
 * The buckets that [from, to) touches, whole, but for where a placement begins or ends within one: of that
 * one only the part counts that was measured here.
 */
export function bucketSpans(
  size: BucketSize,
  asked: Span,
  placed: { from: Date | null; to: Date | null },
): BucketSpans {
  const low = floor(size, asked.from.getTime())
  const high = ceil(size, asked.to.getTime())
  const from = Math.max(low, placed.from?.getTime() ?? low)
  const to = Math.min(high, placed.to?.getTime() ?? high)
  const wholeFrom = ceil(size, from)
  const wholeTo = floor(size, to)
  const part = (start: number, begin: number, end: number) => ({
    start: new Date(start),
    from: new Date(begin),
    to: new Date(end),
  })
  const parts =
    wholeFrom > wholeTo
      ? [part(wholeTo, from, to)]
      : [
          ...(from < wholeFrom ? [part(floor(size, from), from, wholeFrom)] : []),
          ...(wholeTo < to ? [part(wholeTo, wholeTo, to)] : []),
        ]
  return { whole: { from: new Date(wholeFrom), to: new Date(wholeTo) }, parts }
}

function floor(size: BucketSize, timeMs: number): number {
  if (size === 'hour') return Math.floor(timeMs / HOUR_MS) * HOUR_MS
  return Math.floor((timeMs - DAY_BEGINS_MS) / DAY_MS) * DAY_MS + DAY_BEGINS_MS
}

function ceil(size: BucketSize, timeMs: number): number {
  const down = floor(size, timeMs)
  return down === timeMs ? down : down + (size === 'hour' ? HOUR_MS : DAY_MS)
}

export interface BucketQuery {
  db: Database
  size: BucketSize
  asked: Span
  series: readonly SeriesRow[]
}

/**
 * Pages of the buckets of each series, in order of time, for a reader that takes the series in their order.
 * Short ones of one quantity are read together: a question for each would take longer than their rows.
 */
export function bucketReader(
  query: BucketQuery,
): (series: SeriesRow) => AsyncGenerator<BucketRow[]> {
  const { db, size, asked, series: all } = query
  const lengthMs = size === 'hour' ? HOUR_MS : DAY_MS
  const most = Math.ceil((asked.to.getTime() - asked.from.getTime()) / lengthMs) + 1
  const together = Math.floor(PAGE_ROWS / most)
  const read = new Map<SeriesRow, BucketRow[]>()

  async function readFrom(first: SeriesRow): Promise<void> {
    const from = all.indexOf(first)
    const group = all.slice(from, from + together)
    const other = group.findIndex(({ quantityId }) => quantityId !== first.quantityId)
    const same = other < 0 ? group : group.slice(0, other)
    const span = bucketSpans(size, asked, { from: null, to: null }).whole
    const rows = await bucketsOfMany(db, same, { resolution: size, ...span })
    const byChannel = new Map<string, BucketRow[]>(same.map((series) => [channelOf(series), []]))
    for (const row of rows) byChannel.get(channelOf(row))?.push(row)
    read.clear()
    for (const series of same) read.set(series, byChannel.get(channelOf(series)) ?? [])
  }

  return async function* pages(series) {
    const placed = { from: series.placedFrom, to: series.placedTo }
    const { whole, parts } = bucketSpans(size, asked, placed)
    for (const part of parts.filter(({ start }) => start < whole.from)) {
      yield await onePart(db, series, part)
    }
    if (together < 2) yield* wholePages(query, series, whole)
    else {
      if (!read.has(series)) await readFrom(series)
      const rows = read.get(series) ?? []
      yield rows.filter(({ time }) => time >= whole.from && time < whole.to)
    }
    for (const part of parts.filter(({ start }) => start >= whole.from)) {
      yield await onePart(db, series, part)
    }
  }
}

function channelOf({ nodeId, position }: { nodeId: number; position: number }): string {
  return `${nodeId} ${position}`
}

async function* wholePages(
  { db, size }: BucketQuery,
  series: SeriesRow,
  whole: Span,
): AsyncGenerator<BucketRow[]> {
  let after: Date | null = null
  while (whole.from < whole.to) {
    const page: BucketRow[] = await bucketPage(db, series, { resolution: size, ...whole, after })
    yield page
    after = page.at(-1)?.time ?? null
    if (page.length < PAGE_ROWS) return
  }
}

async function onePart(
  db: Database,
  series: SeriesRow,
  part: Span & { start: Date },
): Promise<BucketRow[]> {
  const bucket = await partialBucket(db, series, part)
  return bucket === undefined ? [] : [bucket]
}

/** A bucket in units. `value` is rounded to the step of the quantity. */
export function toBucket(quantity: Quantity, row: BucketRow): Bucket {
  return {
    time: iso(row.time),
    value: inUnits(quantity, summarised(quantity, row)),
    min: inUnits(quantity, row.min),
    max: inUnits(quantity, row.max),
    suspectMin: inUnits(quantity, row.suspectMin),
    suspectMax: inUnits(quantity, row.suspectMax),
    nAll: row.nAll,
    nGood: row.nGood,
    nUsed: row.nUsed,
    nSuspect: row.nSuspect,
    ...(row.countedS === undefined ? {} : { countedS: row.countedS }),
  }
}

function inUnits(quantity: Quantity, steps: number | null): number | null {
  return steps === null ? null : fromSteps(quantity, steps)
}

function summarised({ summary }: Quantity, row: BucketRow): number | null {
  if (row.nUsed === 0) return null
  if (summary === 'mean') {
    if (row.weighted !== undefined && row.weighted !== null) return Math.round(row.weighted)
    return row.sum === null ? null : Math.round(row.sum / row.nUsed)
  }
  if (summary === 'vector') return meanDirection(row)
  return row[summary]
}

/** Degrees of the sum of unit vectors; null where they cancel out, which is no direction at all. */
function meanDirection({ sinSum, cosSum, nUsed }: BucketRow): number | null {
  if (sinSum === null || cosSum === null) return null
  if (Math.hypot(sinSum, cosSum) / nUsed < 1e-6) return null
  return (Math.round((Math.atan2(sinSum, cosSum) * 180) / Math.PI) + 360) % 360
}
