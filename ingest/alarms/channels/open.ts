import type { AlarmConfig } from '../../alarm-config.js'
import type { Clock } from '../../clock.js'
import type { Database } from '../../store/database.js'
import { vapidKeys } from '../../store/vapid.js'
import type { Channels } from '../send.js'
import type { Channel } from './channel.js'
import type { EmailSettings } from './email.js'
import { gatewayChannel } from './gateway.js'
import type { PushSettings } from './push.js'
import { telegramChannel } from './telegram.js'
import { webhookChannel } from './webhook.js'

export interface OpenChannels {
  channels: Channels
  /** What a browser subscribes with; undefined: Web Push is not set up. */
  pushKey: string | undefined
}

/** The channels that are set up. */
export async function openChannels(
  settings: AlarmConfig['channels'],
  { db, clock }: { db: Database; clock: Pick<Clock, 'now'> },
): Promise<OpenChannels> {
  const { email, webhook, telegram, gateway, push } = settings
  const pushed = push && (await openPush(push, { db, clock }))
  const channels: (Channel | undefined)[] = [
    email && (await openEmail(email)),
    webhook && webhookChannel(webhook, clock),
    telegram && telegramChannel(telegram),
    gateway && gatewayChannel(gateway),
    pushed?.channel,
  ]
  const open = channels.filter((channel) => channel !== undefined)
  return {
    channels: new Map(open.map((channel) => [channel.kind, channel])),
    pushKey: pushed?.publicKey,
  }
}

// Their libraries take half a second to load: a start without them does not wait for that.

async function openEmail(settings: EmailSettings): Promise<Channel> {
  const { emailChannel } = await import('./email.js')
  return emailChannel(settings)
}

async function openPush(
  settings: PushSettings,
  { db, clock }: { db: Database; clock: Pick<Clock, 'now'> },
) {
  const { newVapidKeys, pushChannel } = await import('./push.js')
  const keys = await vapidKeys(db, { make: newVapidKeys, at: new Date(clock.now()) })
  return { channel: pushChannel(settings, keys), publicKey: keys.publicKey }
}
