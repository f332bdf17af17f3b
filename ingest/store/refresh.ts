import type { Database } from './database.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Asia/Jakarta has no summer time, so a local day is a UTC day moved by seven hours. */
const JAKARTA_MS = 7 * HOUR_MS

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
  { view: 'reading_day', bucketMs: DAY_MS, offsetMs: JAKARTA_MS, largestMs: 16 * DAY_MS },
]

/** Half of what a call may hold the session, for the next slice may be twice as dense. */
const TOO_LONG_MS = 250
const SHORT_MS = 60

export interface Range {
  fromMs: number
  toMs: number
}

export interface Refresher {
  /** Brings all changed buckets from `fromMs` up to the last whole one before `nowMs` up to date. */
  refresh(fromMs: number, nowMs: number): Promise<void>
}

/**
 * The embedded engine's refresh of the aggregates. What changed is read from TimescaleDB's own record, so
 * an unchanged store costs two short queries; what did is refreshed newest first, in slices whose size
 * follows the time they take. The upper end is never beyond now: a reading from the future would move the
 * boundary between computed and live buckets there and hide every fresh reading.
 */
export function createRefresher(db: Database): Refresher {
  const slicesMs = new Map(AGGREGATES.map(({ view, bucketMs }) => [view, 6 * bucketMs]))

  async function refreshSlice({ view, bucketMs, largestMs }: Aggregate, slice: Range) {
    const begun = await db.run('maintenance', async (session) => {
      const begunMs = performance.now()
      await session.query(
        'CALL refresh_continuous_aggregate($1, $2::timestamptz, $3::timestamptz)',
        [view, new Date(slice.fromMs).toISOString(), new Date(slice.toMs).toISOString()],
      )
      return begunMs
    })
    const tookMs = performance.now() - begun
    const size = slicesMs.get(view) ?? bucketMs
    if (tookMs > TOO_LONG_MS) slicesMs.set(view, Math.max(bucketMs, floor(size / 2, bucketMs)))
    else if (tookMs < SHORT_MS) slicesMs.set(view, Math.min(largestMs, size * 2))
  }

  async function refreshRange(aggregate: Aggregate, range: Range): Promise<void> {
    const { view, bucketMs } = aggregate
    for (let toMs = range.toMs; toMs > range.fromMs; ) {
      const size = slicesMs.get(view) ?? bucketMs
      const fromMs = Math.max(range.fromMs, toMs - size)
      try {
        await refreshSlice(aggregate, { fromMs, toMs })
      } catch (error) {
        // It may have been ended for taking too long: the next attempt is a smaller one.
        slicesMs.set(view, bucketMs)
        throw error
      }
      toMs = fromMs
    }
  }

  return {
    async refresh(fromMs, nowMs) {
      for (const aggregate of AGGREGATES) {
        const window = {
          fromMs: alignDown(fromMs, aggregate),
          toMs: alignDown(nowMs, aggregate),
        }
        for (const range of await changedRanges(db, aggregate, window)) {
          await refreshRange(aggregate, range)
        }
      }
    },
  }
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
