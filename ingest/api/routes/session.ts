import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import {
  accountSchema,
  loginSchema,
  passwordChangeSchema,
  type Role,
  type Session,
  sessionSchema,
  setupSchema,
} from '../../../shared/schema/account.js'
import { AppError } from '../../errors.js'
import {
  accountByName,
  consumeSetupSecret,
  hasAccounts,
  insertAccount,
  updateAccount,
} from '../../store/accounts.js'
import { writeAudit } from '../../store/audit.js'
import { deleteSessionsOf } from '../../store/sessions.js'
import { audited, EVERY_ROLE } from '../access.js'
import type { Api, ApiDeps } from '../deps.js'
import { LoginLimiter, PER_ACCOUNT, PER_ADDRESS } from '../login-limiter.js'
import { hashPassword, passwordFits } from '../passwords.js'
import { COOKIE_PATH, SESSION_COOKIE } from '../security.js'
import { toAccount } from './accounts.js'

const tags = ['session']
/** Hashing is expensive on purpose: one address may not keep a core busy with it. */
const HASHING_LIMIT = { max: 60, timeWindow: 60_000 }

export function sessionRoutes(app: Api, deps: ApiDeps): void {
  const { store, clock, log } = deps
  const { db } = store
  const limiter = new LoginLimiter(clock)

  app.get(
    '/api/v1/session',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Who is signed in, and the token for writing requests of the page',
        response: { 200: sessionSchema },
      },
    },
    async (request, reply): Promise<Session> => {
      const { account } = request.session
      return {
        account: account === undefined ? null : withoutId(account),
        csrf: account === undefined ? null : reply.generateCsrf(),
        setupNeeded: account === undefined && !(await hasAccounts(db)),
        store: store.kind,
      }
    },
  )

  app.post(
    '/api/v1/session',
    {
      config: { access: 'public', rateLimit: HASHING_LIMIT },
      schema: {
        tags,
        summary: 'Sign in',
        body: loginSchema,
        response: { 200: sessionSchema },
      },
    },
    async (request, reply): Promise<Session> => {
      const { name, password } = request.body
      const keys = [
        [`account ${name}`, PER_ACCOUNT],
        [`address ${request.ip}`, PER_ADDRESS],
      ] as const
      for (const [key, limit] of keys) {
        const waitMs = limiter.attempt(key, limit)
        if (waitMs > 0) throw tooMany(reply, waitMs)
      }
      const account = await accountByName(db, name)
      const fits = await passwordFits(account?.passwordHash, password)
      if (account === undefined || !fits || account.disabledAt !== null) {
        log.warn({ event: 'login_refused', account: name, address: request.ip })
        throw new AppError('UNAUTHENTICATED', 'the name or the password is wrong')
      }
      for (const [key] of keys) limiter.succeeded(key)
      await db.transaction('write', (session) =>
        writeAudit(session, {
          at: new Date(clock.now()),
          actor: account.name,
          action: 'session.open',
          subject: account.name,
          detail: { address: request.ip },
        }),
      )
      const { id, title, role } = account
      // A new id: one that somebody had put into this browser before is worth nothing.
      await request.session.regenerate()
      request.session.account = { id, name: account.name, title, role }
      const csrf = reply.generateCsrf()
      return {
        account: { name: account.name, title, role },
        csrf,
        setupNeeded: false,
        store: store.kind,
      }
    },
  )

  app.delete(
    '/api/v1/session',
    {
      config: { access: 'public' },
      schema: { tags, summary: 'Sign out', response: { 204: z.undefined() } },
    },
    async (request, reply) => {
      if (request.session.account !== undefined) {
        const entry = { action: 'session.close', subject: request.actor.name }
        await db.transaction('write', (session) =>
          writeAudit(session, audited(request, deps, entry)),
        )
        await request.session.destroy()
        reply.clearCookie(SESSION_COOKIE, { path: COOKIE_PATH })
      }
      reply.code(204)
    },
  )

  app.put(
    '/api/v1/session/password',
    {
      config: { access: EVERY_ROLE, rateLimit: HASHING_LIMIT },
      schema: {
        tags,
        summary: 'Change one’s own password; every other session of the account ends',
        body: passwordChangeSchema,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      const { name } = ownAccount(request)
      const waitMs = limiter.attempt(`password ${name}`, PER_ACCOUNT)
      if (waitMs > 0) throw tooMany(reply, waitMs)
      const account = await accountByName(db, name)
      if (!(await passwordFits(account?.passwordHash, request.body.current))) {
        throw new AppError('FORBIDDEN', 'the current password is wrong')
      }
      limiter.succeeded(`password ${name}`)
      const passwordHash = await hashPassword(request.body.password)
      await db.transaction('write', async (session) => {
        const { id } = await updateAccount(session, name, { passwordHash })
        await deleteSessionsOf(session, id, request.session.sessionId)
        await writeAudit(
          session,
          audited(request, deps, { action: 'account.password', subject: name }),
        )
      })
      reply.code(204)
    },
  )

  app.post(
    '/api/v1/setup',
    {
      config: { access: 'public', rateLimit: { max: 10, timeWindow: 60_000 } },
      schema: {
        tags,
        summary: 'Create the first admin with the one-time secret of the first start',
        body: setupSchema,
        response: { 201: accountSchema },
      },
    },
    async (request, reply) => {
      const { secret, name, title = name, password } = request.body
      const passwordHash = await hashPassword(password)
      const createdAt = new Date(clock.now())
      const account = await db.transaction('write', async (session) => {
        if (!(await consumeSetupSecret(session, secret))) {
          throw new AppError('FORBIDDEN', 'the secret is wrong, or was used already')
        }
        const created = { name, title, role: 'admin', passwordHash, createdAt } as const
        const row = await insertAccount(session, created)
        await writeAudit(session, {
          at: createdAt,
          actor: 'setup',
          action: 'account.create',
          subject: name,
          detail: { role: 'admin' },
        })
        return row
      })
      reply.code(201)
      return toAccount(account)
    },
  )
}

function withoutId({ id: _, ...account }: { id: number; name: string; title: string; role: Role }) {
  return account
}

function ownAccount(request: FastifyRequest): { id: number; name: string } {
  const { account } = request.actor
  if (account === null) throw new AppError('INVALID', 'the operator has no account of their own')
  return account
}

function tooMany(
  reply: { header(name: string, value: number): unknown },
  waitMs: number,
): AppError {
  const waitS = Math.ceil(waitMs / 1000)
  reply.header('retry-after', waitS)
  return new AppError('RATE_LIMITED', `too many attempts: wait ${waitS} s`)
}
