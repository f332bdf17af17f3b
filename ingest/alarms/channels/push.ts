import { createHash } from 'node:crypto'
import webPush from 'web-push'
import { z } from 'zod'
import type { Recipient } from '../../../shared/schema/channel.js'
import type { VapidKeys } from '../../store/vapid.js'
import { type Channel, DeliveryError, type Message, shortened } from './channel.js'
import { exchange } from './http.js'

export interface PushSettings {
  /** Of whoever answers for the service, `mailto:` or `https:`: push services refuse to work without. */
  contact: string
  /** Origins that subscriptions may name, `*` for one label: a subscription comes from anybody's browser. */
  services: readonly string[]
}

/** An alarm that a telephone has not been on for is told by its page. */
const KEEP_S = 4 * 3600
/** RFC 8291 gives a payload 3,993 bytes; a character has four at the most, and JSON escapes double some. */
const TEXT_LIMIT = 700

const subscriptionSchema = z.object({
  endpoint: z.url({ protocol: /^https?$/ }),
  keys: z.object({ p256dh: z.string(), auth: z.string() }),
})
type Subscription = z.infer<typeof subscriptionSchema>

export const newVapidKeys = (): VapidKeys => webPush.generateVAPIDKeys()

export function pushChannel(settings: PushSettings, keys: VapidKeys): Channel {
  const services = settings.services.map(originPattern)
  return {
    kind: 'push',
    send: async (to: Recipient, message: Message, signal: AbortSignal) => {
      const subscription = subscriptionOf(to)
      const url = new URL(subscription.endpoint)
      if (!services.some((pattern) => pattern.test(url.origin))) {
        throw new DeliveryError('this push service is not among ours', { temporary: false })
      }
      const request = sealed(subscription, message, { contact: settings.contact, keys })
      await exchange({ url, ...request, secrets: [] }, signal)
    },
  }
}

/** Encrypted for that browser alone, RFC 8291; signed with our key, RFC 8292. */
function sealed(
  subscription: Subscription,
  message: Message,
  { contact, keys }: { contact: string; keys: VapidKeys },
) {
  const payload = JSON.stringify({ ...message, text: shortened(message.text, TEXT_LIMIT) })
  try {
    const { method, headers, body } = webPush.generateRequestDetails(subscription, payload, {
      vapidDetails: { subject: contact, ...keys },
      TTL: KEEP_S,
      urgency: message.urgency,
      // The push service keeps one message a topic: a repeat takes the place of the first.
      topic: createHash('sha256').update(message.id).digest('base64url').slice(0, 32),
    })
    // Fetch counts for itself.
    const { 'Content-Length': _, ...rest } = headers
    const told = Object.entries(rest).map(([name, value]) => [name, String(value)])
    return { method, headers: Object.fromEntries(told), body: new Uint8Array(body) }
  } catch {
    // Its text would quote the keys; nothing but they can be wrong.
    throw new DeliveryError('the keys of this push subscription are no keys', { temporary: false })
  }
}

function subscriptionOf({ address }: Recipient): Subscription {
  let content: unknown
  try {
    content = JSON.parse(address)
  } catch {
    content = undefined // told below
  }
  const { data } = subscriptionSchema.safeParse(content)
  if (data === undefined) {
    throw new DeliveryError('this is not a push subscription', { temporary: false })
  }
  return data
}

function originPattern(origin: string): RegExp {
  const escaped = origin.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace('*', '[a-z0-9-]+')
  return new RegExp(`^${escaped}$`)
}
