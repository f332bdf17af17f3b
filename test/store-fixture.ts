import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { openStore, type Store, type StoreOptions } from '../ingest/store/open.js'

/** The engines a test can run on here; `why` says what is missing, for `test.skip`. */
export interface TestEngine {
  name: 'embedded' | 'server'
  available: boolean
  why: string
}

export interface TestStore {
  store: Store
  /** Its data folder, removed by `close`. */
  folder: string
  /** What it was opened with, to open it again. */
  options: StoreOptions
  /** Closes the store and removes folder and database. */
  close(): Promise<void>
}

export function engines(): TestEngine[] {
  return [
    { name: 'embedded', available: true, why: '' },
    {
      name: 'server',
      available: process.env.DATABASE_URL !== undefined,
      why: 'DATABASE_URL names no server',
    },
  ]
}

/** A store of its own: a new database on the server, or a copy of a folder initialised once. */
export async function withStore(
  engine: TestEngine['name'],
  changes: Partial<StoreOptions> = {},
): Promise<TestStore> {
  const folder = await mkdtemp(join(tmpdir(), 'toba-store-'))
  const database = engine === 'server' ? await createDatabase() : undefined
  if (engine === 'embedded') {
    await cp(join(await preparedFolder(), 'engine'), join(folder, 'engine'), { recursive: true })
  }
  const options: StoreOptions = {
    ...quiet,
    folder,
    databaseUrl: database?.url,
    kind: 'simulated',
    powerSafe: false,
    ...changes,
  }
  const remove = async () => {
    await database?.drop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const store = await openStore(options)
    const close = async () => {
      await store.close()
      await remove()
    }
    return { store, folder, options, close }
  } catch (error) {
    await remove()
    throw error
  }
}

const ignore = () => {}
const quiet = {
  log: { info: ignore, warn: ignore, error: ignore },
  clock: { now: () => Date.now() },
}

/**
 * A new folder takes seconds, a copy takes a moment. It is prepared beside and renamed, so that test files
 * that run at the same time do not see a half one, and is named by what it was made from.
 */
async function preparedFolder(): Promise<string> {
  const prepared = join(tmpdir(), `toba-store-prepared-${fingerprint()}`)
  if (existsSync(prepared)) return prepared
  const folder = await mkdtemp(`${prepared}-`)
  const store = await openStore({ ...quiet, folder, kind: 'simulated', powerSafe: false })
  // The kind is fixed by the test that opens its copy.
  await store.db.query('write', 'DELETE FROM store')
  await store.close()
  // Whoever comes second finds the name taken, by the same content.
  await rename(folder, prepared).catch(() => rm(folder, { recursive: true, force: true }))
  return prepared
}

function fingerprint(): string {
  const migrations = new URL('../ingest/store/migrations/', import.meta.url)
  const hash = createHash('sha256').update(process.version)
  for (const name of readdirSync(migrations).sort())
    hash.update(readFileSync(new URL(name, migrations)))
  hash.update(readFileSync(new URL('../package-lock.json', import.meta.url)))
  return hash.digest('hex').slice(0, 16)
}

/** `work` on a database of its own on the server that DATABASE_URL names; dropped afterwards. */
export async function withDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  const database = await createDatabase()
  try {
    return await work(database.url)
  } finally {
    await database.drop()
  }
}

let databases = 0

async function createDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const base = process.env.DATABASE_URL
  if (base === undefined) throw new Error('DATABASE_URL names no server')
  const name = `toba_test_${process.pid}_${databases++}`
  const url = new URL(base)
  url.pathname = `/${name}`
  await onServer(base, `CREATE DATABASE ${name}`)
  return { url: url.href, drop: () => onServer(base, `DROP DATABASE ${name} WITH (FORCE)`) }
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
