import type { Flag } from '../../shared/schema/flags.js'
import type { Database } from './database.js'

/** The latest measured value of a channel; `value` in the quantity's step. */
export interface LatestRow {
  node: string
  simulated: boolean
  quantityId: number
  position: number
  depthM: number | null
  directionDeg: number | null
  time: Date
  receivedAt: Date
  value: number
  flag: Flag
  why: number
}

const VALUE = `n.name AS node, n.simulated, l.quantity_id AS "quantityId", l.position,
  p.depth_m AS "depthM", p.direction_deg AS "directionDeg", l.time,
  l.received_at AS "receivedAt", l.value, l.flag, l.why`

/** What is placed at `now` (a placeholder), and only what was measured there. */
const placedAt = (now: string): string =>
  `p.valid_from <= ${now} AND (p.valid_to IS NULL OR p.valid_to > ${now})
   AND l.time >= p.valid_from AND (p.valid_to IS NULL OR l.time < p.valid_to)`

/** A SELECT, open for more conditions on `p`, `n` and `l`. */
export const currentLatest = (now: string): string =>
  `SELECT ${VALUE} FROM placement p
   JOIN node n ON n.id = p.node_id
   JOIN latest l ON l.node_id = p.node_id AND l.quantity_id = p.quantity_id AND l.position = p.position
   WHERE ${placedAt(now)}`

export interface LatestFilter {
  site?: string | undefined
  node?: string | undefined
  quantityId?: number | undefined
  /** Node, quantity and position after which the page begins. */
  after?: { node: string; quantityId: number; position: number } | undefined
  limit: number
  includeSimulated: boolean
  now: Date
}

/** In key order; `site` is null where the channel is not placed now. */
export function latestPage(
  db: Database,
  filter: LatestFilter,
): Promise<(LatestRow & { site: string | null })[]> {
  const { after } = filter
  return db.query(
    'read',
    `SELECT ${VALUE}, s.name AS site FROM node n
     JOIN latest l ON l.node_id = n.id
     LEFT JOIN placement p ON p.node_id = l.node_id AND p.quantity_id = l.quantity_id
       AND p.position = l.position AND ${placedAt('$1')}
     LEFT JOIN site s ON s.id = p.site_id
     WHERE (n.name, l.quantity_id, l.position) > ($2, $3, $4)
       AND ($5::text IS NULL OR s.name = $5) AND ($6::text IS NULL OR n.name = $6)
       AND ($7::int IS NULL OR l.quantity_id = $7) AND ($8 OR NOT n.simulated)
     ORDER BY n.name, l.quantity_id, l.position LIMIT $9`,
    [
      filter.now,
      after?.node ?? '',
      after?.quantityId ?? 0,
      after?.position ?? -1,
      filter.site ?? null,
      filter.node ?? null,
      filter.quantityId ?? null,
      filter.includeSimulated,
      filter.limit,
    ],
  )
}

/** Names behind node ids, for whoever meets readings by id. */
export function nodeNames(
  db: Database,
  ids: readonly number[],
): Promise<{ id: number; name: string; simulated: boolean }[]> {
  return db.query('read', 'SELECT id, name, simulated FROM node WHERE id = ANY ($1)', [ids])
}
