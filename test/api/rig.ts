import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import pino from 'pino'
import { Registry } from 'prom-client'
import { type ApiDeps, buildApi } from '../../ingest/api/api.js'
import type { Api } from '../../ingest/api/deps.js'
import { LiveFeed } from '../../ingest/api/live.js'
import { asOperator } from '../../ingest/api/operator.js'
import { SESSION_COOKIE } from '../../ingest/api/security.js'
import type { Database } from '../../ingest/store/database.js'
import type { Role, Scope } from '../../shared/schema/account.js'
import type { StoreKind } from '../../shared/schema/common.js'
import { type TestStore, withStore } from '../store-fixture.js'

/** The API on a store of its own, with everything around it standing in and noted. */
export interface Rig {
  app: Api
  db: Database
  live: LiveFeed
  clock: { nowMs: number; isSynchronised: boolean }
  /** What was asked of the broker and the pipeline, e.g. `disconnect balige-1`. */
  asked: string[]
  operator(options: InjectOptions): Promise<LightMyRequestResponse>
  close(): Promise<void>
}

export const PASSWORD = 'danau toba 2026'
/** 2026-07-01T00:00:00Z */
export const NOW_MS = Date.UTC(2026, 6, 1)

export interface RigOptions {
  kind?: StoreKind
  engine?: 'embedded' | 'server'
  changes?: Partial<ApiDeps>
}

export async function rig(options: RigOptions = {}): Promise<Rig> {
  const { kind = 'simulated', changes = {} } = options
  const engine = options.engine ?? (process.env.DATABASE_URL === undefined ? 'embedded' : 'server')
  const fixture: TestStore = await withStore(engine, { kind })
  const time = { nowMs: NOW_MS, isSynchronised: true }
  const clock = { now: () => time.nowMs, synchronised: () => time.isSynchronised }
  const live = new LiveFeed({ clock })
  const asked: string[] = []
  const tally = { received: 0, stored: 0, repeated: 0, rejected: 0, refused: 0, inFlight: 0 }
  const app = await buildApi({
    store: fixture.store,
    clock,
    log: pino({ level: 'silent' }),
    config: { origin: undefined, trustProxy: false },
    live,
    pipeline: { balance: () => ({ frames: tally, readings: tally }) },
    replayer: {
      replay: async (ids, { startTime } = {}) => {
        asked.push(`replay ${ids.join(' ')}${startTime === undefined ? '' : ` at ${startTime}`}`)
        return ids.map((id) => ({ id, outcome: 'stored', stored: 1, repeated: 0 }))
      },
    },
    links: {
      disconnect: (node) => void asked.push(`disconnect ${node}`),
      sendConfig: async (node) => void asked.push(`config ${node}`),
      connected: () => new Set(),
    },
    metrics: { registry: new Registry() },
    ...changes,
  })
  return {
    app,
    db: fixture.store.db,
    live,
    clock: time,
    asked,
    operator: (options) => asOperator(() => app.inject(options)),
    close: async () => {
      await app.close()
      await fixture.close()
    },
  }
}

/** A signed-in browser. */
export interface Browser {
  cookie: string
  csrf: string
  inject(options: InjectOptions): Promise<LightMyRequestResponse>
}

export async function makeAccount({ operator }: Rig, name: string, role: Role): Promise<void> {
  const payload = { name, role, password: PASSWORD }
  const answer = await operator({ method: 'POST', url: '/api/v1/accounts', payload })
  if (answer.statusCode !== 201) throw new Error(answer.body)
}

export async function signIn({ app }: Rig, name: string, password = PASSWORD): Promise<Browser> {
  const answer = await app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { name, password },
  })
  const id = answer.cookies.find((cookie) => cookie.name === SESSION_COOKIE)?.value
  if (answer.statusCode !== 200 || id === undefined) throw new Error(answer.body)
  const { csrf } = answer.json<{ csrf: string }>()
  const cookie = `${SESSION_COOKIE}=${id}`
  const inject = (options: InjectOptions) =>
    app.inject({ ...options, headers: { cookie, 'x-csrf-token': csrf, ...options.headers } })
  return { cookie, csrf, inject }
}

export async function makeToken(
  { operator }: Rig,
  account: string,
  scopes: Scope[],
  expiresInDays = 30,
): Promise<string> {
  const payload = { name: 'test', account, scopes, expiresInDays }
  const answer = await operator({ method: 'POST', url: '/api/v1/tokens', payload })
  if (answer.statusCode !== 201) throw new Error(answer.body)
  return answer.json<{ secret: string }>().secret
}
