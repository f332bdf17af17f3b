/*
 * The node's time: whole seconds of uptime of this boot, and what to add to them to get unix seconds once
 * somebody has told. The board's own clock is only read, never set: a jump of it would confuse every timer.
 */

/** What the board's clock said when this boot began, seconds. */
let start = 0
/** Unix seconds at uptime 0; 0 while nobody has told. */
let offset = 0

/** No answer before this can be right: 2024. */
const EARLIEST = 1704067200
const LATEST = 4294967295
/** Answers are cut to whole seconds and travel: less than this is no news. */
const TOLERANCE_S = 3

export function boardSeconds(): number {
  return Math.floor(getTime())
}

export function startClock(boardStart: number, knownOffset: number): void {
  start = boardStart
  offset = knownOffset
}

export function clockOffset(): number {
  return offset
}

/** Seconds since this boot began, deep sleep included. */
export function uptime(): number {
  return boardSeconds() - start
}

/** Takes unix seconds from a server. True when that changes the clock. */
export function learnTime(seconds: number): boolean {
  if (!(seconds > EARLIEST && seconds < LATEST)) return false
  const told = Math.floor(seconds) - uptime()
  if (offset && Math.abs(told - offset) < TOLERANCE_S) return false
  offset = told
  return true
}
