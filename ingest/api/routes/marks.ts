import type { FastifyRequest } from 'fastify'
import { idParamsSchema } from '../../../shared/schema/api.js'
import {
  type MarkAnswer,
  type MarkPreview,
  markAnswerSchema,
  markCreateSchema,
  markPreviewSchema,
  marksAnswerSchema,
  marksQuerySchema,
  markUndoSchema,
  previewAnswerSchema,
} from '../../../shared/schema/mark.js'
import { writeAudit } from '../../store/audit.js'
import type { ChannelRange } from '../../store/channels.js'
import type { Session } from '../../store/database.js'
import { jobById } from '../../store/jobs.js'
import { previewFlag } from '../../store/mark-preview.js'
import {
  insertMark,
  type MarkRow,
  markById,
  marksOfSeries,
  undoMark,
} from '../../store/mark-records.js'
import { type Recomputed, recomputeRanges, wantsJob } from '../../store/recompute-ranges.js'
import { audited, EVERY_ROLE, OFFICE_ROLES } from '../access.js'
import { quantityIdOf } from '../answers.js'
import type { Api, ApiDeps } from '../deps.js'
import { toJob, toMark, toPreview } from '../mark-answers.js'
import { type Asked, rangesToMark, seriesAsked } from '../marked-ranges.js'

const tags = ['marks']
const DAY_MS = 86_400_000
/** A person's word: no token may say it. */
const WRITE = { access: OFFICE_ROLES } as const

export function markRoutes(app: Api, deps: ApiDeps): void {
  const { clock, rules, jobs } = deps
  const { db } = deps.store

  app.get(
    '/api/v1/marks',
    {
      config: { access: EVERY_ROLE, scope: 'read' },
      schema: {
        tags,
        summary: 'What people said of a series: flags, comments, and what was undone',
        querystring: marksQuerySchema,
        response: { 200: marksAnswerSchema },
      },
    },
    async (request) => {
      const { from, to, before, limit, ...of } = request.query
      const end = to === undefined ? clock.now() : Date.parse(to)
      const begin = from === undefined ? end - DAY_MS : Date.parse(from)
      const asked = { ...of, from: new Date(begin), to: new Date(end) }
      const rows = await marksOfSeries(db, await seriesAsked(db, asked), { before, limit })
      const next = rows.length === limit ? (rows.at(-1)?.id ?? null) : null
      return { marks: rows.map(toMark), next }
    },
  )

  app.post(
    '/api/v1/marks/preview',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'What a flag over a range would change, without changing anything',
        body: markPreviewSchema,
        response: { 200: previewAnswerSchema },
      },
    },
    async (request) => {
      const { flag } = request.body
      const ranges = await rangesToMark(db, askedOf(request.body), clock.now())
      const preview = await previewFlag(db, ranges, flag)
      const isBehind = await db.run('read', (session) => wantsJob(session, ranges))
      return toPreview(preview, { flag, ranges, isBehind })
    },
  )

  app.post(
    '/api/v1/marks',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'Flag a range of a series by hand, or comment on it',
        description:
          'It holds for what arrives in the range later, too. Up to a page of readings is flagged at once ' +
          'and its hours and days follow within minutes; more of them by a job.',
        body: markCreateSchema,
        response: { 201: markAnswerSchema },
      },
    },
    async (request, reply) => {
      const { site = null, node = null, quantity, flag, reason } = request.body
      const asked = askedOf(request.body)
      const ranges = await rangesToMark(db, asked, clock.now())
      const { from, to } = asked
      const { actor } = request
      const answer = await db.transaction('write', async (session) => {
        const id = await insertMark(session, {
          ...{
            site,
            node,
            quantityId: quantityIdOf(quantity) ?? 0,
            from,
            to,
            flag,
            reason,
            ranges,
          },
          actor: actor.name,
          at: new Date(clock.now()),
        })
        const action = flag === null ? 'mark.comment' : 'mark.flag'
        const detail = { id, ...request.body }
        await writeAudit(
          session,
          audited(request, deps, { action, subject: site ?? node ?? '', detail }),
        )
        return concluded(session, request, { mark: await markById(session, id), ranges, reason })
      })
      jobs.wake()
      reply.code(201)
      return answer
    },
  )

  app.post(
    '/api/v1/marks/:id/undo',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'Undo a mark: what was said before it, or the tests, hold again',
        params: idParamsSchema,
        body: markUndoSchema,
        response: { 200: markAnswerSchema },
      },
    },
    async (request) => {
      const { id } = request.params
      const { reason } = request.body
      const answer = await db.transaction('write', async (session) => {
        const undo = { actor: request.actor.name, reason, at: new Date(clock.now()) }
        await markById(session, id)
        const ranges = await undoMark(session, id, undo)
        const mark = await markById(session, id)
        const subject = mark.site ?? mark.node ?? ''
        const entry = { action: 'mark.undo', subject, detail: { id, reason } }
        await writeAudit(session, audited(request, deps, entry))
        return concluded(session, request, { mark, ranges, reason })
      })
      jobs.wake()
      return answer
    },
  )

  /** A comment changes no reading. */
  async function concluded(
    session: Session,
    request: FastifyRequest,
    made: { mark: MarkRow; ranges: readonly ChannelRange[]; reason: string },
  ): Promise<MarkAnswer> {
    const { mark, ranges, reason } = made
    const done: Recomputed =
      mark.flag === null
        ? { jobId: null, readings: 0, changed: 0 }
        : await recomputeRanges(
            session,
            {
              subject: mark.site ?? mark.node ?? '',
              actor: request.actor.name,
              reason,
              at: new Date(clock.now()),
              ranges,
            },
            rules,
          )
    const { jobId, ...counts } = done
    const job = jobId === null ? null : toJob(await jobById(session, jobId))
    return { mark: toMark(mark), ...counts, job }
  }
}

function askedOf({ from, to, ...where }: Omit<MarkPreview, 'flag'>): Asked {
  return { ...where, from: new Date(from), to: new Date(to) }
}
