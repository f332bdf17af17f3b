import type { FastifyRequest, RouteOptions } from 'fastify'
import type { Role, Scope } from '../../shared/schema/account.js'
import { AppError } from '../errors.js'
import type { AuditEntry } from '../store/audit.js'
import { findToken, touchToken } from '../store/tokens.js'
import type { Api, ApiDeps } from './deps.js'
import { isOperator } from './operator.js'

/** Who may call a route; a token needs the route's scope besides. */
export type Access = 'public' | readonly Role[]

export const EVERY_ROLE: readonly Role[] = ['officer', 'technician', 'admin']
export const FIELD_ROLES: readonly Role[] = ['technician', 'admin']
/** Who answers for what the numbers say. */
export const OFFICE_ROLES: readonly Role[] = ['officer', 'admin']
export const ADMIN: readonly Role[] = ['admin']

export interface Actor {
  kind: 'anonymous' | 'account' | 'token' | 'operator'
  /** As the audit names it. */
  name: string
  account: { id: number; name: string } | null
  role: Role | null
  scopes: readonly Scope[]
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
    /** The scope with which a token may call the route; without one no token may. */
    scope?: Scope
  }
  interface FastifyRequest {
    actor: Actor
  }
}

const ANONYMOUS: Actor = {
  kind: 'anonymous',
  name: 'anonymous',
  account: null,
  role: null,
  scopes: [],
}
const OPERATOR: Actor = { ...ANONYMOUS, kind: 'operator', name: 'operator', role: 'admin' }

/** Use of a token is noted this often at most, so that reading does not write. */
const TOUCH_EVERY_MS = 60_000

/** Deny by default: a route that does not say who may call it keeps the service from starting. */
export function requireDeclaredAccess(app: Api): void {
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => {
    routes.push(route)
  })
  app.addHook('onReady', async () => {
    const open = routes.filter((route) => route.config?.access === undefined)
    if (open.length === 0) return
    const names = open.map((route) => `${route.method} ${route.url}`)
    throw new Error(`routes without declared access: ${names.join(', ')}`)
  })
}

/** Must be the first hook of all: later ones may have left the context of the call. */
export function markOperator(app: Api): void {
  app.decorateRequest('actor')
  app.addHook('onRequest', async (request) => {
    request.actor = isOperator() ? OPERATOR : ANONYMOUS
  })
}

/** After the session's hook: who it is, and whether they may. */
export function checkAccess(app: Api, deps: ApiDeps): void {
  app.addHook('onRequest', async (request) => {
    if (request.actor.kind === 'anonymous') request.actor = await identify(request, deps)
    if (!request.is404) authorize(request)
  })
}

async function identify(request: FastifyRequest, deps: ApiDeps): Promise<Actor> {
  const { authorization } = request.headers
  if (authorization !== undefined) return byToken(authorization, deps)
  const account = request.session.account
  if (account === undefined) return ANONYMOUS
  const { id, name, role } = account
  return { kind: 'account', name, account: { id, name }, role, scopes: [] }
}

async function byToken(authorization: string, { store, clock, log }: ApiDeps): Promise<Actor> {
  const secret = /^Bearer +([\x21-\x7e]{1,200})$/i.exec(authorization)?.[1]
  if (secret === undefined) {
    throw new AppError('UNAUTHENTICATED', 'the authorization header is not `Bearer <token>`')
  }
  const now = clock.now()
  const token = await findToken(store.db, secret, new Date(now))
  if (token === undefined) {
    throw new AppError('UNAUTHENTICATED', 'the token is unknown, revoked or expired')
  }
  const { id, accountId, account, role, scopes, lastUsedAt } = token
  if (lastUsedAt === null || now - lastUsedAt.getTime() > TOUCH_EVERY_MS) {
    touchToken(store.db, id, new Date(now)).catch((error) =>
      log.warn({ event: 'token_touch_failed', reason: String(error) }),
    )
  }
  return {
    kind: 'token',
    name: `${account}/token:${id}`,
    account: { id: accountId, name: account },
    role,
    scopes,
  }
}

function authorize({ actor, routeOptions: { config } }: FastifyRequest): void {
  const { access, scope } = config
  if (access === 'public') return
  if (access === undefined) throw new AppError('FORBIDDEN', 'nobody may call this')
  if (actor.role === null) {
    throw new AppError('UNAUTHENTICATED', `this is for the roles ${access.join(', ')}`)
  }
  if (actor.kind === 'token') requireScope(actor, scope)
  if (!access.includes(actor.role)) {
    throw new AppError('FORBIDDEN', `this is for the roles ${access.join(', ')}, not ${actor.role}`)
  }
}

function requireScope(actor: Actor, scope: Scope | undefined): void {
  if (scope === undefined) throw new AppError('FORBIDDEN', 'no token may call this: sign in')
  if (!actor.scopes.includes(scope)) {
    throw new AppError('FORBIDDEN', `this token lacks the scope ${scope}`)
  }
}

/** More than the public: signed in, or a token that may read. */
export function isInsider({ kind, scopes }: Actor): boolean {
  return kind === 'account' || kind === 'operator' || (kind === 'token' && scopes.includes('read'))
}

/** An audit entry of this request's actor. */
export function audited(
  request: FastifyRequest,
  deps: Pick<ApiDeps, 'clock'>,
  entry: Pick<AuditEntry, 'action' | 'subject' | 'detail'>,
): AuditEntry {
  return { ...entry, at: new Date(deps.clock.now()), actor: request.actor.name }
}
