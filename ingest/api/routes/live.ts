import { liveQuerySchema } from '../../../shared/schema/api.js'
import { AppError } from '../../errors.js'
import { nodeNames } from '../../store/latest.js'
import { seriesOfSite } from '../../store/readings.js'
import { iso } from '../answers.js'
import type { Api, ApiDeps } from '../deps.js'
import { HEARTBEAT_S, type LiveItem } from '../live.js'

export function liveRoutes(app: Api, { live, store, clock, log }: ApiDeps): void {
  const { db } = store
  const includeSimulated = store.kind === 'simulated'
  live.start({ namesOf: (ids) => nodeNames(db, ids), includeSimulated, log })
  app.addHook('preClose', async () => live.stop())

  app.get(
    '/api/v1/live',
    {
      config: { access: 'public' },
      schema: {
        tags: ['readings'],
        summary: 'Readings as they are committed, as server-sent events',
        description:
          'Events: `hello` (store, now, heartbeatS), `readings` (an array of LiveReading) and ' +
          '`heartbeat` (now). A slow client gets the newest values of each series only.',
        produces: ['text/event-stream'],
        querystring: liveQuerySchema,
      },
    },
    async (request, reply) => {
      const { site, node } = request.query
      const wants = await filterOf(site, node)
      const response = reply.raw
      const hello = { store: store.kind, now: iso(clock.now()), heartbeatS: HEARTBEAT_S }
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) response.setHeader(name, value)
      }
      response.setHeader('content-type', 'text/event-stream')
      response.setHeader('cache-control', 'no-store')
      // nginx would collect the events to fill a buffer.
      response.setHeader('x-accel-buffering', 'no')
      if (!live.open(response, hello, wants)) {
        throw new AppError('RATE_LIMITED', 'too many pages listen already: try again later')
      }
      reply.hijack()
    },
  )

  async function filterOf(
    site: string | undefined,
    node: string | undefined,
  ): Promise<((item: LiveItem) => boolean) | undefined> {
    if (site === undefined) {
      return node === undefined ? undefined : (item) => item.node === node
    }
    const now = clock.now()
    const span = { from: new Date(now), to: new Date(now + 1), includeSimulated }
    const placed = new Set(
      (await seriesOfSite(db, site, span)).map(
        ({ nodeId, quantityId, position }) => `${nodeId}/${quantityId}/${position}`,
      ),
    )
    return (item) => placed.has(item.series) && (node === undefined || item.node === node)
  }
}
