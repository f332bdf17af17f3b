import type { Database } from '../../ingest/store/database.js'

/** An alarm, raised now, siaga. */
export async function anAlarm(db: Database): Promise<number> {
  const [rule] = await db.query<{ id: number }>(
    'write',
    `INSERT INTO rule (name, version, title_id, title_en, purpose, enabled, definition, changed_at, actor,
                       reason)
     SELECT 'oxygen-test', coalesce(max(version), 0) + 1, 'Oksigen', 'Oxygen', 'danger', true, '{}', now(),
            'test', 'test'
     FROM rule WHERE name = 'oxygen-test' RETURNING id`,
  )
  const [alarm] = await db.query<{ id: number }>(
    'write',
    `WITH new AS (SELECT nextval(pg_get_serial_sequence('alarm', 'id')) AS id)
     INSERT INTO alarm (id, event_id, rule_id, tier, first_at, raised_at, last_at, doubtful, noted_at)
     OVERRIDING SYSTEM VALUE
     SELECT id, id, $1, 'siaga', now(), now(), now(), false, now() FROM new
     RETURNING id::float8 AS id`,
    [rule?.id],
  )
  return alarm?.id ?? 0
}

/** What the outbox holds once that alarm is raised. */
export async function aNotification(
  db: Database,
  { id = 'Judul\nTeks', en = 'Title\nText', alarmId }: NotificationWords = {},
): Promise<number> {
  const [row] = await db.query<{ id: number }>(
    'write',
    `INSERT INTO notification (alarm_id, transition, text_id, text_en, created_at)
     VALUES ($1, 'raised', $2, $3, now()) RETURNING id::float8 AS id`,
    [alarmId ?? (await anAlarm(db)), id, en],
  )
  return row?.id ?? 0
}

interface NotificationWords {
  id?: string
  en?: string
  alarmId?: number
}
