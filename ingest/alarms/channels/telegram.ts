import { z } from 'zod'
import type { Recipient } from '../../../shared/schema/channel.js'
import { type Channel, DeliveryError, type Message, plainText, withoutSecrets } from './channel.js'
import { exchange } from './http.js'

/** Of the Bot API, in UTF-16 units. */
const TEXT_LIMIT = 4096

export interface TelegramSettings {
  token: string
  /** Of the Bot API; another than Telegram's own where a server of one's own stands in between. */
  url: string
}

const sentSchema = z.object({ ok: z.literal(true) })

export function telegramChannel({ token, url }: TelegramSettings): Channel {
  const method = new URL(`/bot${token}/sendMessage`, url)
  return {
    kind: 'telegram',
    send: async (to: Recipient, message: Message, signal: AbortSignal) => {
      if (!/^(-?\d{1,20}|@\w{4,64})$/.test(to.address)) {
        throw new DeliveryError('this is not a Telegram chat', { temporary: false })
      }
      const answer = await exchange(
        {
          url: method,
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          // Without a parse mode, so that no character of a text means anything.
          body: JSON.stringify({
            chat_id: to.address,
            text: plainText(message, TEXT_LIMIT),
            disable_notification: message.urgency !== 'high',
            link_preview_options: { is_disabled: true },
          }),
          secrets: [token],
        },
        signal,
      )
      if (!isSent(answer)) {
        const said = withoutSecrets(answer, [token])
        throw new DeliveryError(`${method.host} answered something else: ${said}`, {
          temporary: true,
        })
      }
    },
  }
}

/** A proxy or the login page of a network answers 200 too. */
function isSent(answer: string): boolean {
  try {
    return sentSchema.safeParse(JSON.parse(answer)).success
  } catch {
    return false // not JSON
  }
}
