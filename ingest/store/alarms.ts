import type { Purpose, Tier, Transition, Untold } from '../../shared/schema/alarm.js'
import type { Episode } from '../../shared/science/alarms/episode.js'
import type { Reader, Session } from './database.js'

/** Alarms as they go on: found, added, changed, and what is told of them. Unix seconds where a name ends in S. */

export interface StoredAlarm {
  id: number
  eventId: number
  rule: string
  purpose: Purpose
  tier: Tier
  nodeId: number | null
  siteId: number | null
  quantityId: number | null
  position: number | null
  firstS: number
  raisedS: number
  lastS: number
  clearedS: number | null
  worstValue: number | null
  doubtful: boolean
  untold: Untold | null
  isRaiseTold: boolean
  isClearTold: boolean
}

const ALARM = `SELECT a.id::float8 AS id, a.event_id::float8 AS "eventId", r.name AS rule, r.purpose, a.tier,
  a.node_id AS "nodeId", a.site_id AS "siteId", a.quantity_id AS "quantityId", a.position,
  extract(epoch FROM a.first_at)::float8 AS "firstS",
  extract(epoch FROM a.raised_at)::float8 AS "raisedS",
  extract(epoch FROM a.last_at)::float8 AS "lastS",
  extract(epoch FROM a.cleared_at)::float8 AS "clearedS",
  a.worst_value AS "worstValue", a.doubtful, a.untold,
  EXISTS (SELECT FROM notification n WHERE n.alarm_id = a.id AND n.transition = 'raised') AS "isRaiseTold",
  EXISTS (SELECT FROM notification n WHERE n.alarm_id = a.id AND n.transition = 'cleared') AS "isClearTold"
  FROM alarm a JOIN rule r ON r.id = a.rule_id`

/** Of a node's channels: those that go on, and those that were over after the time. In order of first crossing. */
export function alarmsOfNode(
  session: Reader,
  nodeId: number,
  sinceS: number,
): Promise<StoredAlarm[]> {
  return session.query<StoredAlarm>(
    `${ALARM} WHERE a.node_id = $1 AND a.quantity_id IS NOT NULL
       AND (a.cleared_at IS NULL OR a.cleared_at > to_timestamp($2))
     ORDER BY a.first_at, a.id`,
    [nodeId, sinceS],
  )
}

/** What goes on and is about no channel: silent nodes, and incidents. */
export function openSilences(session: Reader): Promise<StoredAlarm[]> {
  return session.query<StoredAlarm>(
    `${ALARM} WHERE a.cleared_at IS NULL AND a.quantity_id IS NULL ORDER BY a.id`,
  )
}

/** Until the end of the transaction. `nodeId` 0: what is about no single node. */
export async function lockAlarms(session: Session, nodeId: number): Promise<void> {
  await session.query('SELECT pg_advisory_xact_lock($1, $2)', [ALARM_LOCK, nodeId])
}

/** Any number of our own: services on one server use it alike. */
const ALARM_LOCK = 20_611

export interface NewAlarm {
  ruleId: number
  /** Undefined: it begins an event. */
  eventId: number | undefined
  nodeId: number | null
  siteId: number | null
  quantityId: number | null
  position: number | null
  episode: Pick<Episode, 'tier' | 'firstS' | 'raisedS' | 'lastS' | 'clearedS' | 'isDoubtful'> & {
    raisedValue: number | null
    worstValue: number | null
  }
  notedAt: Date
  /** Null: it is told, or that is to be found out yet. */
  untold: Untold | null
}

export async function insertAlarm(session: Session, alarm: NewAlarm): Promise<number> {
  const { ruleId, eventId, nodeId, siteId, quantityId, position, episode } = alarm
  const [row] = await session.query<{ id: number }>(
    `WITH new AS (SELECT nextval(pg_get_serial_sequence('alarm', 'id')) AS id)
     INSERT INTO alarm (id, event_id, rule_id, tier, site_id, node_id, quantity_id, position,
       first_at, raised_at, last_at, cleared_at, raised_value, worst_value, doubtful, noted_at, untold)
     OVERRIDING SYSTEM VALUE
     SELECT new.id, coalesce($1, new.id), $2, $3, $4, $5, $6, $7, to_timestamp($8), to_timestamp($9),
       to_timestamp($10), to_timestamp($11), $12, $13, $14, $15, $16 FROM new
     RETURNING id::float8 AS id`,
    [
      eventId ?? null,
      ruleId,
      episode.tier,
      siteId,
      nodeId,
      quantityId,
      position,
      episode.firstS,
      episode.raisedS,
      episode.lastS,
      episode.clearedS,
      episode.raisedValue,
      episode.worstValue,
      episode.isDoubtful,
      alarm.notedAt,
      alarm.untold,
    ],
  )
  return row?.id ?? 0
}

/** As it is known now. */
export async function updateAlarm(
  session: Session,
  alarm: Pick<
    StoredAlarm,
    'id' | 'firstS' | 'raisedS' | 'lastS' | 'clearedS' | 'worstValue' | 'doubtful' | 'untold'
  >,
): Promise<void> {
  await session.query(
    `UPDATE alarm SET first_at = to_timestamp($2), raised_at = to_timestamp($3), last_at = to_timestamp($4),
       cleared_at = to_timestamp($5), worst_value = $6, doubtful = $7, untold = $8 WHERE id = $1`,
    [
      alarm.id,
      alarm.firstS,
      alarm.raisedS,
      alarm.lastS,
      alarm.clearedS,
      alarm.worstValue,
      alarm.doubtful,
      alarm.untold,
    ],
  )
}

/** For the ledger: kept once it is known. */
export async function noteBelowThree(session: Session, id: number, atS: number): Promise<void> {
  await session.query(
    `UPDATE alarm SET oxygen_below_3_at = least(oxygen_below_3_at, to_timestamp($2)) WHERE id = $1`,
    [id, atS],
  )
}

export async function isEventTold(session: Reader, eventId: number): Promise<boolean> {
  const [row] = await session.query<{ told: boolean }>(
    `SELECT EXISTS (SELECT FROM alarm a JOIN notification n ON n.alarm_id = a.id
       WHERE a.event_id = $1 AND n.transition = 'raised') AS told`,
    [eventId],
  )
  return row?.told === true
}

export interface NewNotification {
  alarmId: number
  transition: Transition
  text: { id: string; en: string }
  at: Date
}

/** Into the outbox; nothing where the transition is there already. */
export async function addNotification(
  session: Session,
  { alarmId, transition, text, at }: NewNotification,
): Promise<void> {
  await session.query(
    `INSERT INTO notification (alarm_id, transition, text_id, text_en, created_at)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (alarm_id, transition) DO NOTHING`,
    [alarmId, transition, text.id, text.en, at],
  )
}
