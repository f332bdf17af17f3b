import { OFFSET, START, state } from './journal.js'

/*
 * The node's time: whole seconds of uptime of this boot, and what to add to them to get unix seconds once
 * somebody has told: both are in the journal's state. The board's own clock is only read, never set: a jump of it would confuse every timer.
 */

/** No answer before this can be right: 2024. */
const EARLIEST = 1704067200
const LATEST = 4294967295
/** Answers are cut to whole seconds and travel: less than this is no news. */
const TOLERANCE_S = 3

export function boardSeconds(): number {
  return Math.floor(getTime())
}

/** Seconds since this boot began, deep sleep included. */
export function uptime(): number {
  return boardSeconds() - (state[START] as number)
}

/** Takes unix seconds from a server. True when that changes the clock. */
export function learnTime(seconds: number): boolean {
  if (!(seconds > EARLIEST && seconds < LATEST)) return false
  const told = Math.floor(seconds) - uptime()
  const offset = state[OFFSET] as number
  if (offset && Math.abs(told - offset) < TOLERANCE_S) return false
  state[OFFSET] = told
  return true
}
