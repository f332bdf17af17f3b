import { TcpNetwork } from '../board/networks/tcp.js'
import { type FleetClock, rest } from './clock.js'
import { LakeNode } from './lake-node.js'
import type { LightStation } from './light-station.js'
import type { Moment, Row } from './table.js'

export interface NodesView {
  signal: AbortSignal
  /** Called every second or so. */
  show(rows: readonly Row[], moment: Moment): void
}

/** At speed 60 a second of the fleet's; at speed 1 nobody sees the difference. */
const TICK_MS = 20
const SLOW_TICK_MS = 100
const SHOW_EVERY_MS = 1_000
/** In real time nobody is so far behind but a computer that slept. */
const SLEPT_MS = 60_000

/** All nodes, on one clock. They come and go while it runs. */
export class FleetNodes {
  readonly startMs: number
  /** Of all boards: it holds their clock. */
  readonly network: TcpNetwork
  readonly #isRealTime: boolean
  readonly #lake: LakeNode[] = []
  readonly #light = new Set<LightStation>()
  #nowMs: number

  constructor({ speed, startMs }: { speed: number; startMs: number }) {
    this.startMs = startMs
    this.#nowMs = startMs
    // Bytes in flight must not hold the boards' clock back: the service's runs on.
    this.network = new TcpNetwork({ speed, patienceMs: 0 })
    this.#isRealTime = speed === 1
  }

  /** Up to which they were run. */
  get nowMs(): number {
    return this.#nowMs
  }

  get rows(): Row[] {
    return [...this.#lake, ...this.#light]
  }

  /** Errors that nobody in a station's firmware caught. */
  get problems(): string[] {
    return this.#lake
      .filter(({ uncaught }) => uncaught > 0)
      .map(({ name, uncaught, console }) => {
        const last = console.findLast((line) => line.startsWith('Uncaught')) ?? ''
        return `${name}: ${uncaught} errors in the firmware, the last: ${last}`
      })
  }

  add(node: LakeNode | LightStation): void {
    if (node instanceof LakeNode) this.#lake.push(node)
    else this.#light.add(node)
  }

  /** It takes no more samples. */
  remove(station: LightStation): void {
    this.#light.delete(station)
  }

  /** Until the clock shows `endMs`, or the signal. */
  async run(clock: FleetClock, endMs: number, { signal, show }: NodesView): Promise<void> {
    let shownMs = Number.NEGATIVE_INFINITY
    for (;;) {
      const nowMs = Math.min(clock.now(), endMs)
      await this.#advance(nowMs)
      const behindMs = Math.min(clock.now(), endMs) - this.startMs - this.network.clock.nowMs
      const isOver = signal.aborted || nowMs >= endMs
      if (isOver || performance.now() - shownMs >= SHOW_EVERY_MS) {
        shownMs = performance.now()
        show(this.rows, {
          nowMs,
          startMs: this.startMs,
          behindMs: this.#lake.length > 0 ? behindMs : 0,
          speed: clock.speed,
        })
      }
      if (isOver) return
      await rest(this.#isRealTime ? SLOW_TICK_MS : TICK_MS, signal)
    }
  }

  async stop(): Promise<void> {
    for (const node of this.#lake) node.stop()
    await Promise.all([...this.#light].map((station) => station.stop()))
  }

  async #advance(nowMs: number): Promise<void> {
    for (const station of this.#light) station.tick(nowMs)
    for (const node of this.#lake) await node.tick()
    this.#nowMs = nowMs
    const aheadMs = nowMs - this.startMs - this.network.clock.nowMs
    // To the boards that is a power cut: what they would measure in a hurry now has no right time.
    if (this.#isRealTime && aheadMs > SLEPT_MS) for (const node of this.#lake) node.powerOff()
    if (aheadMs > 0) await this.#lake[0]?.advance(aheadMs)
  }
}
