import {
  frameParameters,
  insertFrames,
  insertRejected,
  readingColumns,
} from './batch-statements.js'
import { type Channel, latestStates, lockNodes, nodeRevisions } from './channels.js'
import { type ChannelRules, type Corrections, calibrate } from './corrections.js'
import type { Database, Session } from './database.js'
import { type Added, flagAdded, type LimitsOf } from './flagging.js'
import { judgeLate } from './late.js'
import { NOTHING_SAID, noteMarks, saidOn } from './marks.js'
import { type Reflagged, reflag } from './reflag.js'
import { type Regime, regimesOf } from './regimes.js'
import { type Row, type Series, sift } from './sift.js'

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
  /** Sorted by key. */
  series: Series[]
  nodeIds: number[]
  frameParameters: unknown[]
  /** Of all readings, for the usual case that all of them are new. */
  columns: unknown[]
}

/** Rows are sorted by key: the store takes them faster so. */
export function prepareFrames(frames: NewFrame[]): PreparedFrames {
  const rows = sortedRows(frames)
  return {
    frames,
    series: seriesOf(rows),
    nodeIds: [...new Set(rows.map(({ reading }) => reading.nodeId))],
    frameParameters: frameParameters(frames),
    columns: readingColumns(rows.map(({ reading }) => reading)),
  }
}

/** What became of frames. */
export interface Committed {
  /** By place of the frame. */
  outcomes: FrameOutcome[]
  /** Readings stored before whose flags follow from the new ones. */
  reflagged: Reflagged[]
}

export interface CommitOptions {
  /** Limits that readings are flagged by; without them flags are stored as they came. */
  limitsOf?: LimitsOf
  /** Whether a frame that conflicts is kept as rejected. */
  keepConflicts?: boolean
  /** What readings are calibrated by; without it they are stored as they came. */
  corrections?: Corrections
}

/**
 * Commits frames in one transaction: readings that are not there yet, flagged, with the new flags of their stored
 * neighbours, `latest` guarded by measured time, and the raw frames. When it resolves, everything is committed.
 *
 * A stored identity with the same raw value is a repeat; one with another raw value is a conflict, which
 * leaves the stored row alone and keeps the frame as rejected, unless `keepConflicts` is false.
 */
export function commitPrepared(
  db: Database,
  prepared: PreparedFrames,
  { limitsOf = () => undefined, keepConflicts = true, corrections }: CommitOptions = {},
): Promise<Committed> {
  return db.transaction('write', async (session) => {
    const { series, nodeIds } = prepared
    const locked = db.writers > 1 ? await lockNodes(session, nodeIds) : undefined
    let rulesOf: RulesOf = () => undefined
    if (corrections !== undefined) {
      rulesOf = await corrections.of(session, locked ?? (await nodeRevisions(session, nodeIds)))
      if (correctSeries(series, rulesOf)) prepared.columns = readingColumns(readingsOf(series))
    }
    const committed = await storeFrames(session, prepared, ({ channel }) =>
      regimesOf(limitsOf(channel.quantityId), rulesOf(channel)?.ownLimits),
    )
    const { outcomes } = committed
    const conflicts = prepared.frames.flatMap((frame, index) => asConflict(frame, outcomes[index]))
    if (keepConflicts && conflicts.length > 0) await insertRejected(session, conflicts)
    return committed
  })
}

type RulesOf = (channel: Channel) => ChannelRules | undefined

/** Whether there was anything to calibrate. */
function correctSeries(series: readonly Series[], rulesOf: RulesOf): boolean {
  let isCorrected = false
  for (const { channel, rows } of series) {
    const rules = rulesOf(channel)
    if (rules === undefined) continue
    for (const { reading } of rows) calibrate(reading, rules.correction)
    isCorrected = true
  }
  return isCorrected
}

function readingsOf(series: readonly Series[]): NewReading[] {
  return series.flatMap(({ rows }) => rows.map(({ reading }) => reading))
}

async function storeFrames(
  session: Session,
  prepared: PreparedFrames,
  regimesFor: (series: Series) => readonly Regime[],
): Promise<Committed> {
  const { frames, series, frameParameters } = prepared
  const outcomes = frames.map((): FrameOutcome => ({ stored: [], repeated: 0, conflicting: [] }))
  const channels = series.map(({ channel }) => channel)
  const states = await latestStates(session, channels)
  const added = await sift(session, { series, states }, outcomes)
  const said = await saidOn(session, { series, states, added })
  const flagged = flagAdded(
    series.flatMap((one, index): Added[] => {
      const readings = added[index] ?? []
      if (readings.length === 0) return []
      const { channel } = one
      const regimes = regimesFor(one)
      const state = states[index]
      return [{ channel, readings, state, regimes, said: said.get(index) ?? NOTHING_SAID }]
    }),
  )
  const readings = added.flat()
  const isAllNew = outcomes.every(
    ({ repeated, conflicting }) => repeated + conflicting.length === 0,
  )
  const columns = isAllNew ? prepared.columns : readingColumns(readings)
  await insertFrames(
    session,
    { readings, newest: flagged.newest },
    { columns, frames: frameParameters },
  )
  await noteMarks(
    session,
    channels.filter((_, index) => states[index] === undefined),
  )
  await reflag(session, flagged.reflagged)
  const late = await judgeLate(session, flagged.late)
  return { outcomes, reflagged: [...flagged.reflagged, ...late] }
}

/** As `commitPrepared`, of frames as they are. */
export function commitFrames(
  db: Database,
  frames: NewFrame[],
  options?: CommitOptions,
): Promise<Committed> {
  return commitPrepared(db, prepareFrames(frames), options)
}

/** Keeps frames that could not be accepted, whole; one that comes again only counts up. */
export async function commitRejected(db: Database, frames: NewRejectedFrame[]): Promise<void> {
  if (frames.length > 0) await db.run('write', (session) => insertRejected(session, frames))
}

/** Sorted by key; rows of one key in the order of their arrival. */
function sortedRows(frames: NewFrame[]): Row[] {
  const rows: Row[] = []
  frames.forEach((frame, index) => {
    for (const reading of frame.readings) rows.push({ frame: index, reading })
  })
  return rows.sort((a, b) => compareKeys(a.reading, b.reading))
}

/** Order of the identity (node, quantity, position, time). */
function compareKeys(a: NewReading, b: NewReading): number {
  return (
    a.nodeId - b.nodeId || a.quantityId - b.quantityId || a.position - b.position || a.time - b.time
  )
}

function seriesOf(rows: readonly Row[]): Series[] {
  const series: Series[] = []
  let last: Series | undefined
  for (const row of rows) {
    const { nodeId, quantityId, position } = row.reading
    const isSame =
      last?.channel.nodeId === nodeId &&
      last.channel.quantityId === quantityId &&
      last.channel.position === position
    if (last === undefined || !isSame) {
      last = { channel: { nodeId, quantityId, position }, rows: [] }
      series.push(last)
    }
    last.rows.push(row)
  }
  return series
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
