import type { Purpose, Tier } from '../../shared/schema/alarm.js'
import type { Reader } from './database.js'

/** What a person is told about an alarm: where, how it is now, how it was three hours before, who has looked at it. */
export interface AlarmView {
  id: number
  titleId: string
  titleEn: string
  tier: Tier
  purpose: Purpose
  siteId: number | null
  site: string | null
  siteTitle: string | null
  node: string | null
  quantityId: number | null
  raisedAt: Date
  /** In the unit. */
  raisedValue: number | null
  clearedAt: Date | null
  /** This tier of the event, or another one, goes on. */
  isEventOpen: boolean
  doubtful: boolean
  acknowledgedAt: Date | null
  acknowledgedBy: string | null
  acknowledgeNote: string | null
  confirmedAt: Date | null
  /** In steps; null where nothing was measured in the last day, or the alarm is of no channel. */
  latest: { time: Date; value: number } | null
  before: { time: Date; value: number } | null
}

type Row = Omit<AlarmView, 'latest' | 'before'> & {
  nodeId: number | null
  position: number | null
}

export async function alarmView(
  session: Reader,
  id: number,
  now: Date,
): Promise<AlarmView | undefined> {
  const [row] = await session.query<Row>(
    `SELECT a.id::float8 AS id, r.title_id AS "titleId", r.title_en AS "titleEn", a.tier, r.purpose,
            a.site_id AS "siteId", s.name AS site, s.title AS "siteTitle", n.name AS node,
            a.quantity_id AS "quantityId", a.raised_at AS "raisedAt", a.raised_value AS "raisedValue",
            a.cleared_at AS "clearedAt",
            EXISTS (SELECT FROM alarm o WHERE o.event_id = a.event_id AND o.cleared_at IS NULL)
              AS "isEventOpen", a.doubtful, a.acknowledged_at AS "acknowledgedAt",
            a.acknowledged_by AS "acknowledgedBy", a.acknowledge_note AS "acknowledgeNote",
            a.confirmed_at AS "confirmedAt", a.node_id AS "nodeId", a.position
     FROM alarm a JOIN rule r ON r.id = a.rule_id LEFT JOIN site s ON s.id = a.site_id
       LEFT JOIN node n ON n.id = a.node_id
     WHERE a.id = $1`,
    [id],
  )
  if (row === undefined) return undefined
  const { nodeId, position, ...facts } = row
  if (nodeId === null || facts.quantityId === null || position === null) {
    return { ...facts, latest: null, before: null }
  }
  const channel = { nodeId, quantityId: facts.quantityId, position }
  return { ...facts, ...(await lastHours(session, channel, now)) }
}

interface Channel {
  nodeId: number
  quantityId: number
  position: number
}

/** The newest value of the last day, and the oldest that was measured one to three hours before it. */
async function lastHours(
  session: Reader,
  { nodeId, quantityId, position }: Channel,
  now: Date,
): Promise<Pick<AlarmView, 'latest' | 'before'>> {
  const of = [nodeId, quantityId, position]
  const SERIES = `SELECT time, value FROM reading
    WHERE node_id = $1 AND quantity_id = $2 AND position = $3 AND flag <= 3`
  const [latest] = await session.query<{ time: Date; value: number }>(
    `${SERIES} AND time > $4::timestamptz - interval '1 day' AND time <= $4
     ORDER BY time DESC LIMIT 1`,
    [...of, now],
  )
  if (latest === undefined) return { latest: null, before: null }
  const [before] = await session.query<{ time: Date; value: number }>(
    `${SERIES} AND time >= $4::timestamptz - interval '3 hours'
       AND time <= $4::timestamptz - interval '1 hour'
     ORDER BY time LIMIT 1`,
    [...of, latest.time],
  )
  return { latest, before: before ?? null }
}
