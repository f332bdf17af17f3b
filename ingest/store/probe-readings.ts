import type { Flag } from '../../shared/schema/flags.js'
import type { Reader } from './database.js'

/** One reading of a site's probe beside a sample; `value` in the quantity's step. */
export interface ProbeReading {
  node: string
  simulated: boolean
  position: number
  /** null: nobody entered it. */
  depthM: number | null
  time: Date
  value: number
  flag: Flag
}

/** Readings of a quantity at a site, at any depth, both ends included. */
export function probeReadings(
  session: Reader,
  at: { site: string; quantityId: number; from: Date; to: Date; includeSimulated: boolean },
): Promise<ProbeReading[]> {
  return session.query<ProbeReading>(
    `SELECT n.name AS node, n.simulated, p.position, p.depth_m AS "depthM", r.time, r.value, r.flag
     FROM site s JOIN placement p ON p.site_id = s.id AND p.quantity_id = $2
     JOIN node n ON n.id = p.node_id AND ($5 OR NOT n.simulated)
     JOIN reading r ON r.node_id = p.node_id AND r.quantity_id = p.quantity_id
       AND r.position = p.position AND r.time >= p.valid_from
       AND (p.valid_to IS NULL OR r.time < p.valid_to)
     WHERE s.name = $1 AND r.time BETWEEN $3 AND $4 AND r.quantity_id = $2
     ORDER BY r.time LIMIT 2000`,
    [at.site, at.quantityId, at.from, at.to, at.includeSimulated],
  )
}
