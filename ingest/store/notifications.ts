import type { Tier, Transition } from '../../shared/schema/alarm.js'
import type { Addressee, ChannelKind } from '../../shared/schema/channel.js'
import type { Database, Session } from './database.js'

/** The outbox: what is to be told, and to whom. How it goes then is in `deliveries.ts`. */

export interface Notification {
  id: number
  /** `test` and `undelivered` are the service's own, without an alarm. */
  transition: Transition | 'test' | 'undelivered'
  alarmId: number | null
  tier: Tier | null
  textId: string
  textEn: string
  createdAt: Date
  /** By which way it must not go: that way has just failed. */
  failedChannel: ChannelKind | null
}

export const NOTIFICATION = `n.id::float8 AS id, n.transition, n.alarm_id::float8 AS "alarmId",
  (SELECT tier FROM alarm WHERE alarm.id = n.alarm_id) AS tier, n.text_id AS "textId",
  n.text_en AS "textEn", n.created_at AS "createdAt", n.failed_channel AS "failedChannel"`

/** Those whose recipients are not worked out yet, oldest first. */
export function unaddressed(db: Database, limit: number): Promise<Notification[]> {
  return db.query<Notification>(
    'write',
    `SELECT ${NOTIFICATION} FROM notification n WHERE addressed_at IS NULL ORDER BY n.id LIMIT $1`,
    [limit],
  )
}

/** How many deliveries it made; undefined where another service was first. */
export function address(
  db: Database,
  id: number,
  { recipients, at }: { recipients: readonly Addressee[]; at: Date },
): Promise<number | undefined> {
  return db.transaction('write', async (session) => {
    const rows = await session.query(
      `UPDATE notification SET addressed_at = $2 WHERE id = $1 AND addressed_at IS NULL RETURNING id`,
      [id, at],
    )
    return rows.length === 0 ? undefined : addDeliveries(session, id, { recipients, at })
  })
}

/** For whoever is told later too, e.g. the deputy. Nobody is told the same thing twice the same way. */
export async function addDeliveries(
  session: Session,
  notificationId: number,
  { recipients, at }: { recipients: readonly Addressee[]; at: Date },
): Promise<number> {
  const rows = await session.query(
    `INSERT INTO delivery (notification_id, channel, address, language, audience, text, link, created_at,
                           next_attempt_at)
     SELECT $1, u.*, $8, $8
     FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) AS u
     ON CONFLICT DO NOTHING RETURNING id`,
    [
      notificationId,
      recipients.map(({ channel }) => channel),
      recipients.map(({ address }) => address),
      recipients.map(({ language }) => language),
      recipients.map(({ audience }) => audience),
      recipients.map(({ text }) => text ?? null),
      recipients.map(({ link }) => link ?? null),
      at,
    ],
  )
  return rows.length
}

/** The service's own word to people. */
export interface Word extends Pick<Notification, 'transition' | 'textId' | 'textEn' | 'createdAt'> {
  /** Makes it one, whoever says it. */
  key: string
  failedChannel: ChannelKind | null
}

/** False where it has been said. */
export async function notice(session: Pick<Session, 'query'>, word: Word): Promise<boolean> {
  const rows = await session.query(
    `INSERT INTO notification (transition, text_id, text_en, created_at, key, failed_channel)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (key) DO NOTHING RETURNING id`,
    [...[word.transition, word.textId, word.textEn, word.createdAt, word.key], word.failedChannel],
  )
  return rows.length > 0
}
