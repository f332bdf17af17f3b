import type { Database, Session } from './database.js'

/** The single calls that a refresh of the embedded engine is made of. */

/** Whole buckets, in unix ms. */
export interface Buckets {
  fromMs: number
  toMs: number
}

/** TimescaleDB's own refresh; returns how long it held the session. */
export function refreshWhole(
  db: Database,
  view: string,
  { fromMs, toMs }: Buckets,
): Promise<number> {
  const values = [view, new Date(fromMs).toISOString(), new Date(toMs).toISOString()]
  return db.run('maintenance', (session) =>
    timed(() =>
      session.query(
        'CALL refresh_continuous_aggregate($1, $2::timestamptz, $3::timestamptz)',
        values,
      ),
    ),
  )
}

/** Parts of one bucket, by the ids of their nodes: to be made one after the other from 0 to `lastNode`. */
export interface Parts {
  readonly lastNode: number
  /** Both ids included; whoever is above the last node is in the last part. Returns its time in ms. */
  make(from: number, to: number): Promise<number>
  /** When every part has been made. */
  finish(): Promise<void>
}

const LARGEST_ID = 2_147_483_647

/**
 * One bucket made anew in parts. TimescaleDB makes whole buckets only, and an hour of 50,000 series takes it
 * longer than a call may hold the session. The rows are those of its own refresh, from its own view, and so
 * is the record: what changed so far is noted for this aggregate, and struck off when every part is there.
 * What changes meanwhile is a new note, and a bucket that was left half done is still on record.
 */
export async function partsOf(db: Database, view: string, bucket: Buckets): Promise<Parts> {
  const place = await placeOf(db, view)
  const { lastNode } = place
  const inTurn = <T>(work: (session: Session) => Promise<T>) => db.transaction('maintenance', work)
  await inTurn((session) => noteChanges(session, place, bucket))
  return {
    lastNode,
    make: (from, to) =>
      inTurn((session) =>
        timed(() => makePart(session, place, bucket, [from, to < lastNode ? to : LARGEST_ID])),
      ),
    finish: () => inTurn((session) => strikeOff(session, place, bucket)),
  }
}

interface Place {
  matId: number
  rawId: number
  /** Quoted names: where the buckets are kept, what they are made from, the column of their time. */
  table: string
  source: string
  column: string
  lastNode: number
}

async function placeOf(db: Database, view: string): Promise<Place> {
  const [place] = await db.query<Place>(
    'maintenance',
    `SELECT a.mat_hypertable_id AS "matId", a.raw_hypertable_id AS "rawId",
            format('%I.%I', h.schema_name, h.table_name) AS "table",
            format('%I.%I', a.partial_view_schema, a.partial_view_name) AS source,
            quote_ident(d.column_name) AS "column",
            (SELECT coalesce(max(id), 0) FROM node) AS "lastNode"
     FROM _timescaledb_catalog.continuous_agg a
     JOIN _timescaledb_catalog.hypertable h ON h.id = a.mat_hypertable_id
     JOIN _timescaledb_catalog.dimension d ON d.hypertable_id = h.id
     WHERE a.user_view_name = $1`,
    [view],
  )
  if (place === undefined) throw new Error(`there is no aggregate named ${view}`)
  return place
}

/** Up to the end of the bucket every change leaves a note from now on; those so far are taken over. */
async function noteChanges(session: Session, place: Place, bucket: Buckets): Promise<void> {
  await session.query(
    `UPDATE _timescaledb_catalog.continuous_aggs_invalidation_threshold
     SET watermark = greatest(watermark, $2) WHERE hypertable_id = $1`,
    [place.rawId, microseconds(bucket.toMs)],
  )
  await session.query(
    `WITH noted AS (
       DELETE FROM _timescaledb_catalog.continuous_aggs_hypertable_invalidation_log
       WHERE hypertable_id = $1 RETURNING lowest_modified_value, greatest_modified_value)
     INSERT INTO _timescaledb_catalog.continuous_aggs_materialization_invalidation_log
     SELECT $2::int, lowest_modified_value, greatest_modified_value FROM noted`,
    [place.rawId, place.matId],
  )
}

async function makePart(
  session: Session,
  { table, source, column }: Place,
  { fromMs, toMs }: Buckets,
  [from, to]: [number, number],
): Promise<void> {
  const part = `${column} >= $1::timestamptz AND ${column} < $2::timestamptz
    AND node_id BETWEEN $3 AND $4`
  const values = [new Date(fromMs).toISOString(), new Date(toMs).toISOString(), from, to]
  await session.query(`DELETE FROM ${table} WHERE ${part}`, values)
  await session.query(`INSERT INTO ${table} SELECT * FROM ${source} WHERE ${part}`, values)
}

async function strikeOff(session: Session, { matId }: Place, bucket: Buckets): Promise<void> {
  await session.query(
    `WITH done AS (
       DELETE FROM _timescaledb_catalog.continuous_aggs_materialization_invalidation_log
       WHERE materialization_id = $1 AND lowest_modified_value < $3::bigint
         AND greatest_modified_value >= $2::bigint
       RETURNING lowest_modified_value AS lowest, greatest_modified_value AS greatest)
     INSERT INTO _timescaledb_catalog.continuous_aggs_materialization_invalidation_log
     SELECT $1::int, lowest, $2::bigint - 1 FROM done WHERE lowest < $2::bigint
     UNION ALL SELECT $1::int, $3::bigint, greatest FROM done WHERE greatest >= $3::bigint`,
    [matId, microseconds(bucket.fromMs), microseconds(bucket.toMs)],
  )
  await session.query(
    `UPDATE _timescaledb_catalog.continuous_aggs_watermark
     SET watermark = greatest(watermark, $2) WHERE mat_hypertable_id = $1`,
    [matId, microseconds(bucket.toMs)],
  )
}

function microseconds(ms: number): string {
  return `${ms}000`
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begunMs = performance.now()
  await work()
  return performance.now() - begunMs
}
