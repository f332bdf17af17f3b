import type { Flag } from '../../shared/schema/flags.js'
import { WHY } from '../../shared/schema/flags.js'
import { type Judgement, untested } from '../../shared/science/qartod/judgement.js'
import type { ChannelRange } from './channels.js'
import type { Session } from './database.js'

/** A range of a series that a person has flagged. Unix seconds, `toS` not included. */
export interface MarkedRange {
  fromS: number
  toS: number
  flag: Flag
}

/** The flags that people gave within a range and have not undone, in the order in which they were given. */
export function marksOver(session: Session, range: ChannelRange): Promise<MarkedRange[]> {
  return session.prepared<MarkedRange>(
    'marks_over',
    `SELECT extract(epoch FROM r.range_from)::float8 AS "fromS",
            extract(epoch FROM r.range_to)::float8 AS "toS", m.flag
     FROM mark_range r JOIN mark m ON m.id = r.mark_id
     WHERE r.node_id = $1 AND r.quantity_id = $2 AND r.position = $3
       AND r.range_from < to_timestamp($5::float8) AND r.range_to > to_timestamp($4::float8)
       AND m.undone_at IS NULL AND m.flag IS NOT NULL
     ORDER BY m.id`,
    [range.nodeId, range.quantityId, range.position, range.fromS, range.toS],
  )
}

/** The newest word on a time; undefined where nobody said anything. */
export function markAt(marks: readonly MarkedRange[], timeS: number): Flag | undefined {
  return marks.findLast(({ fromS, toS }) => timeS >= fromS && timeS < toS)?.flag
}

/** What the tests found gives way to a person's word; what is known of the reading itself stays. */
export function byHand(flag: Flag, why: number): Judgement {
  return { flag, why: untested(why).why | WHY.manual }
}
