import type { Database, Session } from './database.js'

/**
 * How many rows there are, for what must not lose any. Tables are counted exactly; hypertables chunk by
 * chunk, a short call each, so that readings may arrive meanwhile: of those there are at least as many.
 */

interface Chunk {
  table: string
  chunk: string
}

/** Every table but the hypertables. */
export async function tableRows(session: Session): Promise<Record<string, number>> {
  const tables = await session.query<{ name: string }>(
    `SELECT relname::text AS name FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT IN (
       SELECT hypertable_name FROM timescaledb_information.hypertables WHERE hypertable_schema = 'public'
     ) ORDER BY 1`,
  )
  if (tables.length === 0) return {}
  const counts = await session.query<{ name: string; rows: number }>(
    tables
      .map(({ name }) => `SELECT '${name}' AS name, count(*)::float8 AS rows FROM public."${name}"`)
      .join(' UNION ALL '),
  )
  return Object.fromEntries(counts.map(({ name, rows }) => [name, rows]))
}

/** Rows by chunk, to be added up by `atLeast` for the chunks that are still there then. */
export async function chunkRows(db: Database): Promise<Map<string, number>> {
  const rows = new Map<string, number>()
  for (const { chunk } of await db.run('read', chunksOf)) {
    rows.set(chunk, await rowsOf(db, chunk))
  }
  return rows
}

/** Rows only arrive; what leaves is a whole chunk, at the end of its retention. */
export async function atLeast(
  session: Session,
  counted: ReadonlyMap<string, number>,
): Promise<Record<string, number>> {
  const sums: Record<string, number> = { reading: 0, frame: 0 }
  for (const { table, chunk } of await chunksOf(session)) {
    sums[table] = (sums[table] ?? 0) + (counted.get(chunk) ?? 0)
  }
  return sums
}

function chunksOf(session: Session): Promise<Chunk[]> {
  return session.query<Chunk>(
    `SELECT hypertable_name::text AS table, format('%I.%I', chunk_schema, chunk_name) AS chunk
     FROM timescaledb_information.chunks WHERE hypertable_schema = 'public' ORDER BY chunk`,
  )
}

async function rowsOf(db: Database, chunk: string): Promise<number> {
  const [found] = await db.query<{ rows: number }>(
    'read',
    `SELECT count(*)::float8 AS rows FROM ${chunk}`,
  )
  return found?.rows ?? 0
}
