import { type Flag, WHY } from '../../shared/schema/flags.js'
import { array, json, least, most } from './batch-statements.js'
import type { NewReading } from './batches.js'
import type { Session } from './database.js'

/** A channel of a node: its readings are one series. */
export interface Channel {
  nodeId: number
  quantityId: number
  position: number
}

/** What a series is known by, to judge what comes next. `time` in unix seconds. */
export interface LatestState {
  time: number
  value: number
  flag: Flag
  why: number
  tail: (number | null)[] | null
}

export interface StoredReading {
  time: number
  value: number
  flag: Flag
  why: number
}

/** New flag and reasons of a stored reading. */
export type Reflagged = Channel & Pick<StoredReading, 'time' | 'flag' | 'why'>

/**
 * What a reading is depends on its neighbours, so whoever adds readings of a node has it alone until COMMIT; where
 * only one session writes it has. In order of id: two batches in opposite order would deadlock.
 */
export async function lockNodes(session: Session, ids: readonly number[]): Promise<void> {
  await session.prepared(
    'lock_nodes',
    'SELECT FROM node WHERE id = ANY ($1::int[]) ORDER BY id FOR NO KEY UPDATE',
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
            l.why, l.tail
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

/**
 * A flag that a person gave stays. One statement a series, not prepared: only where series and times stand in
 * the plan itself do the other series of a compressed chunk stay compressed.
 */
export async function reflag(session: Session, readings: readonly Reflagged[]): Promise<void> {
  for (const some of bySeries(readings)) {
    const [{ nodeId, quantityId, position }] = some
    const times = some.map(({ time }) => time)
    await session.query(
      `UPDATE reading r SET flag = u.flag, why = u.why
       FROM unnest($4::float8[], $5::smallint[], $6::int[]) AS u (seconds, flag, why)
       WHERE r.node_id = $1 AND r.quantity_id = $2 AND r.position = $3
         AND r.time = to_timestamp(u.seconds) AND (r.why & ${WHY.manual}) = 0
         AND r.time BETWEEN to_timestamp($7::float8) AND to_timestamp($8::float8)`,
      [nodeId, quantityId, position, ...flags(some), least(times), most(times)],
    )
  }
}

type OneOrMore<T> = [T, ...T[]]

function bySeries(readings: readonly Reflagged[]): Iterable<OneOrMore<Reflagged>> {
  const series = new Map<string, OneOrMore<Reflagged>>()
  for (const reading of readings) {
    const key = `${reading.nodeId}/${reading.quantityId}/${reading.position}`
    const some = series.get(key)
    if (some === undefined) series.set(key, [reading])
    else some.push(reading)
  }
  return series.values()
}

/** The newest readings of their series as they are judged now. */
export async function rejudgeLatest(
  session: Session,
  readings: readonly (Reflagged & { tail: (number | null)[] })[],
): Promise<void> {
  if (readings.length === 0) return
  await session.prepared(
    'rejudge_latest',
    `UPDATE latest l SET flag = u.flag, why = u.why, tail = u.tail
     FROM unnest($1::int[], $2::smallint[], $3::smallint[], $4::float8[], $5::smallint[], $6::int[],
                 $7::json[]) AS u (node_id, quantity_id, position, seconds, flag, why, tail)
     WHERE l.node_id = u.node_id AND l.quantity_id = u.quantity_id AND l.position = u.position
       AND l.time = to_timestamp(u.seconds)`,
    [...keys(readings), ...flags(readings), array(readings, ({ tail }) => json(tail))],
  )
}

function flags(readings: readonly Reflagged[]): string[] {
  return [
    array(readings, ({ time }) => time),
    array(readings, ({ flag }) => flag),
    array(readings, ({ why }) => why),
  ]
}

function keys(channels: readonly Channel[]): string[] {
  return [
    array(channels, ({ nodeId }) => nodeId),
    array(channels, ({ quantityId }) => quantityId),
    array(channels, ({ position }) => position),
  ]
}
