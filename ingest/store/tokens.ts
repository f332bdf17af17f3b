import type { Role, Scope } from '../../shared/schema/account.js'
import { AppError } from '../errors.js'
import type { Database, Session } from './database.js'
import { secretHash } from './secrets.js'

export interface TokenRow {
  id: number
  account: string
  name: string
  scopes: Scope[]
  createdAt: Date
  expiresAt: Date
  lastUsedAt: Date | null
  revokedAt: Date | null
}

const TOKEN = `t.id, a.name AS account, t.name, t.scopes, t.created_at AS "createdAt",
  t.expires_at AS "expiresAt", t.last_used_at AS "lastUsedAt", t.revoked_at AS "revokedAt"`

export interface TokenIdentity {
  id: number
  scopes: Scope[]
  accountId: number
  account: string
  role: Role
  lastUsedAt: Date | null
}

/** Undefined when unknown, expired or revoked, or when its account is disabled. */
export async function findToken(
  db: Database,
  secret: string,
  now: Date,
): Promise<TokenIdentity | undefined> {
  const rows = await db.query<TokenIdentity>(
    'read',
    `SELECT t.id, t.scopes, a.id AS "accountId", a.name AS account, a.role,
            t.last_used_at AS "lastUsedAt"
     FROM token t JOIN account a ON a.id = t.account_id
     WHERE t.token_hash = $1 AND t.expires_at > $2 AND t.revoked_at IS NULL
       AND a.disabled_at IS NULL`,
    [secretHash(secret), now],
  )
  return rows[0]
}

export async function touchToken(db: Database, id: number, at: Date): Promise<void> {
  await db.query('write', 'UPDATE token SET last_used_at = $2 WHERE id = $1', [id, at])
}

/** Of one account, or of all. */
export function tokens(db: Database, account: string | null): Promise<TokenRow[]> {
  return db.query<TokenRow>(
    'read',
    `SELECT ${TOKEN} FROM token t JOIN account a ON a.id = t.account_id
     WHERE $1::text IS NULL OR a.name = $1 ORDER BY t.id DESC LIMIT 2000`,
    [account],
  )
}

export async function insertToken(
  session: Session,
  token: {
    account: string
    name: string
    secret: string
    scopes: readonly Scope[]
    createdAt: Date
    expiresAt: Date
  },
): Promise<TokenRow> {
  const rows = await session.query<TokenRow>(
    `WITH t AS (
       INSERT INTO token (account_id, name, token_hash, scopes, created_at, expires_at)
       SELECT id, $2, $3, $4, $5, $6 FROM account WHERE name = $1 AND disabled_at IS NULL
       RETURNING *
     )
     SELECT ${TOKEN} FROM t JOIN account a ON a.id = t.account_id`,
    [
      token.account,
      token.name,
      secretHash(token.secret),
      token.scopes,
      token.createdAt,
      token.expiresAt,
    ],
  )
  if (rows[0] === undefined) {
    throw new AppError('NOT_FOUND', `there is no enabled account named ${token.account}`)
  }
  return rows[0]
}

/** `account`: whose token it must be, null for anybody's. */
export async function revokeToken(
  session: Session,
  id: number,
  account: string | null,
  at: Date,
): Promise<void> {
  const rows = await session.query(
    `UPDATE token t SET revoked_at = coalesce(t.revoked_at, $3) FROM account a
     WHERE a.id = t.account_id AND t.id = $1 AND ($2::text IS NULL OR a.name = $2) RETURNING t.id`,
    [id, account, at],
  )
  if (rows.length === 0) throw new AppError('NOT_FOUND', `there is no token ${id}`)
}
