import type { Clock } from '../clock.js'

interface Attempts {
  count: number
  /** unix ms before which no attempt is looked at */
  closedUntil: number
  lastAt: number
}

/** Attempts before the waiting begins, and the longest wait. */
export interface AttemptLimit {
  free: number
  longestMs: number
}

/** An account's wait stays short, or anybody could lock its owner out by guessing. */
export const PER_ACCOUNT: AttemptLimit = { free: 5, longestMs: 60_000 }
/** An office behind one address has several people with bad days. */
export const PER_ADDRESS: AttemptLimit = { free: 20, longestMs: 15 * 60_000 }

const FORGET_AFTER_MS = 60 * 60_000
/** Bounds the memory that strangers can take; the longest unused is forgotten first. */
const MOST_KEYS = 10_000

/** Counts attempts until one succeeds; every one beyond the free ones doubles the wait for the next. */
export class LoginLimiter {
  readonly #attempts = new Map<string, Attempts>()
  readonly #clock: Pick<Clock, 'now'>

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  /**
   * Counts an attempt under `key` before it is looked at, so that many at once are not all free. Returns how
   * long to wait in ms; above 0 the attempt is not to be looked at, and has not been counted.
   */
  attempt(key: string, { free, longestMs }: AttemptLimit): number {
    const now = this.#clock.now()
    const before = this.#attempts.get(key)
    const known = before !== undefined && now - before.lastAt < FORGET_AFTER_MS ? before : undefined
    if (known !== undefined && known.closedUntil > now) return known.closedUntil - now
    const count = (known?.count ?? 0) + 1
    const waitMs = count < free ? 0 : Math.min(longestMs, 1000 * 2 ** (count - free))
    this.#attempts.delete(key)
    this.#attempts.set(key, { count, closedUntil: now + waitMs, lastAt: now })
    if (this.#attempts.size > MOST_KEYS) this.#forgetOldest()
    return 0
  }

  succeeded(key: string): void {
    this.#attempts.delete(key)
  }

  #forgetOldest(): void {
    const [oldest] = this.#attempts.keys()
    if (oldest !== undefined) this.#attempts.delete(oldest)
  }
}
