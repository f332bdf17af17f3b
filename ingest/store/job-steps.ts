import type { Database, Session } from './database.js'
import type { JobKind } from './jobs.js'
import { type RecomputeRules, recomputePage } from './recompute.js'
import type { Range } from './refresh.js'

/** The steps of a job. Each is one short transaction, so whoever comes after a kill goes on with the next. */

/** A service that has not said so for this long is gone. A step takes seconds at the most. */
const LEASE = `clock_timestamp() + interval '2 minutes'`

export interface Claimed {
  id: number
  kind: JobKind
}

/**
 * The oldest job that nobody is at, or that `worker` has begun itself. Several services may share a server: the row
 * is locked while it is taken, and is the worker's until its lease ends.
 */
export async function claimJob(
  db: Database,
  worker: string,
  now: Date,
): Promise<Claimed | undefined> {
  const [claimed] = await db.query<Claimed>(
    'maintenance',
    `UPDATE job SET state = 'running', started_at = coalesce(started_at, $2), worker = $1,
            lease_until = ${LEASE}
     WHERE id = (
       SELECT id FROM job WHERE state = 'queued'
         OR (state = 'running' AND (worker = $1 OR lease_until < clock_timestamp()))
       ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING id, kind`,
    [worker, now],
  )
  return claimed
}

/** False where another service has taken the job meanwhile. */
export async function keepJob(session: Session, id: number, worker: string): Promise<boolean> {
  const rows = await session.query(
    `UPDATE job SET lease_until = ${LEASE} WHERE id = $1 AND worker = $2 AND state = 'running'
     RETURNING id`,
    [id, worker],
  )
  return rows.length > 0
}

/** One page of the first range that is not done; `done` when there is none, `lost` as in `keepJob`. */
export function recomputeStep(
  db: Database,
  { id, worker }: { id: number; worker: string },
  rules: RecomputeRules,
): Promise<'more' | 'done' | 'lost'> {
  return db.transaction('maintenance', async (session) => {
    if (!(await keepJob(session, id, worker))) return 'lost'
    const [range] = await session.query<{
      nodeId: number
      quantityId: number
      position: number
      fromS: number
      toS: number
      rangeFrom: Date
    }>(
      `SELECT node_id AS "nodeId", quantity_id AS "quantityId", position,
              extract(epoch FROM done_to)::float8 AS "fromS",
              extract(epoch FROM range_to)::float8 AS "toS", range_from AS "rangeFrom"
       FROM job_range WHERE job_id = $1 AND done_to < range_to
       ORDER BY node_id, quantity_id, position, range_from LIMIT 1`,
      [id],
    )
    if (range === undefined) return 'done'
    const page = await recomputePage(session, range, rules)
    await session.query(
      `UPDATE job_range SET done_to = least(range_to, coalesce(to_timestamp($6::float8), range_to))
       WHERE job_id = $1 AND node_id = $2 AND quantity_id = $3 AND position = $4 AND range_from = $5`,
      [id, range.nodeId, range.quantityId, range.position, range.rangeFrom, page.nextS ?? null],
    )
    await session.query(
      'UPDATE job SET readings = readings + $2, changed = changed + $3 WHERE id = $1',
      [id, page.readings, page.changed],
    )
    return 'more'
  })
}

/** The times over which a job changed readings. */
export function rangesOf(db: Database, id: number): Promise<Range[]> {
  return db.query<Range>(
    'maintenance',
    `SELECT extract(epoch FROM range_from)::float8 * 1000 AS "fromMs",
            extract(epoch FROM range_to)::float8 * 1000 AS "toMs"
     FROM job_range WHERE job_id = $1`,
    [id],
  )
}

export async function finishJob(
  db: Database,
  { id, worker }: { id: number; worker: string },
  end: { state: 'done' | 'failed'; failure: string | null; at: Date },
): Promise<void> {
  await db.query(
    'maintenance',
    `UPDATE job SET state = $3, failure = $4, finished_at = $5, worker = NULL, lease_until = NULL
     WHERE id = $1 AND worker = $2 AND state = 'running'`,
    [id, worker, end.state, end.failure, end.at],
  )
}

/** Whoever stops leaves its job to the others at once. */
export async function releaseJobs(db: Database, worker: string): Promise<void> {
  await db.query(
    'maintenance',
    `UPDATE job SET lease_until = clock_timestamp() WHERE worker = $1 AND state = 'running'`,
    [worker],
  )
}
