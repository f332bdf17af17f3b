import type { CalibrationPointBody } from '../../shared/schema/calibration.js'
import { AppError } from '../errors.js'
import { array } from './batch-statements.js'
import { type Change, type Consequence, changeHistory, refuseFuture, withdraw } from './changes.js'
import { madeBefore, type Sent } from './client-ids.js'
import type { Database, Session } from './database.js'
import { type ChannelId, pointsSchema } from './histories.js'
import type { RecomputeRules } from './recompute.js'

export interface VisitDetails {
  site: string
  node: string
  technician: string
  startedAt: Date
  endedAt: Date
  maintenanceFrom: Date
  maintenanceTo: Date
  referenceMeter: string | null
  /** YYYY-MM-DD */
  referenceCalibratedOn: string | null
  parts: string | null
  note: string | null
}

export interface VisitRow extends VisitDetails {
  id: number
  clientId: string | null
  actor: string
  createdAt: Date
  withdrawnAt: Date | null
  withdrawnBy: string | null
  withdrawnReason: string | null
}

/** A channel at a visit: what the sensor itself said, and the reference meter beside it, in units. */
export interface VisitCheckRow extends ChannelId {
  asFound: number | null
  asFoundReference: number | null
  afterCleaning: number | null
  afterCleaningReference: number | null
  asLeft: number | null
  asLeftReference: number | null
  standards: CalibrationPointBody[]
  corrects: boolean
}

const VISIT = `v.id, v.client_id AS "clientId", s.name AS site, n.name AS node, v.technician,
  v.started_at AS "startedAt", v.ended_at AS "endedAt", v.maintenance_from AS "maintenanceFrom",
  v.maintenance_to AS "maintenanceTo", v.reference_meter AS "referenceMeter",
  v.reference_calibrated_on::text AS "referenceCalibratedOn", v.parts, v.note, v.actor,
  v.created_at AS "createdAt", v.withdrawn_at AS "withdrawnAt", v.withdrawn_by AS "withdrawnBy",
  v.withdrawn_reason AS "withdrawnReason"
  FROM visit v JOIN site s ON s.id = v.site_id JOIN node n ON n.id = v.node_id`

export interface VisitFilter {
  site?: string | undefined
  node?: string | undefined
  withdrawn: boolean
  before?: number | undefined
  limit: number
}

/** Newest first. */
export function visitPage(db: Database, filter: VisitFilter): Promise<VisitRow[]> {
  return db.query<VisitRow>(
    'read',
    `SELECT ${VISIT}
     WHERE ($1::text IS NULL OR s.name = $1) AND ($2::text IS NULL OR n.name = $2)
       AND ($3 OR v.withdrawn_at IS NULL) AND ($4::int IS NULL OR v.id < $4)
     ORDER BY v.id DESC LIMIT $5`,
    [
      filter.site ?? null,
      filter.node ?? null,
      filter.withdrawn,
      filter.before ?? null,
      filter.limit,
    ],
  )
}

export async function visitById(session: Pick<Session, 'query'>, id: number): Promise<VisitRow> {
  const [row] = await session.query<VisitRow>(`SELECT ${VISIT} WHERE v.id = $1`, [id])
  if (row === undefined) throw new AppError('NOT_FOUND', `there is no visit ${id}`)
  return row
}

/** By visit. */
export async function checksOf(
  session: Pick<Session, 'query'>,
  visitIds: readonly number[],
): Promise<Map<number, VisitCheckRow[]>> {
  const rows = await session.query<VisitCheckRow & { visitId: number }>(
    `SELECT visit_id AS "visitId", quantity_id AS "quantityId", position, as_found AS "asFound",
            as_found_reference AS "asFoundReference", after_cleaning AS "afterCleaning",
            after_cleaning_reference AS "afterCleaningReference", as_left AS "asLeft",
            as_left_reference AS "asLeftReference", standards, corrects
     FROM visit_check WHERE visit_id = ANY ($1::int[]) ORDER BY visit_id, quantity_id, position`,
    [array(visitIds, (id) => id)],
  )
  const checks = new Map<number, VisitCheckRow[]>(visitIds.map((id) => [id, []]))
  for (const { visitId, ...check } of rows) {
    checks.get(visitId)?.push({ ...check, standards: pointsSchema.parse(check.standards) })
  }
  return checks
}

export interface NewVisit extends VisitDetails {
  checks: readonly VisitCheckRow[]
  actor: string
  createdAt: Date
  sent: Sent
}

export interface VisitChange extends Consequence {
  visit: VisitRow
  /** The same request was made before, and nothing was done now. */
  isRepeat: boolean
}

export async function insertVisit(
  session: Session,
  visit: NewVisit,
  rules: RecomputeRules,
): Promise<VisitChange> {
  refuseFuture('the visit ends at', visit.endedAt, visit.createdAt)
  refuseFuture('the maintenance ends at', visit.maintenanceTo, visit.createdAt)
  const { node, site, actor, createdAt: at } = visit
  const about = { node, actor, reason: `visit at ${site}`, at, rules }
  const { result, ...consequence } = await changeHistory(session, about, async (nodeId) => {
    const before = await madeBefore(session, 'visit', visit.sent)
    if (before !== undefined) return { id: before, isRepeat: true }
    const id = await insert(session, nodeId, visit)
    for (const check of visit.checks) await insertCheck(session, id, check)
    return { id, isRepeat: false }
  })
  const { id, isRepeat } = result
  return { visit: await visitById(session, id), ...consequence, isRepeat }
}

async function insert(session: Session, nodeId: number, visit: NewVisit): Promise<number> {
  const [row] = await session.query<{ id: number }>(
    `INSERT INTO visit (site_id, node_id, technician, started_at, ended_at, maintenance_from,
                        maintenance_to, reference_meter, reference_calibrated_on, parts, note, actor,
                        created_at, client_id, client_digest)
     SELECT id, $2, $3, $4, $5, $6, $7, $8, $9::date, $10, $11, $12, $13, $14, $15
     FROM site WHERE name = $1 RETURNING id`,
    [
      visit.site,
      nodeId,
      visit.technician,
      visit.startedAt,
      visit.endedAt,
      visit.maintenanceFrom,
      visit.maintenanceTo,
      visit.referenceMeter,
      visit.referenceCalibratedOn,
      visit.parts,
      visit.note,
      visit.actor,
      visit.createdAt,
      visit.sent.clientId ?? null,
      visit.sent.digest,
    ],
  )
  if (row === undefined) throw new AppError('NOT_FOUND', `there is no site named ${visit.site}`)
  return row.id
}

async function insertCheck(session: Session, visitId: number, check: VisitCheckRow): Promise<void> {
  await session.query(
    `INSERT INTO visit_check (visit_id, quantity_id, position, as_found, as_found_reference,
                              after_cleaning, after_cleaning_reference, as_left, as_left_reference,
                              standards, corrects)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      visitId,
      check.quantityId,
      check.position,
      check.asFound,
      check.asFoundReference,
      check.afterCleaning,
      check.afterCleaningReference,
      check.asLeft,
      check.asLeftReference,
      JSON.stringify(check.standards),
      check.corrects,
    ],
  )
}

/** As if it had never been made: its maintenance and what it corrected are taken back. */
export async function withdrawVisit(
  session: Session,
  id: number,
  why: Pick<Change, 'actor' | 'reason' | 'at' | 'rules'>,
): Promise<VisitChange> {
  const { node } = await visitById(session, id)
  const { job, changed } = await withdraw(session, { table: 'visit', id, node }, why)
  return { visit: await visitById(session, id), job, changed, isRepeat: false }
}
