import type { Flag } from '../../shared/schema/flags.js'
import { array, least, most } from './batch-statements.js'
import type { NewReading } from './batches.js'
import type { Session } from './database.js'

/** A channel of a node: its readings are one series. */
export interface Channel {
  nodeId: number
  quantityId: number
  position: number
}

/** A range of a series in unix seconds: `fromS` included, `toS` not. */
export interface ChannelRange extends Channel {
  fromS: number
  toS: number
}

/** What a series is known by, to judge what comes next. `time` in unix seconds. */
export interface LatestState {
  time: number
  value: number
  flag: Flag
  why: number
  tail: (number | null)[] | null
  /** The end of the last range of the series that a person flagged or the neighbour test doubts. */
  markedToS: number | null
}

export interface StoredReading {
  time: number
  value: number
  flag: Flag
  why: number
}

/**
 * What a reading is depends on its neighbours, so whoever adds readings of a node has it alone until COMMIT; where
 * only one session writes it has. In order of id: two batches in opposite order would deadlock.
 */
export function lockNodes(session: Session, ids: readonly number[]): Promise<NodeRevision[]> {
  return session.prepared<NodeRevision>(
    'lock_nodes',
    `SELECT id, correction_revision AS revision FROM node
     WHERE id = ANY ($1::int[]) ORDER BY id FOR NO KEY UPDATE`,
    [`{${ids.join(',')}}`],
  )
}

/** How often what corrects a node's readings has changed. */
export interface NodeRevision {
  id: number
  revision: number
}

/** Of those of the nodes for which it ever did. */
export function nodeRevisions(session: Session, ids: readonly number[]): Promise<NodeRevision[]> {
  return session.prepared<NodeRevision>(
    'node_revisions',
    `SELECT id, correction_revision AS revision FROM node
     WHERE id = ANY ($1::int[]) AND correction_revision > 0`,
    [`{${ids.join(',')}}`],
  )
}

/** Of each channel, in their order; undefined where it has no reading. */
export async function latestStates(
  session: Session,
  channels: readonly Channel[],
): Promise<(LatestState | undefined)[]> {
  const rows = await session.prepared<LatestState & { ordinal: number }>(
    'latest_states',
    `SELECT i.ordinal::int AS ordinal, extract(epoch FROM l.time)::float8 AS time, l.value, l.flag,
            l.why, l.tail, extract(epoch FROM l.marked_to)::float8 AS "markedToS"
     FROM unnest($1::int[], $2::smallint[], $3::smallint[]) WITH ORDINALITY
       AS i (node_id, quantity_id, position, ordinal)
     JOIN latest l USING (node_id, quantity_id, position)`,
    keys(channels),
  )
  const states: (LatestState | undefined)[] = channels.map(() => undefined)
  for (const row of rows) states[row.ordinal - 1] = row
  return states
}

/** The raw values now stored under the readings' keys, in their order. */
export async function storedRaw(
  session: Session,
  readings: readonly NewReading[],
): Promise<(number | undefined)[]> {
  const times = readings.map((reading) => reading.time)
  const found = await session.prepared<{ ordinal: number; raw: number }>(
    'stored_raw',
    `SELECT i.ordinal::int AS ordinal, coalesce(r.raw, r.value) AS raw
     FROM unnest($1::int[], $2::smallint[], $3::smallint[], $4::float8[]) WITH ORDINALITY
       AS i (node_id, quantity_id, position, seconds, ordinal)
     JOIN reading r ON r.node_id = i.node_id AND r.quantity_id = i.quantity_id
       AND r.position = i.position AND r.time = to_timestamp(i.seconds)
       AND r.time BETWEEN to_timestamp($5::float8) AND to_timestamp($6::float8)`,
    [...keys(readings), array(times, (time) => time), least(times), most(times)],
  )
  const raw: (number | undefined)[] = readings.map(() => undefined)
  for (const row of found) raw[row.ordinal - 1] = row.raw
  return raw
}

/** A stretch of a series, both ends included. */
export interface Stretch extends Channel {
  fromS: number
  toS: number
}

/** The readings of each stretch and as many as `beside` on either side of it, in ascending order of time. */
export async function readingsAround(
  session: Session,
  stretches: readonly Stretch[],
  beside: number,
): Promise<StoredReading[][]> {
  const rows = await session.prepared<StoredReading & { ordinal: number }>(
    'readings_around',
    `SELECT i.ordinal::int AS ordinal, extract(epoch FROM r.time)::float8 AS time, r.value, r.flag, r.why
     FROM unnest($1::int[], $2::smallint[], $3::smallint[], $4::float8[], $5::float8[])
       WITH ORDINALITY AS i (node_id, quantity_id, position, from_s, to_s, ordinal)
     CROSS JOIN LATERAL (
       (SELECT time, value, flag, why FROM reading
        WHERE node_id = i.node_id AND quantity_id = i.quantity_id AND position = i.position
          AND time < to_timestamp(i.from_s) ORDER BY time DESC LIMIT $6)
       UNION ALL
       (SELECT time, value, flag, why FROM reading
        WHERE node_id = i.node_id AND quantity_id = i.quantity_id AND position = i.position
          AND time BETWEEN to_timestamp(i.from_s) AND to_timestamp(i.to_s))
       UNION ALL
       (SELECT time, value, flag, why FROM reading
        WHERE node_id = i.node_id AND quantity_id = i.quantity_id AND position = i.position
          AND time > to_timestamp(i.to_s) ORDER BY time LIMIT $6)) r
     ORDER BY i.ordinal, r.time`,
    [
      ...keys(stretches),
      array(stretches, ({ fromS }) => fromS),
      array(stretches, ({ toS }) => toS),
      beside,
    ],
  )
  const readings = stretches.map((): StoredReading[] => [])
  for (const { ordinal, ...reading } of rows) readings[ordinal - 1]?.push(reading)
  return readings
}

export function keys(channels: readonly Channel[]): string[] {
  return [
    array(channels, ({ nodeId }) => nodeId),
    array(channels, ({ quantityId }) => quantityId),
    array(channels, ({ position }) => position),
  ]
}
