import { decodeFrame } from '../../shared/wire/decode.js'
import { encodeFrame } from '../../shared/wire/encode.js'
import type { Sample } from '../../shared/wire/frame.js'
import { seededRandom } from '../board/random.js'
import { GOOD, type Mischief } from '../faults/kinds.js'
import { measure, type NodeLedger } from '../fleet/ledger.js'
import type { LightNode, LightNodeOptions } from '../light-node.js'
import { numberOf } from '../world/noise.js'
import { channelsAt, sampleAt } from '../world/samples.js'
import { STATION_KEYS } from '../world/sensors.js'
import type { WorldSite } from '../world/sites.js'
import type { World } from '../world/world.js'
import type { Account } from './account.js'

/** What a station needs of a `LightNode`; a test gives one that breaks its promise. */
export type Sender = Pick<LightNode, 'start' | 'stop' | 'publish' | 'isConnected' | 'waiting'>

export interface LightStationOptions {
  site: WorldSite
  name: string
  secret: string
  /** Of its line to the broker. */
  line: { host: string; port: number }
  world: World
  ledger: NodeLedger
  account: Account
  seed: number
  startS: number
  intervalS: number
  boot: number
  createSender: (options: LightNodeOptions) => Sender
}

/** Real time: a scenario is short, and a node that waits for a minute learns nothing from it. */
const PATIENCE = { ackTimeoutMs: 2_000, backOffMs: [100, 800] as const }
const IN_FLIGHT = 8
const MOST_NOISE = 60

/** A station on the shared codec that may be told to misbehave. What it sends is a function of seed, site and time. */
export class LightStation {
  readonly site: WorldSite
  readonly name: string
  readonly ledger: NodeLedger
  readonly account: Account
  readonly #options: LightStationOptions
  readonly #sender: Sender
  readonly #random: () => number
  readonly #mischief = new Set<Partial<Mischief>>()
  #clockErrorS = 0
  #seq = 0
  #lastS: number
  /** A frame that is overtaken by the next. */
  #heldBack: Uint8Array | undefined

  constructor(options: LightStationOptions) {
    const { site, name, secret, line, ledger, account, seed, startS } = options
    this.site = site
    this.name = name
    this.ledger = ledger
    this.account = account
    this.#options = options
    this.#lastS = startS
    this.#random = seededRandom(seed + numberOf(site.code))
    this.#sender = options.createSender({
      name,
      secret,
      ...line,
      ...PATIENCE,
      inFlight: IN_FLIGHT,
    })
    this.#sender.start()
  }

  get state(): string {
    return this.#sender.isConnected ? 'online' : 'offline'
  }

  get isDone(): boolean {
    return this.#sender.waiting === 0
  }

  leapClock(bySeconds: number): void {
    this.#clockErrorS += bySeconds
  }

  misbehave(mischief: Partial<Mischief>): () => void {
    this.#mischief.add(mischief)
    return () => {
      this.#mischief.delete(mischief)
      this.#flush()
    }
  }

  /** Sends what has become due. */
  tick(nowMs: number): void {
    const { intervalS } = this.#options
    while (this.#lastS + intervalS <= nowMs / 1000) {
      this.#lastS += intervalS
      this.#step(this.#lastS)
    }
  }

  async stop(): Promise<void> {
    await this.#sender.stop()
    this.ledger.finish()
  }

  #step(timeS: number): void {
    const now: Mischief = Object.assign({ ...GOOD }, ...this.#mischief)
    const { intervalS, site } = this.#options
    const when = { timeMs: timeS * 1000, periodS: intervalS }
    this.ledger.measured(measure(this.#options, STATION_KEYS[site.kind], when))
    const frame = this.#frameAt(timeS)
    // A silent station has nothing to send.
    if (frame === undefined) return
    if (now.reorders && this.#heldBack === undefined) this.#heldBack = frame
    else {
      this.#publish(frame)
      this.#flush()
    }
    if (now.duplicates) this.#publish(frame)
    if (now.garbage) this.#publish(this.#damaged(frame))
    for (let more = 0; more < now.extraFrames; more++) {
      // Between this sample and the one before, each at a second of its own.
      const extra = more < intervalS - 1 ? this.#frameAt(timeS - more - 1) : frame
      if (extra !== undefined) this.#publish(extra)
    }
  }

  #frameAt(timeS: number): Uint8Array | undefined {
    const { site, world, intervalS, boot } = this.#options
    const { values } = sampleAt(world, site, { timeS, periodS: intervalS })
    if (values.every((value) => value === null)) return undefined
    const sample: Sample = { time: Math.round(timeS + this.#clockErrorS), values }
    const seq = this.#seq++
    const channels = channelsAt(site)
    const bytes = encodeFrame({ boot, seq, undated: false, channels, samples: [sample] })
    this.ledger.sent(decodeFrame(bytes))
    this.account.made(bytes)
    return bytes
  }

  /** By turns noise, a frame cut short, and a frame of another version. */
  #damaged(frame: Uint8Array): Uint8Array {
    const upTo = (limit: number) => Math.floor(this.#random() * limit)
    const kind = upTo(3)
    const bytes =
      kind === 0
        ? Uint8Array.from({ length: 1 + upTo(MOST_NOISE) }, () => upTo(256))
        : kind === 1
          ? frame.slice(0, 1 + upTo(frame.length - 1))
          : frame.with(0, (frame[0] ?? 0) ^ (16 << upTo(4)))
    this.account.made(bytes)
    return bytes
  }

  #flush(): void {
    const held = this.#heldBack
    this.#heldBack = undefined
    if (held !== undefined) this.#publish(held)
  }

  #publish(bytes: Uint8Array): void {
    this.#sender.publish(bytes).then(
      () => {
        this.ledger.acknowledged++
        this.account.acknowledged(bytes)
      },
      // Stopping takes it back: the account says that it was not acknowledged.
      () => {},
    )
  }
}
