import type { Recipient } from '../../shared/schema/channel.js'
import type { Database, Session } from '../store/database.js'
import { type LinkSubject, makeLink } from '../store/one-time-links.js'
import {
  askedSubscription,
  forgetStale,
  isActive,
  knownSubscription,
  type SubscriptionRow,
  sentSince,
} from '../store/subscriptions.js'
import { linkTo, UNSUBSCRIBE_VALID_MS } from './links.js'
import type { Language } from './wording.js'

/** A stranger asks that an address be told, or no longer be told. The address alone learns what comes of it. */

export interface Asked {
  siteId: number
  to: Recipient
  what: 'start' | 'stop'
}

export interface Letter {
  to: Recipient
  text: string
}

const HOUR_MS = 3_600_000
const CONFIRM_VALID_MS = 24 * HOUR_MS
/** Who mistypes needs a second message; nobody can have more of them sent to somebody else. */
const HOURLY_TO_ADDRESS = 3
/** A message may cost money. All owners of a bay that subscribe after one meeting are fewer. */
const HOURLY_TO_ALL = 200

/**
 * What is to be sent, undefined for nothing. Whoever asks gets the same answer in every case; that one case takes a
 * statement more than another cannot be measured in the few tries that one has.
 */
export function ask(
  { db, origin }: { db: Database; origin: string },
  { siteId, to, what }: Asked,
  now: number,
): Promise<Letter | undefined> {
  const at = new Date(now)
  return db.transaction('write', async (session) => {
    await forgetStale(session, at)
    const { toAddress, toAll } = await sentSince(session, to, new Date(now - HOUR_MS))
    if (toAddress >= HOURLY_TO_ADDRESS || toAll >= HOURLY_TO_ALL) return undefined
    const subscription =
      what === 'start'
        ? await askedSubscription(session, siteId, { to, at })
        : await knownSubscription(session, siteId, to)
    if (subscription === undefined) return undefined
    const active = isActive(subscription)
    if (what === 'stop' && !active) return undefined
    const word = what === 'stop' ? 'stop' : active ? 'already' : 'confirm'
    return letter(session, { subscription, word, origin, at })
  })
}

type Word = 'confirm' | 'already' | 'stop'

async function letter(
  session: Session,
  about: { subscription: SubscriptionRow; word: Word; origin: string; at: Date },
): Promise<Letter> {
  const { subscription, word, origin, at } = about
  const { id: subscriptionId, channel, address, language, siteTitle } = subscription
  const subject: LinkSubject =
    word === 'confirm'
      ? { purpose: 'confirm', subscriptionId }
      : { purpose: 'unsubscribe', subscriptionId, alarmId: null }
  const validMs = word === 'confirm' ? CONFIRM_VALID_MS : UNSUBSCRIBE_VALID_MS
  const key = await makeLink(session, subject, { at, validMs })
  const link = linkTo(origin, subject.purpose, { key, language })
  return {
    to: { channel, address, language },
    text: `${WORDS[language][word](siteTitle)}\n${link}`,
  }
}

const WORDS: Record<Language, Record<Word, (site: string) => string>> = {
  id: {
    confirm: (site) =>
      `Toba Sense: ada yang meminta kabar bahaya dari ${site} dikirim ke alamat ini. Bila itu bukan Anda, abaikan pesan ini. Bila itu Anda, buka dalam 24 jam:`,
    already: (site) =>
      `Toba Sense: alamat ini sudah menerima kabar bahaya dari ${site}. Tidak ada yang perlu dilakukan. Untuk berhenti:`,
    stop: (site) =>
      `Toba Sense: ada yang meminta agar kabar dari ${site} tidak dikirim lagi ke alamat ini. Bila itu bukan Anda, abaikan pesan ini. Untuk berhenti:`,
  },
  en: {
    confirm: (site) =>
      `Toba Sense: somebody asked that warnings from ${site} be sent to this address. If it was not you, ignore this message. If it was you, open within 24 hours:`,
    already: (site) =>
      `Toba Sense: this address already gets warnings from ${site}. There is nothing to do. To stop them:`,
    stop: (site) =>
      `Toba Sense: somebody asked that warnings from ${site} no longer be sent to this address. If it was not you, ignore this message. To stop them:`,
  },
}
