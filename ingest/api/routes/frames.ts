import {
  type FrameView,
  framesAnswerSchema,
  framesQuerySchema,
  idParamsSchema,
  REPLAY_LIMIT,
  type RejectedFrame,
  type ReplayResult,
  rejectedAnswerSchema,
  rejectedDetailSchema,
  rejectedQuerySchema,
  replayAnswerSchema,
  replaySchema,
} from '../../../shared/schema/api.js'
import type { ReplayResult as Replayed } from '../../pipeline/replay.js'
import { writeAudit } from '../../store/audit.js'
import { framesAround } from '../../store/frames.js'
import {
  openByReason,
  openWithReason,
  type RejectedFrameRow,
  rejectedById,
  rejectedPage,
} from '../../store/rejected-frames.js'
import { audited, EVERY_ROLE } from '../access.js'
import { iso, isoOrNull, toRawFrame } from '../answers.js'
import type { Api, ApiDeps } from '../deps.js'

const tags = ['frames']
const READ = { access: EVERY_ROLE, scope: 'read' } as const

export function frameRoutes(app: Api, deps: ApiDeps): void {
  const { db } = deps.store

  app.get(
    '/api/v1/frames',
    {
      config: READ,
      schema: {
        tags,
        summary: 'The frames behind a value, as they came',
        querystring: framesQuerySchema,
        response: { 200: framesAnswerSchema },
      },
    },
    async (request) => {
      const { node, time, quantity, position } = request.query
      const rows = await framesAround(db, node, new Date(time))
      const at = iso(new Date(time))
      const frames = rows.flatMap(({ bytes, receivedAt, first, last, undated, ...row }) => {
        const raw = toRawFrame(bytes)
        if (!undated && !carries(raw.decoded, at, quantity, position)) return []
        return [{ ...row, receivedAt: iso(receivedAt), first: iso(first), last: iso(last), ...raw }]
      })
      return { frames }
    },
  )

  app.get(
    '/api/v1/rejected-frames',
    {
      config: READ,
      schema: {
        tags,
        summary: 'Frames that could not be accepted, newest first',
        querystring: rejectedQuerySchema,
        response: { 200: rejectedAnswerSchema },
      },
    },
    async (request) => {
      const rows = await rejectedPage(db, request.query)
      const next = rows.length === request.query.limit ? (rows.at(-1)?.id ?? null) : null
      return { rejectedFrames: rows.map(toRejected), next, open: await openByReason(db) }
    },
  )

  app.get(
    '/api/v1/rejected-frames/:id',
    {
      config: READ,
      schema: {
        tags,
        summary: 'One rejected frame with its bytes',
        params: idParamsSchema,
        response: { 200: rejectedDetailSchema },
      },
    },
    async (request) => {
      const row = await rejectedById(db, request.params.id)
      return { ...toRejected(row), ...toRawFrame(row.bytes) }
    },
  )

  app.post(
    '/api/v1/rejected-frames/replay',
    {
      config: { access: EVERY_ROLE, scope: 'replay' },
      schema: {
        tags,
        summary: 'Try rejected frames again: some, or all with a reason',
        description: `At most ${REPLAY_LIMIT} in one request; \`remaining\` says what is left.`,
        body: replaySchema,
        response: { 200: replayAnswerSchema },
      },
    },
    async (request) => {
      const { ids: named, reason, node, startTime } = request.body
      const { ids, total } =
        reason === undefined
          ? { ids: named ?? [], total: named?.length ?? 0 }
          : await openWithReason(db, { reason, node, limit: REPLAY_LIMIT })
      const entry = {
        action: 'rejected-frames.replay',
        subject: reason ?? ids.join(' '),
        detail: request.body,
      }
      await db.transaction('write', (session) => writeAudit(session, audited(request, deps, entry)))
      const options = startTime === undefined ? {} : { startTime: Date.parse(startTime) / 1000 }
      const replayed = await deps.replayer.replay(ids, options)
      return { results: toResults(ids, replayed), remaining: total - ids.length }
    },
  )
}

/** Whether a frame says something about that second; one that cannot be decoded any more may. */
function carries(
  view: FrameView | null,
  time: string,
  quantity: string | undefined,
  position: number | undefined,
): boolean {
  if (view === null) return true
  const wanted = view.channels.map(
    (channel) =>
      (quantity === undefined || channel.quantity === quantity) &&
      (position === undefined || channel.position === position),
  )
  return view.samples.some(
    (sample) =>
      sample.time === time && sample.values.some((value, index) => wanted[index] && value !== null),
  )
}

function toRejected(row: RejectedFrameRow): RejectedFrame {
  return {
    id: row.id,
    node: row.node,
    reason: row.reason,
    detail: row.detail,
    boot: row.boot,
    seq: row.seq,
    readings: row.readings,
    receivedAt: iso(row.receivedAt),
    lastReceivedAt: iso(row.lastReceivedAt),
    timesReceived: row.timesReceived,
    resolvedAt: isoOrNull(row.resolvedAt),
    resolution: row.resolution,
  }
}

/** One result for each id that was asked for, in that order. */
function toResults(ids: readonly number[], replayed: readonly Replayed[]): ReplayResult[] {
  const known = new Map(replayed.map((result) => [result.id, result]))
  const nothing = { stored: 0, repeated: 0, reason: null, detail: null }
  return ids.map((id) => ({ ...nothing, ...(known.get(id) ?? { id, outcome: 'not-open' }) }))
}
