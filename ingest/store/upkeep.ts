import type { Database } from './database.js'
import { COMPRESS_AFTER_DAYS, type Retention } from './policies.js'

/**
 * What a server's background processes do by themselves and the embedded engine leaves to its keeper, one
 * short call at a time. Times are unix milliseconds.
 */

const DAY_MS = 24 * 3_600_000
/** Half of the log that may be: replaying it after a kill takes most of the 5 s for reopening. */
const CHECKPOINT_BYTES = 32 * 1024 * 1024
/**
 * About 330,000 rows/s are compressed, and a call should hold the session 500 ms. But a reading of a tiled river
 * record needs 4.4 bytes where a series has 144 in its chunk, 2.6 with 290 and 2.1 with 500: of 600 series, each
 * every ten minutes, this is 333.
 */
const ROWS_PER_CHUNK = 200_000
const CHUNK_HOURS = 30 * 24
/** A store that takes in more than this in a day has more chunks instead of ever shorter ones. */
const SHORTEST_HOURS = 24
/** 450,000 rows: what is larger would not be done within the limit of a call, and stays as it is. */
const LARGEST_TO_COMPRESS = 32 * 1024 * 1024
/** Compressed, and what a call that merges may write: about 50 MB/s. */
const LARGEST_MERGED = 8 * 1024 * 1024

/** Writes what changed to the data files, so that the log before it can be reused; true when it was done. */
export async function checkpointIfDue(db: Database, isOverdue: boolean): Promise<boolean> {
  const [log] = await db.query<{ bytes: number }>(
    'write',
    `SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::float8 AS bytes
     FROM pg_control_checkpoint()`,
  )
  const bytes = log?.bytes ?? 0
  if (bytes < CHECKPOINT_BYTES && !(isOverdue && bytes > 0)) return false
  // In the lane of the writes: under full load it is these that need it.
  await db.query('write', 'CHECKPOINT')
  return true
}

/** Tables whose rows are changed in place or come and go; readings and frames are only added. */
const RESTLESS = [
  'latest',
  'rejected_frame',
  'session',
  'node',
  'token',
  'job',
  'job_range',
  '_timescaledb_catalog.continuous_aggs_hypertable_invalidation_log',
  '_timescaledb_catalog.continuous_aggs_materialization_invalidation_log',
  'pg_class',
  'pg_attribute',
  'pg_statistic',
]

export async function vacuum(db: Database): Promise<void> {
  for (const table of RESTLESS) await db.query('maintenance', `VACUUM (ANALYZE) ${table}`)
  const [newest] = await db.query<{ chunk: string }>(
    'maintenance',
    `SELECT format('%I.%I', chunk_schema, chunk_name) AS chunk
     FROM timescaledb_information.chunks WHERE hypertable_name = 'reading'
     ORDER BY range_end DESC LIMIT 1`,
  )
  if (newest !== undefined) await db.query('maintenance', `ANALYZE ${newest.chunk}`)
}

export async function dropOld(db: Database, retention: Retention, nowMs: number): Promise<void> {
  const drop = (table: string, days: number) =>
    db.query('maintenance', 'SELECT drop_chunks($1::regclass, older_than => $2::timestamptz)', [
      table,
      new Date(nowMs - days * DAY_MS).toISOString(),
    ])
  await drop('frame', retention.framesDays)
  if (retention.readingsDays !== undefined) await drop('reading', retention.readingsDays)
}

/**
 * Compresses chunks that are old enough, and again those that got late rows since. One chunk is one call,
 * so a chunk too large for it is left uncompressed: `fitChunks` keeps new ones small enough.
 */
export async function compressOld(
  db: Database,
  nowMs: number,
  log: { info(fields: object): void },
): Promise<void> {
  const chunks = await db.query<{ chunk: string; bytes: number }>(
    'maintenance',
    `SELECT format('%I.%I', schema_name, table_name) AS chunk,
            pg_relation_size(format('%I.%I', schema_name, table_name)::regclass)::float8 AS bytes
     FROM timescaledb_information.chunks
     JOIN _timescaledb_catalog.chunk ON schema_name = chunk_schema AND table_name = chunk_name
     WHERE hypertable_name = 'reading' AND range_end < $1::timestamptz
       -- uncompressed, or compressed with uncompressed rows beside
       AND (NOT is_compressed OR status & 8 = 8)
     ORDER BY range_end`,
    [new Date(nowMs - COMPRESS_AFTER_DAYS * DAY_MS).toISOString()],
  )
  for (const { chunk, bytes } of chunks) {
    if (bytes > LARGEST_TO_COMPRESS) log.info({ event: 'chunk_left_uncompressed', chunk, bytes })
    else await db.query('maintenance', 'SELECT compress_chunk($1::regclass)', [chunk])
  }
}

interface Compressed {
  chunk: string
  startMs: number
  endMs: number
  bytes: number
}

/**
 * Makes long chunks of short ones that touch: a question over a year is planned chunk by chunk, and what
 * compress_chunk writes is a third empty pages. One with uncompressed rows beside waits until they are compressed, and
 * what was merged counts as such until the next `compressOld`.
 */
export async function mergeCompressed(db: Database): Promise<void> {
  const chunks = await db.query<Compressed>(
    'maintenance',
    `SELECT format('%I.%I', c.schema_name, c.table_name) AS chunk,
            extract(epoch FROM range_start)::float8 * 1000 AS "startMs",
            extract(epoch FROM range_end)::float8 * 1000 AS "endMs",
            pg_total_relation_size(format('%I.%I', k.schema_name, k.table_name)::regclass)::float8
              AS bytes
     FROM timescaledb_information.chunks
     JOIN _timescaledb_catalog.chunk c ON c.schema_name = chunk_schema AND c.table_name = chunk_name
     JOIN _timescaledb_catalog.chunk k ON k.id = c.compressed_chunk_id
     -- compressed, and nothing else to say of it
     WHERE hypertable_name = 'reading' AND c.status = 1
     ORDER BY range_start`,
  )
  for (const group of mergeable(chunks)) {
    await db.query('maintenance', 'CALL merge_chunks($1::regclass[])', [group])
  }
}

/** Runs of two or more chunks that touch and together are a chunk of the longest span, from the oldest on. */
function mergeable(chunks: readonly Compressed[]): string[][] {
  const groups: Compressed[][] = []
  for (const chunk of chunks) {
    const group = groups.at(-1)
    const [first] = group ?? []
    const fits =
      group !== undefined &&
      first !== undefined &&
      group.at(-1)?.endMs === chunk.startMs &&
      chunk.endMs - first.startMs <= CHUNK_HOURS * 3_600_000 &&
      group.reduce((sum, { bytes }) => sum + bytes, chunk.bytes) <= LARGEST_MERGED
    if (fits) group.push(chunk)
    else groups.push([chunk])
  }
  return groups.filter(({ length }) => length > 1).map((group) => group.map(({ chunk }) => chunk))
}

/**
 * Sets the span of new chunks by the readings of the last day: 30 days, shorter where there are many. A store
 * that is not a day old tells nothing yet, and a chunk keeps the span it began with, so its first one is short.
 */
export async function fitChunks(db: Database, nowMs: number): Promise<void> {
  const at = (ms: number) => new Date(ms).toISOString()
  const [day] = await db.query<{ rows: number | null; isWhole: boolean }>(
    'maintenance',
    `SELECT sum(n_all)::float8 AS rows,
            EXISTS (SELECT FROM reading_hour WHERE bucket < $1::timestamptz) AS "isWhole"
     FROM reading_hour WHERE bucket >= $1::timestamptz AND bucket < $2::timestamptz`,
    [at(nowMs - DAY_MS), at(nowMs)],
  )
  const hours = Math.floor((24 * ROWS_PER_CHUNK) / Math.max(1, day?.rows ?? 0))
  const fitting = Math.min(CHUNK_HOURS, Math.max(SHORTEST_HOURS, hours))
  await db.query(
    'maintenance',
    `SELECT set_chunk_time_interval('reading', make_interval(hours => $1))`,
    [day?.isWhole === true ? fitting : SHORTEST_HOURS],
  )
}
