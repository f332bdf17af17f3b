import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import type { Session } from '../../shared/schema/account.js'
import type { LatestAnswer, SitesAnswer } from '../../shared/schema/api.js'
import type { LiveReading } from '../../shared/schema/reading.js'
import { framesAnswer, iso, latestOf, readingsAnswer, siteAnswers, UNPLACED } from './mock-data.js'

/**
 * The service as the page sees it, without a store: answers by arithmetic, a live feed that a test feeds and
 * cuts, failures on demand. Static files go out under the policy that the service promises.
 */

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

interface Entry {
  name: string
  password: string
  secret?: string
}

export interface MockService {
  url: string
  /** What the next requests meet. */
  world: {
    nowMs(): number
    /** When the latest values were measured, less their age; now where it is undefined. */
    measuredMs: number | undefined
    store: 'real' | 'simulated'
    isEmpty: boolean
    /** HTTP status instead of an answer, for every data route. */
    failure: number | undefined
    account: Session['account']
    setupNeeded: boolean
    /** Who was set up on the first start. */
    admin: Entry | undefined
    /** Answers nothing at all until it is set back. */
    isStuck: boolean
  }
  /** A world like on the first day. */
  reset(): void
  send(readings: readonly LiveReading[]): void
  heartbeat(): void
  /** Cuts the live feed. */
  cut(): void
  feeds(): number
  close(): Promise<void>
}

const CSRF = 'a-token-of-this-session'

export const ACCOUNT = { name: 'dewi', title: 'Dewi Sitorus', role: 'officer' } as const
export const PASSWORD = 'danau-toba-biru'
export const SETUP_SECRET = 'k3y-0nce'

export async function startMockService(dist: string): Promise<MockService> {
  const world = freshWorld()
  const feeds = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const path = url.pathname.replace('/api/v1', '')
    if (!url.pathname.startsWith('/api/')) sendFile(dist, path, response)
    else if (world.isStuck) return
    else if (path === '/live') openFeed(response)
    else void answer(request, path, url.searchParams, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}/`,
    world,
    reset: () => Object.assign(world, freshWorld()),
    send: (readings) => emit('readings', readings),
    heartbeat: () => {
      if (!world.isStuck) emit('heartbeat', { now: iso(world.nowMs()) })
    },
    cut: () => {
      for (const feed of feeds) feed.destroy()
    },
    feeds: () => feeds.size,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }

  function openFeed(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    feeds.add(response)
    response.on('close', () => feeds.delete(response))
    emit('hello', { store: world.store, now: iso(world.nowMs()), heartbeatS: 4 })
  }

  function emit(type: string, data: unknown): void {
    for (const feed of feeds) feed.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  async function answer(
    request: IncomingMessage,
    path: string,
    query: URLSearchParams,
    response: ServerResponse,
  ): Promise<ServerResponse> {
    const nowMs = world.nowMs()
    const measuredMs = world.measuredMs ?? nowMs
    const isSimulated = world.store === 'simulated'
    const dated = { store: world.store, now: iso(nowMs) }
    if (path === '/session' && request.method === 'GET') return json(response, 200, session())
    if (path === '/session' && request.method === 'DELETE') {
      if (request.headers['x-csrf-token'] !== CSRF) return problem(response, 403, 'CSRF', 'token')
      world.account = null
      return json(response, 204)
    }
    if (path === '/session' || path === '/setup') {
      return enter(path, JSON.parse(await bodyOf(request)), response)
    }
    if (world.failure !== undefined) return problem(response, world.failure, 'STORE_BUSY', 'busy')
    switch (path) {
      case '/sites': {
        const sites = world.isEmpty ? [] : siteAnswers(measuredMs, isSimulated)
        return json(response, 200, { ...dated, sites, next: null } satisfies SitesAnswer)
      }
      case '/latest': {
        const unplaced = world.isEmpty ? [] : UNPLACED
        const latest = unplaced.map((one) => latestOf(one, null, measuredMs, isSimulated))
        return json(response, 200, { ...dated, latest, next: null } satisfies LatestAnswer)
      }
      case '/readings':
        return json(response, 200, readingsAnswer(query, measuredMs, isSimulated))
      case '/frames':
        if (world.account === null) return problem(response, 401, 'UNAUTHENTICATED', 'sign in')
        return json(response, 200, framesAnswer(query))
      default:
        return problem(response, 404, 'NOT_FOUND', path)
    }
  }

  function session(): Session {
    return {
      account: world.account,
      csrf: world.account === null ? null : CSRF,
      setupNeeded: world.setupNeeded,
      store: world.store,
    }
  }

  function enter(path: string, body: Entry, response: ServerResponse): ServerResponse {
    if (path === '/setup') {
      if (body.secret !== SETUP_SECRET) return problem(response, 403, 'FORBIDDEN', 'secret')
      world.setupNeeded = false
      world.admin = body
      return json(response, 201, {})
    }
    const isAdmin = body.name === world.admin?.name && body.password === world.admin?.password
    if (!isAdmin && (body.name !== ACCOUNT.name || body.password !== PASSWORD)) {
      return problem(response, 401, 'UNAUTHENTICATED', 'name or password')
    }
    world.account = isAdmin ? { name: body.name, title: body.name, role: 'admin' } : ACCOUNT
    return json(response, 200, session())
  }
}

function freshWorld(): MockService['world'] {
  return {
    nowMs: Date.now,
    measuredMs: undefined,
    store: 'real',
    isEmpty: false,
    failure: undefined,
    account: null,
    setupNeeded: false,
    admin: undefined,
    isStuck: false,
  }
}

function sendFile(dist: string, path: string, response: ServerResponse): void {
  const name = path === '/' ? 'index.html' : normalize(path).slice(1)
  try {
    const content = readFileSync(join(dist, name))
    response.writeHead(200, {
      'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
      'content-security-policy': POLICY,
    })
    response.end(content)
  } catch {
    response.writeHead(404).end()
  }
}

function json(response: ServerResponse, status: number, body?: unknown): ServerResponse {
  response.writeHead(status, { 'content-type': 'application/json' })
  return response.end(body === undefined ? undefined : JSON.stringify(body))
}

function problem(
  response: ServerResponse,
  status: number,
  code: string,
  detail: string,
): ServerResponse {
  response.writeHead(status, { 'content-type': 'application/problem+json' })
  return response.end(JSON.stringify({ type: 'about:blank', title: code, status, code, detail }))
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}
