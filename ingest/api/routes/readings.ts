import { Readable } from 'node:stream'
import { z } from 'zod'
import {
  latestAnswerSchema,
  latestQuerySchema,
  quantitiesAnswerSchema,
} from '../../../shared/schema/api.js'
import {
  AUTO_POINTS,
  type ReadingsQuery,
  readingsAnswerSchema,
  readingsQuerySchema,
} from '../../../shared/schema/reading.js'
import { QUANTITIES } from '../../../shared/wire/quantities.js'
import { AppError } from '../../errors.js'
import { beingRecomputed } from '../../store/jobs.js'
import { latestPage } from '../../store/latest.js'
import {
  countReadings,
  type SeriesFilter,
  type SeriesRow,
  seriesOfAllSites,
  seriesOfNode,
  seriesOfSite,
} from '../../store/readings.js'
import { type Actor, isInsider } from '../access.js'
import { iso, quantityIdOf, toLatest } from '../answers.js'
import type { Api, ApiDeps } from '../deps.js'
import { csvPieces, jsonPieces, type SeriesQuery } from '../series-stream.js'

const tags = ['readings']
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
/** Ten years of anything, and a century of days: whoever wants more asks twice. */
const LONGEST_DAYS = { raw: 3653, hour: 3653, day: 36_525 }

export function readingRoutes(app: Api, deps: ApiDeps): void {
  const { store, clock } = deps
  const { db } = store
  const includeSimulated = store.kind === 'simulated'

  app.get(
    '/api/v1/quantities',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Everything that can be measured',
        response: { 200: quantitiesAnswerSchema },
      },
    },
    async () => ({
      quantities: QUANTITIES.map(({ ucum, ...quantity }) => ({ ...quantity, unit: ucum })),
    }),
  )

  app.get(
    '/api/v1/latest',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'The latest measured value of each channel',
        querystring: latestQuerySchema,
        response: { 200: latestAnswerSchema },
      },
    },
    async (request) => {
      const { site, node, quantity, after, limit } = request.query
      const now = clock.now()
      const rows = await latestPage(db, {
        site,
        node,
        quantityId: quantityIdOf(quantity),
        after: after === undefined ? undefined : toKey(after),
        limit,
        includeSimulated,
        now: new Date(now),
      })
      const latest = rows.map((row) => toLatest(row, row.site, now))
      const last = rows.length === limit ? rows.at(-1) : undefined
      const next = last === undefined ? null : `${last.node}:${last.quantityId}:${last.position}`
      return { store: store.kind, now: iso(now), latest, next }
    },
  )

  app.get(
    '/api/v1/readings',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Series of a site or a node, raw or by hour or day, as JSON or CSV',
        querystring: readingsQuerySchema,
        response: {
          200: {
            description: 'Streamed: it may be long',
            content: {
              'application/json': { schema: readingsAnswerSchema },
              'text/csv': { schema: z.string() },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const { query } = request
      const series = await seriesQuery(query, request.actor)
      if (query.format === 'csv') {
        reply.header('content-disposition', `attachment; filename="${fileName(query, series)}"`)
        reply.type('text/csv; charset=utf-8')
        return stream(reply, csvPieces(series))
      }
      reply.type('application/json; charset=utf-8')
      return stream(reply, jsonPieces(series))
    },
  )

  async function seriesQuery(query: ReadingsQuery, actor: Actor): Promise<SeriesQuery> {
    const span = spanOf(query, clock.now())
    const quantityId = quantityIdOf(query.quantity)
    const filter = { quantityId, position: query.position, ...span }
    const found = await seriesAsked(query, filter)
    // In a real store simulated nodes are shown to those who work with them, and exported to nobody.
    const mayBeSimulated = includeSimulated || (isInsider(actor) && query.format === 'json')
    if (!mayBeSimulated && found.some(({ simulated }) => simulated)) {
      throw new AppError('NOT_FOUND', `there is no public node named ${query.node}`)
    }
    const resolution = query.resolution === 'auto' ? await fitting(found, span) : query.resolution
    const days = (span.to.getTime() - span.from.getTime()) / DAY_MS
    if (days > LONGEST_DAYS[resolution]) {
      throw new AppError('TOO_LARGE', `at most ${LONGEST_DAYS[resolution]} days at ${resolution}`)
    }
    const recomputing = await beingRecomputed(db, found)
    return { db, store: store.kind, ...span, resolution, series: found, recomputing }
  }

  function seriesAsked({ site, node }: ReadingsQuery, filter: SeriesFilter): Promise<SeriesRow[]> {
    if (node !== undefined) return seriesOfNode(db, node, filter)
    const shown = { ...filter, includeSimulated }
    return site === undefined ? seriesOfAllSites(db, shown) : seriesOfSite(db, site, shown)
  }

  /** The finest resolution at which no series has more than about AUTO_POINTS points. */
  async function fitting(
    series: readonly SeriesRow[],
    { from, to }: { from: Date; to: Date },
  ): Promise<'raw' | 'hour' | 'day'> {
    // What was placed several times, or measured by one node after the other, is drawn as one line.
    const left = new Map<string, number>()
    for (const one of series) {
      const line = `${one.site ?? one.node} ${one.quantityId} ${one.position} ${one.depthM}`
      const room = left.get(line) ?? AUTO_POINTS
      const count = await countReadings(db, one, room + 1)
      if (count > room) {
        return (to.getTime() - from.getTime()) / HOUR_MS <= AUTO_POINTS ? 'hour' : 'day'
      }
      left.set(line, room - count)
    }
    return 'raw'
  }
}

/** About what a stream keeps waiting: smaller pieces would cost more to send than to make. */
const SENT_CHARACTERS = 16_384

/** Pieces are made as the client takes them; a client that goes away ends it. */
function stream<Reply extends { send(payload: unknown): unknown }>(
  reply: Reply,
  pieces: AsyncGenerator<string>,
): Reply {
  reply.send(Readable.from(gathered(pieces), { objectMode: false }))
  return reply
}

async function* gathered(pieces: AsyncGenerator<string>): AsyncGenerator<string> {
  let text = ''
  for await (const piece of pieces) {
    text += piece
    if (text.length < SENT_CHARACTERS) continue
    yield text
    text = ''
  }
  if (text !== '') yield text
}

function spanOf(query: ReadingsQuery, nowMs: number): { from: Date; to: Date } {
  const to = query.to === undefined ? new Date(nowMs) : new Date(query.to)
  const from = query.from === undefined ? new Date(to.getTime() - DAY_MS) : new Date(query.from)
  if (from >= to) throw new AppError('INVALID', `from ${iso(from)} must be before to ${iso(to)}`)
  return { from, to }
}

/** `node:quantity:position`, as the schema has checked. */
function toKey(text: string): { node: string; quantityId: number; position: number } {
  const [node = '', quantityId, position] = text.split(':')
  return { node, quantityId: Number(quantityId), position: Number(position) }
}

function fileName(query: ReadingsQuery, { from, to, resolution, series }: SeriesQuery): string {
  const only = query.quantity === undefined ? [] : [query.quantity]
  const isSimulated = series.some(({ simulated }) => simulated)
  const day = (time: Date) => iso(time).slice(0, 10)
  const parts = [query.site ?? query.node ?? 'sites', ...only, day(from), day(to), resolution]
  return `${[...parts, ...(isSimulated ? ['simulasi'] : [])].join('_')}.csv`
}
