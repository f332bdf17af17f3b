import type { Reader, Session } from './database.js'

/** What alarms have seen of what arrived, and when nodes were heard. Unix seconds where a name ends in S. */

/** By the clock; undefined in a store that never had alarms. */
export async function alarmProgress(session: Reader): Promise<Date | undefined> {
  const [row] = await session.query<{ receivedTo: Date }>(
    'SELECT received_to AS "receivedTo" FROM alarm_progress',
  )
  return row?.receivedTo
}

export async function setAlarmProgress(session: Pick<Session, 'query'>, to: Date): Promise<void> {
  await session.query(
    `INSERT INTO alarm_progress (received_to) VALUES ($1)
     ON CONFLICT (singleton) DO UPDATE
     SET received_to = greatest(alarm_progress.received_to, excluded.received_to)`,
    [to],
  )
}

/** Nodes whose frames arrived since, with the first time that was measured in them. */
export function arrivedSince(
  session: Reader,
  since: Date,
): Promise<{ nodeId: number; fromS: number }[]> {
  return session.query(
    `SELECT node_id AS "nodeId", extract(epoch FROM min(first))::float8 AS "fromS"
     FROM frame WHERE received_at >= $1 GROUP BY node_id ORDER BY node_id`,
    [since],
  )
}

export interface NodeWord {
  id: number
  name: string
  simulated: boolean
  siteId: number | null
  heardS: number
  /** As its configuration has it. */
  sendIntervalS: number | null
}

/** Every node that is in use and was ever heard. */
export function nodeWords(session: Reader, at: Date): Promise<NodeWord[]> {
  return session.query<NodeWord>(
    `SELECT n.id, n.name, n.simulated, p.site_id AS "siteId",
            extract(epoch FROM l.heard)::float8 AS "heardS",
            greatest((n.config->>'sendIntervalS')::float8, (n.config->>'intervalS')::float8)
              AS "sendIntervalS"
     FROM node n
     JOIN LATERAL (SELECT max(received_at) AS heard FROM latest WHERE node_id = n.id) l
       ON l.heard IS NOT NULL
     JOIN LATERAL (SELECT site_id FROM placement WHERE node_id = n.id AND valid_from <= $1
       AND coalesce(valid_to, 'infinity') > $1 ORDER BY quantity_id LIMIT 1) p ON true
     WHERE n.disabled_at IS NULL ORDER BY n.id`,
    [at],
  )
}

/** Seconds that most often lie between two frames of a node; nothing for one that sent fewer than three. */
export function usualIntervals(
  session: Reader,
  nodeIds: readonly number[],
): Promise<{ nodeId: number; intervalS: number }[]> {
  return session.query(
    `SELECT node_id AS "nodeId",
            percentile_disc(0.5) WITHIN GROUP (ORDER BY gap)::float8 AS "intervalS"
     FROM unnest($1::int[]) AS u (node_id) CROSS JOIN LATERAL (
       SELECT extract(epoch FROM received_at - lag(received_at) OVER (ORDER BY received_at)) AS gap
       FROM (SELECT received_at FROM frame WHERE frame.node_id = u.node_id
             ORDER BY first DESC LIMIT 25) f) g
     WHERE gap IS NOT NULL GROUP BY node_id HAVING count(*) >= 2`,
    [nodeIds],
  )
}
