import {
  idParamsSchema,
  placementsAnswerSchema,
  placementsQuerySchema,
} from '../../../shared/schema/api.js'
import {
  placementCreateSchema,
  placementPatchSchema,
  placementSchema,
} from '../../../shared/schema/site.js'
import { AppError } from '../../errors.js'
import { writeAudit } from '../../store/audit.js'
import {
  endPlacement,
  insertPlacement,
  placementById,
  placementPage,
} from '../../store/placements.js'
import { audited, EVERY_ROLE, FIELD_ROLES } from '../access.js'
import { quantityIdOf, toPlacement } from '../answers.js'
import type { Api, ApiDeps } from '../deps.js'

const tags = ['placements']
const WRITE = { access: FIELD_ROLES, scope: 'write:nodes' } as const

export function placementRoutes(app: Api, deps: ApiDeps): void {
  const { db } = deps.store

  app.get(
    '/api/v1/placements',
    {
      config: { access: EVERY_ROLE, scope: 'read' },
      schema: {
        tags,
        summary: 'Which channel measures where, from when to when',
        querystring: placementsQuerySchema,
        response: { 200: placementsAnswerSchema },
      },
    },
    async (request) => {
      const { after = 0, limit, ...filter } = request.query
      const rows = await placementPage(db, { ...filter, after, limit, includeSimulated: true })
      const next = rows.length === limit ? (rows.at(-1)?.id ?? null) : null
      return { placements: rows.map(toPlacement), next }
    },
  )

  app.post(
    '/api/v1/placements',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'Place a channel at a site',
        description: 'A channel measures at one site at a time: end its present placement first.',
        body: placementCreateSchema,
        response: { 201: placementSchema },
      },
    },
    async (request, reply) => {
      const { quantity, from, to, ...rest } = request.body
      const quantityId = quantityIdOf(quantity)
      if (quantityId === undefined)
        throw new AppError('INVALID', `no quantity is named ${quantity}`)
      const begin = from === undefined ? new Date(deps.clock.now()) : new Date(from)
      const end = to === null ? null : new Date(to)
      if (end !== null && end <= begin) throw new AppError('INVALID', 'it must end after it begins')
      const row = await db.transaction('write', async (session) => {
        const id = await insertPlacement(session, { ...rest, quantityId, from: begin, to: end })
        const entry = {
          action: 'placement.create',
          subject: rest.node,
          detail: { id, ...request.body },
        }
        await writeAudit(session, audited(request, deps, entry))
        return placementById(session, id)
      })
      reply.code(201)
      return toPlacement(row)
    },
  )

  app.patch(
    '/api/v1/placements/:id',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'End a placement',
        params: idParamsSchema,
        body: placementPatchSchema,
        response: { 200: placementSchema },
      },
    },
    async (request) => {
      const { id } = request.params
      const to = new Date(request.body.to)
      const row = await db.transaction('write', async (session) => {
        await endPlacement(session, id, to)
        const ended = await placementById(session, id)
        const entry = { action: 'placement.end', subject: ended.node, detail: { id, to } }
        await writeAudit(session, audited(request, deps, entry))
        return ended
      })
      return toPlacement(row)
    },
  )
}
