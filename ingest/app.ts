import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { limitsOf } from '../shared/science/qartod/limits.js'
import { Alarms } from './alarms/alarms.js'
import { openTelling } from './alarms/telling.js'
import { type ApiDeps, buildApi } from './api/api.js'
import { openControlSocket } from './api/control.js'
import { LiveFeed } from './api/live.js'
import { ensureSetupSecret } from './api/setup.js'
import { Broker } from './broker/broker.js'
import { senderFrom } from './broker/login.js'
import type { Clock } from './clock.js'
import type { Config } from './config.js'
import { AppError } from './errors.js'
import { createMetrics } from './metrics.js'
import { type CommittedBatch, Pipeline } from './pipeline/pipeline.js'
import { Replayer } from './pipeline/replay.js'
import { storedCorrection } from './store/corrections.js'
import { JobRunner } from './store/job-runner.js'
import { NeighbourNights } from './store/neighbour-nights.js'
import { nodeIdentity } from './store/nodes.js'
import type { Store } from './store/open.js'

export interface Service {
  httpPort: number
  mqttPort: number
  /** The one-time secret for the first administrator; undefined once there is one. */
  setupSecret: string | undefined
  /** Closes the doors, stores and acknowledges what is in hand, closes the store: at most about 10 s. */
  stop(): Promise<void>
}

export interface ServiceParts {
  /** Closed when the service has stopped, or did not start. */
  store: Store
  config: Config
  clock: Clock
  log: Logger
}

/** Everything of one service process, started in the order in which its parts need each other. */
export async function startService(parts: ServiceParts): Promise<Service> {
  try {
    return await startOn(parts)
  } catch (error) {
    await parts.store.close()
    throw error
  }
}

async function startOn({ store, config, clock, log }: ServiceParts): Promise<Service> {
  const { db } = store
  const live = new LiveFeed({ clock })
  const alarms = new Alarms({
    ...{ db, kind: store.kind, clock, log },
    origin: config.http.origin,
    onTold: () => telling.wake(),
  })
  const replayer = new Replayer({
    db,
    clock,
    log,
    senderOf: async (id) => {
      const node = await nodeIdentity(db, { id })
      return node && senderFrom(node, clock.now())
    },
    onStored: (readings) => {
      alarms.changed(readings)
      live.publish(readings)
    },
  })
  const pipeline = new Pipeline({
    db,
    clock,
    log,
    elapsedMs: () => performance.now(),
    ...config.queue,
    onCommitted: (batch: CommittedBatch) => {
      metrics.committed(batch)
      replayer.noticed(batch)
      alarms.noticed(batch)
      live.publish([...batch.reflagged, ...batch.stored])
    },
  })
  const broker = new Broker({
    config: config.mqtt,
    db,
    clock,
    pipeline,
    log,
    onRefused: (reason) => metrics.refused(reason),
  })
  const metrics = createMetrics({
    balance: () => pipeline.balance(),
    connected: () => broker.connected().size,
  })
  const rules = { limitsOf, correctionOf: storedCorrection }
  const jobs = new JobRunner({ db, clock, log, rules, retention: config.retention })
  const nights = new NeighbourNights({ db, clock, log, rules, onJob: () => jobs.wake() })
  const telling = await openTelling({
    people: { db, kind: store.kind, origin: config.http.origin },
    ...{ clock, log },
    config: config.alarms,
    registry: metrics.registry,
  })
  const deps: ApiDeps = {
    store,
    clock,
    log,
    config: config.http,
    live,
    pipeline,
    replayer,
    rules,
    jobs,
    alarms,
    links: broker,
    metrics,
    telling,
  }
  const api = await buildApi(deps)
  const setupSecret = await ensureSetupSecret(db)
  await replayer.start()
  pipeline.start()
  const drain = async () => {
    await pipeline.close()
    await broker.close()
  }
  // Side by side: nodes do not wait for a page that takes its answer slowly, nor it for them.
  const closeDoors = async () => {
    broker.stopAccepting()
    const behind = [jobs.stop(), nights.stop(), alarms.stop(), telling.stop()]
    await Promise.all([drain(), api.close(), ...behind])
  }
  try {
    await broker.start()
    await listen(api, config)
    const control = await openControlSocket(api, join(config.dataDir, 'control.sock'))
    store.startMaintenance()
    jobs.start()
    nights.start()
    alarms.start()
    telling.start()
    const address = api.server.address()
    return {
      httpPort: typeof address === 'object' && address !== null ? address.port : config.http.port,
      mqttPort: broker.port,
      setupSecret,
      stop: async () => {
        try {
          await control.close()
          await closeDoors()
        } finally {
          await store.close()
        }
      },
    }
  } catch (error) {
    await closeDoors()
    throw error
  }
}

async function listen(api: FastifyInstance, config: Config): Promise<void> {
  const { host, port } = config.http
  try {
    await api.listen({ host, port })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('CONFIG', `page and API cannot listen on ${host}:${port}: ${reason}`, {
      cause,
    })
  }
}
