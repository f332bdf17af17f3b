import type { Clock, Due } from './clock.js'

/** Resets the board when nobody fed it for long enough. */
export class Watchdog {
  readonly #clock: Clock
  readonly #onBite: () => void
  #limitMs: number | undefined
  #isAutomatic = false
  #due: Due | undefined

  constructor(clock: Clock, onBite: () => void) {
    this.#clock = clock
    this.#onBite = onBite
  }

  /** Whole seconds. The idle loop feeds it where it is automatic, so that only a call that blocks bites. */
  enable(seconds: number, isAutomatic: boolean): void {
    this.#limitMs = Math.floor(seconds + 0.5) * 1000
    this.#isAutomatic = isAutomatic
    this.kick()
  }

  kick(): void {
    this.#due?.cancel()
    if (this.#limitMs === undefined || this.#isAutomatic) return
    this.#due = this.#clock.after(this.#limitMs, this.#onBite)
  }

  stop(): void {
    this.#due?.cancel()
    this.#limitMs = undefined
  }

  /** Nothing runs for so long: it bites when that takes too long. */
  block(ms: number): void {
    const nowMs = this.#clock.nowMs
    const biteMs = this.#biteMs(nowMs)
    this.#clock.moveTo(Math.min(nowMs + ms, biteMs))
    if (biteMs <= nowMs + ms) this.#onBite()
  }

  #biteMs(nowMs: number): number {
    if (this.#limitMs === undefined) return Number.POSITIVE_INFINITY
    return this.#isAutomatic ? nowMs + this.#limitMs : (this.#due?.atMs ?? nowMs)
  }
}
