import type { Role } from '../../shared/schema/account.js'
import type { Database, Session } from './database.js'
import { secretHash } from './secrets.js'

/** A signed-in browser. Only the hash of its id is kept: reading this table lets nobody in. */
export interface SessionRow {
  content: Record<string, unknown>
  accountId: number
  name: string
  title: string
  role: Role
}

/** Undefined when unknown, expired, or when its account is disabled. */
export async function findSession(
  db: Database,
  id: string,
  now: Date,
): Promise<SessionRow | undefined> {
  const rows = await db.query<SessionRow>(
    'read',
    `SELECT s.content, a.id AS "accountId", a.name, a.title, a.role
     FROM session s JOIN account a ON a.id = s.account_id
     WHERE s.id_hash = $1 AND s.expires_at > $2 AND a.disabled_at IS NULL`,
    [secretHash(id), now],
  )
  return rows[0]
}

export async function saveSession(
  db: Database,
  session: { id: string; accountId: number; content: unknown; expiresAt: Date; now: Date },
): Promise<void> {
  await db.query(
    'write',
    `WITH expired AS (DELETE FROM session WHERE expires_at <= $5)
     INSERT INTO session (id_hash, account_id, content, expires_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (id_hash) DO UPDATE SET
       account_id = excluded.account_id, content = excluded.content, expires_at = excluded.expires_at`,
    [
      secretHash(session.id),
      session.accountId,
      JSON.stringify(session.content),
      session.expiresAt,
      session.now,
    ],
  )
}

export async function deleteSession(db: Database, id: string): Promise<void> {
  await db.query('write', 'DELETE FROM session WHERE id_hash = $1', [secretHash(id)])
}

/** Signs an account out everywhere but, where given, in the session `exceptId`. */
export async function deleteSessionsOf(
  session: Session,
  accountId: number,
  exceptId?: string,
): Promise<void> {
  await session.query(
    'DELETE FROM session WHERE account_id = $1 AND ($2::bytea IS NULL OR id_hash <> $2)',
    [accountId, exceptId === undefined ? null : secretHash(exceptId)],
  )
}
