import type { Flag } from '../../shared/schema/flags.js'
import { AppError } from '../errors.js'
import { array } from './batch-statements.js'
import { type Channel, type ChannelRange, keys, lockNodes } from './channels.js'
import type { Database, Session } from './database.js'

/** What people said of ranges of series: made, undone, listed. Nothing here is ever deleted. */

export interface NewMark {
  /** As it was asked: of a site, or of a node. */
  site: string | null
  node: string | null
  quantityId: number
  from: Date
  to: Date
  /** Null: a comment. */
  flag: Flag | null
  reason: string
  actor: string
  at: Date
  /** The channels that it is about, in the placements of now. */
  ranges: readonly ChannelRange[]
}

export interface MarkRow {
  id: number
  site: string | null
  node: string | null
  quantityId: number
  from: Date
  to: Date
  flag: Flag | null
  reason: string
  actor: string
  madeAt: Date
  undoneAt: Date | null
  undoneBy: string | null
  undoneReason: string | null
  /** `from` and `to` in unix seconds. */
  channels: { node: string; position: number; from: number; to: number }[]
}

const MARK = `m.id, s.name AS site, n.name AS node, m.quantity_id AS "quantityId",
  m.range_from AS "from", m.range_to AS "to", m.flag, m.reason, m.actor, m.made_at AS "madeAt",
  m.undone_at AS "undoneAt", m.undone_by AS "undoneBy", m.undone_reason AS "undoneReason", c.channels
  FROM mark m LEFT JOIN site s ON s.id = m.site_id LEFT JOIN node n ON n.id = m.node_id
  CROSS JOIN LATERAL (
    SELECT json_agg(json_build_object('node', o.name, 'position', r.position,
             'from', extract(epoch FROM r.range_from), 'to', extract(epoch FROM r.range_to))
           ORDER BY o.name, r.position, r.range_from) AS channels
    FROM mark_range r JOIN node o ON o.id = r.node_id WHERE r.mark_id = m.id) c`

/**
 * The nodes are locked first: a batch that is being committed has either stored its readings, or will see the mark.
 * A comment has ranges too, to be found by.
 */
export async function insertMark(session: Session, mark: NewMark): Promise<number> {
  const { ranges } = mark
  await lockNodes(
    session,
    ranges.map(({ nodeId }) => nodeId),
  )
  const [row] = await session.query<{ id: number }>(
    `INSERT INTO mark (site_id, node_id, quantity_id, range_from, range_to, flag, reason, actor, made_at)
     VALUES ((SELECT id FROM site WHERE name = $1), (SELECT id FROM node WHERE name = $2),
             $3, $4, $5, $6, $7, $8, $9)
     RETURNING id`,
    [
      mark.site,
      mark.node,
      mark.quantityId,
      mark.from,
      mark.to,
      mark.flag,
      mark.reason,
      mark.actor,
      mark.at,
    ],
  )
  const id = row?.id ?? 0
  const values = [
    ...keys(ranges),
    array(ranges, ({ fromS }) => fromS),
    array(ranges, ({ toS }) => toS),
  ]
  const given = `unnest($1::int[], $2::smallint[], $3::smallint[], $4::float8[], $5::float8[])
    AS u (node_id, quantity_id, position, from_s, to_s)`
  await session.query(
    `INSERT INTO mark_range (mark_id, node_id, quantity_id, position, range_from, range_to)
     SELECT $6, node_id, quantity_id, position, to_timestamp(from_s), to_timestamp(to_s) FROM ${given}`,
    [...values, id],
  )
  if (mark.flag !== null) {
    await session.query(
      `UPDATE latest l SET marked_to = greatest(l.marked_to, to_timestamp(u.to_s)) FROM ${given}
       WHERE l.node_id = u.node_id AND l.quantity_id = u.quantity_id AND l.position = u.position`,
      values,
    )
  }
  return id
}

/** Undone is undone: whoever wants it back makes it anew. Answers the ranges that it was about. */
export async function undoMark(
  session: Session,
  id: number,
  { actor, reason, at }: { actor: string; reason: string; at: Date },
): Promise<ChannelRange[]> {
  const ranges = await session.query<ChannelRange>(
    `SELECT node_id AS "nodeId", quantity_id AS "quantityId", position,
            extract(epoch FROM range_from)::float8 AS "fromS",
            extract(epoch FROM range_to)::float8 AS "toS"
     FROM mark_range WHERE mark_id = $1 ORDER BY 1, 2, 3, 4`,
    [id],
  )
  await lockNodes(
    session,
    ranges.map(({ nodeId }) => nodeId),
  )
  const undone = await session.query(
    `UPDATE mark SET undone_at = $2, undone_by = $3, undone_reason = $4
     WHERE id = $1 AND undone_at IS NULL RETURNING id`,
    [id, at, actor, reason],
  )
  if (undone.length > 0) return ranges
  const { undoneBy } = await markById(session, id)
  throw new AppError('CONFLICT', `mark ${id} was undone by ${undoneBy} already`)
}

export async function markById(session: Session, id: number): Promise<MarkRow> {
  const [row] = await session.query<MarkRow>(`SELECT ${MARK} WHERE m.id = $1`, [id])
  if (row === undefined) throw new AppError('NOT_FOUND', `there is no mark ${id}`)
  return row
}

/** What was said of any of the series within its range, whatever it was asked of; newest first, `before` an id. */
export function marksOfSeries(
  db: Database,
  series: readonly (Channel & { from: Date; to: Date })[],
  page: { before?: number | undefined; limit: number },
): Promise<MarkRow[]> {
  return db.query<MarkRow>(
    'read',
    `SELECT ${MARK}
     WHERE ($6::int IS NULL OR m.id < $6) AND m.id IN (
       SELECT r.mark_id
       FROM unnest($1::int[], $2::smallint[], $3::smallint[], $4::timestamptz[], $5::timestamptz[])
         AS i (node_id, quantity_id, position, from_time, to_time)
       JOIN mark_range r USING (node_id, quantity_id, position)
       WHERE r.range_from < i.to_time AND r.range_to > i.from_time)
     ORDER BY m.id DESC LIMIT $7`,
    [
      ...keys(series),
      series.map(({ from }) => from),
      series.map(({ to }) => to),
      page.before ?? null,
      page.limit,
    ],
  )
}
