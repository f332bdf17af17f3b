import type { Database, Session } from './database.js'

/** Who did what to what. Written in the transaction of the change itself, so neither exists alone. */
export interface AuditEntry {
  at: Date
  /** Account name, `name/token:id`, or `operator`. */
  actor: string
  action: string
  subject: string
  detail?: Record<string, unknown>
}

export interface AuditRow {
  id: number
  at: Date
  actor: string
  action: string
  subject: string
  detail: Record<string, unknown>
}

export async function writeAudit(session: Session, entry: AuditEntry): Promise<void> {
  await session.query(
    'INSERT INTO audit (at, actor, action, subject, detail) VALUES ($1, $2, $3, $4, $5)',
    [entry.at, entry.actor, entry.action, entry.subject, JSON.stringify(entry.detail ?? {})],
  )
}

/** Newest first, `before` an id. */
export function auditPage(
  db: Database,
  filter: {
    before?: number | undefined
    actor?: string | undefined
    subject?: string | undefined
    limit: number
  },
): Promise<AuditRow[]> {
  return db.query<AuditRow>(
    'read',
    `SELECT id::float8 AS id, at, actor, action, subject, detail FROM audit
     WHERE ($1::bigint IS NULL OR id < $1) AND ($2::text IS NULL OR actor = $2)
       AND ($3::text IS NULL OR subject = $3)
     ORDER BY id DESC LIMIT $4`,
    [filter.before ?? null, filter.actor ?? null, filter.subject ?? null, filter.limit],
  )
}
