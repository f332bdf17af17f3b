import { array } from './batch-statements.js'
import { type ChannelRange, keys, lockNodes } from './channels.js'
import type { Session } from './database.js'
import { addJob, type NewJob } from './jobs.js'
import { assertUnlocked } from './months.js'
import { RECOMPUTE_ROWS, type RecomputeRules, recomputePage } from './recompute.js'

/** Each range costs a handful of statements, however few readings it holds. */
const FEW_RANGES = 8

/** What became of it: done, or a job that does it behind (`JobRunner.wake` once the transaction is committed). */
export type Recomputed =
  | { jobId: null; readings: number; changed: number }
  | { jobId: number; readings: null; changed: null }

/**
 * Recomputes ranges whose corrections, limits or marks the caller's transaction has changed: at once where they
 * hold a page of readings at most, whose aggregates then follow at their next refresh, and by a job where more.
 * LOCKED where one of them reaches into an approved month of the site where it was measured.
 */
export async function recomputeRanges(
  session: Session,
  job: Omit<NewJob, 'kind'>,
  rules: RecomputeRules,
): Promise<Recomputed> {
  const { ranges } = job
  await lockNodes(
    session,
    ranges.map(({ nodeId }) => nodeId),
  )
  for (const range of ranges) {
    await assertUnlocked(session, { channel: range }, range.fromS, range.toS)
  }
  if (await wantsJob(session, ranges)) {
    const jobId = await addJob(session, { kind: 'recompute', ...job })
    return { jobId, readings: null, changed: null }
  }
  let readings = 0
  let changed = 0
  for (const range of ranges) {
    const page = await recomputePage(session, range, rules)
    readings += page.readings
    changed += page.changed
  }
  return { jobId: null, readings, changed }
}

/** Whether it is more than a request may do itself. */
export async function wantsJob(
  session: Session,
  ranges: readonly ChannelRange[],
): Promise<boolean> {
  if (ranges.length > FEW_RANGES) return true
  return (await countUpTo(session, ranges, RECOMPUTE_ROWS)) >= RECOMPUTE_ROWS
}

async function countUpTo(
  session: Session,
  ranges: readonly ChannelRange[],
  limit: number,
): Promise<number> {
  const [row] = await session.query<{ count: number }>(
    `SELECT coalesce(sum(c.n), 0)::int AS count
     FROM unnest($1::int[], $2::smallint[], $3::smallint[], $4::float8[], $5::float8[])
       AS i (node_id, quantity_id, position, from_s, to_s)
     CROSS JOIN LATERAL (
       SELECT count(*) AS n FROM (
         SELECT FROM reading r
         WHERE r.node_id = i.node_id AND r.quantity_id = i.quantity_id AND r.position = i.position
           AND r.time >= to_timestamp(i.from_s) AND r.time < to_timestamp(i.to_s) LIMIT $6) counted) c`,
    [...keys(ranges), array(ranges, ({ fromS }) => fromS), array(ranges, ({ toS }) => toS), limit],
  )
  return row?.count ?? 0
}
