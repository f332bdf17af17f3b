import type { Span } from '../../shared/science/calibration/channel.js'
import { array } from './batch-statements.js'
import { type Channel, type ChannelRange, keys } from './channels.js'
import type { Session } from './database.js'

/** Days on which the neighbour test doubts a series (`NeighbourTest`), in unix seconds without their end. */

/** Those of each range, in their order; usually there are none. */
export async function doubtsOver(
  session: Session,
  ranges: readonly ChannelRange[],
): Promise<Span[][]> {
  const rows = await session.prepared<Span & { ordinal: number }>(
    'doubts_over',
    `SELECT i.ordinal::int AS ordinal, extract(epoch FROM d.range_from)::float8 AS "fromS",
            extract(epoch FROM d.range_to)::float8 AS "toS"
     FROM unnest($1::int[], $2::smallint[], $3::smallint[], $4::float8[], $5::float8[])
       WITH ORDINALITY AS i (node_id, quantity_id, position, from_s, to_s, ordinal)
     JOIN doubt d USING (node_id, quantity_id, position)
     WHERE d.range_from < to_timestamp(i.to_s) AND d.range_to > to_timestamp(i.from_s)
     ORDER BY d.range_from`,
    [...keys(ranges), array(ranges, ({ fromS }) => fromS), array(ranges, ({ toS }) => toS)],
  )
  const doubts = ranges.map((): Span[] => [])
  for (const { ordinal, ...doubt } of rows) doubts[ordinal - 1]?.push(doubt)
  return doubts
}

export function isDoubted(doubts: readonly Span[], timeS: number): boolean {
  return doubts.some(({ fromS, toS }) => timeS >= fromS && timeS < toS)
}

/** Doubts the days of `begun` and no longer those of `ended`. The readings of both are the caller's to recompute. */
export async function changeDoubts(
  session: Session,
  { nodeId, quantityId, position }: Channel,
  { begun, ended }: { begun: readonly Span[]; ended: readonly Span[] },
): Promise<void> {
  const channel = [nodeId, quantityId, position]
  await session.query(
    `DELETE FROM doubt WHERE node_id = $1 AND quantity_id = $2 AND position = $3
     AND range_from IN (SELECT to_timestamp(s) FROM unnest($4::float8[]) AS s)`,
    [...channel, array(ended, ({ fromS }) => fromS)],
  )
  if (begun.length === 0) return
  await session.query(
    `INSERT INTO doubt (node_id, quantity_id, position, range_from, range_to)
     SELECT $1, $2, $3, to_timestamp(from_s), to_timestamp(to_s)
     FROM unnest($4::float8[], $5::float8[]) AS u (from_s, to_s)
     ON CONFLICT DO NOTHING`,
    [...channel, array(begun, ({ fromS }) => fromS), array(begun, ({ toS }) => toS)],
  )
  await session.query(
    `UPDATE latest SET marked_to = greatest(marked_to, to_timestamp($4::float8))
     WHERE node_id = $1 AND quantity_id = $2 AND position = $3`,
    [...channel, Math.max(...begun.map(({ toS }) => toS))],
  )
}
