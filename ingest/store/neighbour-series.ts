import { LOCAL_OFFSET_MS } from '../../shared/science/local-time.js'
import { type Channel, keys } from './channels.js'
import type { Database } from './database.js'

/** What the neighbour test reads: where lake sensors were, what was done to them, and the means of their days. */

const DAY_S = 86_400
const LOCAL_S = LOCAL_OFFSET_MS / 1000
/** So many days of a hundred sites are read in far less than a call may take. */
const DAYS_AT_ONCE = 30

/** Local days since that of 1970-01-01, with the share of the one that a time lies in. */
export function localDays(timeS: number): number {
  return (timeS + LOCAL_S) / DAY_S
}

/** Unix seconds at which a local day begins. */
export function startOfDayS(day: number): number {
  return day * DAY_S - LOCAL_S
}

/** Days [from, to), counted as `localDays` does. */
export interface Days {
  from: number
  to: number
}

/** A channel at a lake site. Times in local days, see `localDays`. */
export interface LakePlacement extends Channel {
  id: number
  node: string
  siteId: number
  depthM: number | null
  longitude: number
  latitude: number
  simulated: boolean
  from: number
  /** Infinity: it is still there. */
  to: number
  /** Approved months of the site. */
  locked: Days[]
}

/** Those of a quantity that measured on some of the days, in order of their beginning. */
export async function lakePlacements(
  db: Database,
  quantityId: number,
  days: Days,
): Promise<LakePlacement[]> {
  const rows = await db.query<
    Omit<LakePlacement, 'from' | 'to' | 'locked'> & {
      fromS: number
      toS: number | null
      locked: [number, number][] | null
    }
  >(
    'maintenance',
    `SELECT p.id, p.node_id AS "nodeId", p.quantity_id AS "quantityId", p.position, n.name AS node,
            n.simulated, p.site_id AS "siteId", p.depth_m AS "depthM", s.longitude, s.latitude,
            extract(epoch FROM p.valid_from)::float8 AS "fromS",
            extract(epoch FROM p.valid_to)::float8 AS "toS",
            (SELECT json_agg(json_build_array(extract(epoch FROM v.starts_at), extract(epoch FROM v.ends_at)))
             FROM month_version v WHERE v.site_id = s.id AND v.reopened_at IS NULL) AS locked
     FROM placement p JOIN site s ON s.id = p.site_id AND s.kind = 'lake'
     JOIN node n ON n.id = p.node_id
     WHERE p.quantity_id = $1 AND p.valid_from < to_timestamp($3::float8)
       AND (p.valid_to IS NULL OR p.valid_to > to_timestamp($2::float8))
     ORDER BY p.valid_from, p.id`,
    [quantityId, startOfDayS(days.from), startOfDayS(days.to)],
  )
  return rows.map(({ fromS, toS, locked, ...placement }) => ({
    ...placement,
    from: localDays(fromS),
    to: toS === null ? Number.POSITIVE_INFINITY : localDays(toS),
    locked: (locked ?? []).map(([from, to]) => ({ from: localDays(from), to: localDays(to) })),
  }))
}

/** The means of whole days of placements in steps (of flags 1 and 2, as `reading_day` has them), by placement and day. */
export async function lakeDayMeans(
  db: Database,
  quantityId: number,
  days: Days,
): Promise<Map<number, Map<number, number>>> {
  const means = new Map<number, Map<number, number>>()
  for (let from = days.from; from < days.to; from += DAYS_AT_ONCE) {
    const to = Math.min(days.to, from + DAYS_AT_ONCE)
    const rows = await db.query<{ id: number; beginS: number; mean: number }>(
      'maintenance',
      `SELECT p.id, extract(epoch FROM d.day)::float8 AS "beginS", d.sum::float8 / d.n_used AS mean
       FROM placement p JOIN site s ON s.id = p.site_id AND s.kind = 'lake'
       JOIN reading_day d ON d.node_id = p.node_id AND d.quantity_id = p.quantity_id
         AND d.position = p.position AND d.day >= p.valid_from
         AND (p.valid_to IS NULL OR d.day + interval '1 day' <= p.valid_to)
       WHERE p.quantity_id = $1 AND d.quantity_id = $1 AND d.n_used > 0
         AND d.day >= to_timestamp($2::float8) AND d.day < to_timestamp($3::float8)`,
      [quantityId, startOfDayS(from), startOfDayS(to)],
    )
    for (const { id, beginS, mean } of rows) {
      const known = means.get(id) ?? new Map<number, number>()
      known.set(localDays(beginS), mean)
      means.set(id, known)
    }
  }
  return means
}

/** By place of the channel: when a probe was put in, calibrated, or looked after at a visit. */
export async function resetsOf(db: Database, channels: readonly Channel[]): Promise<number[][]> {
  const rows = await db.query<{ ordinal: number; timeS: number }>(
    'maintenance',
    `SELECT i.ordinal::int AS ordinal, extract(epoch FROM e.at)::float8 AS "timeS"
     FROM unnest($1::int[], $2::smallint[], $3::smallint[]) WITH ORDINALITY
       AS i (node_id, quantity_id, position, ordinal)
     CROSS JOIN LATERAL (
       SELECT p.valid_from AS at FROM probe p
       WHERE p.node_id = i.node_id AND p.quantity_id = i.quantity_id AND p.position = i.position
       UNION ALL
       SELECT c.valid_from FROM probe p JOIN calibration c ON c.probe_id = p.id
       WHERE p.node_id = i.node_id AND p.quantity_id = i.quantity_id AND p.position = i.position
         AND c.withdrawn_at IS NULL
       UNION ALL
       SELECT v.ended_at FROM visit v JOIN visit_check k ON k.visit_id = v.id
       WHERE v.node_id = i.node_id AND k.quantity_id = i.quantity_id AND k.position = i.position
         AND v.withdrawn_at IS NULL) e`,
    keys(channels),
  )
  const resets = channels.map((): number[] => [])
  for (const { ordinal, timeS } of rows) resets[ordinal - 1]?.push(localDays(timeS))
  return resets
}

/**
 * Of a series' doubted days: what they would be without the doubt, by day. The test needs them, or a doubt would end
 * itself.
 */
export async function doubtedMeans(
  db: Database,
  { nodeId, quantityId, position }: Channel,
  { days, reason }: { days: Days; reason: number },
): Promise<Map<number, number | null>> {
  const rows = await db.query<{ beginS: number; mean: number | null }>(
    'maintenance',
    `SELECT extract(epoch FROM d.range_from)::float8 AS "beginS",
            (SELECT avg(r.value)::float8 FROM reading r
             WHERE r.node_id = $1 AND r.quantity_id = $2 AND r.position = $3
               AND r.time >= d.range_from AND r.time < d.range_to
               AND (r.flag <= 2 OR (r.flag = 3 AND r.why = $6))) AS mean
     FROM doubt d WHERE d.node_id = $1 AND d.quantity_id = $2 AND d.position = $3
       AND d.range_from >= to_timestamp($4::float8) AND d.range_from < to_timestamp($5::float8)`,
    [nodeId, quantityId, position, startOfDayS(days.from), startOfDayS(days.to), reason],
  )
  return new Map(rows.map(({ beginS, mean }) => [localDays(beginS), mean]))
}
