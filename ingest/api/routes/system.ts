import { z } from 'zod'
import { healthSchema, type ReadyReport, readySchema } from '../../../shared/schema/api.js'
import { answers } from '../../store/ping.js'
import type { Api, ApiDeps } from '../deps.js'

const tags = ['system']

export function systemRoutes(app: Api, deps: ApiDeps): void {
  const { registry } = deps.metrics

  app.get(
    '/health',
    {
      config: { access: 'public' },
      schema: { tags, summary: 'The process is alive', response: { 200: healthSchema } },
    },
    async () => ({ alive: true }) as const,
  )

  app.get(
    '/ready',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Whether readings can be stored, and what is worth a warning',
        response: { 200: readySchema, 503: readySchema },
      },
    },
    async (_request, reply) => {
      const report = await readyReport(deps)
      reply.code(report.ready ? 200 : 503)
      return report
    },
  )

  app.get(
    '/metrics',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Prometheus metrics',
        response: { 200: { content: { 'text/plain': { schema: z.string() } } } },
      },
    },
    async (_request, reply) => {
      reply.type(registry.contentType).serializer(String)
      return registry.metrics()
    },
  )
}

/** Ready is who can store readings; an unsynchronised clock is told, for readings are still stored. */
async function readyReport(deps: ApiDeps): Promise<ReadyReport> {
  const { store, clock, pipeline, links } = deps
  const database = await answers(store.db)
  const clockSynchronised = clock.synchronised()
  const messages = [
    ...(database ? [] : ['the database does not answer']),
    ...(clockSynchronised
      ? []
      : ['the clock of this machine is not synchronised: nodes are not told the time']),
    ...deps.telling.messages(),
    ...(store.powerSafe ? [] : ['acknowledged means committed, not power-safe']),
  ]
  return {
    ready: database,
    store: store.kind,
    engine: store.db.engine,
    database,
    clockSynchronised,
    powerSafe: store.powerSafe,
    framesInFlight: pipeline.balance().frames.inFlight,
    nodesConnected: links.connected().size,
    messages,
  }
}
