import { idParamsSchema } from '../../../shared/schema/api.js'
import { withdrawSchema } from '../../../shared/schema/calibration.js'
import {
  type Visit,
  type VisitCheckBody,
  type VisitCreate,
  visitChangedSchema,
  visitCreateSchema,
  visitSchema,
  visitsAnswerSchema,
  visitsQuerySchema,
} from '../../../shared/schema/visit.js'
import { localDay } from '../../../shared/science/local-time.js'
import { AppError } from '../../errors.js'
import { writeAudit } from '../../store/audit.js'
import { sentAs } from '../../store/client-ids.js'
import { nodeHistory } from '../../store/histories.js'
import { nodeIdentity } from '../../store/nodes.js'
import {
  checksOf,
  insertVisit,
  type VisitCheckRow,
  type VisitDetails,
  type VisitRow,
  visitById,
  visitPage,
  withdrawVisit,
} from '../../store/visits.js'
import { audited, EVERY_ROLE, FIELD_ROLES } from '../access.js'
import { knownQuantityId } from '../answers.js'
import type { Api, ApiDeps } from '../deps.js'
import { toVisit } from '../sensor-answers.js'

const tags = ['visits']
const READ = { access: EVERY_ROLE, scope: 'read' } as const
const WRITE = { access: FIELD_ROLES, scope: 'write:nodes' } as const
/** Whether a number can be trusted is the officer's word too. */
const WITHDRAW = { access: EVERY_ROLE, scope: 'write:nodes' } as const

export function visitRoutes(app: Api, deps: ApiDeps): void {
  const { rules } = deps
  const { db } = deps.store

  app.get(
    '/api/v1/visits',
    {
      config: READ,
      schema: {
        tags,
        summary: 'What technicians found and did, newest first',
        querystring: visitsQuerySchema,
        response: { 200: visitsAnswerSchema },
      },
    },
    async (request) => {
      const { limit } = request.query
      const rows = await visitPage(db, request.query)
      const next = rows.length === limit ? (rows.at(-1)?.id ?? null) : null
      return { visits: await toVisits(rows), next }
    },
  )

  app.get(
    '/api/v1/visits/:id',
    {
      config: READ,
      schema: {
        tags,
        summary: 'One visit, with the errors of the sensors that it found',
        params: idParamsSchema,
        response: { 200: visitSchema },
      },
    },
    async (request) => {
      const row = await db.run('read', (session) => visitById(session, request.params.id))
      return toOneVisit(row)
    },
  )

  app.post(
    '/api/v1/visits',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'Tell of a visit',
        description:
          'Readings in its maintenance time fail. Where the sensor’s error since the visit before is above the criterion of USGS TM1-D3, the record between the two is corrected, fouling and drift apart. Sent again with the same `clientId` it is answered and done once.',
        body: visitCreateSchema,
        response: { 200: visitChangedSchema, 201: visitChangedSchema },
      },
    },
    async (request, reply) => {
      const createdAt = new Date(deps.clock.now())
      const details = detailsOf(request.body)
      const { visit, job, changed, isRepeat } = await db.transaction('write', async (session) => {
        const told = {
          ...details,
          checks: request.body.checks.map(toRow),
          actor: request.actor.name,
          createdAt,
          sent: sentAs(request.body),
        }
        const change = await insertVisit(session, told, rules)
        if (change.isRepeat) return change
        const detail = { id: change.visit.id, ...request.body }
        const entry = { action: 'visit.create', subject: details.site, detail }
        await writeAudit(session, audited(request, deps, entry))
        return change
      })
      deps.jobs.wake()
      reply.code(isRepeat ? 200 : 201)
      return { ...(await toOneVisit(visit)), job, changed }
    },
  )

  app.post(
    '/api/v1/visits/:id/withdraw',
    {
      config: WITHDRAW,
      schema: {
        tags,
        summary: 'Withdraw a visit: its maintenance time and its corrections are taken back',
        params: idParamsSchema,
        body: withdrawSchema,
        response: { 200: visitChangedSchema },
      },
    },
    async (request) => {
      const { id } = request.params
      const { reason } = request.body
      const at = new Date(deps.clock.now())
      const { visit, job, changed } = await db.transaction('write', async (session) => {
        const change = await withdrawVisit(session, id, {
          actor: request.actor.name,
          reason,
          at,
          rules,
        })
        const { site } = change.visit
        const entry = { action: 'visit.withdraw', subject: site, detail: { id, reason } }
        await writeAudit(session, audited(request, deps, entry))
        return change
      })
      deps.jobs.wake()
      return { ...(await toOneVisit(visit)), job, changed }
    },
  )

  async function toVisits(rows: readonly VisitRow[]): Promise<Visit[]> {
    const ids = rows.map(({ id }) => id)
    const checks = await db.run('read', (session) => checksOf(session, ids))
    const histories = new Map<string, Awaited<ReturnType<typeof historyOfNode>>>()
    for (const { node } of rows) {
      if (!histories.has(node)) histories.set(node, await historyOfNode(node))
    }
    return rows.map((row) => {
      const history = histories.get(row.node) ?? { maintenance: [], channels: new Map() }
      return toVisit(row, checks.get(row.id) ?? [], history)
    })
  }

  async function toOneVisit(row: VisitRow): Promise<Visit> {
    const [visit] = await toVisits([row])
    if (visit === undefined) throw new AppError('NOT_FOUND', `there is no visit ${row.id}`)
    return visit
  }

  async function historyOfNode(name: string) {
    const node = await nodeIdentity(db, { name })
    if (node === undefined) throw new AppError('NOT_FOUND', `there is no node named ${name}`)
    return db.run('read', (session) => nodeHistory(session, node.id))
  }
}

/** @throws AppError INVALID where the times contradict each other. */
function detailsOf(body: VisitCreate): VisitDetails {
  const { site, node, technician, referenceMeter, parts, note } = body
  const startedAt = new Date(body.startedAt)
  const endedAt = new Date(body.endedAt)
  const maintenanceFrom = new Date(body.maintenanceFrom ?? body.startedAt)
  const maintenanceTo = new Date(body.maintenanceTo ?? body.endedAt)
  if (endedAt <= startedAt) throw new AppError('INVALID', 'a visit ends after it has begun')
  if (maintenanceTo <= maintenanceFrom) {
    throw new AppError('INVALID', 'the maintenance ends after it has begun')
  }
  const referenceCalibratedOn = referenceMeter?.calibratedOn ?? null
  if (referenceCalibratedOn !== null && referenceCalibratedOn > localDay(startedAt.getTime())) {
    throw new AppError(
      'INVALID',
      `the reference meter was calibrated later, on ${referenceCalibratedOn}`,
    )
  }
  return {
    site,
    node,
    technician,
    startedAt,
    endedAt,
    maintenanceFrom,
    maintenanceTo,
    referenceMeter: referenceMeter?.name ?? null,
    referenceCalibratedOn,
    parts,
    note,
  }
}

function toRow(check: VisitCheckBody): VisitCheckRow {
  const { asFound, afterCleaning, asLeft } = check
  return {
    quantityId: knownQuantityId(check.quantity),
    position: check.position,
    asFound: asFound?.sensor ?? null,
    asFoundReference: asFound?.reference ?? null,
    afterCleaning: afterCleaning?.sensor ?? null,
    afterCleaningReference: afterCleaning?.reference ?? null,
    asLeft: asLeft?.sensor ?? null,
    asLeftReference: asLeft?.reference ?? null,
    standards: check.standards,
    corrects: check.corrects,
  }
}
