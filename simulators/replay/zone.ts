/**
 * Wall-clock times of an IANA zone as UTC. JavaScript knows only the way back (UTC to wall clock), so each
 * candidate offset is tried and kept when it leads back to the same wall clock.
 */

/** UTC in ms. Two candidates where a clock was set back, none where it was set forward, one otherwise. */
export type WallClockToUtc = (wallClockMs: number) => number[]

const DAY_MS = 86_400_000

/** @throws RangeError when the runtime knows no zone of this name. */
export function wallClockOf(zone: string): WallClockToUtc {
  const offsetAt = offsets(zone)
  return (wallClockMs) => {
    const offsetsAround = [offsetAt(wallClockMs - DAY_MS), offsetAt(wallClockMs + DAY_MS)]
    const candidates = [...new Set(offsetsAround)]
      .map((offsetMs) => wallClockMs - offsetMs)
      .filter((utcMs) => utcMs + offsetAt(utcMs) === wallClockMs)
    return candidates.sort((a, b) => a - b)
  }
}

/** Offset east of Greenwich in ms. Days without a change of the clock are remembered: Intl is slow. */
function offsets(zone: string): (utcMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US-u-hc-h23', {
    timeZone: zone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    era: 'short',
  })
  const ask = (utcMs: number): number => {
    const wholeMs = Math.floor(utcMs / 1000) * 1000
    const part: Record<string, string> = {}
    for (const { type, value } of format.formatToParts(wholeMs)) part[type] = value
    const year = part.era === 'BC' ? 1 - Number(part.year) : Number(part.year)
    const wallClock = new Date(0)
    wallClock.setUTCFullYear(year, Number(part.month) - 1, Number(part.day))
    wallClock.setUTCHours(Number(part.hour), Number(part.minute), Number(part.second))
    return wallClock.getTime() - wholeMs
  }
  const days = new Map<number, number | 'changes'>()
  return (utcMs) => {
    const day = Math.floor(utcMs / DAY_MS)
    let known = days.get(day)
    if (known === undefined) {
      const atStart = ask(day * DAY_MS)
      known = atStart === ask((day + 1) * DAY_MS) ? atStart : 'changes'
      days.set(day, known)
    }
    return known === 'changes' ? ask(utcMs) : known
  }
}
