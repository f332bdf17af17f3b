import type { Delivery } from '../store/deliveries.js'
import { type Message, shortened } from './channels/channel.js'

/** Mail programs and telephones show no more of it. */
const TITLE_LIMIT = 120
const LINK = /^https?:\/\/\S+$/

/** The first line of a text is its title; a last line that is an address and nothing else is its link. */
export function messageFrom(
  written: string,
  rest: Pick<Message, 'id' | 'language' | 'urgency'>,
): Message {
  const [title = '', ...lines] = written.trim().split('\n')
  const last = lines.at(-1)?.trim() ?? ''
  const link = LINK.test(last) ? last : undefined
  const text = link === undefined ? lines : lines.slice(0, -1)
  return { ...rest, title: shortened(title, TITLE_LIMIT), text: text.join('\n').trim(), link }
}

/** What is sent of a notification to one address. */
export function messageOf({ language, text, link, notification }: Delivery): Message {
  const { id, transition, tier, textId, textEn } = notification
  const isUrgent = transition === 'undelivered' || (transition === 'raised' && isDanger(tier))
  const written = text ?? (language === 'id' ? textId : textEn)
  const urgency = isUrgent ? 'high' : 'normal'
  const message = messageFrom(written, { id: `toba-${id}`, language, urgency })
  return { ...message, link: link ?? message.link }
}

function isDanger(tier: Delivery['notification']['tier']): boolean {
  return tier === 'siaga' || tier === 'awas'
}
