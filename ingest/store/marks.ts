import type { Flag } from '../../shared/schema/flags.js'
import { WHY } from '../../shared/schema/flags.js'
import type { Span } from '../../shared/science/calibration/channel.js'
import { type Judgement, untested } from '../../shared/science/qartod/judgement.js'
import { array } from './batch-statements.js'
import type { NewReading } from './batches.js'
import { type Channel, type ChannelRange, keys, type LatestState } from './channels.js'
import type { Session } from './database.js'
import { doubtsOver } from './doubts.js'
import type { Series } from './sift.js'

/** A range of a series that a person has flagged. Unix seconds, `toS` not included. */
export interface MarkedRange {
  fromS: number
  toS: number
  flag: Flag
}

/**
 * The flags that people gave within each range and have not undone, in the order in which they were given. They are
 * what holds: the reason *manual* of a reading is only their trace.
 */
export async function marksOver(
  session: Session,
  ranges: readonly ChannelRange[],
): Promise<MarkedRange[][]> {
  const rows = await session.prepared<MarkedRange & { ordinal: number }>(
    'marks_over',
    `SELECT i.ordinal::int AS ordinal, extract(epoch FROM r.range_from)::float8 AS "fromS",
            extract(epoch FROM r.range_to)::float8 AS "toS", m.flag
     FROM unnest($1::int[], $2::smallint[], $3::smallint[], $4::float8[], $5::float8[])
       WITH ORDINALITY AS i (node_id, quantity_id, position, from_s, to_s, ordinal)
     JOIN mark_range r USING (node_id, quantity_id, position)
     JOIN mark m ON m.id = r.mark_id
     WHERE r.range_from < to_timestamp(i.to_s) AND r.range_to > to_timestamp(i.from_s)
       AND m.undone_at IS NULL AND m.flag IS NOT NULL
     ORDER BY m.id`,
    [...keys(ranges), array(ranges, ({ fromS }) => fromS), array(ranges, ({ toS }) => toS)],
  )
  const marks = ranges.map((): MarkedRange[] => [])
  for (const { ordinal, ...mark } of rows) marks[ordinal - 1]?.push(mark)
  return marks
}

/** What is known of a time before the readings of it are here. */
export interface Said {
  /** By people. */
  marks: readonly MarkedRange[]
  /** By the neighbour test. */
  doubts: readonly Span[]
}

export const NOTHING_SAID: Said = { marks: [], doubts: [] }

/** What was said of the times of new readings, by place of the series; nearly always nothing was. */
export async function saidOn(
  session: Session,
  of: {
    series: readonly Series[]
    states: readonly (LatestState | undefined)[]
    added: readonly NewReading[][]
  },
): Promise<ReadonlyMap<number, Said>> {
  const perhaps = of.series.flatMap(({ channel }, index) => {
    const readings = of.added[index] ?? []
    const [first, last] = [readings[0], readings.at(-1)]
    if (first === undefined || last === undefined) return []
    const state = of.states[index]
    const markedToS = state === undefined ? Number.POSITIVE_INFINITY : (state.markedToS ?? 0)
    if (first.time >= markedToS) return []
    return [{ index, ...channel, fromS: first.time, toS: last.time + 1 }]
  })
  if (perhaps.length === 0) return new Map()
  const marks = await marksOver(session, perhaps)
  const doubts = await doubtsOver(session, perhaps)
  return new Map(
    perhaps.map(({ index }, at) => [index, { marks: marks[at] ?? [], doubts: doubts[at] ?? [] }]),
  )
}

/** Of channels whose first readings are here now: what people said of them before. */
export async function noteMarks(session: Session, channels: readonly Channel[]): Promise<void> {
  if (channels.length === 0) return
  await session.prepared(
    'note_marks',
    `UPDATE latest l SET marked_to = r.marked_to
     FROM (SELECT node_id, quantity_id, position, max(range_to) AS marked_to
           FROM unnest($1::int[], $2::smallint[], $3::smallint[]) AS i (node_id, quantity_id, position)
           JOIN mark_range USING (node_id, quantity_id, position) GROUP BY 1, 2, 3) r
     WHERE l.node_id = r.node_id AND l.quantity_id = r.quantity_id AND l.position = r.position`,
    keys(channels),
  )
}

/** The newest word on a time; undefined where nobody said anything. */
export function markAt(marks: readonly MarkedRange[], timeS: number): Flag | undefined {
  return marks.findLast(({ fromS, toS }) => timeS >= fromS && timeS < toS)?.flag
}

/**
 * What the tests found gives way to a person's word, so that it does not change with what is around a reading; what
 * is known of the reading itself stays.
 */
export function byHand(flag: Flag, why: number): Judgement {
  return { flag, why: untested(why).why | WHY.manual }
}
