import type { Recipient } from '../../shared/schema/channel.js'
import { AppError } from '../errors.js'
import type { Reader, Session } from './database.js'

/** Owners of cages who asked to be told of a site. One counts from its confirmation to its end. */

export interface SubscriptionRow extends Recipient {
  id: number
  site: string
  siteTitle: string
  askedAt: Date
  confirmedAt: Date | null
  unsubscribedAt: Date | null
}

const SUBSCRIPTION = `u.id, s.name AS site, s.title AS "siteTitle", u.channel, u.address, u.language,
  u.asked_at AS "askedAt", u.confirmed_at AS "confirmedAt", u.unsubscribed_at AS "unsubscribedAt"`

export function subscriptionPage(
  session: Reader,
  { site, after, limit }: { site?: string | undefined; after: number; limit: number },
): Promise<SubscriptionRow[]> {
  return session.query<SubscriptionRow>(
    `SELECT ${SUBSCRIPTION} FROM subscription u JOIN site s ON s.id = u.site_id
     WHERE u.id > $1 AND ($2::text IS NULL OR s.name = $2) ORDER BY u.id LIMIT $3`,
    [after, site ?? null, limit],
  )
}

export async function subscriptionById(session: Reader, id: number): Promise<SubscriptionRow> {
  const [row] = await session.query<SubscriptionRow>(
    `SELECT ${SUBSCRIPTION} FROM subscription u JOIN site s ON s.id = u.site_id WHERE u.id = $1`,
    [id],
  )
  if (row === undefined) throw new AppError('NOT_FOUND', `there is no subscription ${id}`)
  return row
}

export const isActive = ({ confirmedAt, unsubscribedAt }: SubscriptionRow): boolean =>
  confirmedAt !== null && unsubscribedAt === null

/** The row of this site and address, held until the end of the transaction; made where there is none. */
export async function askedSubscription(
  session: Session,
  siteId: number,
  { to, at }: { to: Recipient; at: Date },
): Promise<SubscriptionRow> {
  // What the language is to be is said by whoever confirms: a stranger changes nothing for an owner.
  const [row] = await session.query<{ id: number }>(
    `INSERT INTO subscription AS u (site_id, channel, address, language, asked_at)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (site_id, channel, address) DO UPDATE SET asked_at = excluded.asked_at,
       language = CASE WHEN u.confirmed_at IS NOT NULL AND u.unsubscribed_at IS NULL
                       THEN u.language ELSE excluded.language END
     RETURNING id`,
    [siteId, to.channel, to.address, to.language, at],
  )
  return subscriptionById(session, row?.id ?? 0)
}

/** Undefined where the address has never asked for this site. */
export async function knownSubscription(
  session: Session,
  siteId: number,
  to: Pick<Recipient, 'channel' | 'address'>,
): Promise<SubscriptionRow | undefined> {
  const [row] = await session.query<SubscriptionRow>(
    `SELECT ${SUBSCRIPTION} FROM subscription u JOIN site s ON s.id = u.site_id
     WHERE u.site_id = $1 AND u.channel = $2 AND u.address = $3 FOR UPDATE OF u`,
    [siteId, to.channel, to.address],
  )
  return row
}

export async function confirmSubscription(session: Session, id: number, at: Date): Promise<void> {
  await session.query(
    'UPDATE subscription SET confirmed_at = $2, unsubscribed_at = NULL WHERE id = $1',
    [id, at],
  )
}

/** Links that would bring it back end with it. */
export async function endSubscription(session: Session, id: number, at: Date): Promise<void> {
  await session.query(
    'UPDATE subscription SET unsubscribed_at = coalesce(unsubscribed_at, $2) WHERE id = $1',
    [id, at],
  )
  await session.query(
    `UPDATE one_time_link SET used_at = $2
     WHERE subscription_id = $1 AND purpose = 'confirm' AND used_at IS NULL`,
    [id, at],
  )
}

export interface Sent {
  /** To this address, whatever the site. */
  toAddress: number
  /** To anybody. */
  toAll: number
}

/** How many messages strangers have had sent since then: those whose link is of no alarm. */
export async function sentSince(
  session: Session,
  to: Pick<Recipient, 'channel' | 'address'>,
  since: Date,
): Promise<Sent> {
  const [row] = await session.query<Sent>(
    `SELECT count(*) FILTER (WHERE u.channel = $1 AND u.address = $2)::int AS "toAddress",
            count(*)::int AS "toAll"
     FROM one_time_link l JOIN subscription u ON u.id = l.subscription_id
     WHERE l.alarm_id IS NULL AND l.made_at > $3`,
    [to.channel, to.address, since],
  )
  return row ?? { toAddress: 0, toAll: 0 }
}

/**
 * What a stranger typed and nobody confirmed within a week is somebody's address without their word. Links are kept
 * for a while after their end, so that their page says that it is over and not that it never was.
 */
export async function forgetStale(session: Session, now: Date): Promise<void> {
  await session.query(
    `DELETE FROM one_time_link WHERE expires_at < $1::timestamptz - interval '90 days' OR subscription_id IN (
       SELECT id FROM subscription
       WHERE confirmed_at IS NULL AND asked_at < $1::timestamptz - interval '7 days')`,
    [now],
  )
  await session.query(
    `DELETE FROM subscription
     WHERE confirmed_at IS NULL AND asked_at < $1::timestamptz - interval '7 days'`,
    [now],
  )
}
