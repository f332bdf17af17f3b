import type { Database } from '../../ingest/store/database.js'
import type { Purpose, Tier, Transition } from '../../shared/schema/alarm.js'
import { quantityByKey } from '../../shared/wire/quantities.js'

/** Alarms as the service writes them, without the rules that lead to them. */

export interface AlarmRow {
  tier?: Tier
  purpose?: Purpose
  site: string | null
  node?: string
  /** unix ms */
  raisedMs: number
}

/** The id of a raised alarm of dissolved oxygen at position 0 of the node. */
export async function raise(db: Database, alarm: AlarmRow): Promise<number> {
  const { tier = 'siaga', purpose = 'danger', site, node = null, raisedMs } = alarm
  const at = new Date(raisedMs)
  const [rule] = await db.query<{ id: number; alarm: number }>(
    'write',
    `INSERT INTO rule (name, version, title_id, title_en, purpose, enabled, definition, changed_at, actor, reason)
     VALUES ('oxygen-' || $1, 1, 'Oksigen rendah', 'Low oxygen', $1, true, '{}', $2, 'test', 'test')
     ON CONFLICT (name, version) DO UPDATE SET reason = 'again'
     RETURNING id, nextval(pg_get_serial_sequence('alarm', 'id'))::float8 AS alarm`,
    [purpose, at],
  )
  const id = rule?.alarm ?? 0
  await db.query(
    'write',
    `INSERT INTO alarm (id, event_id, rule_id, tier, site_id, node_id, quantity_id, position, first_at,
                        raised_at, last_at, raised_value, doubtful, noted_at)
     OVERRIDING SYSTEM VALUE
     VALUES ($1, $1, $2, $3, (SELECT id FROM site WHERE name = $4), (SELECT id FROM node WHERE name = $5),
             $6, 0, $7, $7, $7, 3.6, false, $7)`,
    [id, rule?.id, tier, site, node, quantityByKey('dissolved_oxygen')?.id, at],
  )
  return id
}

export interface Written {
  id: number
  alarmId: number
  transition: Transition
}

export async function notify(
  db: Database,
  alarmId: number,
  { transition, atMs }: { transition: Transition; atMs: number },
): Promise<Written> {
  const [row] = await db.query<{ id: number }>(
    'write',
    `INSERT INTO notification (alarm_id, transition, text_id, text_en, created_at)
     VALUES ($1, $2, 'teks', 'text', $3) RETURNING id::float8 AS id`,
    [alarmId, transition, new Date(atMs)],
  )
  return { id: row?.id ?? 0, alarmId, transition }
}

export async function clear(db: Database, alarmId: number, atMs: number): Promise<void> {
  await db.query('write', 'UPDATE alarm SET cleared_at = $2 WHERE id = $1', [
    alarmId,
    new Date(atMs),
  ])
}

/** Between tests on one store: a new one takes seconds. */
export async function forgetAlarms(db: Database): Promise<void> {
  await db.query(
    'write',
    `TRUNCATE rule, alarm, notification, person, contact, duty, duty_site, escalation_step, told,
              subscription, one_time_link CASCADE`,
  )
  await db.query('write', 'INSERT INTO escalation_step (step, after_minutes) VALUES (1, 10)')
}
