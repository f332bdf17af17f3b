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
 * Brings the tables to this version's state, one service at a time (advisory lock), all missing migrations in
 * one transaction, and `verify` before its COMMIT: what it throws undoes them. Answers what was done.
 * Throws CONFIG when the database is already newer than this version, whose statements may not fit it.
 */
export async function migrate(
  client: ClientBase,
  options: { dir?: string; verify?: () => Promise<void> } = {},
): Promise<string[]> {
  const { dir = folder, verify = async () => {} } = options
  await refuseNewer(await migrationsIn(client), dir)
  const run = await runner({
    dbClient: verifying(client, verify),
    dir,
    direction: 'up',
    migrationsTable: TABLE,
    singleTransaction: true,
    advisoryLockMode: 'wait',
    logger: silent,
  })
  return run.map(({ name }) => name)
}

/** The migrations that a database has, in order; none where there is no store yet. */
export async function migrationsIn(client: ClientBase): Promise<string[]> {
  const { rows: tables } = await client.query('SELECT 1 WHERE to_regclass($1) IS NOT NULL', [TABLE])
  if (tables.length === 0) return []
  const { rows } = await client.query<{ name: string }>(`SELECT name FROM ${TABLE} ORDER BY id`)
  return rows.map(({ name }) => name)
}

/** The migrations of this version that are not among `present`. @throws AppError CONFIG when that is newer. */
export async function missingMigrations(
  present: readonly string[],
  dir: string = folder,
): Promise<string[]> {
  const known = await knownMigrations(dir)
  await refuseNewer(present, dir)
  return known.filter((name) => !present.includes(name))
}

async function refuseNewer(present: readonly string[], dir: string): Promise<void> {
  const known = await knownMigrations(dir)
  const foreign = present.find((name) => !known.includes(name))
  if (foreign === undefined) return
  throw new AppError(
    'CONFIG',
    `the database is newer than this version of the service (it has ${foreign}): upgrade the service`,
  )
}

async function knownMigrations(dir: string): Promise<string[]> {
  return (await readdir(dir)).map((file) => basename(file, '.sql')).sort()
}

/** The runner says COMMIT by itself and has no place for a question before it. */
function verifying(client: ClientBase, verify: () => Promise<void>): ClientBase {
  return new Proxy(client, {
    get(target, property) {
      if (property !== 'query') {
        const value: unknown = Reflect.get(target, property)
        return typeof value === 'function' ? value.bind(target) : value
      }
      return async (...query: Parameters<typeof client.query>) => {
        if (isCommit(query[0])) await verify()
        return target.query(...query)
      }
    },
  })
}

function isCommit(query: unknown): boolean {
  const text = typeof query === 'object' && query !== null && 'text' in query ? query.text : query
  return text === 'COMMIT'
}
