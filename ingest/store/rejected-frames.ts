import { AppError } from '../errors.js'
import type { Database } from './database.js'

export interface RejectedFrameRow {
  id: number
  node: string
  reason: string
  detail: string
  boot: number | null
  seq: number | null
  readings: number
  receivedAt: Date
  lastReceivedAt: Date
  timesReceived: number
  resolvedAt: Date | null
  resolution: string | null
}

const REJECTED = `r.id::float8 AS id, n.name AS node, r.reason, r.detail, r.boot, r.seq, r.readings,
  r.received_at AS "receivedAt", r.last_received_at AS "lastReceivedAt",
  r.times_received AS "timesReceived", r.resolved_at AS "resolvedAt", r.resolution`

export interface RejectedFilter {
  node?: string | undefined
  reason?: string | undefined
  open: boolean
  before?: number | undefined
  limit: number
}

/** Newest first. */
export function rejectedPage(db: Database, filter: RejectedFilter): Promise<RejectedFrameRow[]> {
  return db.query<RejectedFrameRow>(
    'read',
    `SELECT ${REJECTED} FROM rejected_frame r JOIN node n ON n.id = r.node_id
     WHERE ($1::bigint IS NULL OR r.id < $1) AND ($2::text IS NULL OR n.name = $2)
       AND ($3::text IS NULL OR r.reason = $3) ${filter.open ? 'AND r.resolved_at IS NULL' : ''}
     ORDER BY r.id DESC LIMIT $4`,
    [filter.before ?? null, filter.node ?? null, filter.reason ?? null, filter.limit],
  )
}

export async function rejectedById(
  db: Database,
  id: number,
): Promise<RejectedFrameRow & { bytes: Buffer }> {
  const rows = await db.query<RejectedFrameRow & { bytes: Buffer }>(
    'read',
    `SELECT ${REJECTED}, r.bytes FROM rejected_frame r JOIN node n ON n.id = r.node_id
     WHERE r.id = $1`,
    [id],
  )
  if (rows[0] === undefined) throw new AppError('NOT_FOUND', `there is no rejected frame ${id}`)
  return rows[0]
}

/** Open frames by reason. */
export async function openByReason(db: Database): Promise<Record<string, number>> {
  const rows = await db.query<{ reason: string; count: number }>(
    'read',
    `SELECT reason, count(*)::int AS count FROM rejected_frame WHERE resolved_at IS NULL
     GROUP BY reason ORDER BY reason`,
  )
  return Object.fromEntries(rows.map(({ reason, count }) => [reason, count]))
}

/** Ids of the open frames with a reason, oldest first, and how many there are in all. */
export async function openWithReason(
  db: Database,
  filter: { reason: string; node?: string | undefined; limit: number },
): Promise<{ ids: number[]; total: number }> {
  const rows = await db.query<{ id: number; total: number }>(
    'read',
    `SELECT r.id::float8 AS id, count(*) OVER ()::int AS total
     FROM rejected_frame r JOIN node n ON n.id = r.node_id
     WHERE r.resolved_at IS NULL AND r.reason = $1 AND ($2::text IS NULL OR n.name = $2)
     ORDER BY r.id LIMIT $3`,
    [filter.reason, filter.node ?? null, filter.limit],
  )
  return { ids: rows.map(({ id }) => id), total: rows[0]?.total ?? 0 }
}
