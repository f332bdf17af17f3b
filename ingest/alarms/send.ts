import { randomUUID } from 'node:crypto'
import type { ChannelKind, Recipient } from '../../shared/schema/channel.js'
import { type Channel, DeliveryError, type Message } from './channels/channel.js'
import { messageFrom } from './message.js'

export type Channels = ReadonlyMap<ChannelKind, Channel>

/** One attempt, over when `signal` says so whatever the channel does. @throws DeliveryError, and nothing else */
export async function send(
  channels: Channels,
  { to, message }: { to: Recipient; message: Message },
  signal: AbortSignal,
): Promise<void> {
  const channel = channels.get(to.channel)
  if (channel === undefined) {
    throw new DeliveryError('this channel is not set up', { temporary: false })
  }
  let stop = () => {}
  const late = new Promise<never>((_, reject) => {
    stop = () => reject(new DeliveryError('no answer in time', { temporary: true }))
  })
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    await Promise.race([channel.send(to, message, signal), late])
  } catch (error) {
    if (error instanceof DeliveryError) throw error
    // A mistake of ours, whose text may quote anything.
    const name = error instanceof Error ? error.name : 'unknown'
    throw new DeliveryError(`the channel itself failed (${name})`, { temporary: true })
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** Whoever asked for it waits. */
const SAY_LIMIT_MS = 15_000

/** One message outside of any alarm, tried once. @throws DeliveryError */
export function say(channels: Channels, to: Recipient, text: string): Promise<void> {
  const { language } = to
  const message = messageFrom(text, { id: `toba-${randomUUID()}`, language, urgency: 'normal' })
  return send(channels, { to, message }, AbortSignal.timeout(SAY_LIMIT_MS))
}
