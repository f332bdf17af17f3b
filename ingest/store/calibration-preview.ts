import type { Line } from '../../shared/science/calibration/fit.js'
import { placeInTime } from './calibrations.js'
import { changedRanges } from './changes.js'
import type { ChannelRange } from './channels.js'
import { asCorrection } from './corrections.js'
import type { Database, Session } from './database.js'
import { channelKey, historyOf, type NodeHistory, nodeHistory } from './histories.js'
import type { ProbeRow } from './probes.js'
import { corrected } from './recompute.js'

/** Counted so far and no further. */
const MOST_COUNTED = 10_000

export interface PreviewedCalibration {
  /** The calibration that would end. */
  ends: number | null
  /** Undefined: nothing that is stored would change. */
  change:
    | {
        from: Date
        to: Date
        readings: number
        newest: { time: Date; raw: number; value: number; becomes: number } | undefined
      }
    | undefined
}

/** What a calibration would do, without doing it. Values in steps. */
export function previewCalibration(
  db: Database,
  { probe, line, from }: { probe: ProbeRow; line: Line; from: Date },
  now: Date,
): Promise<PreviewedCalibration> {
  return db.run('read', async (session) => {
    const ends = await placeInTime(session, probe, from, now)
    const nodeId = await idOf(session, probe.node)
    const before = await nodeHistory(session, nodeId)
    const after = withCalibration(before, { probe, line, from })
    const [range] = await changedRanges(session, nodeId, { before, after, at: now })
    if (range === undefined) return { ends, change: undefined }
    const change = {
      from: new Date(range.fromS * 1000),
      to: new Date(range.toS * 1000),
      readings: await countIn(session, range),
      newest: await newestIn(session, range, after),
    }
    return { ends, change }
  })
}

function withCalibration(
  history: NodeHistory,
  { probe, line, from }: { probe: ProbeRow; line: Line; from: Date },
): NodeHistory {
  const fromS = from.getTime() / 1000
  const toS = probe.to === null ? Number.POSITIVE_INFINITY : probe.to.getTime() / 1000
  const known = historyOf(history, probe)
  const calibrations = [
    ...known.calibrations.map((one) =>
      one.fromS < fromS && fromS < one.toS ? { ...one, toS: fromS } : one,
    ),
    { fromS, toS, gain: line.gain, offset: line.offset },
  ]
  const channels = new Map(history.channels)
  channels.set(channelKey(probe), { ...known, calibrations })
  return { ...history, channels }
}

async function countIn(session: Session, range: ChannelRange): Promise<number> {
  const [row] = await session.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM (
       SELECT 1 FROM reading WHERE node_id = $1 AND quantity_id = $2 AND position = $3
         AND time >= to_timestamp($4::float8) AND time < to_timestamp($5::float8)
       LIMIT ${MOST_COUNTED}) counted`,
    rangeValues(range),
  )
  return row?.count ?? 0
}

async function newestIn(session: Session, range: ChannelRange, after: NodeHistory) {
  const [row] = await session.query<{ time: Date; raw: number; value: number }>(
    `SELECT time, coalesce(raw, value) AS raw, value FROM reading
     WHERE node_id = $1 AND quantity_id = $2 AND position = $3
       AND time >= to_timestamp($4::float8) AND time < to_timestamp($5::float8)
     ORDER BY time DESC LIMIT 1`,
    rangeValues(range),
  )
  if (row === undefined) return undefined
  const correction = asCorrection(after, range)
  const timeS = row.time.getTime() / 1000
  const { value } = corrected(range.quantityId, row.raw, (raw) => correction(raw, timeS))
  return { ...row, becomes: value }
}

function rangeValues({ nodeId, quantityId, position, fromS, toS }: ChannelRange): number[] {
  return [nodeId, quantityId, position, fromS, toS]
}

async function idOf(session: Session, node: string): Promise<number> {
  const [row] = await session.query<{ id: number }>('SELECT id FROM node WHERE name = $1', [node])
  return row?.id ?? 0
}
