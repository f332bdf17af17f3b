import type { Purpose, Tier } from '../../shared/schema/alarm.js'
import type { Recipient } from '../../shared/schema/channel.js'
import type { Reader, Session } from './database.js'
import { PERSON, type PersonRow } from './roster.js'

/** Who is to be told of an alarm, and who of the duty was. */

export interface AlarmSubject {
  id: number
  tier: Tier
  purpose: Purpose
  siteId: number | null
  simulated: boolean
  /** Siaga or worse was told of, at this tier or another of the event. */
  isOwners: boolean
}

/** What was told of the event at the tiers that are for owners too. */
const IS_OWNERS = `EXISTS (SELECT FROM alarm o JOIN notification m ON m.alarm_id = o.id
  WHERE o.event_id = a.event_id AND o.tier IN ('siaga', 'awas') AND m.transition = 'raised')`

export async function alarmSubject(session: Reader, id: number): Promise<AlarmSubject | undefined> {
  const [row] = await session.query<AlarmSubject>(
    `SELECT a.id::float8 AS id, a.tier, r.purpose, a.site_id AS "siteId",
            coalesce(n.simulated, false) AS simulated, ${IS_OWNERS} AS "isOwners"
     FROM alarm a JOIN rule r ON r.id = a.rule_id LEFT JOIN node n ON n.id = a.node_id
     WHERE a.id = $1`,
    [id],
  )
  return row
}

export interface OnDuty {
  persons: PersonRow[]
  deputies: PersonRow[]
}

/** At a site; without one, whoever is on duty anywhere. */
export async function onDuty(session: Reader, siteId: number | null, now: Date): Promise<OnDuty> {
  const rows = await session.query<PersonRow & { isDeputy: boolean }>(
    `WITH held AS (
       SELECT person_id, deputy_id FROM duty d
       WHERE removed_at IS NULL AND starts_at <= $2 AND ends_at > $2 AND (
         $1::int IS NULL OR NOT EXISTS (SELECT 1 FROM duty_site WHERE duty_id = d.id)
         OR EXISTS (SELECT 1 FROM duty_site WHERE duty_id = d.id AND site_id = $1))
     ), named AS (
       SELECT person_id AS id, false AS "isDeputy" FROM held
       UNION SELECT deputy_id, true FROM held WHERE deputy_id IS NOT NULL
     )
     SELECT ${PERSON}, named."isDeputy" FROM named JOIN person p ON p.id = named.id
     WHERE p.removed_at IS NULL ORDER BY p.id`,
    [siteId, now],
  )
  return {
    persons: rows.filter(({ isDeputy }) => !isDeputy),
    deputies: rows.filter(({ isDeputy }) => isDeputy),
  }
}

export interface ToldRow {
  personId: number
  step: number
}

export function toldOf(session: Reader, notificationId: number): Promise<ToldRow[]> {
  return session.query<ToldRow>(
    'SELECT person_id AS "personId", step FROM told WHERE notification_id = $1 ORDER BY step',
    [notificationId],
  )
}

/** Everybody of the duty who was told that the event's alarms were raised. */
export function toldOfAlarm(session: Reader, alarmId: number): Promise<PersonRow[]> {
  return session.query<PersonRow>(
    `SELECT ${PERSON} FROM person p
     WHERE p.id IN (SELECT t.person_id FROM told t JOIN notification n ON n.id = t.notification_id
                    JOIN alarm a ON a.id = n.alarm_id
                    WHERE n.transition = 'raised'
                      AND a.event_id = (SELECT event_id FROM alarm WHERE id = $1))
     ORDER BY p.id`,
    [alarmId],
  )
}

export async function noteTold(
  session: Session,
  notificationId: number,
  { personIds, step, at }: { personIds: readonly number[]; step: number; at: Date },
): Promise<void> {
  await session.query(
    `INSERT INTO told (notification_id, person_id, step, at)
     SELECT $1, u, $3, $4 FROM unnest($2::int[]) AS u ON CONFLICT DO NOTHING`,
    [notificationId, personIds, step, at],
  )
}

export interface Unanswered extends AlarmSubject {
  notificationId: number
  toldAt: Date
}

/** Raised and told, going on, and acknowledged by nobody. `id`: this notification alone, held until the end of the transaction. */
export function unanswered(session: Reader, id?: number): Promise<Unanswered[]> {
  return session.query<Unanswered>(
    `SELECT a.id::float8 AS id, a.tier, r.purpose, a.site_id AS "siteId",
            coalesce((SELECT simulated FROM node WHERE node.id = a.node_id), false) AS simulated,
            ${IS_OWNERS} AS "isOwners", n.id::float8 AS "notificationId",
            (SELECT min(at) FROM told WHERE told.notification_id = n.id) AS "toldAt"
     FROM alarm a JOIN rule r ON r.id = a.rule_id JOIN notification n ON n.alarm_id = a.id
     WHERE n.transition = 'raised' AND a.cleared_at IS NULL AND a.acknowledged_at IS NULL
       AND ($1::bigint IS NULL OR n.id = $1)
       AND EXISTS (SELECT 1 FROM told WHERE told.notification_id = n.id)
     ORDER BY n.id LIMIT 500 ${id === undefined ? '' : 'FOR UPDATE OF n'}`,
    [id ?? null],
  )
}

/** How many owners had a message about the event written. */
export async function ownersToldOf(session: Reader, alarmId: number): Promise<number> {
  const [row] = await session.query<{ n: number }>(
    `SELECT count(DISTINCT l.subscription_id)::int AS n
     FROM one_time_link l JOIN alarm a ON a.id = l.alarm_id
     WHERE l.purpose = 'unsubscribe'
       AND a.event_id = (SELECT event_id FROM alarm WHERE id = $1)`,
    [alarmId],
  )
  return row?.n ?? 0
}

export interface OwnerRow extends Recipient {
  subscriptionId: number
}

export function ownersOf(session: Reader, siteId: number): Promise<OwnerRow[]> {
  return session.query<OwnerRow>(
    `SELECT id AS "subscriptionId", channel, address, language FROM subscription
     WHERE site_id = $1 AND confirmed_at IS NOT NULL AND unsubscribed_at IS NULL
     ORDER BY id LIMIT 2000`,
    [siteId],
  )
}

export async function personTitle(session: Reader, id: number): Promise<string> {
  const [row] = await session.query<{ title: string }>('SELECT title FROM person WHERE id = $1', [
    id,
  ])
  return row?.title ?? ''
}
