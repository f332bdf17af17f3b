import { FUTURE_LIMIT_S } from '../../shared/schema/frame.js'
import { changedSpan } from '../../shared/science/calibration/channel.js'
import { AppError } from '../errors.js'
import { type ChannelRange, lockNodes } from './channels.js'
import type { Session } from './database.js'
import { type ChannelId, correctionFor, type NodeHistory, nodeHistory } from './histories.js'
import type { RecomputeRules } from './recompute.js'
import { recomputeRanges } from './recompute-ranges.js'

/** Who changes what is known of a node's sensors, and why. */
export interface Change {
  node: string
  actor: string
  reason: string
  at: Date
  rules: RecomputeRules
}

/** What became of the stored readings that a change concerns. */
export interface Consequence {
  /** The job that does it behind; null: done, or there were none. */
  job: number | null
  /** How many are not what they were; null while a job is to find out. */
  changed: number | null
}

/**
 * Makes a change of a node's probes, calibrations or visits, and what follows for the stored readings: those for which
 * the history before and the one after make different values. The node is held until the end of the transaction:
 * readings that are stored meanwhile come after it and are calibrated by what holds then.
 */
export async function changeHistory<T>(
  session: Session,
  { node, actor, reason, at, rules }: Change,
  change: (nodeId: number) => Promise<T>,
): Promise<{ result: T } & Consequence> {
  const nodeId = await heldNode(session, node)
  const before = await nodeHistory(session, nodeId)
  const result = await change(nodeId)
  const after = await nodeHistory(session, nodeId)
  await session.query(
    'UPDATE node SET correction_revision = correction_revision + 1 WHERE id = $1',
    [nodeId],
  )
  const ranges = await changedRanges(session, nodeId, { before, after, at })
  const job = { subject: node, actor, reason, at, ranges }
  const { jobId, changed } = await recomputeRanges(session, job, rules)
  return { result, job: jobId, changed }
}

/** Takes a calibration or a visit back, as if it had never been made: what was there without it holds again. */
export function withdraw(
  session: Session,
  what: { table: 'calibration' | 'visit'; id: number; node: string },
  { rules, ...why }: Pick<Change, 'actor' | 'reason' | 'at' | 'rules'>,
): Promise<Consequence> {
  const { table, id, node } = what
  const { actor, reason, at } = why
  return changeHistory(session, { node, rules, ...why }, async () => {
    const rows = await session.query(
      `UPDATE ${table} SET withdrawn_at = $2, withdrawn_by = $3, withdrawn_reason = $4
       WHERE id = $1 AND withdrawn_at IS NULL RETURNING id`,
      [id, at, actor, reason],
    )
    if (rows.length === 0) throw new AppError('CONFLICT', `${table} ${id} is withdrawn already`)
  })
}

/** The stored readings of which two histories make different values, by channel. */
export async function changedRanges(
  session: Session,
  nodeId: number,
  { before, after, at }: { before: NodeHistory; after: NodeHistory; at: Date },
): Promise<ChannelRange[]> {
  // Whatever is measured later is stored as the new history says.
  const endS = Math.floor(at.getTime() / 1000) + FUTURE_LIMIT_S + 1
  const stored = await session.query<ChannelId & { newestS: number }>(
    `SELECT quantity_id AS "quantityId", position, extract(epoch FROM time)::float8 AS "newestS"
     FROM latest WHERE node_id = $1 ORDER BY quantity_id, position`,
    [nodeId],
  )
  return stored.flatMap(({ newestS, ...channel }): ChannelRange[] => {
    const span = changedSpan(correctionFor(before, channel), correctionFor(after, channel))
    if (span === undefined || span.fromS > newestS) return []
    const toS = Math.min(span.toS, endS)
    return toS > span.fromS ? [{ nodeId, ...channel, fromS: span.fromS, toS }] : []
  })
}

/** The node's id; nobody stores readings of it or changes it before the end of the transaction. */
async function heldNode(session: Session, name: string): Promise<number> {
  const [row] = await session.query<{ id: number }>('SELECT id FROM node WHERE name = $1', [name])
  if (row === undefined) throw new AppError('NOT_FOUND', `there is no node named ${name}`)
  await lockNodes(session, [row.id])
  return row.id
}

/** A moment that has not come yet says nothing; clocks may differ a little. */
export function refuseFuture(what: string, time: Date, now: Date): void {
  if (time.getTime() <= now.getTime() + FUTURE_LIMIT_S * 1000) return
  throw new AppError('INVALID', `${what} ${time.toISOString()} is ahead of ${now.toISOString()}`)
}
