import { createHash } from 'node:crypto'
import type { NewFrame, NewReading, NewRejectedFrame } from './batches.js'
import type { Session } from './database.js'

/** The statements that a batch of frames is committed with, and what they are fed. */

/** A reading that passed all its tests. */
const USUAL_FLAG = 1

/** Columns that are almost always the same are sent as empty arrays, which unnest pads with NULL. */
const INSERT_FRAMES = `
WITH stored AS (
  INSERT INTO reading (node_id, quantity_id, position, time, value, raw, flag, why)
  SELECT node_id, quantity_id, coalesce(position, 0), to_timestamp(seconds), value, raw,
         coalesce(flag, ${USUAL_FLAG}), coalesce(why, 0)
  FROM unnest($1::int[], $2::smallint[], $3::smallint[], $4::float8[], $5::int[], $6::int[],
              $7::smallint[], $8::int[])
    AS i (node_id, quantity_id, position, seconds, value, raw, flag, why)
), newest AS (
  INSERT INTO latest (node_id, quantity_id, position, time, received_at, value, flag, why, tail)
  SELECT node_id, quantity_id, position, to_timestamp(seconds), to_timestamp($9::float8), value, flag, why,
         tail
  FROM unnest($10::int[], $11::smallint[], $12::smallint[], $13::float8[], $14::int[], $15::smallint[],
              $16::int[], $17::json[])
    AS n (node_id, quantity_id, position, seconds, value, flag, why, tail)
  ON CONFLICT (node_id, quantity_id, position) DO UPDATE
  SET time = excluded.time, received_at = excluded.received_at, value = excluded.value,
      flag = excluded.flag, why = excluded.why, tail = excluded.tail
  WHERE latest.time < excluded.time
)
INSERT INTO frame (received_at, node_id, boot, seq, first, last, undated, bytes)
SELECT to_timestamp(f.received), f.node_id, f.boot, f.seq, to_timestamp(f.first),
       to_timestamp(f.last), f.undated, f.bytes
FROM unnest($18::float8[], $19::int[], $20::int[], $21::int[], $22::float8[], $23::float8[],
            $24::bool[], $25::bytea[]) AS f (received, node_id, boot, seq, first, last, undated, bytes)
WHERE NOT EXISTS (SELECT FROM frame k WHERE k.node_id = f.node_id AND k.boot = f.boot
                  AND k.seq = f.seq AND k.bytes = f.bytes)`

/** The newest reading of a channel, with what its next one is judged by. */
export interface Newest {
  reading: NewReading
  tail: readonly (number | null)[] | null
}

/** What is new: readings that are not stored yet, sorted by key, each key once. */
export interface NewRows {
  readings: NewReading[]
  newest: Newest[]
}

/** `columns` as `readingColumns` makes them of the readings, `frames` as `frameParameters` does. */
export async function insertFrames(
  session: Session,
  { readings, newest }: NewRows,
  { columns, frames }: { columns: unknown[]; frames: unknown[] },
): Promise<void> {
  const [receivedAt, ...kept] = frames
  await session.prepared('commit_frames', INSERT_FRAMES, [
    ...columns,
    unlessAll(readings, USUAL_FLAG, (r) => r.flag),
    unlessAll(readings, 0, (r) => r.why),
    receivedAt,
    array(newest, ({ reading }) => reading.nodeId),
    array(newest, ({ reading }) => reading.quantityId),
    array(newest, ({ reading }) => reading.position),
    array(newest, ({ reading }) => reading.time),
    array(newest, ({ reading }) => reading.value),
    array(newest, ({ reading }) => reading.flag),
    array(newest, ({ reading }) => reading.why),
    array(newest, ({ tail }) => (tail === null ? 'NULL' : json(tail))),
    ...kept,
  ])
}

/** What of the readings is known before they are judged. */
export function readingColumns(readings: NewReading[]): unknown[] {
  return [
    array(readings, (r) => r.nodeId),
    array(readings, (r) => r.quantityId),
    unlessAll(readings, 0, (r) => r.position),
    array(readings, (r) => r.time),
    array(readings, (r) => r.value),
    unlessAll(readings, 'NULL', (r) => r.raw ?? 'NULL'),
  ]
}

export function frameParameters(frames: NewFrame[]): unknown[] {
  const kept = withoutTwins(frames)
  return [
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

/** A frame that was sent twice may arrive twice in one batch, over a new and a dying connection. */
function withoutTwins(frames: NewFrame[]): NewFrame[] {
  const seen = new Map<string, NewFrame>()
  for (const frame of frames) {
    const key = `${frame.nodeId}/${frame.boot}/${frame.seq}`
    const twin = seen.get(key)
    if (twin === undefined) seen.set(key, frame)
    else if (Buffer.compare(twin.bytes, frame.bytes) !== 0) {
      seen.set(`${key}/${digestOf(frame.bytes).toString('hex')}`, frame)
    }
  }
  return [...seen.values()]
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
export function array<T>(items: readonly T[], of: (item: T) => number | string): string {
  return `{${items.map(of).join(',')}}`
}

/** As `array`, but empty when every item is the usual one. */
function unlessAll<T>(
  items: readonly T[],
  usual: number | string,
  of: (item: T) => number | string,
): string {
  return items.every((item) => of(item) === usual) ? '{}' : array(items, of)
}

/** Of numbers, which need no quoting. */
export function json(numbers: readonly (number | null)[]): string {
  return `"${JSON.stringify(numbers)}"`
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

export function least(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => Math.min(one, other), Infinity)
}

export function most(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => Math.max(one, other), 0)
}
