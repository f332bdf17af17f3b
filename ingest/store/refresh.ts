import { LOCAL_OFFSET_MS } from '../../shared/science/local-time.js'
import type { Database } from './database.js'
import { refreshAlone } from './refresh-alone.js'
import { partsOf, refreshWhole } from './refresh-calls.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

interface Aggregate {
  view: 'reading_hour' | 'reading_day'
  bucketMs: number
  offsetMs: number
  /** A slice that went from an empty stretch into a dense one must not be too much. */
  largestMs: number
}

/** In the order in which one is made from the other. */
const AGGREGATES: readonly Aggregate[] = [
  { view: 'reading_hour', bucketMs: HOUR_MS, offsetMs: 0, largestMs: 2 * DAY_MS },
  { view: 'reading_day', bucketMs: DAY_MS, offsetMs: LOCAL_OFFSET_MS, largestMs: 16 * DAY_MS },
]

/** Half of what a call may hold the session, for the next one may have twice as much to do. */
const TOO_LONG_MS = 250
const SHORT_MS = 60
/** A bucket takes about 8 µs for each series and 1 µs for each reading: with more it is too much at once. */
const DENSE_SERIES = 5000
/** In a part at most: others may have nothing in this bucket and be no measure for those that do. */
const PART_SERIES = 2500
const FIRST_PART_NODES = 100

export interface Range {
  fromMs: number
  toMs: number
}

export interface Refresher {
  /** Brings all changed buckets from `fromMs` up to the last whole one before `nowMs` up to date. */
  refresh(fromMs: number, nowMs: number): Promise<void>
}

/** How much one call takes on. */
interface Pace {
  sliceMs: number
  /** Even one bucket is too much: it is made in parts, each of this many nodes. */
  isInParts: boolean
  partNodes: number
  series: number
}

/** Two at a time would strike off each other's notes of what changed. */
const running = new WeakMap<Database, Promise<unknown>>()

/**
 * Refreshes the aggregates: on a server by refresh-alone.ts. On the embedded engine what changed is read from
 * TimescaleDB's own record, so an unchanged store costs two short queries; what did is refreshed newest first,
 * in slices whose size follows the time they take. The upper end is never beyond now: a reading from the future would move the
 * boundary between computed and live buckets there and hide every fresh reading.
 */
export function createRefresher(db: Database): Refresher {
  const paces = new Map<Aggregate, Pace>()

  async function refreshAll(fromMs: number, nowMs: number): Promise<void> {
    for (const aggregate of AGGREGATES) {
      const window = { fromMs: alignDown(fromMs, aggregate), toMs: alignDown(nowMs, aggregate) }
      if (db.engine === 'server') {
        if (window.fromMs < window.toMs) await refreshAlone(db, aggregate.view, window)
        continue
      }
      for (const range of await changedRanges(db, aggregate, window)) {
        const pace = paces.get(aggregate) ?? (await firstPace(db, aggregate))
        paces.set(aggregate, pace)
        await refreshRange({ db, aggregate, pace }, range)
      }
    }
  }

  return {
    refresh(fromMs, nowMs) {
      const before = running.get(db) ?? Promise.resolve()
      const refreshed = before.then(() => refreshAll(fromMs, nowMs))
      // The next one waits for its end; how it ended is for who asked.
      const ended = refreshed.catch(() => {})
      running.set(db, ended)
      return refreshed
    },
  }
}

async function firstPace(db: Database, { bucketMs }: Aggregate): Promise<Pace> {
  const [latest] = await db.query<{ series: number }>(
    'maintenance',
    'SELECT count(*)::int AS series FROM latest',
  )
  const series = latest?.series ?? 0
  const isInParts = series > DENSE_SERIES
  const sliceMs = isInParts ? bucketMs : 6 * bucketMs
  return { sliceMs, isInParts, partNodes: FIRST_PART_NODES, series }
}

interface Work {
  db: Database
  aggregate: Aggregate
  pace: Pace
}

async function refreshRange(work: Work, range: Range): Promise<void> {
  const { aggregate, pace } = work
  for (let toMs = range.toMs; toMs > range.fromMs; ) {
    const fromMs = Math.max(range.fromMs, toMs - pace.sliceMs)
    try {
      await (pace.isInParts ? refreshParts : refreshSlice)(work, { fromMs, toMs })
    } catch (error) {
      // It may have been ended for taking too long: the next attempt is the smallest there is.
      Object.assign(pace, { sliceMs: aggregate.bucketMs, isInParts: true, partNodes: 1 })
      throw error
    }
    toMs = fromMs
  }
}

async function refreshSlice({ db, aggregate, pace }: Work, slice: Range): Promise<void> {
  const { view, bucketMs, largestMs } = aggregate
  const tookMs = await refreshWhole(db, view, slice)
  if (tookMs > TOO_LONG_MS) {
    pace.isInParts = slice.toMs - slice.fromMs <= bucketMs
    pace.sliceMs = Math.max(bucketMs, floor((slice.toMs - slice.fromMs) / 2, bucketMs))
  } else if (tookMs < SHORT_MS) pace.sliceMs = Math.min(largestMs, pace.sliceMs * 2)
}

async function refreshParts({ db, aggregate, pace }: Work, bucket: Range): Promise<void> {
  const parts = await partsOf(db, aggregate.view, bucket)
  const mostNodes = Math.ceil((parts.lastNode * PART_SERIES) / Math.max(1, pace.series))
  let inAllMs = 0
  for (let from = 0; from <= parts.lastNode; ) {
    const size = Math.max(1, Math.floor(Math.min(pace.partNodes, mostNodes)))
    const tookMs = await parts.make(from, from + size - 1)
    inAllMs += tookMs
    if (tookMs > TOO_LONG_MS) pace.partNodes = size / 2
    else if (tookMs < SHORT_MS) pace.partNodes = size * 2
    from += size
  }
  await parts.finish()
  pace.isInParts = pace.series > DENSE_SERIES || inAllMs > SHORT_MS
}

/** Whole buckets of `window` in which rows changed since the last refresh, newest first, not overlapping. */
async function changedRanges(db: Database, aggregate: Aggregate, window: Range): Promise<Range[]> {
  const rows = await db.query<Range>(
    'maintenance',
    `WITH aggregate AS (
       SELECT mat_hypertable_id, raw_hypertable_id FROM _timescaledb_catalog.continuous_agg
       WHERE user_view_name = $1
     ), change AS (
       SELECT lowest_modified_value AS lowest, greatest_modified_value AS greatest
       FROM _timescaledb_catalog.continuous_aggs_hypertable_invalidation_log
       JOIN aggregate ON hypertable_id = raw_hypertable_id
       UNION ALL
       SELECT lowest_modified_value, greatest_modified_value
       FROM _timescaledb_catalog.continuous_aggs_materialization_invalidation_log
       JOIN aggregate ON materialization_id = mat_hypertable_id
     ), data AS (
       SELECT (extract(epoch FROM min(range_start)) * 1000000)::bigint AS earliest
       FROM timescaledb_information.chunks WHERE hypertable_name = 'reading'
     )
     SELECT greatest(lowest, earliest) / 1000 AS "fromMs", greatest / 1000 AS "toMs"
     FROM change, data WHERE greatest >= earliest`,
    [aggregate.view],
  )
  const ranges = rows
    .map(({ fromMs, toMs }) => ({
      fromMs: Math.max(window.fromMs, alignDown(Number(fromMs), aggregate)),
      toMs: Math.min(window.toMs, alignDown(Number(toMs), aggregate) + aggregate.bucketMs),
    }))
    .filter(({ fromMs, toMs }) => fromMs < toMs)
  return merged(ranges)
}

/** Overlapping and touching ranges as one, newest first. */
export function merged(ranges: readonly Range[]): Range[] {
  const result: Range[] = []
  for (const range of ranges.toSorted((a, b) => b.toMs - a.toMs)) {
    const newer = result.at(-1)
    if (newer !== undefined && range.toMs >= newer.fromMs) {
      newer.fromMs = Math.min(newer.fromMs, range.fromMs)
    } else result.push({ ...range })
  }
  return result
}

function alignDown(ms: number, { bucketMs, offsetMs }: Aggregate): number {
  return floor(ms + offsetMs, bucketMs) - offsetMs
}

function floor(value: number, step: number): number {
  return Math.floor(value / step) * step
}
