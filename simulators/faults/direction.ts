import type { Due } from '../board/clock.js'

/** What holds on a link at a moment. */
export interface Conditions {
  /** Nothing passes, not even an end; what was on its way waits. */
  isStalled: boolean
  /** New connections are broken at once. */
  isRefusing: boolean
  /** Acknowledgements of frames do not arrive. */
  dropsAcks: boolean
  delayMs: number
  bytesPerS: number
}

export const CLEAR: Conditions = {
  isStalled: false,
  isRefusing: false,
  dropsAcks: false,
  delayMs: 0,
  bytesPerS: Number.POSITIVE_INFINITY,
}

/** What the proxy needs of a clock; `Clock` of the boards is one. */
export interface Timer {
  readonly nowMs: number
  after(ms: number, act: () => void): Due
}

export interface Receiver {
  bytes(bytes: Uint8Array): void
  end(): void
}

interface Parcel {
  atMs: number
  bytes: Uint8Array | undefined
}

/** One way through the proxy: in order, as late and as slow as the conditions say. */
export class Direction {
  readonly #to: Receiver
  readonly #conditions: () => Conditions
  readonly #timer: Timer
  /** In order of arrival, which is the order of their times. */
  readonly #parcels: Parcel[] = []
  #freeMs = 0
  #due: Due | undefined

  constructor(to: Receiver, conditions: () => Conditions, timer: Timer) {
    this.#to = to
    this.#conditions = conditions
    this.#timer = timer
  }

  /** `undefined` is the end. */
  push(bytes: Uint8Array | undefined): void {
    const { delayMs, bytesPerS } = this.#conditions()
    const readyMs = Math.max(this.#timer.nowMs, this.#freeMs)
    this.#freeMs = readyMs + ((bytes?.length ?? 0) / bytesPerS) * 1000
    this.#parcels.push({ atMs: this.#freeMs + delayMs, bytes })
    this.pump()
  }

  /** Delivers what is due; called again when the conditions change. */
  pump(): void {
    this.#due?.cancel()
    this.#due = undefined
    for (;;) {
      const [first] = this.#parcels
      if (first === undefined || this.#conditions().isStalled) return
      const waitMs = first.atMs - this.#timer.nowMs
      if (waitMs > 0) {
        this.#due = this.#timer.after(waitMs, () => this.pump())
        return
      }
      this.#parcels.shift()
      if (first.bytes === undefined) this.#to.end()
      else this.#to.bytes(first.bytes)
    }
  }

  drop(): void {
    this.#due?.cancel()
    this.#parcels.length = 0
  }
}
