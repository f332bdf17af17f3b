import { randomBytes } from 'node:crypto'
import type { Reader, Session } from './database.js'
import { secretHash } from './secrets.js'

/** Links that let their holder do one thing. The store has the hash, the message has the link. */

export type LinkSubject =
  | { purpose: 'acknowledge'; alarmId: number; personId: number }
  | { purpose: 'confirm'; subscriptionId: number }
  | { purpose: 'unsubscribe'; subscriptionId: number; alarmId: number | null }

export interface LinkRow {
  purpose: LinkSubject['purpose']
  alarmId: number | null
  personId: number | null
  subscriptionId: number | null
  expiresAt: Date
  usedAt: Date | null
}

/** 128 random bits in as few letters as an SMS can carry unchanged. */
function newKey(): string {
  return randomBytes(16).toString('base64url')
}

/** The key of a new link. */
export async function makeLink(
  session: Session,
  subject: LinkSubject,
  { at, validMs }: { at: Date; validMs: number },
): Promise<string> {
  const key = newKey()
  await session.query(
    `INSERT INTO one_time_link (hash, purpose, alarm_id, person_id, subscription_id, made_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      secretHash(key),
      subject.purpose,
      'alarmId' in subject ? subject.alarmId : null,
      'personId' in subject ? subject.personId : null,
      'subscriptionId' in subject ? subject.subscriptionId : null,
      at,
      new Date(at.getTime() + validMs),
    ],
  )
  return key
}

/** Undefined for a key that no link has; used and expired ones are found, so that a page can say what they were. */
export async function findLink(
  session: Reader,
  purpose: LinkSubject['purpose'],
  key: string,
): Promise<LinkRow | undefined> {
  const [row] = await session.query<LinkRow>(
    `SELECT purpose, alarm_id::float8 AS "alarmId", person_id AS "personId",
            subscription_id AS "subscriptionId", expires_at AS "expiresAt", used_at AS "usedAt"
     FROM one_time_link WHERE hash = $1 AND purpose = $2`,
    [secretHash(key), purpose],
  )
  return row
}

/** Undefined where it was used, has expired or never was: of two at once one wins. */
export async function useLink(
  session: Session,
  { purpose, key, at }: { purpose: LinkSubject['purpose']; key: string; at: Date },
): Promise<LinkRow | undefined> {
  const [row] = await session.query<LinkRow>(
    `UPDATE one_time_link SET used_at = $3
     WHERE hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3
     RETURNING purpose, alarm_id::float8 AS "alarmId", person_id AS "personId",
               subscription_id AS "subscriptionId", expires_at AS "expiresAt", used_at AS "usedAt"`,
    [secretHash(key), purpose, at],
  )
  return row
}
