import Fastify, { type FastifyBaseLogger, LogController } from 'fastify'
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import { checkAccess, markOperator, requireDeclaredAccess } from './access.js'
import { compress } from './compress.js'
import type { Api, ApiDeps } from './deps.js'
import { describeRoutes, serveDocs } from './docs.js'
import { servePage } from './page.js'
import { tellProblems } from './problems.js'
import { accountRoutes } from './routes/accounts.js'
import { acknowledgePage } from './routes/acknowledge-page.js'
import { alarmRoutes } from './routes/alarms.js'
import { backupRoutes } from './routes/backup.js'
import { calibrationRoutes } from './routes/calibrations.js'
import { channelRoutes } from './routes/channels.js'
import { frameRoutes } from './routes/frames.js'
import { jobRoutes } from './routes/jobs.js'
import { laboratoryRoutes } from './routes/laboratory.js'
import { laboratoryImportRoute } from './routes/laboratory-import.js'
import { liveRoutes } from './routes/live.js'
import { markRoutes } from './routes/marks.js'
import { monthRoutes } from './routes/months.js'
import { nodeRoutes } from './routes/nodes.js'
import { ownerPages } from './routes/owner-pages.js'
import { personRoutes } from './routes/people.js'
import { placementRoutes } from './routes/placements.js'
import { probeRoutes } from './routes/probes.js'
import { readingRoutes } from './routes/readings.js'
import { rosterRoutes } from './routes/roster.js'
import { ruleRoutes } from './routes/rules.js'
import { sessionRoutes } from './routes/session.js'
import { siteLimitRoutes } from './routes/site-limits.js'
import { siteMaintenanceRoutes } from './routes/site-maintenance.js'
import { siteRoutes } from './routes/sites.js'
import { subscriptionLinks } from './routes/subscription-links.js'
import { subscriptionRoutes } from './routes/subscriptions.js'
import { systemRoutes } from './routes/system.js'
import { visitRoutes } from './routes/visits.js'
import { waterStatusRoutes } from './routes/water-status.js'
import { refuseForgery, secure } from './security.js'

export type { ApiDeps } from './deps.js'

/** The largest request is a replay of REPLAY_LIMIT ids. */
const BODY_LIMIT_BYTES = 64 * 1024
/** A request that is not here by then was meant to hold the socket. */
const REQUEST_TIMEOUT_MS = 30_000
/** At the end, what a client has not taken by then is cut: the store must be closed within 10 s. */
const CLOSE_GRACE_MS = 2_000
/** Proxies are believed from these alone, so nobody else can claim another address. */
const PROXIES = ['loopback', 'linklocal', 'uniquelocal']

/** Everything that is told over HTTP. Listens nowhere yet; ready for `listen`, `inject` and the socket. */
export async function buildApi(deps: ApiDeps): Promise<Api> {
  const loggerInstance: FastifyBaseLogger = deps.log
  const app: Api = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: deps.config.trustProxy ? PROXIES : false,
    // HEAD of an export would run the whole of it.
    exposeHeadRoutes: false,
    // Live streams are ended in preClose; idle connections need not be waited for.
    forceCloseConnections: 'idle',
  }).withTypeProvider<ZodTypeProvider>()
  app.addHook('preClose', async () => {
    setTimeout(() => app.server.closeAllConnections(), CLOSE_GRACE_MS).unref()
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  // A form of another page can send text, and nothing here reads it.
  app.removeContentTypeParser('text/plain')
  tellProblems(app)
  requireDeclaredAccess(app)
  markOperator(app)
  await secure(app, deps)
  checkAccess(app, deps)
  refuseForgery(app, deps)
  compress(app)
  await describeRoutes(app, deps)
  systemRoutes(app, deps)
  siteRoutes(app, deps)
  siteLimitRoutes(app, deps)
  nodeRoutes(app, deps)
  placementRoutes(app, deps)
  probeRoutes(app, deps)
  calibrationRoutes(app, deps)
  visitRoutes(app, deps)
  readingRoutes(app, deps)
  monthRoutes(app, deps)
  laboratoryRoutes(app, deps)
  laboratoryImportRoute(app, deps)
  waterStatusRoutes(app, deps)
  liveRoutes(app, deps)
  markRoutes(app, deps)
  jobRoutes(app, deps)
  channelRoutes(app, deps)
  frameRoutes(app, deps)
  ruleRoutes(app, deps)
  alarmRoutes(app, deps)
  siteMaintenanceRoutes(app, deps)
  personRoutes(app, deps)
  rosterRoutes(app, deps)
  subscriptionRoutes(app, deps)
  sessionRoutes(app, deps)
  accountRoutes(app, deps)
  backupRoutes(app, deps)
  acknowledgePage(app, deps)
  ownerPages(app, deps)
  subscriptionLinks(app, deps)
  await serveDocs(app)
  await servePage(app, deps)
  await app.ready()
  return app
}
