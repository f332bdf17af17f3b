import type { Database } from './database.js'

/** Those of `names` that may not be connected any more. */
export async function disabledAmong(db: Database, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return []
  const rows = await db.query<{ name: string }>(
    'read',
    'SELECT name FROM node WHERE disabled_at IS NOT NULL AND name = ANY ($1)',
    [names],
  )
  return rows.map((row) => row.name)
}

/** What is told to a node on its topics `c` and `t`; a node waits for it, so in the write lane. */
export async function downlinkOf(
  db: Database,
  id: number,
): Promise<{ config: object; revision: number; rejected: number } | undefined> {
  const [row] = await db.query<{ config: object; revision: number; rejected: number }>(
    'write',
    `SELECT config, config_revision AS revision,
            (SELECT count(*)::int FROM rejected_frame r
             WHERE r.node_id = node.id AND r.resolved_at IS NULL) AS rejected
     FROM node WHERE id = $1`,
    [id],
  )
  return row
}
