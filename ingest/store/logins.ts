import type { Database } from './database.js'

/** What the broker must know of a node that logs in. */
export interface NodeLogin {
  id: number
  name: string
  disabled: boolean
  trailerRequired: boolean
  /** SHA-256 of the secret. */
  secretHash: Buffer
  previousSecretHash: Buffer | null
  /** The previous secret may still log in: the new one has not been used yet. */
  previousMayLogIn: boolean
  /** The previous secret may still sign frames. */
  previousMaySign: boolean
}

const COLUMNS = `id, name, disabled_at IS NOT NULL AS disabled, trailer_required AS "trailerRequired",
  secret_hash AS "secretHash", previous_secret_hash AS "previousSecretHash",
  previous_login AS "previousMayLogIn",
  coalesce(previous_until > to_timestamp($2::float8), false) AS "previousMaySign"`

/** `now` in unix milliseconds. */
export async function loginByName(
  db: Database,
  name: string,
  now: number,
): Promise<NodeLogin | undefined> {
  const rows = await db.query<NodeLogin>('write', `SELECT ${COLUMNS} FROM node WHERE name = $1`, [
    name,
    now / 1000,
  ])
  return rows[0]
}

export async function loginById(
  db: Database,
  id: number,
  now: number,
): Promise<NodeLogin | undefined> {
  const rows = await db.query<NodeLogin>('write', `SELECT ${COLUMNS} FROM node WHERE id = $1`, [
    id,
    now / 1000,
  ])
  return rows[0]
}

/** The new secret has logged in: from now on the previous one only verifies frames. */
export async function retirePreviousLogin(db: Database, id: number): Promise<void> {
  await db.query('write', 'UPDATE node SET previous_login = false WHERE id = $1', [id])
}

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

/** What is told to a node on its topics `c` and `t`. */
export async function downlinkOf(
  db: Database,
  id: number,
): Promise<{ config: object; revision: number; rejected: number } | undefined> {
  const [row] = await db.query<{ config: object; revision: number; rejected: number }>(
    'read',
    `SELECT config, config_revision AS revision,
            (SELECT count(*)::int FROM rejected_frame r
             WHERE r.node_id = node.id AND r.resolved_at IS NULL) AS rejected
     FROM node WHERE id = $1`,
    [id],
  )
  return row
}
