import type { FastifyRequest } from 'fastify'
import {
  idParamsSchema,
  placementsAnswerSchema,
  placementsQuerySchema,
} from '../../../shared/schema/api.js'
import {
  placementCreateSchema,
  placementMovedSchema,
  placementMoveSchema,
  placementPatchSchema,
  placementSchema,
} from '../../../shared/schema/site.js'
import { writeAudit } from '../../store/audit.js'
import type { Session } from '../../store/database.js'
import {
  changedSpans,
  correctPlacement,
  insertPlacement,
  moveNode,
  placementById,
  placementPage,
  refuseBackwards,
} from '../../store/placements.js'
import { recomputeRanges } from '../../store/recompute-ranges.js'
import { judgedAnew, type PlacementChange } from '../../store/site-limits.js'
import { audited, EVERY_ROLE, FIELD_ROLES } from '../access.js'
import { knownQuantityId, toPlacement } from '../answers.js'
import type { Api, ApiDeps } from '../deps.js'

const tags = ['placements']
const WRITE = { access: FIELD_ROLES, scope: 'write:nodes' } as const

export function placementRoutes(app: Api, deps: ApiDeps): void {
  const { db } = deps.store

  /** A site may have limits of its own: what was measured in a time that changed its site is judged by them. */
  async function judgeAnew(
    session: Session,
    request: FastifyRequest,
    changes: readonly PlacementChange[],
  ): Promise<void> {
    const at = new Date(deps.clock.now())
    const ranges = await judgedAnew(session, changes, at)
    if (ranges.length === 0) return
    const [subject, reason] = [changes[0]?.site ?? '', 'placement changed']
    const job = { subject, actor: request.actor.name, reason, at, ranges }
    await recomputeRanges(session, job, deps.rules)
  }

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
      const quantityId = knownQuantityId(quantity)
      const begin = from === undefined ? new Date(deps.clock.now()) : new Date(from)
      const end = to === null ? null : new Date(to)
      refuseBackwards({ from: begin, to: end })
      const row = await db.transaction('write', async (session) => {
        const id = await insertPlacement(session, { ...rest, quantityId, from: begin, to: end })
        const entry = {
          action: 'placement.create',
          subject: rest.node,
          detail: { id, ...request.body },
        }
        await writeAudit(session, audited(request, deps, entry))
        const placed = await placementById(session, id)
        await judgeAnew(session, request, [placed])
        return placed
      })
      deps.jobs.wake()
      reply.code(201)
      return toPlacement(row)
    },
  )

  app.post(
    '/api/v1/placements/move',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'Move a node with all its channels, or put it in the place of another',
        description:
          'Everything ends there and begins here at the same moment: what was measured before stays with the site it was measured at.',
        body: placementMoveSchema,
        response: { 200: placementMovedSchema },
      },
    },
    async (request) => {
      const { at, channels, ...rest } = request.body
      const move = {
        ...rest,
        at: at === undefined ? new Date(deps.clock.now()) : new Date(at),
        channels:
          channels?.map(({ quantity, ...channel }) => ({
            ...channel,
            quantityId: knownQuantityId(quantity),
          })) ?? null,
      }
      const { ended, begun } = await db.transaction('write', async (session) => {
        const moved = await moveNode(session, move)
        const entry = { action: 'placement.move', subject: rest.node, detail: request.body }
        await writeAudit(session, audited(request, deps, entry))
        const since = [...moved.ended, ...moved.begun].map((one) => ({
          ...one,
          from: move.at,
          to: null,
        }))
        await judgeAnew(session, request, since)
        return moved
      })
      deps.jobs.wake()
      return { ended: ended.map(toPlacement), begun: begun.map(toPlacement) }
    },
  )

  app.patch(
    '/api/v1/placements/:id',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'End a placement, or correct its dates, depth or direction',
        params: idParamsSchema,
        body: placementPatchSchema,
        response: { 200: placementSchema },
      },
    },
    async (request) => {
      const { id } = request.params
      const { from, to, ...rest } = request.body
      const correction = {
        ...rest,
        from: from === undefined ? undefined : new Date(from),
        to: typeof to === 'string' ? new Date(to) : to,
      }
      const row = await db.transaction('write', async (session) => {
        const before = await placementById(session, id)
        await correctPlacement(session, id, correction)
        const detail = { id, before: toPlacement(before), ...request.body }
        const entry = { action: 'placement.change', subject: before.node, detail }
        await writeAudit(session, audited(request, deps, entry))
        const after = await placementById(session, id)
        const changes = changedSpans(before, after).map((span) => ({ ...after, ...span }))
        await judgeAnew(session, request, changes)
        return after
      })
      deps.jobs.wake()
      return toPlacement(row)
    },
  )
}
