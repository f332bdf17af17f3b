import type { ChannelKind } from '../../shared/schema/channel.js'
import type { Delivery } from '../store/deliveries.js'
import type { Word } from '../store/notifications.js'

/** What the others are told when a message does not arrive. */

const NAMES: Record<ChannelKind, [id: string, en: string]> = {
  email: ['surel', 'mail'],
  webhook: ['webhook', 'webhook'],
  telegram: ['Telegram', 'Telegram'],
  gateway: ['SMS/WhatsApp', 'SMS/WhatsApp'],
  push: ['notifikasi peramban', 'browser notification'],
}

/** After so long of trying, the others are told, while it goes on. */
const TELL_AFTER_MS = 10 * 60_000

/**
 * What is to be said of a failure; undefined: nothing (yet). Once for a notification, a channel and an audience, and
 * for being late and being given up each; never of itself, or a dead network would speak without end.
 */
export function undelivered(
  delivery: Delivery,
  { at, next, failure }: { at: Date; next: Date | null; failure: string },
): Word | undefined {
  const { channel, audience, notification, dueSince } = delivery
  const isLate = audience === 'duty' && at.getTime() - dueSince.getTime() >= TELL_AFTER_MS
  if (notification.transition === 'undelivered' || !(next === null || isLate)) return undefined
  const stage = next === null ? 'given-up' : 'late'
  return {
    transition: 'undelivered',
    key: `undelivered ${notification.id} ${channel} ${audience} ${stage}`,
    createdAt: at,
    failedChannel: channel,
    ...texts(delivery, failure, stage),
  }
}

function texts(
  { channel, address, audience, notification }: Delivery,
  failure: string,
  stage: 'late' | 'given-up',
): { textId: string; textEn: string } {
  const [nameId, nameEn] = NAMES[channel]
  const to = masked(channel, address)
  const [whomId, whomEn] =
    audience === 'duty' ? ['petugas', 'officer'] : ['pelanggan', 'subscriber']
  const [goesOnId, goesOnEn] =
    stage === 'late'
      ? ['Masih dicoba', 'It is still being tried']
      : ['Tidak dicoba lagi', 'It is not tried again']
  return {
    textId: [
      `Pesan lewat ${nameId} belum sampai`,
      `${goesOnId}; ${whomId} ${to}: ${failure}`,
      `Isi pesan: ${notification.textId.split('\n')[0]}`,
      'Sampaikan dengan cara lain, misalnya telepon.',
    ].join('\n'),
    textEn: [
      `A message by ${nameEn} has not arrived`,
      `${goesOnEn}; ${whomEn} ${to}: ${failure}`,
      `It says: ${notification.textEn.split('\n')[0]}`,
      'Pass it on another way, by telephone for instance.',
    ].join('\n'),
  }
}

/** Enough to know whose it is, for whoever knows them; some addresses are keys. */
export function masked(channel: ChannelKind, address: string): string {
  if (channel === 'email') return address.replace(/^(.).*@/, '$1…@')
  if (channel === 'webhook') return URL.canParse(address) ? new URL(address).host : '…'
  if (channel === 'push') return 'push'
  return `…${address.slice(-3)}`
}
