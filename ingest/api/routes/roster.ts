import { z } from 'zod'
import { idParamsSchema } from '../../../shared/schema/api.js'
import {
  type Duty,
  dutiesAnswerSchema,
  dutiesQuerySchema,
  dutyCreateSchema,
  dutySchema,
  escalationSchema,
} from '../../../shared/schema/people.js'
import { writeAudit } from '../../store/audit.js'
import { reader } from '../../store/database.js'
import {
  type DutyRow,
  duties,
  escalationSteps,
  insertDuty,
  removeDuty,
  setEscalation,
} from '../../store/roster.js'
import { audited, EVERY_ROLE, OFFICE_ROLES } from '../access.js'
import { iso } from '../answers.js'
import type { Api, ApiDeps } from '../deps.js'

const tags = ['roster']
/** Who is on duty is a decision of the office: no token may make it. */
const OFFICE = { access: OFFICE_ROLES } as const
const AHEAD_MS = 60 * 86_400_000

export function rosterRoutes(app: Api, deps: ApiDeps): void {
  dutyRoutes(app, deps)
  escalationRoutes(app, deps)
}

function dutyRoutes(app: Api, deps: ApiDeps): void {
  const { clock } = deps
  const { db } = deps.store

  app.get(
    '/api/v1/duties',
    {
      config: { access: EVERY_ROLE, scope: 'read' },
      schema: {
        tags,
        summary: 'Who is on duty when, for which sites, and who is the deputy',
        querystring: dutiesQuerySchema,
        response: { 200: dutiesAnswerSchema },
      },
    },
    async (request) => {
      const { from, to } = request.query
      const begin = from === undefined ? clock.now() : Date.parse(from)
      const end = to === undefined ? begin + AHEAD_MS : Date.parse(to)
      const rows = await duties(reader(db), { from: new Date(begin), to: new Date(end) })
      return { duties: rows.map(toDuty) }
    },
  )

  app.post(
    '/api/v1/duties',
    {
      config: OFFICE,
      schema: {
        tags,
        summary: 'Put a person on duty',
        body: dutyCreateSchema,
        response: { 201: dutySchema },
      },
    },
    async (request, reply) => {
      const { body } = request
      const made = await db.transaction('write', async (session) => {
        const duty = await insertDuty(session, body, new Date(clock.now()))
        const entry = { action: 'duty.create', subject: String(duty.id), detail: body }
        await writeAudit(session, audited(request, deps, entry))
        return duty
      })
      reply.code(201)
      return toDuty(made)
    },
  )

  app.delete(
    '/api/v1/duties/:id',
    {
      config: OFFICE,
      schema: {
        tags,
        summary: 'Take a duty off the roster',
        params: idParamsSchema,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      await db.transaction('write', async (session) => {
        await removeDuty(session, id, new Date(clock.now()))
        const entry = { action: 'duty.remove', subject: String(id) }
        await writeAudit(session, audited(request, deps, entry))
      })
      reply.code(204)
    },
  )
}

function escalationRoutes(app: Api, deps: ApiDeps): void {
  const { db } = deps.store

  app.get(
    '/api/v1/escalation',
    {
      config: { access: EVERY_ROLE, scope: 'read' },
      schema: {
        tags,
        summary: 'Who is told next when nobody acknowledges',
        response: { 200: escalationSchema },
      },
    },
    async () => ({ steps: await escalationSteps(reader(db)) }),
  )

  app.put(
    '/api/v1/escalation',
    {
      config: OFFICE,
      schema: {
        tags,
        summary: 'Set who is told next when nobody acknowledges',
        body: escalationSchema,
        response: { 200: escalationSchema },
      },
    },
    (request) =>
      db.transaction('write', async (session) => {
        await setEscalation(session, request.body)
        const entry = { action: 'escalation.set', subject: '', detail: request.body }
        await writeAudit(session, audited(request, deps, entry))
        return request.body
      }),
  )
}

function toDuty({ from, to, ...duty }: DutyRow): Duty {
  return { ...duty, from: iso(from), to: iso(to) }
}
