import type { ChannelKind, Recipient } from '../../../shared/schema/channel.js'
import { AppError } from '../../errors.js'

/** What every way of telling somebody offers; delivery knows nothing else of them. */

export interface Message {
  /** The same in every attempt, so that a receiver can tell a repeat. */
  id: string
  title: string
  text: string
  link: string | undefined
  language: 'id' | 'en'
  /** High wakes a sleeping telephone. */
  urgency: 'normal' | 'high'
}

export interface Channel {
  readonly kind: ChannelKind
  /** Resolves once the other side has taken the message. @throws DeliveryError */
  send(to: Recipient, message: Message, signal: AbortSignal): Promise<void>
}

/**
 * Why a message was not taken. `temporary`: the same message may be taken later. Its text holds no secret and
 * it has no cause: errors of network libraries quote addresses with keys in them.
 */
export class DeliveryError extends AppError {
  /** How long the other side asked us to wait. */
  readonly retryAfterMs: number | undefined

  constructor(message: string, options: { temporary: boolean; retryAfterMs?: number | undefined }) {
    super('DELIVERY', message, { temporary: options.temporary })
    this.name = 'DeliveryError'
    this.retryAfterMs = options.retryAfterMs
  }
}

/** For channels that carry one piece of plain text of at most `limit` UTF-16 units; the link always stays whole. */
export function plainText({ title, text, link }: Message, limit: number): string {
  const end = link === undefined ? '' : `\n${link}`
  return shortened(text === '' ? title : `${title}\n${text}`, limit - end.length) + end
}

export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text
  return `${text.slice(0, Math.max(0, limit - 1)).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** What is told of an answer or an error: short, and without what only we should know. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret !== '')
  const clean = known.reduce((rest, secret) => rest.replaceAll(secret, '***'), text)
  return clean.replace(/\s+/g, ' ').trim().slice(0, 200)
}
