import { randomUUID } from 'node:crypto'
import type { Addressee, ChannelKind } from '../../shared/schema/channel.js'
import type { Clock } from '../clock.js'
import type { Database } from '../store/database.js'
import {
  claimDelivery,
  type Delivery,
  markDelivered,
  markFailed,
  releaseDeliveries,
} from '../store/deliveries.js'
import { address, type Notification, notice, unaddressed } from '../store/notifications.js'
import { DeliveryError } from './channels/channel.js'
import { messageOf } from './message.js'
import { GIVE_UP_AFTER_MS, nextAttempt } from './retry.js'
import { type Channels, send } from './send.js'
import { undelivered } from './undelivered.js'

/** Another service may have written a notification, or a repeat become due. */
const LOOK_EVERY_MS = 2000
/** Slow ends hold up this many others at once. */
const AT_ONCE = 8
const SEND_LIMIT_MS = 20_000
/** What is in hand when the service stops may still end well; a stop takes 10 s at the most. */
const STOP_LIMIT_MS = 3000
const ADDRESSED_AT_ONCE = 100

export type RecipientsOf = (notification: Notification) => Promise<readonly Addressee[]>
export type Outcome = 'delivered' | 'retry' | 'given-up' | 'nobody' | 'too-old'

export interface DeliveryOptions {
  db: Database
  clock: Pick<Clock, 'now'>
  log: { info(fields: object): void; warn(fields: object): void }
  channels: Channels
  /** Who is to be told; asked once for each notification. */
  recipientsOf: RecipientsOf
  /** Adds deliveries for whoever is next where nobody has acknowledged in time; asked at each look. */
  escalate(): Promise<unknown>
  random: () => number
  onOutcome(outcome: Outcome, channel: ChannelKind | 'none'): void
  sendLimitMs?: number
}

/** Takes what the outbox holds to people. No session of the store is held while something is being sent. */
export class DeliveryRunner {
  readonly #options: DeliveryOptions
  readonly #worker: string
  readonly #stopping = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  readonly #slots = new Set<Promise<void>>()
  #isBegun = false
  #isAskedAgain = false
  #isStopped = false

  constructor(options: DeliveryOptions) {
    this.#options = options
    // The embedded engine has one owner: what it had in hand when it was killed is its own to release.
    this.#worker = options.db.engine === 'embedded' ? 'embedded' : randomUUID()
  }

  start(): void {
    this.#timer = setInterval(() => this.wake(), LOOK_EVERY_MS)
    this.#timer.unref()
    this.wake()
  }

  /** There may be something to tell. */
  wake(): void {
    void this.#look()
  }

  /** Resolves when nothing is due any more. Never rejects. */
  async run(): Promise<void> {
    await this.#look()
    while (this.#slots.size > 0 || this.#looking !== undefined) {
      await Promise.all([this.#looking, ...this.#slots])
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearInterval(this.#timer)
    const late = setTimeout(() => this.#stopping.abort(), STOP_LIMIT_MS)
    await Promise.all([this.#looking, ...this.#slots])
    clearTimeout(late)
    await this.#release()
  }

  /** Works out recipients whatever is being sent meanwhile, so that no slow end holds up a new alarm. */
  #look(): Promise<void> {
    this.#isAskedAgain = this.#looking !== undefined
    this.#looking ??= this.#lookAll().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #lookAll(): Promise<void> {
    if (!this.#isBegun) await this.#release()
    this.#isBegun = true
    do {
      this.#isAskedAgain = false
      await this.#attempt('delivery_addressing_failed', () => this.#addressAll())
      await this.#attempt('escalation_failed', () => this.#options.escalate())
      this.#openSlot()
    } while (this.#isAskedAgain && !this.#isStopped)
  }

  #release(): Promise<void> {
    const { db } = this.#options
    return this.#attempt('delivery_release_failed', () => releaseDeliveries(db, this.#worker))
  }

  /** What fails here is the store's trouble: the next look goes on. */
  async #attempt(event: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#options.log.warn({ event, reason: String(error) })
    }
  }

  async #addressAll(): Promise<void> {
    const { db } = this.#options
    for (const notification of await unaddressed(db, ADDRESSED_AT_ONCE)) {
      if (this.#isStopped) return
      await this.#attempt('delivery_addressing_failed', () => this.#address(notification))
    }
  }

  async #address(notification: Notification): Promise<void> {
    const { db, clock, log, recipientsOf, onOutcome } = this.#options
    const { id, failedChannel, createdAt } = notification
    const at = new Date(clock.now())
    // The service was away for long: nobody is woken by what is over, or is on the page.
    const isOld = at.getTime() - createdAt.getTime() > GIVE_UP_AFTER_MS
    const all = isOld ? [] : await recipientsOf(notification)
    const recipients = all.filter(({ channel }) => channel !== failedChannel)
    if ((await address(db, id, { recipients, at })) !== 0) return
    onOutcome(isOld ? 'too-old' : 'nobody', 'none')
    log.warn({
      event: isOld ? 'notification_too_old' : 'notification_for_nobody',
      notification: id,
    })
  }

  #openSlot(): void {
    if (this.#slots.size >= AT_ONCE || this.#isStopped) return
    const slot = this.#attempt('delivery_interrupted', () => this.#sendAll()).finally(() =>
      this.#slots.delete(slot),
    )
    this.#slots.add(slot)
  }

  async #sendAll(): Promise<void> {
    const { db, clock } = this.#options
    while (!this.#isStopped) {
      const delivery = await claimDelivery(db, this.#worker, new Date(clock.now()))
      if (delivery === undefined) return
      // Where there is one there may be more.
      this.#openSlot()
      await this.#send(delivery)
    }
  }

  async #send(delivery: Delivery): Promise<void> {
    const { db, clock, channels, onOutcome, sendLimitMs = SEND_LIMIT_MS } = this.#options
    const signal = AbortSignal.any([AbortSignal.timeout(sendLimitMs), this.#stopping.signal])
    try {
      await send(channels, { to: delivery, message: messageOf(delivery) }, signal)
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error
      return this.#failed(delivery, error)
    }
    await markDelivered(db, delivery, new Date(clock.now()))
    onOutcome('delivered', delivery.channel)
  }

  async #failed(delivery: Delivery, failure: DeliveryError): Promise<void> {
    const { db, clock, log, random, onOutcome } = this.#options
    const now = clock.now()
    const next = nextAttempt({ ...delivery, failure }, now, random)
    let isNoticed = false
    await db.transaction('write', async (session) => {
      const at = new Date(now)
      await markFailed(session, delivery.id, { at, next, failure: failure.message })
      const word = undelivered(delivery, { at, next, failure: failure.message })
      if (word !== undefined && (await notice(session, word))) isNoticed = true
    })
    if (isNoticed) this.wake()
    onOutcome(next === null ? 'given-up' : 'retry', delivery.channel)
    log.warn({
      event: next === null ? 'delivery_given_up' : 'delivery_failed',
      delivery: delivery.id,
      channel: delivery.channel,
      attempts: delivery.attempts,
      reason: failure.message,
    })
  }
}
