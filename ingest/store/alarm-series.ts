import type { Measurement } from '../../shared/science/alarms/episode.js'
import { fromSteps, quantityById } from '../../shared/wire/quantities.js'
import type { Reader } from './database.js'
import { PAGE_ROWS } from './readings.js'

/** What alarms read of a node: where its channels are, and what they measured. */

export interface AlarmNode {
  id: number
  name: string
  simulated: boolean
}

/** A channel while it is at a site. Unix seconds. */
export interface AlarmChannel {
  quantityId: number
  position: number
  siteId: number | null
  depthM: number | null
  placedFromS: number
  placedToS: number | null
}

export async function alarmNode(session: Reader, id: number): Promise<AlarmNode | undefined> {
  const [row] = await session.query<AlarmNode>(
    'SELECT id, name, simulated FROM node WHERE id = $1',
    [id],
  )
  return row
}

/** Placed somewhere at or after the time; what a node says of itself is where the node is. */
export function alarmChannels(
  session: Reader,
  nodeId: number,
  fromS: number,
): Promise<AlarmChannel[]> {
  return session.query<AlarmChannel>(
    `SELECT quantity_id AS "quantityId", position, site_id AS "siteId", depth_m AS "depthM",
            extract(epoch FROM valid_from)::float8 AS "placedFromS",
            extract(epoch FROM valid_to)::float8 AS "placedToS"
     FROM placement WHERE node_id = $1 AND coalesce(valid_to, 'infinity') > to_timestamp($2)
     UNION ALL
     SELECT l.quantity_id, l.position, w.site_id, NULL, 0, NULL
     FROM latest l LEFT JOIN LATERAL (
       SELECT site_id FROM placement WHERE node_id = $1 AND valid_to IS NULL
       ORDER BY quantity_id LIMIT 1) w ON true
     WHERE l.node_id = $1 AND l.quantity_id >= ${FIRST_OF_NODE} AND NOT EXISTS (
       SELECT FROM placement p WHERE p.node_id = $1 AND p.quantity_id = l.quantity_id
         AND p.position = l.position)`,
    [nodeId, fromS],
  )
}

/** From battery_voltage on a node speaks of itself. */
const FIRST_OF_NODE = 100

export interface Wanted {
  quantityId: number
  position: number
  fromS: number
}

interface Row extends Measurement {
  index: number
}

/** By place in `wanted`, each in ascending order of time. */
export async function alarmSeries(
  session: Reader,
  nodeId: number,
  wanted: readonly Wanted[],
): Promise<Measurement[][]> {
  const series = wanted.map((): Measurement[] => [])
  let open = wanted.map((_, index) => index)
  while (open.length > 0) {
    const limit = Math.max(1, Math.floor(PAGE_ROWS / open.length))
    const rows = await session.query<Row>(SERIES, [
      nodeId,
      open,
      open.map((index) => wanted[index]?.quantityId),
      open.map((index) => wanted[index]?.position),
      open.map((index) => nextS(series[index], wanted[index]?.fromS ?? 0)),
      limit,
    ])
    const got = new Map<number, number>()
    for (const { index, time, value, flag, why } of rows) {
      const quantity = quantityById(wanted[index]?.quantityId ?? 0)
      if (quantity === undefined) continue
      series[index]?.push({ time, value: fromSteps(quantity, value), flag, why })
      got.set(index, (got.get(index) ?? 0) + 1)
    }
    open = open.filter((index) => got.get(index) === limit)
  }
  return series
}

const SERIES = `
SELECT c.index, r.time, r.value, r.flag, r.why
FROM unnest($2::int[], $3::smallint[], $4::smallint[], $5::float8[])
  AS c (index, quantity_id, position, from_s)
CROSS JOIN LATERAL (
  SELECT extract(epoch FROM time)::float8 AS time, value, flag, why FROM reading
  WHERE node_id = $1 AND quantity_id = c.quantity_id AND position = c.position
    AND time >= to_timestamp(c.from_s)
  ORDER BY time LIMIT $6) r
ORDER BY c.index, r.time`

/** Whole seconds. */
function nextS(points: readonly Measurement[] | undefined, fromS: number): number {
  const last = points?.at(-1)
  return last === undefined ? fromS : last.time + 1
}
