import type { Recipient } from '../../shared/schema/channel.js'
import type { OwnerChannel } from '../../shared/schema/people.js'

/** One message to one address, outside of any alarm: what a cage owner's subscription needs of the channels. */
export interface Messenger {
  /** Those that are set up. */
  ways(): readonly OwnerChannel[]
  send(to: Recipient, text: string): Promise<void>
}
