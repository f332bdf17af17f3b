import cookie from '@fastify/cookie'
import csrf from '@fastify/csrf-protection'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import session from '@fastify/session'
import type { FastifyRequest } from 'fastify'
import { AppError } from '../errors.js'
import type { Api, ApiDeps } from './deps.js'
import { SESSION_MS, sessionStore } from './session-store.js'

export const SESSION_COOKIE = 'toba_session'
/** The cookie goes to the API alone: pages and their files never read the session table. */
export const COOKIE_PATH = '/api/'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * A session's id is 192 random bits of which the store keeps the hash: a signature would protect nothing.
 * Anything of another shape is refused before the store is asked.
 */
const unsigned = {
  sign: (id: string) => id,
  unsign: (id: string) => ({ valid: /^[\w-]{32}$/.test(id), renew: false, value: id }),
}

/** Headers, cookies and sessions, in the order in which their hooks must run. */
export async function secure(app: Api, deps: ApiDeps): Promise<void> {
  const isHttps = deps.config.origin?.startsWith('https:') ?? false
  if (isHttps && !deps.config.trustProxy) {
    // The plugin sets no Secure cookie on a connection that looks plain: nobody could sign in.
    throw new AppError('CONFIG', 'an HTTP_ORIGIN with https needs HTTP_TRUST_PROXY=yes')
  }
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        // The map's markers and the documentation's icons are data URLs.
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: isHttps,
  })
  // On every answer, so that no simulated number can be taken for a measured one.
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('x-store', deps.store.kind)
  })
  await app.register(cookie)
  await app.register(session, {
    secret: unsigned,
    cookieName: SESSION_COOKIE,
    cookie: {
      path: COOKIE_PATH,
      httpOnly: true,
      sameSite: 'strict',
      secure: isHttps,
      maxAge: SESSION_MS,
    },
    saveUninitialized: false,
    rolling: false,
    store: sessionStore(deps.store.db, deps.clock),
  })
  await app.register(csrf, {
    sessionPlugin: '@fastify/session',
    getToken: (request) => headerOf(request, 'x-csrf-token'),
  })
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_request, { after }) =>
      new AppError('RATE_LIMITED', `too many requests from this address: wait ${after}`),
  })
}

/**
 * After `checkAccess`: a write that a browser's cookie vouches for must carry its page's token, and what a
 * page of another origin sends is not read at all. A token in a header is never sent by a browser unasked.
 */
export function refuseForgery(app: Api, deps: ApiDeps): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { kind } = request.actor
    if (SAFE_METHODS.has(request.method) || request.is404) return done()
    if (kind === 'token' || kind === 'operator') return done()
    if (isForeign(request, deps.config.origin)) {
      return done(new AppError('FORBIDDEN', 'this page is not served by this address'))
    }
    if (kind === 'anonymous') return done()
    app.csrfProtection(request, reply, done)
  })
}

function isForeign(request: FastifyRequest, ownOrigin: string | undefined): boolean {
  const origin = headerOf(request, 'origin')
  if (origin === undefined) return false
  if (!URL.canParse(origin)) return true
  const own = ownOrigin ?? `${new URL(origin).protocol}//${request.host}`
  return !URL.canParse(own) || new URL(origin).origin !== new URL(own).origin
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : undefined
}
