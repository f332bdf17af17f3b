import { AppError } from '../errors.js'
import { array } from './batch-statements.js'
import { type Channel, type ChannelRange, keys } from './channels.js'
import type { Database, Session } from './database.js'

/** Work on stored readings that goes on behind: what it is, for whom, and how far it has come. */

export type JobKind = 'recompute'
export type JobState = 'queued' | 'running' | 'done' | 'failed'

export interface NewJob {
  kind: JobKind
  /** What it is about, as the audit names it: a site or a node. */
  subject: string
  actor: string
  reason: string
  at: Date
  /** No two of one channel overlap. */
  ranges: readonly ChannelRange[]
}

export interface JobRow {
  id: number
  kind: JobKind
  state: JobState
  subject: string
  actor: string
  reason: string
  createdAt: Date
  startedAt: Date | null
  finishedAt: Date | null
  failure: string | null
  /** Readings looked at, and how many of them are not what they were. */
  readings: number
  changed: number
  from: Date
  to: Date
  /** Share of the ranges' time that is done, 0 to 1. */
  progress: number
}

const JOB = `j.id, j.kind, j.state, j.subject, j.actor, j.reason, j.created_at AS "createdAt",
  j.started_at AS "startedAt", j.finished_at AS "finishedAt", j.failure,
  j.readings::float8 AS readings, j.changed::float8 AS changed, r."from", r."to", r.progress
  FROM job j CROSS JOIN LATERAL (
    SELECT min(range_from) AS "from", max(range_to) AS "to",
           (sum(extract(epoch FROM done_to - range_from))
            / sum(extract(epoch FROM range_to - range_from)))::float8 AS progress
    FROM job_range WHERE job_id = j.id) r`

/** In the transaction of what makes it necessary; `JobRunner.wake` after it. */
export async function addJob(session: Session, job: NewJob): Promise<number> {
  const [row] = await session.query<{ id: number }>(
    `INSERT INTO job (kind, subject, actor, reason, created_at)
     VALUES ($1, $2, $3, $4, $5) RETURNING id`,
    [job.kind, job.subject, job.actor, job.reason, job.at],
  )
  const id = row?.id ?? 0
  await session.query(
    `INSERT INTO job_range (job_id, node_id, quantity_id, position, range_from, range_to, done_to)
     SELECT $1, node_id, quantity_id, position, to_timestamp(from_s), to_timestamp(to_s),
            to_timestamp(from_s)
     FROM unnest($2::int[], $3::smallint[], $4::smallint[], $5::float8[], $6::float8[])
       AS u (node_id, quantity_id, position, from_s, to_s)`,
    [
      id,
      ...keys(job.ranges),
      array(job.ranges, ({ fromS }) => fromS),
      array(job.ranges, ({ toS }) => toS),
    ],
  )
  return id
}

/** Newest first, `before` an id. */
export function jobPage(
  db: Database,
  filter: { before?: number | undefined; unfinished: boolean; limit: number },
): Promise<JobRow[]> {
  return db.query<JobRow>(
    'read',
    `SELECT ${JOB}
     WHERE ($1::int IS NULL OR j.id < $1) AND (NOT $2 OR j.state IN ('queued', 'running'))
     ORDER BY j.id DESC LIMIT $3`,
    [filter.before ?? null, filter.unfinished, filter.limit],
  )
}

export async function jobById(session: Pick<Session, 'query'>, id: number): Promise<JobRow> {
  const [row] = await session.query<JobRow>(`SELECT ${JOB} WHERE j.id = $1`, [id])
  if (row === undefined) throw new AppError('NOT_FOUND', `there is no job ${id}`)
  return row
}

/** A failed job goes on where it stopped. */
export async function retryJob(session: Session, id: number): Promise<JobRow> {
  const rows = await session.query(
    `UPDATE job SET state = 'queued', failure = NULL, finished_at = NULL
     WHERE id = $1 AND state = 'failed' RETURNING id`,
    [id],
  )
  const job = await jobById(session, id)
  if (rows.length === 0) throw new AppError('CONFLICT', `job ${id} is ${job.state}, not failed`)
  return job
}

/** Which of the series are being computed anew somewhere in their range: the places in `series`. */
export async function beingRecomputed(
  db: Database,
  series: readonly (Channel & { from: Date; to: Date })[],
): Promise<ReadonlySet<number>> {
  if (series.length === 0) return new Set()
  const rows = await db.query<{ index: number }>(
    'read',
    `SELECT (i.ordinal - 1)::int AS index
     FROM unnest($1::int[], $2::smallint[], $3::smallint[], $4::timestamptz[], $5::timestamptz[])
       WITH ORDINALITY AS i (node_id, quantity_id, position, from_time, to_time, ordinal)
     WHERE EXISTS (
       SELECT FROM job j JOIN job_range r ON r.job_id = j.id
       WHERE j.state IN ('queued', 'running') AND r.node_id = i.node_id
         AND r.quantity_id = i.quantity_id AND r.position = i.position
         AND r.range_from < i.to_time AND r.range_to > i.from_time)`,
    [...keys(series), series.map(({ from }) => from), series.map(({ to }) => to)],
  )
  return new Set(rows.map(({ index }) => index))
}
