import type { Database } from './database.js'

/** An open rejected frame with what is needed to try it again. */
export interface OpenRejectedFrame {
  id: number
  nodeId: number
  reason: string
  bytes: Uint8Array
  boot: number | null
  receivedAt: number
}

const COLUMNS = `id::float8 AS id, node_id AS "nodeId", reason, bytes, boot,
  (extract(epoch FROM received_at) * 1000)::float8 AS "receivedAt"`

export function openRejectedFrames(
  db: Database,
  ids: readonly number[],
): Promise<OpenRejectedFrame[]> {
  return db.query<OpenRejectedFrame>(
    'write',
    `SELECT ${COLUMNS} FROM rejected_frame
     WHERE id = ANY ($1::bigint[]) AND resolved_at IS NULL ORDER BY id`,
    [ids],
  )
}

/** As many frames are tried again at once; a page that is not full is the last. */
export const WAITING_PAGE = 500

/** A page of the undated frames of one boot that wait for a neighbour, of ids after `after`, oldest first. */
export async function waitingUndated(
  db: Database,
  nodeId: number,
  boot: number,
  after: number,
): Promise<number[]> {
  const rows = await db.query<{ id: number }>(
    'write',
    `SELECT id::float8 AS id FROM rejected_frame WHERE node_id = $1 AND boot = $2
       AND reason = 'undated' AND resolved_at IS NULL AND id > $3 ORDER BY id LIMIT $4`,
    [nodeId, boot, after, WAITING_PAGE],
  )
  return rows.map((row) => row.id)
}

export function bootsWithUndated(db: Database): Promise<{ nodeId: number; boot: number }[]> {
  return db.query<{ nodeId: number; boot: number }>(
    'read',
    `SELECT DISTINCT node_id AS "nodeId", boot FROM rejected_frame
     WHERE reason = 'undated' AND resolved_at IS NULL AND boot IS NOT NULL`,
  )
}

/** `at` is unix milliseconds. What another replay has resolved meanwhile stays as it is. */
export async function resolveRejectedFrame(
  db: Database,
  id: number,
  at: number,
  resolution: string,
): Promise<void> {
  await db.query(
    'write',
    `UPDATE rejected_frame SET resolved_at = to_timestamp($2::float8), resolution = $3
     WHERE id = $1 AND resolved_at IS NULL`,
    [id, at / 1000, resolution],
  )
}

/** Readings and rejected frames that came once more while they were open count their reasons anew. */
export async function relabelRejectedFrame(
  db: Database,
  id: number,
  reason: string,
  detail: string,
): Promise<void> {
  await db.query(
    'write',
    `UPDATE rejected_frame SET reason = $2, detail = $3 WHERE id = $1 AND resolved_at IS NULL`,
    [id, reason, detail],
  )
}
