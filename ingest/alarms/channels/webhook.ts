import { createHmac } from 'node:crypto'
import type { Recipient } from '../../../shared/schema/channel.js'
import type { Clock } from '../../clock.js'
import { type Channel, DeliveryError, type Message } from './channel.js'
import { exchange } from './http.js'

/** `t=<unix seconds>,v1=<hex HMAC-SHA-256 of "<t>.<body>">`; see the README beside for how to check it. */
export const SIGNATURE_HEADER = 'toba-signature'

export interface WebhookSettings {
  secret: string
}

export function webhookChannel({ secret }: WebhookSettings, clock: Pick<Clock, 'now'>): Channel {
  return {
    kind: 'webhook',
    send: async (to: Recipient, message: Message, signal: AbortSignal) => {
      const url = addressOf(to)
      const body = JSON.stringify({
        id: message.id,
        title: message.title,
        text: message.text,
        link: message.link ?? null,
        language: message.language,
        urgency: message.urgency,
      })
      const headers = {
        'content-type': 'application/json',
        [SIGNATURE_HEADER]: signature(secret, Math.floor(clock.now() / 1000), body),
      }
      await exchange({ url, method: 'POST', headers, body, secrets: [secret] }, signal)
    },
  }
}

export function signature(secret: string, timeS: number, body: string): string {
  return `t=${timeS},v1=${createHmac('sha256', secret).update(`${timeS}.${body}`).digest('hex')}`
}

function addressOf({ address }: Recipient): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '') {
    throw new DeliveryError('this is not an http or https address', { temporary: false })
  }
  return url
}
