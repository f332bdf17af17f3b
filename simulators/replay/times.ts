import { type WallClockToUtc, wallClockOf } from './zone.js'

/** Times as loggers write them, to whole unix seconds. Day-first and month-first dates are not guessed at. */

export type TimeResult =
  | { time: number; isAmbiguous: boolean; hadFraction: boolean }
  | { problem: 'unreadable-time' | 'skipped-time' }
  | { problem: 'no-zone' }

const WRITTEN =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)?\s*(Z|UTC|[-+]\d{2}(?::?\d{2})?)?$/i
/** Ten digits are seconds, thirteen milliseconds: both reach from 2001 to 2286. */
const UNIX = /^(\d{10})(\d{3})?(?:\.(\d+))?$/

/**
 * @param zone IANA name for times that name no zone themselves.
 * @returns a function of a cell and of the time before it, which decides an hour that the clock ran twice.
 * @throws RangeError for an unknown zone.
 */
export function timeReader(
  zone?: string,
): (text: string, previous: number | undefined) => TimeResult {
  const toUtc = zone === undefined ? undefined : wallClockOf(zone)
  return (text, previous) => {
    const unix = UNIX.exec(text)
    if (unix !== null) {
      const hadFraction = Number(unix[2] ?? 0) > 0 || Number(unix[3] ?? 0) > 0
      return { time: Number(unix[1]), isAmbiguous: false, hadFraction }
    }
    return readWritten(text, previous, toUtc)
  }
}

function readWritten(
  text: string,
  previous: number | undefined,
  toUtc: WallClockToUtc | undefined,
): TimeResult {
  const match = WRITTEN.exec(text)
  if (match === null) return { problem: 'unreadable-time' }
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0))
  const wallClockMs = Date.UTC(
    year ?? 0,
    (month ?? 0) - 1,
    day ?? 0,
    hour ?? 0,
    minute ?? 0,
    second ?? 0,
  )
  const back = new Date(wallClockMs)
  // 31 April and 25 o'clock roll over silently in Date.
  if (back.getUTCDate() !== day || back.getUTCHours() !== hour || back.getUTCMinutes() !== minute) {
    return { problem: 'unreadable-time' }
  }
  const hadFraction = Number(match[7] ?? 0) > 0
  const offsetMs = parseOffset(match[8])
  if (offsetMs !== undefined) {
    return { time: (wallClockMs - offsetMs) / 1000, isAmbiguous: false, hadFraction }
  }
  if (toUtc === undefined) return { problem: 'no-zone' }
  const candidates = toUtc(wallClockMs).map((utcMs) => utcMs / 1000)
  const later = candidates.find((time) => previous === undefined || time > previous)
  const time = later ?? candidates.at(-1)
  if (time === undefined) return { problem: 'skipped-time' }
  return { time, isAmbiguous: candidates.length > 1, hadFraction }
}

function parseOffset(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^(z|utc)$/i.test(text)) return 0
  const sign = text.startsWith('-') ? -1 : 1
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(3).replace(':', '') || 0)
  return sign * minutes * 60_000
}
