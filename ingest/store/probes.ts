import { AppError } from '../errors.js'
import { type Change, type Consequence, changeHistory, refuseFuture } from './changes.js'
import { madeBefore, type Sent } from './client-ids.js'
import type { Database, Session } from './database.js'
import type { RecomputeRules } from './recompute.js'

export interface ProbeRow {
  id: number
  type: string
  serialNumber: string
  node: string
  quantityId: number
  position: number
  from: Date
  to: Date | null
  note: string | null
  actor: string
  createdAt: Date
}

const PROBE = `p.id, p.type, p.serial_number AS "serialNumber", n.name AS node,
  p.quantity_id AS "quantityId", p.position, p.valid_from AS "from", p.valid_to AS "to", p.note,
  p.actor, p.created_at AS "createdAt" FROM probe p JOIN node n ON n.id = p.node_id`

export interface ProbeFilter {
  node?: string | undefined
  quantityId?: number | undefined
  position?: number | undefined
  serialNumber?: string | undefined
  before?: number | undefined
  limit: number
}

/** Newest first. */
export function probePage(db: Database, filter: ProbeFilter): Promise<ProbeRow[]> {
  return db.query<ProbeRow>(
    'read',
    `SELECT ${PROBE}
     WHERE ($1::text IS NULL OR n.name = $1) AND ($2::int IS NULL OR p.quantity_id = $2)
       AND ($3::int IS NULL OR p.position = $3) AND ($4::text IS NULL OR p.serial_number = $4)
       AND ($5::int IS NULL OR p.id < $5)
     ORDER BY p.id DESC LIMIT $6`,
    [
      filter.node ?? null,
      filter.quantityId ?? null,
      filter.position ?? null,
      filter.serialNumber ?? null,
      filter.before ?? null,
      filter.limit,
    ],
  )
}

export async function probeById(session: Pick<Session, 'query'>, id: number): Promise<ProbeRow> {
  const [row] = await session.query<ProbeRow>(`SELECT ${PROBE} WHERE p.id = $1`, [id])
  if (row === undefined) throw new AppError('NOT_FOUND', `there is no probe ${id}`)
  return row
}

export type NewProbe = Omit<ProbeRow, 'id' | 'to'> & { sent: Sent }

export interface ProbeChange extends Consequence {
  probe: ProbeRow
  /** The probe that was on the channel until now. */
  replaced: number | null
  /** The same request was made before, and nothing was done now. */
  isRepeat: boolean
}

/** Puts a probe on a channel; the one that is there is taken out at that moment, and its calibration ends. */
export async function insertProbe(
  session: Session,
  probe: NewProbe,
  rules: RecomputeRules,
): Promise<ProbeChange> {
  refuseFuture('the probe begins at', probe.from, probe.createdAt)
  const about: Change = {
    node: probe.node,
    actor: probe.actor,
    reason: `probe ${probe.type} ${probe.serialNumber}`,
    at: probe.createdAt,
    rules,
  }
  const { result, ...consequence } = await changeHistory(session, about, async (nodeId) => {
    const before = await madeBefore(session, 'probe', probe.sent)
    if (before !== undefined) return { id: before, replaced: null, isRepeat: true }
    const replaced = await endPresent(session, probe)
    await refuseElsewhere(session, probe, replaced)
    return { id: await insert(session, nodeId, probe), replaced, isRepeat: false }
  })
  const { id, ...rest } = result
  return { probe: await probeById(session, id), ...rest, ...consequence }
}

async function insert(session: Session, nodeId: number, probe: NewProbe): Promise<number> {
  const [row] = await session.query<{ id: number }>(
    `INSERT INTO probe (type, serial_number, node_id, quantity_id, position, valid_from, note, actor,
                        created_at, client_id, client_digest)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id`,
    [
      probe.type,
      probe.serialNumber,
      nodeId,
      probe.quantityId,
      probe.position,
      probe.from,
      probe.note,
      probe.actor,
      probe.createdAt,
      probe.sent.clientId ?? null,
      probe.sent.digest,
    ],
  )
  return row?.id ?? 0
}

/** Ends what is on the channel. What is known of a later time would overlap. */
async function endPresent(session: Session, probe: NewProbe): Promise<number | null> {
  const { node, quantityId, position, from } = probe
  const [last] = await session.query<ProbeRow>(
    `SELECT ${PROBE} WHERE n.name = $1 AND p.quantity_id = $2 AND p.position = $3
     ORDER BY p.valid_from DESC LIMIT 1`,
    [node, quantityId, position],
  )
  if (last === undefined || (last.to !== null && last.to <= from)) return null
  if (last.from >= from || last.to !== null) throw new AppError('CONFLICT', overlapText(last))
  await setEnd(session, last, from)
  return last.id
}

/** A sensor is in one place at a time. */
async function refuseElsewhere(
  session: Session,
  { type, serialNumber, from }: NewProbe,
  replaced: number | null,
): Promise<void> {
  const [other] = await session.query<ProbeRow>(
    `SELECT ${PROBE} WHERE p.type = $1 AND p.serial_number = $2 AND p.id IS DISTINCT FROM $4
       AND coalesce(p.valid_to, 'infinity') > $3
     ORDER BY p.valid_from LIMIT 1`,
    [type, serialNumber, from, replaced],
  )
  if (other !== undefined) throw new AppError('CONFLICT', overlapText(other))
}

/** Takes a probe out, or moves the moment at which it was. */
export async function endProbe(
  session: Session,
  id: number,
  { to, actor, at, rules }: { to: Date; actor: string; at: Date; rules: RecomputeRules },
): Promise<ProbeChange> {
  refuseFuture('the probe ends at', to, at)
  const { node, type, serialNumber } = await probeById(session, id)
  const about = { node, actor, reason: `probe ${type} ${serialNumber} taken out`, at, rules }
  const { result: _, ...consequence } = await changeHistory(session, about, async () => {
    // Read again, now that nobody else changes it.
    const probe = await probeById(session, id)
    const [next] = await session.query<ProbeRow>(
      `SELECT ${PROBE} WHERE p.id <> $1 AND p.valid_from >= $2 AND p.valid_from < $3
         AND ((p.type = $4 AND p.serial_number = $5)
           OR (n.name = $6 AND p.quantity_id = $7 AND p.position = $8))
       ORDER BY p.valid_from LIMIT 1`,
      [id, probe.from, to, type, serialNumber, node, probe.quantityId, probe.position],
    )
    if (next !== undefined) throw new AppError('CONFLICT', overlapText(next))
    await setEnd(session, probe, to)
  })
  return { probe: await probeById(session, id), replaced: null, ...consequence, isRepeat: false }
}

async function setEnd(session: Session, probe: ProbeRow, to: Date): Promise<void> {
  if (to <= probe.from) {
    throw new AppError('INVALID', `probe ${probe.id} begins at ${probe.from.toISOString()}`)
  }
  const [held] = await session.query<{ id: number; from: Date }>(
    `SELECT id, valid_from AS "from" FROM calibration
     WHERE probe_id = $1 AND withdrawn_at IS NULL AND valid_from >= $2
     ORDER BY valid_from DESC LIMIT 1`,
    [probe.id, to],
  )
  if (held !== undefined) {
    const since = held.from.toISOString()
    throw new AppError(
      'CONFLICT',
      `calibration ${held.id} of probe ${probe.id} begins at ${since}: withdraw it first`,
    )
  }
  await session.query('UPDATE probe SET valid_to = $2 WHERE id = $1', [probe.id, to])
}

function overlapText({ id, type, serialNumber, node, from, to }: ProbeRow): string {
  const until = to === null ? 'without an end' : `until ${to.toISOString()}`
  return `probe ${id} (${type} ${serialNumber}) is on ${node} from ${from.toISOString()} ${until}`
}
