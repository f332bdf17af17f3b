import { createHash } from 'node:crypto'
import { AppError } from '../errors.js'
import type { Database, Session } from './database.js'

/** A reading on its way into the store: integers of the quantity's step, time in unix seconds. */
export interface NewReading {
  nodeId: number
  quantityId: number
  position: number
  time: number
  value: number
  /** What the sensor said, where calibration changed it. */
  raw: number | null
  flag: number
  why: number
}

/** A decoded, dated frame with its readings. `receivedAt` is unix milliseconds. */
export interface NewFrame {
  nodeId: number
  boot: number
  seq: number
  /** Its node did not know the time; before it is dated, the times of its readings are uptimes. */
  undated: boolean
  bytes: Uint8Array
  receivedAt: number
  readings: NewReading[]
}

export interface NewRejectedFrame {
  nodeId: number
  reason: string
  detail: string
  bytes: Uint8Array
  boot: number | null
  seq: number | null
  /** Readings in it that are not stored; 0 where it could not be decoded. */
  readings: number
  receivedAt: number
}

/** What became of a frame's readings; their sum is the number of its readings. */
export interface FrameOutcome {
  stored: NewReading[]
  repeated: number
  conflicting: NewReading[]
}

/**
 * Commits frames in one statement: readings that are not there yet, `latest` from the rows really inserted
 * and guarded by measured time, and the raw frames. When it resolves, everything is committed.
 *
 * Rows are sorted by key, so two batches in opposite order cannot deadlock, and a key that comes twice in a
 * batch counts once: the first keeps it. A stored identity with the same raw value is a repeat; one with
 * another raw value is a conflict, which leaves the stored row alone and keeps the frame as rejected.
 */
export async function commitFrames(db: Database, frames: NewFrame[]): Promise<FrameOutcome[]> {
  const outcomes = frames.map((): FrameOutcome => ({ stored: [], repeated: 0, conflicting: [] }))
  const rows = sortedRows(frames)
  const firsts = settleWithinBatch(rows, outcomes)
  await db.run('write', async (session) => {
    const missing = await insert(session, firsts, frames)
    settle(firsts, outcomes, missing, await storedRaw(session, firsts, missing))
    const conflicts = frames.flatMap((frame, index) => asConflict(frame, outcomes[index]))
    if (conflicts.length > 0) await insertRejected(session, conflicts)
  })
  return outcomes
}

/** Keeps frames that could not be accepted, whole; one that comes again only counts up. */
export async function commitRejected(db: Database, frames: NewRejectedFrame[]): Promise<void> {
  if (frames.length > 0) await db.run('write', (session) => insertRejected(session, frames))
}

interface Row {
  frame: number
  reading: NewReading
}

function sortedRows(frames: NewFrame[]): Row[] {
  const rows: Row[] = []
  frames.forEach((frame, index) => {
    for (const reading of frame.readings) rows.push({ frame: index, reading })
  })
  return rows.sort((a, b) => compareKeys(a.reading, b.reading))
}

function compareKeys(a: NewReading, b: NewReading): number {
  return (
    a.nodeId - b.nodeId || a.quantityId - b.quantityId || a.position - b.position || a.time - b.time
  )
}

/** The first row of each key; later ones are settled against it here. */
function settleWithinBatch(rows: Row[], outcomes: FrameOutcome[]): Row[] {
  const firsts: Row[] = []
  let last: Row | undefined
  for (const row of rows) {
    if (last !== undefined && compareKeys(last.reading, row.reading) === 0) {
      settleAgainst(rawOf(last.reading), row, outcomes)
    } else {
      firsts.push(row)
      last = row
    }
  }
  return firsts
}

function settleAgainst(storedRawValue: number, row: Row, outcomes: FrameOutcome[]): void {
  const outcome = outcomes[row.frame]
  if (outcome === undefined) return
  if (storedRawValue === rawOf(row.reading)) outcome.repeated++
  else outcome.conflicting.push(row.reading)
}

function rawOf(reading: NewReading): number {
  return reading.raw ?? reading.value
}

const INSERT = `
WITH input AS MATERIALIZED (
  SELECT * FROM unnest($1::int[], $2::smallint[], $3::smallint[], $4::float8[], $5::int[], $6::int[],
                       $7::smallint[], $8::int[]) WITH ORDINALITY
    AS i (node_id, quantity_id, position, seconds, value, raw, flag, why, ordinal)
), stored AS (
  INSERT INTO reading (node_id, quantity_id, position, time, value, raw, flag, why)
  SELECT node_id, quantity_id, position, to_timestamp(seconds), value, raw, flag, why FROM input
  ON CONFLICT DO NOTHING
  RETURNING node_id, quantity_id, position, time, value, flag, why
), newest AS (
  INSERT INTO latest (node_id, quantity_id, position, time, received_at, value, flag, why)
  SELECT DISTINCT ON (node_id, quantity_id, position)
         node_id, quantity_id, position, time, to_timestamp($9::float8), value, flag, why
  FROM stored ORDER BY node_id, quantity_id, position, time DESC
  ON CONFLICT (node_id, quantity_id, position) DO UPDATE
  SET time = excluded.time, received_at = excluded.received_at, value = excluded.value,
      flag = excluded.flag, why = excluded.why
  WHERE latest.time < excluded.time
), kept AS (
  INSERT INTO frame (received_at, node_id, boot, seq, first, last, undated, bytes)
  SELECT to_timestamp(f.received), f.node_id, f.boot, f.seq, to_timestamp(f.first),
         to_timestamp(f.last), f.undated, f.bytes
  FROM unnest($10::float8[], $11::int[], $12::int[], $13::int[], $14::float8[], $15::float8[],
              $16::bool[], $17::bytea[]) AS f (received, node_id, boot, seq, first, last, undated, bytes)
  WHERE NOT EXISTS (SELECT FROM frame k WHERE k.node_id = f.node_id AND k.boot = f.boot
                    AND k.seq = f.seq AND k.bytes = f.bytes)
)
SELECT array_agg(ordinal::int) AS missing FROM input i
WHERE NOT EXISTS (SELECT FROM stored s WHERE s.node_id = i.node_id AND s.quantity_id = i.quantity_id
                  AND s.position = i.position AND s.time = to_timestamp(i.seconds))`

/** Indices of the rows that were there already. */
async function insert(session: Session, rows: Row[], frames: NewFrame[]): Promise<number[]> {
  const readings = rows.map((row) => row.reading)
  const kept = withoutTwins(frames)
  const [answer] = await session.prepared<{ missing: number[] | null }>('commit_frames', INSERT, [
    array(readings, (r) => r.nodeId),
    array(readings, (r) => r.quantityId),
    array(readings, (r) => r.position),
    array(readings, (r) => r.time),
    array(readings, (r) => r.value),
    array(readings, (r) => r.raw ?? 'NULL'),
    array(readings, (r) => r.flag),
    array(readings, (r) => r.why),
    Math.max(...frames.map((frame) => frame.receivedAt)) / 1000,
    array(kept, (f) => f.receivedAt / 1000),
    array(kept, (f) => f.nodeId),
    array(kept, (f) => f.boot),
    array(kept, (f) => f.seq),
    array(kept, (f) => firstTime(f)),
    array(kept, (f) => lastTime(f)),
    array(kept, (f) => (f.undated ? 't' : 'f')),
    array(kept, (f) => bytea(f.bytes)),
  ])
  return (answer?.missing ?? []).map((ordinal) => ordinal - 1)
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

/** The raw values now stored under the keys of the missing rows, by row index. */
async function storedRaw(
  session: Session,
  rows: Row[],
  missing: number[],
): Promise<Map<number, number>> {
  if (missing.length === 0) return new Map()
  const readings = missing.map((index) => (rows[index] as Row).reading)
  const found = await session.prepared<{ ordinal: number; raw: number }>(
    'stored_raw',
    `SELECT i.ordinal::int AS ordinal, coalesce(r.raw, r.value) AS raw
     FROM unnest($1::int[], $2::smallint[], $3::smallint[], $4::float8[]) WITH ORDINALITY
       AS i (node_id, quantity_id, position, seconds, ordinal)
     JOIN reading r ON r.node_id = i.node_id AND r.quantity_id = i.quantity_id
       AND r.position = i.position AND r.time = to_timestamp(i.seconds)`,
    [
      array(readings, (r) => r.nodeId),
      array(readings, (r) => r.quantityId),
      array(readings, (r) => r.position),
      array(readings, (r) => r.time),
    ],
  )
  return new Map(found.map((row) => [missing[row.ordinal - 1] as number, row.raw]))
}

function settle(
  rows: Row[],
  outcomes: FrameOutcome[],
  missing: number[],
  stored: Map<number, number>,
): void {
  const absent = new Set(missing)
  rows.forEach((row, index) => {
    if (!absent.has(index)) {
      outcomes[row.frame]?.stored.push(row.reading)
      return
    }
    const raw = stored.get(index)
    // Neither inserted nor there: retention took the chunk away in between. The frame is sent again.
    if (raw === undefined)
      throw new AppError('STORE_BUSY', 'a reading vanished', { temporary: true })
    settleAgainst(raw, row, outcomes)
  })
}

function asConflict(frame: NewFrame, outcome: FrameOutcome | undefined): NewRejectedFrame[] {
  const first = outcome?.conflicting[0]
  if (outcome === undefined || first === undefined) return []
  const time = new Date(first.time * 1000).toISOString()
  return [
    {
      nodeId: frame.nodeId,
      reason: 'conflict',
      detail: `${outcome.conflicting.length} of ${frame.readings.length} readings differ from what is stored, first quantity ${first.quantityId} at ${time}`,
      bytes: frame.bytes,
      boot: frame.boot,
      seq: frame.seq,
      readings: outcome.conflicting.length,
      receivedAt: frame.receivedAt,
    },
  ]
}

async function insertRejected(session: Session, frames: NewRejectedFrame[]): Promise<void> {
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

function bytea(bytes: Uint8Array): string {
  return `"\\\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}"`
}

function firstTime(frame: NewFrame): number {
  return frame.readings.reduce((least, reading) => Math.min(least, reading.time), Infinity)
}

function lastTime(frame: NewFrame): number {
  return frame.readings.reduce((most, reading) => Math.max(most, reading.time), 0)
}
