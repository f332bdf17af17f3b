import type { Addressee } from '../../shared/schema/channel.js'
import type { Database, Session } from './database.js'
import { NOTIFICATION, type Notification } from './notifications.js'

/** One notification to one address: taken by a lease, sent by whoever took it, and what came of it. */

export interface Delivery extends Addressee {
  id: number
  /** This one included. */
  attempts: number
  dueSince: Date
  notification: Notification
}

/** A service that does not say in this time what came of it is gone: an attempt takes half a minute at most. */
const LEASE = `clock_timestamp() + interval '2 minutes'`
const OPEN = 'delivered_at IS NULL AND given_up_at IS NULL'

/**
 * The next that is due and that nobody else has. Whoever is on duty goes before cage owners, and a first attempt
 * before a repeat, so that no dead address holds up an alarm. An attempt counts when it begins.
 */
export async function claimDelivery(
  db: Database,
  worker: string,
  now: Date,
): Promise<Delivery | undefined> {
  const [row] = await db.query<
    Omit<Delivery, 'notification'> & Notification & { deliveryId: number }
  >(
    'write',
    `WITH taken AS (
       UPDATE delivery SET worker = $1, lease_until = ${LEASE}, attempts = attempts + 1
       WHERE id = (
         SELECT id FROM delivery WHERE ${OPEN} AND next_attempt_at <= $2
           AND (lease_until IS NULL OR lease_until < clock_timestamp())
         ORDER BY audience, attempts > 0, next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING *)
     SELECT ${NOTIFICATION}, t.id::float8 AS "deliveryId", t.channel, t.address, t.language,
            t.audience, t.text, t.link, t.attempts, t.created_at AS "dueSince"
     FROM taken t JOIN notification n ON n.id = t.notification_id`,
    [worker, now],
  )
  if (row === undefined) return undefined
  const {
    deliveryId,
    channel,
    address,
    language,
    audience,
    text,
    link,
    attempts,
    dueSince,
    ...rest
  } = row
  const to = { channel, address, language, audience, text, link }
  return { id: deliveryId, ...to, attempts, dueSince, notification: rest }
}

/** The first to the duty and the first to a cage owner are the alarm's warning minutes. */
export function markDelivered(
  db: Database,
  { id, audience, notification }: Delivery,
  at: Date,
): Promise<void> {
  return db.transaction('write', async (session) => {
    await session.query(
      `UPDATE delivery SET delivered_at = $2, link = NULL, worker = NULL, lease_until = NULL
       WHERE id = $1 AND ${OPEN}`,
      [id, at],
    )
    if (notification.transition !== 'raised') return
    const column = audience === 'duty' ? 'delivered_at' : 'owners_told_at'
    await session.query(`UPDATE alarm SET ${column} = $2 WHERE id = $1 AND ${column} IS NULL`, [
      notification.alarmId,
      at,
    ])
  })
}

/** `next` null: never again. */
export async function markFailed(
  session: Session,
  id: number,
  { at, next, failure }: { at: Date; next: Date | null; failure: string },
): Promise<void> {
  await session.query(
    `UPDATE delivery SET last_failure = $2, worker = NULL, lease_until = NULL,
            next_attempt_at = coalesce($3, next_attempt_at),
            given_up_at = CASE WHEN $3::timestamptz IS NULL THEN $4::timestamptz END,
            link = CASE WHEN $3::timestamptz IS NULL THEN NULL ELSE link END
     WHERE id = $1 AND ${OPEN}`,
    [id, failure, next, at],
  )
}

/** Whoever stops leaves what it had to the others at once. */
export async function releaseDeliveries(db: Database, worker: string): Promise<void> {
  await db.query(
    'write',
    `UPDATE delivery SET worker = NULL, lease_until = NULL WHERE worker = $1 AND ${OPEN}`,
    [worker],
  )
}
