import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Telling } from '../alarms/telling.js'
import type { Clock } from '../clock.js'
import type { Balance } from '../pipeline/balance.js'
import type { ReplayResult } from '../pipeline/replay.js'
import type { Store } from '../store/open.js'
import type { RecomputeRules } from '../store/recompute.js'
import type { LiveFeed } from './live.js'

/** What the API needs of the rest of the service. */
export interface ApiDeps {
  store: Pick<Store, 'db' | 'kind' | 'powerSafe' | 'backup'>
  clock: Clock
  log: Logger
  config: {
    /** Public address, e.g. https://toba.example.id; undefined: the request's own host. */
    origin: string | undefined
    /** Believe X-Forwarded-* of a proxy on this machine or in a private network. */
    trustProxy: boolean
  }
  live: LiveFeed
  pipeline: { balance(): Balance }
  replayer: {
    /** `startTime` in unix seconds; frames that are not open are left out of the answer. */
    replay(ids: readonly number[], options?: { startTime?: number }): Promise<ReplayResult[]>
  }
  /** What stored readings are made of, when they are made anew. */
  rules: RecomputeRules
  jobs: {
    /** There is a job to do. */
    wake(): void
  }
  alarms: {
    /** A rule is not what it was. */
    rulesChanged(): Promise<void>
  }
  links: {
    disconnect(node: string): void
    sendConfig(node: string): Promise<void>
    connected(): ReadonlySet<string>
  }
  metrics: { registry: Registry }
  telling: Pick<Telling, 'channels' | 'pushKey' | 'say' | 'messages'>
  /** Folder of the built page; default: where `npm run build` puts it. */
  pageFolder?: string
}

export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>
