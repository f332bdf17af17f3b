import type { Database, Session } from './database.js'

/** Days after which data is dropped; readings without a number are kept without end. */
export interface Retention {
  framesDays: number
  readingsDays?: number | undefined
}

/** What keeps the store in shape besides the writing itself. */
export interface Maintenance {
  start(): void
  /** Everything that is due or could be, now; resolves when it is done. */
  runOnce(): Promise<void>
  /** Nothing new is begun; what is under way ends when the database is closed. */
  stop(): void
}

/** An outage of a node is over by then, so that hardly any reading arrives in a compressed chunk. */
export const COMPRESS_AFTER_DAYS = 45

/** A month of hours in one transaction, where it can be said: with ten, the default, a year takes minutes. */
const BUCKETS_PER_BATCH = 720

const POLICIES = ['policy_refresh_continuous_aggregate', 'policy_compression', 'policy_retention']

/**
 * TimescaleDB's own policies. A refresh has no lower end unless readings are dropped: it visits changed
 * ranges only, and a series imported from years ago must reach the aggregates too; its upper end is one
 * bucket before now, so that a reading from the future never hides the present.
 */
export function serverPolicies(
  db: Database,
  retention: Retention,
  log: { warn(fields: object): void },
): Maintenance {
  const apply = () =>
    db.transaction('maintenance', async (session) => {
      // Several services may start at once on one server.
      await session.query(`SELECT pg_advisory_xact_lock(hashtext('toba-sense policies'))`)
      await addRefreshPolicies(session, retention)
      await session.query(
        `SELECT add_compression_policy('reading', make_interval(days => $1), if_not_exists => true)`,
        [COMPRESS_AFTER_DAYS],
      )
      await dropPolicy(session, 'frame', retention.framesDays)
      await dropPolicy(session, 'reading', retention.readingsDays)
    })
  return {
    start() {
      apply().catch((error) => log.warn({ event: 'policies_failed', reason: error.message }))
    },
    async runOnce() {
      await apply()
      const jobs = await db.query<{ id: number }>(
        'maintenance',
        'SELECT job_id AS id FROM timescaledb_information.jobs WHERE proc_name = ANY ($1) ORDER BY 1',
        [POLICIES],
      )
      for (const { id } of jobs) await runJob(db, id)
    },
    stop() {},
  }
}

/** The server's own scheduler may be at the same job, and one of the two then fails on a chunk. */
async function runJob(db: Database, id: number): Promise<void> {
  const run = () => db.query('maintenance', `CALL run_job(${id})`)
  await run().catch(run)
}

const BUCKETS = { reading_hour: '1 hour', reading_day: '1 day' }

export async function removeRefreshPolicies(session: Session): Promise<void> {
  for (const view of Object.keys(BUCKETS)) {
    await session.query(
      'SELECT remove_continuous_aggregate_policy($1::regclass, if_exists => true)',
      [view],
    )
  }
}

/** In place of those that are there: they may have been made for another retention. */
export async function addRefreshPolicies(session: Session, retention: Retention): Promise<void> {
  // Several services may do it at once on one server.
  await session.query(`SELECT pg_advisory_xact_lock(hashtext('toba-sense policies'))`)
  await removeRefreshPolicies(session)
  for (const [view, bucket] of Object.entries(BUCKETS)) {
    await refreshPolicy(session, view, bucket, retention)
  }
}

async function refreshPolicy(
  session: Session,
  view: string,
  bucket: string,
  { readingsDays }: Retention,
): Promise<void> {
  const [known] = await session.query(
    `SELECT 1 FROM pg_proc
     WHERE proname = 'add_continuous_aggregate_policy' AND 'buckets_per_batch' = ANY (proargnames)`,
  )
  await session.query(
    `SELECT add_continuous_aggregate_policy($1::regclass,
       start_offset => make_interval(days => $2::int), end_offset => $3::interval,
       schedule_interval => interval '5 minutes'
       ${known === undefined ? '' : `, buckets_per_batch => ${BUCKETS_PER_BATCH}`})`,
    [view, readingsDays ?? null, bucket],
  )
}

async function dropPolicy(session: Session, table: string, days?: number): Promise<void> {
  await session.query('SELECT remove_retention_policy($1::regclass, if_exists => true)', [table])
  if (days === undefined) return
  await session.query('SELECT add_retention_policy($1::regclass, make_interval(days => $2))', [
    table,
    days,
  ])
}
