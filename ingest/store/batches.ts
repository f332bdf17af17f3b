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
  const rows = settleWithinBatch(sortedRows(frames), outcomes)
  await db.run('write', async (session) => {
    const inserted = await insert(session, rows, frames)
    // The usual case, told by numbers alone: what is missing are the rows of frames that came again.
    const isAgain = (row: Row) => !inserted.newFrames.has(keyOf(frames[row.frame] as NewFrame))
    const again = rows.filter(isAgain).length
    if (rows.length - again === inserted.readings) {
      for (const row of rows) {
        if (isAgain(row)) countRepeat(row, outcomes)
        else outcomes[row.frame]?.stored.push(row.reading)
      }
    } else {
      const raw = await storedRaw(session, rows)
      settleAgainstStored(rows, raw, inserted.readings, outcomes)
    }
    const conflicts = frames.flatMap((frame, index) => asConflict(frame, outcomes[index]))
    if (conflicts.length > 0) await insertRejected(session, conflicts)
  })
  return outcomes
}

/** Keeps frames that could not be accepted, whole; one that comes again only counts up. */
export async function commitRejected(db: Database, frames: NewRejectedFrame[]): Promise<void> {
  if (frames.length > 0) await db.run('write', (session) => insertRejected(session, frames))
}

/** An in-range reading that no test has judged yet. */
const USUAL_FLAG = 2

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
  if (storedRawValue === rawOf(row.reading)) countRepeat(row, outcomes)
  else outcomes[row.frame]?.conflicting.push(row.reading)
}

function countRepeat(row: Row, outcomes: FrameOutcome[]): void {
  const outcome = outcomes[row.frame]
  if (outcome !== undefined) outcome.repeated++
}

function rawOf(reading: NewReading): number {
  return reading.raw ?? reading.value
}

/**
 * Columns that are almost always the same are sent as empty arrays, which unnest pads with NULL. The newest
 * reading of each channel is named beforehand ($9–$12): where it was stored before, so was something at
 * least as new in `latest`.
 */
const INSERT = `
WITH stored AS (
  INSERT INTO reading (node_id, quantity_id, position, time, value, raw, flag, why)
  SELECT node_id, quantity_id, coalesce(position, 0), to_timestamp(seconds), value, raw,
         coalesce(flag, ${USUAL_FLAG}), coalesce(why, 0)
  FROM unnest($1::int[], $2::smallint[], $3::smallint[], $4::float8[], $5::int[], $6::int[],
              $7::smallint[], $8::int[])
    AS i (node_id, quantity_id, position, seconds, value, raw, flag, why)
  ON CONFLICT DO NOTHING
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

interface Inserted {
  readings: number
  /** Frames that were not stored before, by `keyOf`. */
  newFrames: Set<string>
}

async function insert(session: Session, rows: Row[], frames: NewFrame[]): Promise<Inserted> {
  const readings = rows.map((row) => row.reading)
  const newest = lastOfEachChannel(readings)
  const kept = withoutTwins(frames)
  type Answer = { readings: number; frames: string[] | null }
  const [answer] = await session.prepared<Answer>('commit_frames', INSERT, [
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
  ])
  return { readings: answer?.readings ?? 0, newFrames: new Set(answer?.frames) }
}

function keyOf(frame: { nodeId: number; boot: number; seq: number }): string {
  return `${frame.nodeId}/${frame.boot}/${frame.seq}`
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

/** The raw values now stored under the rows' keys, in the rows' order. */
async function storedRaw(session: Session, rows: Row[]): Promise<(number | undefined)[]> {
  const readings = rows.map((row) => row.reading)
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
  const raw: (number | undefined)[] = rows.map(() => undefined)
  for (const row of found) raw[row.ordinal - 1] = row.raw
  return raw
}

/**
 * Frames that overlap with others: a row whose stored value differs is a conflict. Which of the equal ones
 * are new cannot be seen afterwards, only how many, so the last ones count as new.
 */
function settleAgainstStored(
  rows: Row[],
  raw: (number | undefined)[],
  inserted: number,
  outcomes: FrameOutcome[],
): void {
  let left = inserted
  for (let index = rows.length - 1; index >= 0; index--) {
    const row = rows[index] as Row
    const storedValue = raw[index]
    // Neither inserted nor there: retention took the chunk away in between. The frame is sent again.
    if (storedValue === undefined) {
      throw new AppError('STORE_BUSY', 'a reading vanished', { temporary: true })
    }
    if (storedValue === rawOf(row.reading) && left-- > 0)
      outcomes[row.frame]?.stored.push(row.reading)
    else settleAgainst(storedValue, row, outcomes)
  }
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
  return frame.readings.reduce((least, reading) => Math.min(least, reading.time), Infinity)
}

function lastTime(frame: NewFrame): number {
  return frame.readings.reduce((most, reading) => Math.max(most, reading.time), 0)
}
