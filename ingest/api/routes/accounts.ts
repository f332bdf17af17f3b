import { z } from 'zod'
import {
  type Account,
  accountCreateSchema,
  accountPatchSchema,
  accountSchema,
  auditQuerySchema,
  type Token,
  tokenCreateSchema,
  tokenWithSecretSchema,
} from '../../../shared/schema/account.js'
import {
  accountParamsSchema,
  accountsAnswerSchema,
  auditAnswerSchema,
  idParamsSchema,
  tokensAnswerSchema,
} from '../../../shared/schema/api.js'
import { AppError } from '../../errors.js'
import { type AccountRow, accounts, insertAccount, updateAccount } from '../../store/accounts.js'
import { auditPage, writeAudit } from '../../store/audit.js'
import { newSecret } from '../../store/secrets.js'
import { deleteSessionsOf } from '../../store/sessions.js'
import { insertToken, revokeToken, type TokenRow, tokens } from '../../store/tokens.js'
import { type Actor, ADMIN, audited, EVERY_ROLE } from '../access.js'
import { iso, isoOrNull } from '../answers.js'
import type { Api, ApiDeps } from '../deps.js'
import { hashPassword } from '../passwords.js'

const DAY_MS = 86_400_000

export function accountRoutes(app: Api, deps: ApiDeps): void {
  const { clock } = deps
  const { db } = deps.store

  app.get(
    '/api/v1/accounts',
    {
      config: { access: ADMIN },
      schema: { tags: ['accounts'], summary: 'Accounts', response: { 200: accountsAnswerSchema } },
    },
    async () => ({ accounts: (await accounts(db)).map(toAccount) }),
  )

  app.post(
    '/api/v1/accounts',
    {
      config: { access: ADMIN },
      schema: {
        tags: ['accounts'],
        summary: 'Add an account',
        body: accountCreateSchema,
        response: { 201: accountSchema },
      },
    },
    async (request, reply) => {
      const { name, title = name, role, password } = request.body
      const passwordHash = await hashPassword(password)
      const createdAt = new Date(clock.now())
      const entry = { action: 'account.create', subject: name, detail: { title, role } }
      const account = await db.transaction('write', async (session) => {
        const row = await insertAccount(session, { name, title, role, passwordHash, createdAt })
        await writeAudit(session, audited(request, deps, entry))
        return row
      })
      reply.code(201)
      return toAccount(account)
    },
  )

  app.patch(
    '/api/v1/accounts/:name',
    {
      config: { access: ADMIN },
      schema: {
        tags: ['accounts'],
        summary: 'Change an account; a new password or disabling it ends its sessions',
        params: accountParamsSchema,
        body: accountPatchSchema,
        response: { 200: accountSchema },
      },
    },
    async (request) => {
      const { name } = request.params
      const { password, disabled, title, role } = request.body
      const passwordHash = password === undefined ? undefined : await hashPassword(password)
      const now = new Date(clock.now())
      const disabledAt = disabled === undefined ? undefined : disabled ? now : null
      const detail = { title, role, disabled, password: password === undefined ? undefined : 'new' }
      const entry = { action: 'account.change', subject: name, detail }
      const account = await db.transaction('write', async (session) => {
        const row = await updateAccount(session, name, { title, role, passwordHash, disabledAt })
        const ends = passwordHash !== undefined || disabled === true
        if (ends) await deleteSessionsOf(session, row.id, request.session.sessionId)
        await writeAudit(session, audited(request, deps, entry))
        return row
      })
      return toAccount(account)
    },
  )

  app.get(
    '/api/v1/tokens',
    {
      config: { access: EVERY_ROLE },
      schema: {
        tags: ['tokens'],
        summary: 'One’s own tokens; an admin sees all',
        response: { 200: tokensAnswerSchema },
      },
    },
    async (request) => ({ tokens: (await tokens(db, ownerOf(request.actor))).map(toToken) }),
  )

  app.post(
    '/api/v1/tokens',
    {
      config: { access: EVERY_ROLE },
      schema: {
        tags: ['tokens'],
        summary: 'Make a token; the answer shows it this once',
        description: 'A token may do what its scopes name and its account’s role allows.',
        body: tokenCreateSchema,
        response: { 201: tokenWithSecretSchema },
      },
    },
    async (request, reply) => {
      const { name, scopes, expiresInDays, account: named } = request.body
      const account = named ?? request.actor.account?.name
      if (account === undefined) throw new AppError('INVALID', 'name the account of the token')
      const owner = ownerOf(request.actor)
      if (owner !== null && owner !== account) {
        throw new AppError('FORBIDDEN', 'only an admin makes tokens for others')
      }
      const secret = `toba_${newSecret()}`
      const createdAt = new Date(clock.now())
      const expiresAt = new Date(createdAt.getTime() + expiresInDays * DAY_MS)
      const row = await db.transaction('write', async (session) => {
        const token = { account, name, scopes, secret, createdAt, expiresAt }
        const created = await insertToken(session, token)
        const detail = { id: created.id, name, scopes, expiresAt }
        await writeAudit(
          session,
          audited(request, deps, { action: 'token.create', subject: account, detail }),
        )
        return created
      })
      reply.code(201)
      return { ...toToken(row), secret }
    },
  )

  app.delete(
    '/api/v1/tokens/:id',
    {
      config: { access: EVERY_ROLE },
      schema: {
        tags: ['tokens'],
        summary: 'Revoke a token',
        params: idParamsSchema,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const entry = { action: 'token.revoke', subject: String(id) }
      await db.transaction('write', async (session) => {
        await revokeToken(session, id, ownerOf(request.actor), new Date(clock.now()))
        await writeAudit(session, audited(request, deps, entry))
      })
      reply.code(204)
    },
  )

  app.get(
    '/api/v1/audit',
    {
      config: { access: ADMIN },
      schema: {
        tags: ['accounts'],
        summary: 'Who changed what, newest first',
        querystring: auditQuerySchema,
        response: { 200: auditAnswerSchema },
      },
    },
    async (request) => {
      const rows = await auditPage(db, request.query)
      const next = rows.length === request.query.limit ? (rows.at(-1)?.id ?? null) : null
      return { entries: rows.map((row) => ({ ...row, at: iso(row.at) })), next }
    },
  )
}

/** Whose tokens somebody may handle: their own, or, as an admin, everybody's (null). */
function ownerOf({ role, account }: Actor): string | null {
  return role === 'admin' ? null : (account?.name ?? '')
}

export function toAccount(row: AccountRow): Account {
  return {
    name: row.name,
    title: row.title,
    role: row.role,
    createdAt: iso(row.createdAt),
    disabledAt: isoOrNull(row.disabledAt),
  }
}

function toToken(row: TokenRow): Token {
  return {
    id: row.id,
    account: row.account,
    name: row.name,
    scopes: row.scopes,
    createdAt: iso(row.createdAt),
    expiresAt: iso(row.expiresAt),
    lastUsedAt: isoOrNull(row.lastUsedAt),
    revokedAt: isoOrNull(row.revokedAt),
  }
}
