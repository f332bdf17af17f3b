import type { CalibrationPointBody } from '../../shared/schema/calibration.js'
import { AppError } from '../errors.js'
import { type Change, type Consequence, changeHistory, refuseFuture, withdraw } from './changes.js'
import { madeBefore, type Sent } from './client-ids.js'
import type { Database, Session } from './database.js'
import { pointsSchema } from './histories.js'
import { type ProbeRow, probeById } from './probes.js'
import type { RecomputeRules } from './recompute.js'

export interface CalibrationRow {
  id: number
  probeId: number
  node: string
  quantityId: number
  position: number
  gain: number
  offset: number
  points: CalibrationPointBody[]
  tempC: number | null
  convertsAtC: number | null
  from: Date
  /** The next calibration of the probe, or its end. */
  to: Date | null
  note: string | null
  actor: string
  createdAt: Date
  withdrawnAt: Date | null
  withdrawnBy: string | null
  withdrawnReason: string | null
}

/** A withdrawn one ends nothing, and never held. */
const CALIBRATION = `c.id, c.probe_id AS "probeId", n.name AS node, p.quantity_id AS "quantityId",
  p.position, c.gain, c."offset", c.points, c.temp_c AS "tempC", c.converts_at_c AS "convertsAtC",
  c.valid_from AS "from",
  least(p.valid_to, (SELECT min(x.valid_from) FROM calibration x
    WHERE x.probe_id = c.probe_id AND x.withdrawn_at IS NULL AND x.valid_from > c.valid_from)) AS "to",
  c.note, c.actor, c.created_at AS "createdAt", c.withdrawn_at AS "withdrawnAt",
  c.withdrawn_by AS "withdrawnBy", c.withdrawn_reason AS "withdrawnReason"
  FROM calibration c JOIN probe p ON p.id = c.probe_id JOIN node n ON n.id = p.node_id`

export interface CalibrationFilter {
  probe?: number | undefined
  node?: string | undefined
  quantityId?: number | undefined
  position?: number | undefined
  withdrawn: boolean
  before?: number | undefined
  limit: number
}

/** Newest first. */
export async function calibrationPage(
  db: Database,
  filter: CalibrationFilter,
): Promise<CalibrationRow[]> {
  const rows = await db.query<CalibrationRow>(
    'read',
    `SELECT ${CALIBRATION}
     WHERE ($1::int IS NULL OR c.probe_id = $1) AND ($2::text IS NULL OR n.name = $2)
       AND ($3::int IS NULL OR p.quantity_id = $3) AND ($4::int IS NULL OR p.position = $4)
       AND ($5 OR c.withdrawn_at IS NULL) AND ($6::int IS NULL OR c.id < $6)
     ORDER BY c.id DESC LIMIT $7`,
    [
      filter.probe ?? null,
      filter.node ?? null,
      filter.quantityId ?? null,
      filter.position ?? null,
      filter.withdrawn,
      filter.before ?? null,
      filter.limit,
    ],
  )
  return rows.map(parsed)
}

export async function calibrationById(
  session: Pick<Session, 'query'>,
  id: number,
): Promise<CalibrationRow> {
  const [row] = await session.query<CalibrationRow>(`SELECT ${CALIBRATION} WHERE c.id = $1`, [id])
  if (row === undefined) throw new AppError('NOT_FOUND', `there is no calibration ${id}`)
  return parsed(row)
}

function parsed(row: CalibrationRow): CalibrationRow {
  return { ...row, points: pointsSchema.parse(row.points) }
}

export interface NewCalibration
  extends Pick<CalibrationRow, 'probeId' | 'gain' | 'offset' | 'points' | 'from' | 'note'> {
  tempC: number | null
  convertsAtC: number | null
  actor: string
  createdAt: Date
  sent: Sent
}

export interface CalibrationChange extends Consequence {
  calibration: CalibrationRow
  /** The same request was made before, and nothing was done now. */
  isRepeat: boolean
}

/** From its beginning on it holds in the place of the one before. */
export async function insertCalibration(
  session: Session,
  made: NewCalibration,
  rules: RecomputeRules,
): Promise<CalibrationChange> {
  const { node, type, serialNumber } = await probeById(session, made.probeId)
  const reason = `calibration of ${type} ${serialNumber}`
  const about = { node, actor: made.actor, reason, at: made.createdAt, rules }
  const { result, ...consequence } = await changeHistory(session, about, async () => {
    const before = await madeBefore(session, 'calibration', made.sent)
    if (before !== undefined) return { id: before, isRepeat: true }
    await placeInTime(session, await probeById(session, made.probeId), made.from, made.createdAt)
    return { id: await insert(session, made), isRepeat: false }
  })
  const { id, isRepeat } = result
  return { calibration: await calibrationById(session, id), ...consequence, isRepeat }
}

/**
 * The calibration that a new one would end. A new one begins while its probe is in, and after all that are there: the
 * past between two calibrations is changed by withdrawing.
 */
export async function placeInTime(
  session: Pick<Session, 'query'>,
  probe: ProbeRow,
  from: Date,
  now: Date,
): Promise<number | null> {
  refuseFuture('the calibration begins at', from, now)
  if (from < probe.from || (probe.to !== null && from >= probe.to)) {
    const until = probe.to === null ? '' : ` until ${probe.to.toISOString()}`
    throw new AppError(
      'INVALID',
      `probe ${probe.id} is in from ${probe.from.toISOString()}${until}: a calibration begins within`,
    )
  }
  const [last] = await session.query<{ id: number; from: Date }>(
    `SELECT id, valid_from AS "from" FROM calibration
     WHERE probe_id = $1 AND withdrawn_at IS NULL ORDER BY valid_from DESC LIMIT 1`,
    [probe.id],
  )
  if (last === undefined) return null
  if (last.from < from) return last.id
  throw new AppError(
    'CONFLICT',
    `calibration ${last.id} of this probe begins at ${last.from.toISOString()}: a new one begins later, or that one is withdrawn first`,
  )
}

async function insert(session: Session, made: NewCalibration): Promise<number> {
  const [row] = await session.query<{ id: number }>(
    `INSERT INTO calibration (probe_id, gain, "offset", points, temp_c, converts_at_c, valid_from,
                              note, actor, created_at, client_id, client_digest)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`,
    [
      made.probeId,
      made.gain,
      made.offset,
      JSON.stringify(made.points),
      made.tempC,
      made.convertsAtC,
      made.from,
      made.note,
      made.actor,
      made.createdAt,
      made.sent.clientId ?? null,
      made.sent.digest,
    ],
  )
  return row?.id ?? 0
}

/** As if it had never been made: the one before holds on. */
export async function withdrawCalibration(
  session: Session,
  id: number,
  why: Pick<Change, 'actor' | 'reason' | 'at' | 'rules'>,
): Promise<CalibrationChange> {
  const { node } = await calibrationById(session, id)
  const { job, changed } = await withdraw(session, { table: 'calibration', id, node }, why)
  return { calibration: await calibrationById(session, id), job, changed, isRepeat: false }
}
