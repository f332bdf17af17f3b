import { createHash } from 'node:crypto'
import type { NewFrame, NewReading, NewRejectedFrame } from './batches.js'
import type { Session } from './database.js'
import { sqlState } from './sqlstate.js'

/** The statements that a batch of frames is committed with, and what they are fed. */

/** An in-range reading that no test has judged yet. */
const USUAL_FLAG = 2

/**
 * Columns that are almost always the same are sent as empty arrays, which unnest pads with NULL. The newest
 * reading of each channel is named beforehand ($9–$12): where it was stored before, so was something at
 * least as new in `latest`.
 */
const insertStatement = (onRepeat: '' | 'ON CONFLICT DO NOTHING') => `
WITH stored AS (
  INSERT INTO reading (node_id, quantity_id, position, time, value, raw, flag, why)
  SELECT node_id, quantity_id, coalesce(position, 0), to_timestamp(seconds), value, raw,
         coalesce(flag, ${USUAL_FLAG}), coalesce(why, 0)
  FROM unnest($1::int[], $2::smallint[], $3::smallint[], $4::float8[], $5::int[], $6::int[],
              $7::smallint[], $8::int[])
    AS i (node_id, quantity_id, position, seconds, value, raw, flag, why)
  ${onRepeat}
  RETURNING node_id, quantity_id, position, time, value, flag, why
), newest AS (
  INSERT INTO latest (node_id, quantity_id, position, time, received_at, value, flag, why)
  SELECT s.node_id, s.quantity_id, s.position, s.time, to_timestamp($13::float8), s.value, s.flag, s.why
  FROM unnest($9::int[], $10::smallint[], $11::smallint[], $12::float8[])
    AS n (node_id, quantity_id, position, seconds)
  JOIN stored s ON s.node_id = n.node_id AND s.quantity_id = n.quantity_id
    AND s.position = n.position AND s.time = to_timestamp(n.seconds)
  ORDER BY s.node_id, s.quantity_id, s.position
  ON CONFLICT (node_id, quantity_id, position) DO UPDATE
  SET time = excluded.time, received_at = excluded.received_at, value = excluded.value,
      flag = excluded.flag, why = excluded.why
  WHERE latest.time < excluded.time
), kept AS (
  INSERT INTO frame (received_at, node_id, boot, seq, first, last, undated, bytes)
  SELECT to_timestamp(f.received), f.node_id, f.boot, f.seq, to_timestamp(f.first),
         to_timestamp(f.last), f.undated, f.bytes
  FROM unnest($14::float8[], $15::int[], $16::int[], $17::int[], $18::float8[], $19::float8[],
              $20::bool[], $21::bytea[]) AS f (received, node_id, boot, seq, first, last, undated, bytes)
  WHERE NOT EXISTS (SELECT FROM frame k WHERE k.node_id = f.node_id AND k.boot = f.boot
                    AND k.seq = f.seq AND k.bytes = f.bytes)
  RETURNING node_id, boot, seq
)
SELECT (SELECT count(*)::int FROM stored) AS readings,
       (SELECT array_agg(concat_ws('/', node_id, boot, seq)) FROM kept) AS frames`

export interface Inserted {
  readings: number
  /** Frames that were not stored before, by `keyOf`. */
  newFrames: Set<string>
}

const HOPEFUL = insertStatement('')
const CAREFUL = insertStatement('ON CONFLICT DO NOTHING')
const UNIQUE_VIOLATION = '23505'

/**
 * Hopeful first, unless told to be careful: a plain INSERT costs the database half of one that expects
 * repeats. A single repeat undoes the whole statement, which is then done again with care.
 */
export async function insertFrames(
  session: Session,
  parameters: unknown[],
  isCareful: boolean,
): Promise<Inserted> {
  type Answer = { readings: number; frames: string[] | null }
  const careful = () => session.prepared<Answer>('commit_frames_careful', CAREFUL, parameters)
  const [answer] = isCareful
    ? await careful()
    : await session.prepared<Answer>('commit_frames', HOPEFUL, parameters).catch((error) => {
        if (sqlState(error) === UNIQUE_VIOLATION) return careful()
        throw error
      })
  return { readings: answer?.readings ?? 0, newFrames: new Set(answer?.frames) }
}

/** Identity of a frame but for its bytes. */
export function keyOf(frame: { nodeId: number; boot: number; seq: number }): string {
  return `${frame.nodeId}/${frame.boot}/${frame.seq}`
}

/** `readings` sorted by key, each key once. */
export function parametersOf(readings: NewReading[], frames: NewFrame[]): unknown[] {
  const newest = lastOfEachChannel(readings)
  const kept = withoutTwins(frames)
  return [
    array(readings, (r) => r.nodeId),
    array(readings, (r) => r.quantityId),
    unlessAll(readings, 0, (r) => r.position),
    array(readings, (r) => r.time),
    array(readings, (r) => r.value),
    unlessAll(readings, 'NULL', (r) => r.raw ?? 'NULL'),
    unlessAll(readings, USUAL_FLAG, (r) => r.flag),
    unlessAll(readings, 0, (r) => r.why),
    array(newest, (r) => r.nodeId),
    array(newest, (r) => r.quantityId),
    array(newest, (r) => r.position),
    array(newest, (r) => r.time),
    Math.max(...frames.map((frame) => frame.receivedAt)) / 1000,
    array(kept, (f) => f.receivedAt / 1000),
    array(kept, (f) => f.nodeId),
    array(kept, (f) => f.boot),
    array(kept, (f) => f.seq),
    array(kept, (f) => firstTime(f)),
    array(kept, (f) => lastTime(f)),
    array(kept, (f) => (f.undated ? 't' : 'f')),
    array(kept, (f) => bytea(f.bytes)),
  ]
}

/** Of readings sorted by key. */
function lastOfEachChannel(readings: NewReading[]): NewReading[] {
  return readings.filter((reading, index) => {
    const next = readings[index + 1]
    return (
      next === undefined ||
      next.nodeId !== reading.nodeId ||
      next.quantityId !== reading.quantityId ||
      next.position !== reading.position
    )
  })
}

/** A frame that was sent twice may arrive twice in one batch, over a new and a dying connection. */
function withoutTwins(frames: NewFrame[]): NewFrame[] {
  const seen = new Map<string, NewFrame>()
  for (const frame of frames) {
    const key = keyOf(frame)
    const twin = seen.get(key)
    if (twin === undefined) seen.set(key, frame)
    else if (Buffer.compare(twin.bytes, frame.bytes) !== 0) {
      seen.set(`${key}/${digestOf(frame.bytes).toString('hex')}`, frame)
    }
  }
  return [...seen.values()]
}

/** The raw values now stored under the readings' keys, in their order. */
export async function storedRaw(
  session: Session,
  readings: NewReading[],
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
    [
      array(readings, (r) => r.nodeId),
      array(readings, (r) => r.quantityId),
      array(readings, (r) => r.position),
      array(readings, (r) => r.time),
      least(times),
      most(times),
    ],
  )
  const raw: (number | undefined)[] = readings.map(() => undefined)
  for (const row of found) raw[row.ordinal - 1] = row.raw
  return raw
}

/** Keeps frames whole; one that is there already counts up. */
export async function insertRejected(session: Session, frames: NewRejectedFrame[]): Promise<void> {
  const byDigest = new Map<string, NewRejectedFrame & { digest: Buffer }>()
  for (const frame of frames) {
    const digest = digestOf(frame.bytes)
    byDigest.set(`${frame.nodeId}/${digest.toString('hex')}`, { ...frame, digest })
  }
  const rows = [...byDigest.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
  await session.prepared(
    'commit_rejected',
    `INSERT INTO rejected_frame (node_id, reason, detail, bytes, digest, boot, seq, readings,
                                 received_at, last_received_at)
     SELECT f.node_id, f.reason, f.detail, f.bytes, f.digest, f.boot, f.seq, f.readings,
            to_timestamp(f.received), to_timestamp(f.received)
     FROM unnest($1::int[], $2::text[], $3::text[], $4::bytea[], $5::bytea[], $6::int[], $7::int[],
                 $8::int[], $9::float8[])
       AS f (node_id, reason, detail, bytes, digest, boot, seq, readings, received)
     ON CONFLICT (node_id, digest) DO UPDATE
     SET times_received = rejected_frame.times_received + 1,
         last_received_at = excluded.last_received_at`,
    [
      array(rows, (f) => f.nodeId),
      rows.map((f) => f.reason),
      rows.map((f) => f.detail),
      array(rows, (f) => bytea(f.bytes)),
      array(rows, (f) => bytea(f.digest)),
      array(rows, (f) => f.boot ?? 'NULL'),
      array(rows, (f) => f.seq ?? 'NULL'),
      array(rows, (f) => f.readings),
      array(rows, (f) => f.receivedAt / 1000),
    ],
  )
}

/** SHA-256 of a frame's bytes: the identity of a rejected frame. */
export function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}

/** A PostgreSQL array literal; joining strings costs a third of what pg's own conversion does. */
function array<T>(items: T[], of: (item: T) => number | string): string {
  return `{${items.map(of).join(',')}}`
}

/** As `array`, but empty when every item is the usual one. */
function unlessAll<T>(
  items: T[],
  usual: number | string,
  of: (item: T) => number | string,
): string {
  return items.every((item) => of(item) === usual) ? '{}' : array(items, of)
}

function bytea(bytes: Uint8Array): string {
  return `"\\\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}"`
}

function firstTime(frame: NewFrame): number {
  return least(frame.readings.map((reading) => reading.time))
}

function lastTime(frame: NewFrame): number {
  return most(frame.readings.map((reading) => reading.time))
}

function least(numbers: number[]): number {
  return numbers.reduce((one, other) => Math.min(one, other), Infinity)
}

function most(numbers: number[]): number {
  return numbers.reduce((one, other) => Math.max(one, other), 0)
}

/** Order of the identity (node, quantity, position, time). */
export function compareKeys(a: NewReading, b: NewReading): number {
  return (
    a.nodeId - b.nodeId || a.quantityId - b.quantityId || a.position - b.position || a.time - b.time
  )
}
