import type { Reader } from './database.js'

/** The mean of a local day of a quantity at a site and depth, of flags 1 and 2; `mean` in the quantity's step. */
export interface DayMean {
  quantityId: number
  depthM: number | null
  day: Date
  mean: number
  readings: number
}

/** Days that begin within [from, to), of the quantities named, in order of time. */
export function dayMeans(
  session: Reader,
  at: {
    site: string
    quantityIds: readonly number[]
    from: Date
    to: Date
    includeSimulated: boolean
  },
): Promise<DayMean[]> {
  return session.query<DayMean>(
    `SELECT p.quantity_id AS "quantityId", p.depth_m AS "depthM", d.day,
            (sum(d.sum) / sum(d.n_used))::float8 AS mean, sum(d.n_used)::float8 AS readings
     FROM site s JOIN placement p ON p.site_id = s.id
     JOIN node n ON n.id = p.node_id AND ($5 OR NOT n.simulated)
     JOIN reading_day d ON d.node_id = p.node_id AND d.quantity_id = p.quantity_id
       AND d.position = p.position AND d.day >= p.valid_from
       AND (p.valid_to IS NULL OR d.day + interval '1 day' <= p.valid_to)
     WHERE s.name = $1 AND p.quantity_id = ANY ($2::int[]) AND d.day >= $3 AND d.day < $4
       AND d.n_used > 0
     GROUP BY p.quantity_id, p.depth_m, d.day ORDER BY d.day, p.quantity_id, p.depth_m`,
    [at.site, at.quantityIds, at.from, at.to, at.includeSimulated],
  )
}
