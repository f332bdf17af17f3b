import pg from 'pg'
import { AppError } from '../errors.js'
import type { Lane } from './database.js'
import { type Engine, lend } from './session.js'
import { toAppError } from './sqlstate.js'

/** Columnstore, late inserts into compressed chunks and ON CONFLICT there are dependable from this one on. */
const OLDEST_TIMESCALEDB = [2, 18] as const

export interface ServerOptions {
  databaseUrl: string
  /** Sessions that write, 2–4: a batch is made of what arrived during the last one, so few are enough. */
  writers: number
  readers: number
  /** Limit of one statement; maintenance has none. Below the broker's deadline of 10 s. */
  statementTimeoutMs: number
  log: { warn(fields: object): void }
}

/** A TimescaleDB server, checked once. Throws CONFIG with one line that says what is wrong with the URL. */
export async function openServer(options: ServerOptions): Promise<Engine> {
  if (!/^postgres(ql)?:\/\//.test(options.databaseUrl) || !URL.canParse(options.databaseUrl)) {
    throw new AppError(
      'CONFIG',
      'DATABASE_URL must look like postgres://user:password@host:5432/name',
    )
  }
  const pools = createPools(options)
  const close = async () => {
    await Promise.all(Object.values(pools).map((pool) => pool.end()))
  }
  try {
    await requireTimescale(pools.maintenance)
    return {
      engine: 'server',
      writers: options.writers,
      powerSafe: await bringsCommitsToDisk(pools.maintenance),
      // A statement that takes too long here is named in the server's own log.
      borrow: (lane, work) => lend(pools[lane], (client) => work(client, () => {})),
      prepare: (work) => lend(pools.maintenance, work),
      close,
    }
  } catch (error) {
    await close()
    throw atStart(options.databaseUrl, error)
  }
}

function createPools(options: ServerOptions): Record<Lane, pg.Pool> {
  const limited = {
    statement_timeout: options.statementTimeoutMs,
    // For a server that has stopped answering at all: its own limit comes first.
    query_timeout: options.statementTimeoutMs + 1000,
  }
  return {
    write: createPool(options, { max: options.writers, ...limited }),
    read: createPool(options, { max: options.readers, ...limited }),
    maintenance: createPool(options, { max: 1 }),
  }
}

function createPool(options: ServerOptions, config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    application_name: 'toba-sense',
    options: '-c TimeZone=UTC -c search_path=public -c synchronous_commit=on',
    connectionTimeoutMillis: options.statementTimeoutMs,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    ...config,
  })
  // An idle connection that ends is replaced by the next borrower.
  pool.on('error', (error) =>
    options.log.warn({ event: 'store_connection_lost', reason: error.message }),
  )
  return pool
}

/** `synchronous_commit` is ours and on; whether the server itself waits for its disk is its keeper's choice. */
async function bringsCommitsToDisk(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ fsync: string }>(`SELECT current_setting('fsync') AS fsync`)
  return rows[0]?.fsync === 'on'
}

async function requireTimescale(pool: pg.Pool): Promise<void> {
  const question = `SELECT extversion AS version FROM pg_extension WHERE extname = 'timescaledb'`
  let { rows } = await pool.query<{ version: string }>(question)
  if (rows.length === 0) {
    // On a connection of its own: the extension wants to be the first thing a connection does.
    await pool.query('CREATE EXTENSION IF NOT EXISTS timescaledb')
    rows = (await pool.query<{ version: string }>(question)).rows
  }
  const version = rows[0]?.version ?? 'none'
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [needMajor, needMinor] = OLDEST_TIMESCALEDB
  if (major < needMajor || (major === needMajor && minor < needMinor)) {
    throw new AppError(
      'CONFIG',
      `TimescaleDB ${needMajor}.${needMinor} or newer is needed, found ${version}`,
    )
  }
}

function atStart(databaseUrl: string, error: unknown): AppError {
  const { temporary } = toAppError(error)
  return new AppError('CONFIG', `DATABASE_URL (${withoutSecret(databaseUrl)}): ${reason(error)}`, {
    temporary,
    cause: error,
  })
}

function withoutSecret(databaseUrl: string): string {
  const { protocol, host, pathname } = new URL(databaseUrl)
  return `${protocol}//${host}${pathname}`
}

/** One line. Node reports a name with several addresses as an `AggregateError` without a message. */
function reason(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error
  const message = first instanceof Error ? first.message : String(first)
  return message.split('\n')[0] ?? ''
}
