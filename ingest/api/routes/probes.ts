import { idParamsSchema } from '../../../shared/schema/api.js'
import {
  probeChangedSchema,
  probeCreateSchema,
  probePatchSchema,
  probeSchema,
  probesAnswerSchema,
  probesQuerySchema,
} from '../../../shared/schema/calibration.js'
import { writeAudit } from '../../store/audit.js'
import { sentAs } from '../../store/client-ids.js'
import {
  endProbe,
  insertProbe,
  type ProbeChange,
  probeById,
  probePage,
} from '../../store/probes.js'
import { audited, EVERY_ROLE, FIELD_ROLES } from '../access.js'
import { knownQuantityId, quantityIdOf } from '../answers.js'
import type { Api, ApiDeps } from '../deps.js'
import { toProbe } from '../sensor-answers.js'

const tags = ['probes']
const READ = { access: EVERY_ROLE, scope: 'read' } as const
const WRITE = { access: FIELD_ROLES, scope: 'write:nodes' } as const

export function probeRoutes(app: Api, deps: ApiDeps): void {
  const { rules } = deps
  const { db } = deps.store

  app.get(
    '/api/v1/probes',
    {
      config: READ,
      schema: {
        tags,
        summary: 'Which sensor is on which channel, from when to when',
        querystring: probesQuerySchema,
        response: { 200: probesAnswerSchema },
      },
    },
    async (request) => {
      const { quantity, limit, ...filter } = request.query
      const rows = await probePage(db, { ...filter, quantityId: quantityIdOf(quantity), limit })
      const next = rows.length === limit ? (rows.at(-1)?.id ?? null) : null
      return { probes: rows.map(toProbe), next }
    },
  )

  app.get(
    '/api/v1/probes/:id',
    {
      config: READ,
      schema: {
        tags,
        summary: 'One stay of a sensor on a channel',
        params: idParamsSchema,
        response: { 200: probeSchema },
      },
    },
    async (request) =>
      toProbe(await db.run('read', (session) => probeById(session, request.params.id))),
  )

  app.post(
    '/api/v1/probes',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'Put a sensor on a channel',
        description:
          'The one that is there is taken out at that moment, and its calibration ends with it.',
        body: probeCreateSchema,
        response: { 200: probeChangedSchema, 201: probeChangedSchema },
      },
    },
    async (request, reply) => {
      const { clientId: _, quantity, from, ...rest } = request.body
      const createdAt = new Date(deps.clock.now())
      const change = await db.transaction('write', async (session) => {
        const probe = {
          ...rest,
          quantityId: knownQuantityId(quantity),
          from: from === undefined ? createdAt : new Date(from),
          actor: request.actor.name,
          createdAt,
          sent: sentAs(request.body),
        }
        const made = await insertProbe(session, probe, rules)
        if (made.isRepeat) return made
        const detail = { id: made.probe.id, replaced: made.replaced, ...request.body }
        const entry = { action: 'probe.create', subject: rest.node, detail }
        await writeAudit(session, audited(request, deps, entry))
        return made
      })
      deps.jobs.wake()
      reply.code(change.isRepeat ? 200 : 201)
      return toChanged(change)
    },
  )

  app.patch(
    '/api/v1/probes/:id',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'Take a sensor out, or correct when it was',
        params: idParamsSchema,
        body: probePatchSchema,
        response: { 200: probeChangedSchema },
      },
    },
    async (request) => {
      const { id } = request.params
      const [to, at] = [new Date(request.body.to), new Date(deps.clock.now())]
      const change = await db.transaction('write', async (session) => {
        const ended = await endProbe(session, id, { to, at, rules, actor: request.actor.name })
        const entry = { action: 'probe.end', subject: ended.probe.node, detail: { id, to } }
        await writeAudit(session, audited(request, deps, entry))
        return ended
      })
      deps.jobs.wake()
      return toChanged(change)
    },
  )
}

function toChanged({ probe, replaced, job, changed }: ProbeChange) {
  return { ...toProbe(probe), replaced, job, changed }
}
