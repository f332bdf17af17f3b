import type { DeliveryError } from './channels/channel.js'

/** When a delivery that failed is tried again, and when no more. */

const FIRST_WAIT_MS = 15_000
const LONGEST_WAIT_MS = 10 * 60_000
/** A server may ask for more patience than we have, but not for all of it. */
const LONGEST_ASKED_MS = 3_600_000
/** After six hours of failing nobody who gets it could act on it: the page tells of what goes on. */
export const GIVE_UP_AFTER_MS = 6 * 3_600_000

export interface Failed {
  attempts: number
  dueSince: Date
  failure: Pick<DeliveryError, 'temporary' | 'retryAfterMs'>
}

/** Doubling from 15 s to 10 min, each up to a fifth longer so that many do not come at once; null: give up. */
export function nextAttempt(
  { attempts, dueSince, failure }: Failed,
  nowMs: number,
  random: () => number,
): Date | null {
  if (!failure.temporary) return null
  const doubled = Math.min(FIRST_WAIT_MS * 2 ** Math.min(attempts - 1, 20), LONGEST_WAIT_MS)
  const asked = Math.min(failure.retryAfterMs ?? 0, LONGEST_ASKED_MS)
  const next = nowMs + Math.max(doubled, asked) * (1 + random() / 5)
  return next > dueSince.getTime() + GIVE_UP_AFTER_MS ? null : new Date(next)
}
