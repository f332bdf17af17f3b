import { AppError } from '../errors.js'
import {
  compareKeys,
  type Inserted,
  insertFrames,
  insertRejected,
  keyOf,
  parametersOf,
  storedRaw,
} from './batch-statements.js'
import type { Database } from './database.js'

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
  /**
   * Its node did not know the time, or its time was set by hand or is doubted: it dates no other frame. Before
   * it is dated, the times of its readings are uptimes.
   */
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

/** Frames made ready for the database: whatever can be done without a session is done by now. */
export interface PreparedFrames {
  frames: NewFrame[]
  /** Sorted by key; rows of one key in the order of their arrival. */
  rows: Row[]
  parameters: unknown[]
}

/**
 * Rows are sorted by key, so two batches in opposite order cannot deadlock, and a key that comes twice is
 * inserted once: the first keeps it.
 */
export function prepareFrames(frames: NewFrame[]): PreparedFrames {
  const rows = sortedRows(frames)
  return { frames, rows, parameters: parametersOf(firstsOf(rows), frames) }
}

export interface CommitOptions {
  /** False where no repeat is expected: faster then, slower where one comes all the same. */
  isCareful?: boolean
  /** Whether a frame that conflicts is kept as rejected. */
  keepConflicts?: boolean
}

/**
 * Commits frames in one statement: readings that are not there yet, `latest` from the rows really inserted
 * and guarded by measured time, and the raw frames. When it resolves, everything is committed.
 *
 * A stored identity with the same raw value is a repeat; one with another raw value is a conflict, which
 * leaves the stored row alone and keeps the frame as rejected, unless `keepConflicts` is false. A kill between
 * the two loses nothing: the frame was not acknowledged, and comes again.
 */
export async function commitPrepared(
  db: Database,
  { frames, rows, parameters }: PreparedFrames,
  { isCareful = true, keepConflicts = true }: CommitOptions = {},
): Promise<FrameOutcome[]> {
  const outcomes = frames.map((): FrameOutcome => ({ stored: [], repeated: 0, conflicting: [] }))
  await db.run('write', async (session) => {
    const inserted = await insertFrames(session, parameters, isCareful)
    if (inserted.readings === rows.length) {
      for (const row of rows) outcomes[row.frame]?.stored.push(row.reading)
      return
    }
    const readings = rows.map((row) => row.reading)
    settle(rows, await storedRaw(session, readings), inserted, frames, outcomes)
    const conflicts = frames.flatMap((frame, index) => asConflict(frame, outcomes[index]))
    if (keepConflicts && conflicts.length > 0) await insertRejected(session, conflicts)
  })
  return outcomes
}

/** As `commitPrepared`, of frames as they are. */
export function commitFrames(
  db: Database,
  frames: NewFrame[],
  options?: CommitOptions,
): Promise<FrameOutcome[]> {
  return commitPrepared(db, prepareFrames(frames), options)
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

function firstsOf(rows: Row[]): NewReading[] {
  const firsts: NewReading[] = []
  let last: NewReading | undefined
  for (const { reading } of rows) {
    if (last === undefined || compareKeys(last, reading) !== 0) firsts.push(reading)
    last = reading
  }
  return firsts
}

function rawOf(reading: NewReading): number {
  return reading.raw ?? reading.value
}

/**
 * Not every row was new. One whose stored value differs is a conflict. Which of the equal ones are new cannot
 * be seen afterwards, only how many: the first of each key are, those of frames that came for the first time
 * before those of frames that were there.
 */
function settle(
  rows: Row[],
  raw: (number | undefined)[],
  inserted: Inserted,
  frames: NewFrame[],
  outcomes: FrameOutcome[],
): void {
  const equal: Row[] = []
  rows.forEach((row, index) => {
    const storedValue = raw[index]
    // Neither inserted nor there: retention took the chunk away in between. The frame is sent again.
    if (storedValue === undefined) {
      throw new AppError('STORE_BUSY', 'a reading vanished', { temporary: true })
    }
    if (storedValue === rawOf(row.reading)) equal.push(row)
    else outcomes[row.frame]?.conflicting.push(row.reading)
  })
  const isNew = (row: Row) => inserted.newFrames.has(keyOf(frames[row.frame] as NewFrame))
  let left = inserted.readings
  let last: NewReading | undefined
  for (const row of [...equal.filter(isNew), ...equal.filter((one) => !isNew(one))]) {
    const isTwin = last !== undefined && compareKeys(last, row.reading) === 0
    if (!isTwin && left > 0) {
      left--
      outcomes[row.frame]?.stored.push(row.reading)
    } else countRepeat(row, outcomes)
    last = row.reading
  }
}

function countRepeat(row: Row, outcomes: FrameOutcome[]): void {
  const outcome = outcomes[row.frame]
  if (outcome !== undefined) outcome.repeated++
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
