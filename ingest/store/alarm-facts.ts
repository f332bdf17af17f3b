import type { Reader } from './database.js'

/** What stands in a message beside the value. */

export interface SiteFacts {
  name: string
  title: string
  /** The last calibration of the channel's probe. */
  calibratedAt: Date | null
  /** When a technician was last there. */
  visitedAt: Date | null
  neighbours: Neighbour[]
}

export interface Neighbour {
  title: string
  /** In steps. */
  value: number
  flag: number
  at: Date
}

export interface FactsOf {
  siteId: number
  nodeId: number | null
  quantityId: number | null
  position: number | null
  at: Date
}

export async function siteFacts(session: Reader, of: FactsOf): Promise<SiteFacts | undefined> {
  const { siteId, nodeId, quantityId, position, at } = of
  const [site] = await session.query<Omit<SiteFacts, 'neighbours'>>(
    `SELECT s.name, s.title,
       (SELECT max(c.valid_from) FROM calibration c JOIN probe p ON p.id = c.probe_id
        WHERE p.node_id = $2 AND p.quantity_id = $3 AND p.position = $4
          AND c.withdrawn_at IS NULL AND c.valid_from <= $5) AS "calibratedAt",
       (SELECT max(ended_at) FROM visit v WHERE v.site_id = s.id AND v.withdrawn_at IS NULL
          AND v.started_at <= $5) AS "visitedAt"
     FROM site s WHERE s.id = $1`,
    [siteId, nodeId, quantityId, position, at],
  )
  if (site === undefined) return undefined
  return { ...site, neighbours: await neighboursOf(session, of) }
}

/** The nearest three that measured the same quantity within three hours; the sites are a few kilometres apart. */
function neighboursOf(session: Reader, { siteId, quantityId, at }: FactsOf): Promise<Neighbour[]> {
  return session.query<Neighbour>(
    `SELECT title, value, flag, at FROM (
       SELECT DISTINCT ON (s.id) s.title, l.value, l.flag, l.time AS at,
         (s.longitude - o.longitude) ^ 2 + (s.latitude - o.latitude) ^ 2 AS apart
       FROM site o, site s
       JOIN placement p ON p.site_id = s.id AND p.quantity_id = $2 AND p.valid_to IS NULL
       JOIN latest l ON l.node_id = p.node_id AND l.quantity_id = p.quantity_id
         AND l.position = p.position
       WHERE o.id = $1 AND s.id <> $1 AND s.retired_at IS NULL AND l.flag < 4
         AND l.time BETWEEN $3::timestamptz - interval '3 hours' AND $3::timestamptz + interval '3 hours'
       ORDER BY s.id, l.time DESC) AS near
     ORDER BY apart LIMIT 3`,
    [siteId, quantityId, at],
  )
}
