import type { Database } from './database.js'
import { addRefreshPolicies, type Retention, removeRefreshPolicies } from './policies.js'
import type { Buckets } from './refresh-calls.js'

/**
 * A server's refresh of a range beside its own policies. Two refreshes of one aggregate at the same time leave buckets
 * twice or not at all (seen with TimescaleDB 2.22), and take from each other the record of what changed. So the
 * policies are away meanwhile, one service refreshes at a time, and every bucket is made anew whatever is on record.
 */

const LOCK = `hashtext('toba-sense refresh')`

/** `letPoliciesRun` afterwards, when the last range is done. Removing a policy ends its run. */
export function refreshAlone(db: Database, view: string, { fromMs, toMs }: Buckets): Promise<void> {
  return db.run('maintenance', async (session) => {
    await session.query(`SELECT pg_advisory_lock(${LOCK})`)
    try {
      await removeRefreshPolicies(session)
      await session.query(
        'CALL refresh_continuous_aggregate($1, $2::timestamptz, $3::timestamptz, force => true)',
        [view, new Date(fromMs).toISOString(), new Date(toMs).toISOString()],
      )
    } finally {
      await session.query(`SELECT pg_advisory_unlock(${LOCK})`)
    }
  })
}

/** A service that is killed before leaves them away until its job is gone on with, or any service starts. */
export async function letPoliciesRun(db: Database, retention: Retention): Promise<void> {
  if (db.engine === 'embedded') return
  await db.transaction('maintenance', async (session) => {
    // A transaction's lock of the same key: not while another service refreshes.
    await session.query(`SELECT pg_advisory_xact_lock(${LOCK})`)
    await addRefreshPolicies(session, retention)
  })
}
