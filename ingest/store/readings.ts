import type { Flag } from '../../shared/schema/flags.js'
import { AppError } from '../errors.js'
import type { Database } from './database.js'

/** The embedded engine has one session: a page of this many rows, in key order, holds it for milliseconds. */
export const PAGE_ROWS = 2000

/** A channel over a span of time: one placement at a site, or all that a node measured on it. */
export interface SeriesRow {
  site: string | null
  nodeId: number
  node: string
  simulated: boolean
  quantityId: number
  position: number
  depthM: number | null
  directionDeg: number | null
  /** Included. */
  from: Date
  /** Not included. */
  to: Date
  /** The whole of the placement; null: the bounds are the caller's alone. */
  placedFrom: Date | null
  placedTo: Date | null
}

export interface SeriesFilter {
  quantityId?: number | undefined
  position?: number | undefined
  from: Date
  to: Date
}

/** mean_speed, and the counts of motorcycles, light and heavy vehicles. */
const SPEED = 74
const WITH_MOTOR = [70, 71, 72]

/** Of a placement `p` and its node `n`, within [$1, $2). */
const PLACED = `n.id AS "nodeId", n.name AS node, n.simulated, p.quantity_id AS "quantityId", p.position,
  p.depth_m AS "depthM", p.direction_deg AS "directionDeg",
  greatest(p.valid_from, $1) AS "from", least(p.valid_to, $2) AS "to",
  p.valid_from AS "placedFrom", p.valid_to AS "placedTo"`

/** More placements than this in one answer, and who asks must ask site by site. */
const MOST_SERIES = 2000

/** One quantity wherever it is placed, in the order of the sites' names. TOO_LARGE where that is too much. */
export async function seriesOfAllSites(
  db: Database,
  filter: SeriesFilter & { includeSimulated: boolean },
): Promise<SeriesRow[]> {
  const rows = await db.query<SeriesRow>(
    'read',
    `SELECT s.name AS site, ${PLACED}
     FROM placement p JOIN node n ON n.id = p.node_id JOIN site s ON s.id = p.site_id
     WHERE ($3::int IS NULL OR p.quantity_id = $3) AND ($4::int IS NULL OR p.position = $4)
       AND p.valid_from < $2 AND (p.valid_to IS NULL OR p.valid_to > $1) AND ($5 OR NOT n.simulated)
     ORDER BY s.name, p.position, p.valid_from, p.id LIMIT ${MOST_SERIES + 1}`,
    [
      filter.from,
      filter.to,
      filter.quantityId ?? null,
      filter.position ?? null,
      filter.includeSimulated,
    ],
  )
  if (rows.length <= MOST_SERIES) return rows
  throw new AppError('TOO_LARGE', `more than ${MOST_SERIES} series: ask site by site`)
}

/** A site's series, read through its placements. NOT_FOUND where there is no such site. */
export async function seriesOfSite(
  db: Database,
  site: string,
  filter: SeriesFilter & { includeSimulated: boolean },
): Promise<SeriesRow[]> {
  const rows = await db.query<SeriesRow | Record<keyof SeriesRow, null>>(
    'read',
    `SELECT s.name AS site, ${PLACED}
     FROM site s LEFT JOIN (placement p JOIN node n ON n.id = p.node_id)
       ON p.site_id = s.id AND p.valid_from < $2 AND (p.valid_to IS NULL OR p.valid_to > $1)
       AND ($3::int IS NULL OR p.quantity_id = $3) AND ($4::int IS NULL OR p.position = $4)
       AND ($5 OR NOT n.simulated)
     WHERE s.name = $6
     ORDER BY p.quantity_id, p.position, p.valid_from, p.id`,
    [
      filter.from,
      filter.to,
      filter.quantityId ?? null,
      filter.position ?? null,
      filter.includeSimulated,
      site,
    ],
  )
  if (rows.length === 0) throw new AppError('NOT_FOUND', `there is no site named ${site}`)
  return rows.filter((row): row is SeriesRow => row.nodeId !== null)
}

/** All channels of a node that ever sent, wherever it was. NOT_FOUND where there is no such node. */
export async function seriesOfNode(
  db: Database,
  node: string,
  filter: SeriesFilter,
): Promise<SeriesRow[]> {
  const rows = await db.query<SeriesRow | Record<keyof SeriesRow, null>>(
    'read',
    `SELECT NULL AS site, n.id AS "nodeId", n.name AS node, n.simulated,
            l.quantity_id AS "quantityId", l.position, NULL::float8 AS "depthM",
            NULL::float8 AS "directionDeg", $2::timestamptz AS "from", $3::timestamptz AS "to",
            NULL AS "placedFrom", NULL AS "placedTo"
     FROM node n LEFT JOIN latest l ON l.node_id = n.id
       AND ($4::int IS NULL OR l.quantity_id = $4) AND ($5::int IS NULL OR l.position = $5)
     WHERE n.name = $1
     ORDER BY l.quantity_id, l.position`,
    [node, filter.from, filter.to, filter.quantityId ?? null, filter.position ?? null],
  )
  if (rows.length === 0) throw new AppError('NOT_FOUND', `there is no node named ${node}`)
  return rows.filter((row): row is SeriesRow => row.quantityId !== null)
}

/** `value` in the quantity's step. */
export interface ReadingRow {
  time: Date
  value: number
  flag: Flag
  why: number
}

/** Readings of a series after a time (null: from its beginning), at most a page. */
export function readingPage(
  db: Database,
  series: SeriesRow,
  after: Date | null,
): Promise<ReadingRow[]> {
  return db.query<ReadingRow>(
    'read',
    `SELECT time, value, flag, why FROM reading
     WHERE node_id = $1 AND quantity_id = $2 AND position = $3
       AND time ${after === null ? '>=' : '>'} $4 AND time < $5
     ORDER BY time LIMIT ${PAGE_ROWS}`,
    [series.nodeId, series.quantityId, series.position, after ?? series.from, series.to],
  )
}

const DAY_MS = 86_400_000
/** Of longer series the days are asked first: they tell in milliseconds that there are too many readings to count. */
const LONG_MS = 7 * DAY_MS

/** How many readings a series has, counted up to `limit`. */
export async function countReadings(
  db: Database,
  series: SeriesRow,
  limit: number,
): Promise<number> {
  const { nodeId, quantityId, position, from, to } = series
  const channel = [nodeId, quantityId, position]
  if (to.getTime() - from.getTime() > LONG_MS) {
    const [days] = await db.query<{ count: number }>(
      'read',
      `SELECT coalesce(sum(n_all), 0)::float8 AS count FROM reading_day
       WHERE node_id = $1 AND quantity_id = $2 AND position = $3 AND day >= $4 AND day <= $5`,
      [...channel, from, new Date(to.getTime() - DAY_MS)],
    )
    if ((days?.count ?? 0) >= limit) return limit
  }
  const rows = await db.query<{ count: number }>(
    'read',
    `SELECT count(*)::int AS count FROM (
       SELECT 1 FROM reading WHERE node_id = $1 AND quantity_id = $2 AND position = $3
         AND time >= $4 AND time < $5 LIMIT $6) counted`,
    [...channel, from, to, limit],
  )
  return rows[0]?.count ?? 0
}

/** An hour or a local day of a channel; everything in the quantity's step. */
export interface BucketRow {
  time: Date
  nAll: number
  nGood: number
  nUsed: number
  nSuspect: number
  sum: number | null
  min: number | null
  max: number | null
  last: number | null
  suspectMin: number | null
  suspectMax: number | null
  sinSum: number | null
  cosSum: number | null
  /** Of counts: the seconds of the bucket in which they were counted, where the node says so. */
  countedS?: number | null
  /** Of speeds: the mean over vehicles, where the node counts them. */
  weighted?: number | null
}

const BUCKET = `n_all::int AS "nAll", n_good::int AS "nGood", n_used::int AS "nUsed",
  n_suspect::int AS "nSuspect", sum::float8 AS sum, min, max, last,
  suspect_min AS "suspectMin", suspect_max AS "suspectMax", sin_sum AS "sinSum", cos_sum AS "cosSum"`

const VIEWS = {
  hour: { view: 'reading_hour', start: 'bucket' },
  day: { view: 'reading_day', start: 'day' },
} as const

export interface BucketSpan {
  resolution: 'hour' | 'day'
  from: Date
  to: Date
}

/**
 * Buckets that begin within [from, to) of several series of one quantity, in key order. The caller sees to it
 * that they are a page at most.
 */
export function bucketsOfMany(
  db: Database,
  series: readonly SeriesRow[],
  { resolution, from, to }: BucketSpan,
): Promise<(BucketRow & { nodeId: number; position: number })[]> {
  const { view, start } = VIEWS[resolution]
  return db.query(
    'read',
    `SELECT node_id AS "nodeId", position, ${start} AS time, ${BUCKET} FROM ${view}
     WHERE quantity_id = $1 AND node_id = ANY ($2) AND position = ANY ($3)
       AND ${start} >= $4 AND ${start} < $5
     ORDER BY node_id, position, ${start}`,
    [
      series[0]?.quantityId,
      [...new Set(series.map(({ nodeId }) => nodeId))],
      [...new Set(series.map(({ position }) => position))],
      from,
      to,
    ],
  )
}

/** Buckets that begin within [from, to) and after a time, at most a page. */
export function bucketPage(
  db: Database,
  series: SeriesRow,
  span: BucketSpan & { after: Date | null },
): Promise<BucketRow[]> {
  const { view, start } = VIEWS[span.resolution]
  return db.query<BucketRow>(
    'read',
    `SELECT ${start} AS time, ${BUCKET} FROM ${view}
     WHERE node_id = $1 AND quantity_id = $2 AND position = $3
       AND ${start} ${span.after === null ? '>=' : '>'} $4 AND ${start} < $5
     ORDER BY ${start} LIMIT ${PAGE_ROWS}`,
    [series.nodeId, series.quantityId, series.position, span.after ?? span.from, span.to],
  )
}

/**
 * The part of a bucket that lies in [from, to), from the readings themselves: where a placement begins or
 * ends within a bucket, the rest of it belongs to another site. Undefined when nothing was measured.
 */
export async function partialBucket(
  db: Database,
  series: SeriesRow,
  span: { start: Date; from: Date; to: Date },
): Promise<BucketRow | undefined> {
  const rows = await db.query<BucketRow>(
    'read',
    `SELECT $6::timestamptz AS time, ${BUCKET} FROM (
       SELECT count(*) AS n_all,
              count(*) FILTER (WHERE flag = 1) AS n_good,
              count(*) FILTER (WHERE flag <= 2) AS n_used,
              count(*) FILTER (WHERE flag = 3) AS n_suspect,
              sum(value::bigint) FILTER (WHERE flag <= 2) AS sum,
              min(value) FILTER (WHERE flag <= 2) AS min,
              max(value) FILTER (WHERE flag <= 2) AS max,
              last(value, time) FILTER (WHERE flag <= 2) AS last,
              min(value) FILTER (WHERE flag = 3) AS suspect_min,
              max(value) FILTER (WHERE flag = 3) AS suspect_max,
              sum(sin(radians(value))) FILTER (WHERE flag <= 2 AND quantity_id = 51) AS sin_sum,
              sum(cos(radians(value))) FILTER (WHERE flag <= 2 AND quantity_id = 51) AS cos_sum
       FROM reading
       WHERE node_id = $1 AND quantity_id = $2 AND position = $3 AND time >= $4 AND time < $5) part
     WHERE n_all > 0`,
    [series.nodeId, series.quantityId, series.position, span.from, span.to, span.start],
  )
  return rows[0]
}

/**
 * Mean speeds over the vehicles of each bucket, in steps: each period's mean counts as often as it had vehicles
 * with a motor. Buckets without such periods are absent.
 */
export function speedsByVehicles(
  db: Database,
  series: SeriesRow,
  { size, from, to }: { size: 'hour' | 'day'; from: Date; to: Date },
): Promise<{ time: Date; value: number }[]> {
  const bucket =
    size === 'hour' ? `time_bucket('1 hour', time)` : `time_bucket('1 day', time, 'Asia/Jakarta')`
  return db.query(
    'read',
    `SELECT ${bucket} AS time, sum(speed * vehicles)::float8 / sum(vehicles) AS value FROM (
       SELECT time, max(value) FILTER (WHERE quantity_id = ${SPEED}) AS speed,
              sum(value) FILTER (WHERE quantity_id <> ${SPEED}) AS vehicles
       FROM reading
       WHERE node_id = $1 AND position = $2 AND quantity_id = ANY ($3) AND flag <= 2
         AND time >= $4 AND time < $5
       GROUP BY time) period
     WHERE speed IS NOT NULL AND vehicles > 0
     GROUP BY 1`,
    [series.nodeId, series.position, [SPEED, ...WITH_MOTOR], from, to],
  )
}
