import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import pino from 'pino'
import { Registry } from 'prom-client'
import type { Channel } from '../../ingest/alarms/channels/channel.js'
import { type ApiDeps, buildApi } from '../../ingest/api/api.js'
import type { Api } from '../../ingest/api/deps.js'
import { LiveFeed } from '../../ingest/api/live.js'
import { asOperator } from '../../ingest/api/operator.js'
import { SESSION_COOKIE } from '../../ingest/api/security.js'
import { commitFrames } from '../../ingest/store/batches.js'
import { storedCorrection } from '../../ingest/store/corrections.js'
import type { Database } from '../../ingest/store/database.js'
import { nodeIdentity } from '../../ingest/store/nodes.js'
import type { Role, Scope } from '../../shared/schema/account.js'
import type { ChannelKind } from '../../shared/schema/channel.js'
import type { StoreKind } from '../../shared/schema/common.js'
import { limitsOf } from '../../shared/science/qartod/limits.js'
import { quantityByKey } from '../../shared/wire/quantities.js'
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
    rules: { limitsOf, correctionOf: storedCorrection },
    jobs: { wake: () => void asked.push('jobs') },
    alarms: { rulesChanged: async () => void asked.push('rules') },
    links: {
      disconnect: (node) => void asked.push(`disconnect ${node}`),
      sendConfig: async (node) => void asked.push(`config ${node}`),
      connected: () => new Set(),
    },
    metrics: { registry: new Registry() },
    telling: { ...tellingBy(async () => {}), channels: new Map() },
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

/** Commits readings of a node's channel: [unix seconds, value in steps, flag (2), why (0)]. */
export async function storeReadings(
  { db }: Rig,
  node: string,
  quantity: string,
  rows: readonly (readonly [timeS: number, value: number, flag?: number, why?: number])[],
  position = 0,
): Promise<void> {
  const { id: nodeId } = (await nodeIdentity(db, { name: node })) ?? missing(node)
  const { id: quantityId } = quantityByKey(quantity) ?? missing(quantity)
  const readings = rows.map(([time, value, flag = 2, why = 0]) => ({
    nodeId,
    quantityId,
    position,
    time,
    value,
    raw: null,
    flag,
    why,
  }))
  const receivedAt = Math.max(...rows.map(([time]) => time * 1000))
  const bytes = new Uint8Array()
  for (let start = 0; start < readings.length; start += 5000) {
    const some = readings.slice(start, start + 5000)
    const frame = { nodeId, boot: 1, seq: start, undated: false, bytes, receivedAt, readings: some }
    await commitFrames(db, [frame])
  }
}

function missing(name: string): never {
  throw new Error(`${name} is not there`)
}

/** What the operator makes must work; the answer's body is returned. */
export async function made<Body>(
  { operator }: Rig,
  url: string,
  payload: object,
  method: 'POST' | 'PUT' | 'PATCH' = 'POST',
): Promise<Body> {
  const answer = await operator({ method, url: `/api/v1/${url}`, payload })
  if (answer.statusCode >= 300) throw new Error(answer.body)
  return answer.json<Body>()
}

export const aSite = { title: 'Balige', kind: 'lake', longitude: 99.06, latitude: 2.3535 } as const

/** A node with a channel placed at a site, both made if need be. */
export async function place(
  rig: Rig,
  node: string,
  site: string,
  placement: { quantity: string; from: string; to?: string; position?: number; depthM?: number },
): Promise<{ id: number }> {
  await rig.operator({
    method: 'POST',
    url: '/api/v1/sites',
    payload: { ...aSite, name: site },
  })
  await rig.operator({
    method: 'POST',
    url: '/api/v1/nodes',
    payload: { name: node, kind: 'lake' },
  })
  return made(rig, 'placements', { node, site, ...placement })
}

/** Method and path of every route, read from the router's own drawing of its tree. */
export function routesOf(app: Api): string[] {
  const parents: string[] = []
  return app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const found = /^([│ ]*)[├└]── (\S+) \(([A-Z, ]+)\)$/.exec(line)
      if (found === null) return []
      const [, indent = '', part = '', methods = ''] = found
      const depth = indent.length / 4
      const path = (parents[depth - 1] ?? '') + part
      parents.length = depth
      parents[depth] = path
      return methods.split(', ').map((method) => `${method} ${path}`)
    })
}

/** What carries messages, with both ways that owners may choose set up. */
export function tellingBy(say: ApiDeps['telling']['say']): ApiDeps['telling'] {
  const channel = (kind: ChannelKind): [ChannelKind, Channel] => [
    kind,
    { kind, send: async () => {} },
  ]
  const channels = new Map([channel('gateway'), channel('email')])
  return { channels, pushKey: undefined, say, messages: () => [] }
}
