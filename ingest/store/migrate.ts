import { readdir } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'
import type { ClientBase } from 'pg'
import { AppError } from '../errors.js'

const folder = fileURLToPath(new URL('migrations', import.meta.url))
const TABLE = 'migration'
const silent = { info: () => {}, warn: () => {}, error: () => {} }

/**
 * Brings the tables to this version's state, in one transaction, one service at a time (advisory lock).
 * Throws CONFIG when the database is already newer than this version, whose statements may not fit it.
 */
export async function migrate(client: ClientBase): Promise<void> {
  await refuseNewer(client)
  await runner({
    dbClient: client,
    dir: folder,
    direction: 'up',
    migrationsTable: TABLE,
    advisoryLockMode: 'wait',
    logger: silent,
  })
}

async function refuseNewer(client: ClientBase): Promise<void> {
  const { rows: tables } = await client.query('SELECT 1 WHERE to_regclass($1) IS NOT NULL', [TABLE])
  if (tables.length === 0) return
  const known = (await readdir(folder)).map((file) => basename(file, '.sql'))
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM ${TABLE} WHERE name <> ALL ($1) ORDER BY id`,
    [known],
  )
  if (rows[0] === undefined) return
  throw new AppError(
    'CONFIG',
    `the database is newer than this version of the service (it has ${rows[0].name}): upgrade the service`,
  )
}
