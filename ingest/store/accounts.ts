import type { Role } from '../../shared/schema/account.js'
import { AppError } from '../errors.js'
import type { Database, Session } from './database.js'
import { secretHash } from './secrets.js'

export interface AccountRow {
  id: number
  name: string
  title: string
  role: Role
  createdAt: Date
  disabledAt: Date | null
}

const ACCOUNT = `id, name, title, role, created_at AS "createdAt", disabled_at AS "disabledAt"`

export function accounts(db: Database): Promise<AccountRow[]> {
  return db.query<AccountRow>('read', `SELECT ${ACCOUNT} FROM account ORDER BY name LIMIT 2000`)
}

export async function accountByName(
  db: Database,
  name: string,
): Promise<(AccountRow & { passwordHash: string }) | undefined> {
  const rows = await db.query<AccountRow & { passwordHash: string }>(
    'read',
    `SELECT ${ACCOUNT}, password_hash AS "passwordHash" FROM account WHERE name = $1`,
    [name],
  )
  return rows[0]
}

export async function hasAccounts(db: Database): Promise<boolean> {
  const rows = await db.query<{ found: boolean }>(
    'read',
    'SELECT EXISTS (SELECT 1 FROM account) AS found',
  )
  return rows[0]?.found ?? false
}

export interface NewAccount {
  name: string
  title: string
  role: Role
  passwordHash: string
  createdAt: Date
}

export async function insertAccount(session: Session, account: NewAccount): Promise<AccountRow> {
  const rows = await session.query<AccountRow>(
    `INSERT INTO account (name, title, role, password_hash, created_at)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO NOTHING RETURNING ${ACCOUNT}`,
    [account.name, account.title, account.role, account.passwordHash, account.createdAt],
  )
  if (rows[0] === undefined) {
    throw new AppError('CONFLICT', `an account named ${account.name} exists already`)
  }
  return rows[0]
}

export interface AccountChange {
  title?: string | undefined
  role?: Role | undefined
  passwordHash?: string | undefined
  /** A time disables the account, null enables it. */
  disabledAt?: Date | null | undefined
}

/** Refuses with CONFLICT what would leave nobody who can administer. */
export async function updateAccount(
  session: Session,
  name: string,
  change: AccountChange,
): Promise<AccountRow> {
  const admins = await session.query<{ name: string }>(
    `SELECT name FROM account WHERE role = 'admin' AND disabled_at IS NULL ORDER BY id FOR UPDATE`,
  )
  const rows = await session.query<AccountRow>(
    `UPDATE account SET title = coalesce($2, title), role = coalesce($3, role),
       password_hash = coalesce($4, password_hash),
       disabled_at = CASE WHEN $5 THEN $6::timestamptz ELSE disabled_at END
     WHERE name = $1 RETURNING ${ACCOUNT}`,
    [
      name,
      change.title ?? null,
      change.role ?? null,
      change.passwordHash ?? null,
      change.disabledAt !== undefined,
      change.disabledAt ?? null,
    ],
  )
  const [account] = rows
  if (account === undefined) throw new AppError('NOT_FOUND', `there is no account named ${name}`)
  const isAdmin = account.role === 'admin' && account.disabledAt === null
  if (!isAdmin && admins.every((admin) => admin.name === name) && admins.length > 0) {
    throw new AppError('CONFLICT', `${name} is the last admin: make somebody else admin first`)
  }
  return account
}

/** Keeps the hash of the secret that may create the first admin; an earlier one no longer counts. */
export async function setSetupSecret(db: Database, secret: string): Promise<void> {
  await db.query(
    'write',
    `INSERT INTO setup_secret (secret_hash) VALUES ($1)
     ON CONFLICT (singleton) DO UPDATE SET secret_hash = excluded.secret_hash`,
    [secretHash(secret)],
  )
}

/** True once, for the right secret, while there is no account. */
export async function consumeSetupSecret(session: Session, secret: string): Promise<boolean> {
  const rows = await session.query(
    `DELETE FROM setup_secret WHERE secret_hash = $1 AND NOT EXISTS (SELECT 1 FROM account)
     RETURNING singleton`,
    [secretHash(secret)],
  )
  return rows.length > 0
}
