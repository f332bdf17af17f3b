/** Local time of Lake Toba: WIB, UTC+7, without summer time. */

export const HOUR_S = 3600
export const DAY_S = 24 * HOUR_S
const WIB_S = 7 * HOUR_S
const YEAR_S = 365.2425 * DAY_S

/** Sunday is 0. */
export type Weekday = 0 | 1 | 2 | 3 | 4 | 5 | 6

/** Hour of the day with its fraction, 0 to 24. */
export function hourOf(timeS: number): number {
  return ((timeS + WIB_S) % DAY_S) / HOUR_S
}

/** Local days since 1970. */
export function dayOf(timeS: number): number {
  return Math.floor((timeS + WIB_S) / DAY_S)
}

/** Unix seconds at which a local day begins. */
export function startOfDay(day: number): number {
  return day * DAY_S - WIB_S
}

/** 1 January 1970 was a Thursday. */
export function weekdayOf(day: number): number {
  return (day + 4) % 7
}

/** Months since the year began, 0 to 12: 3.5 is the middle of April. */
export function monthOf(timeS: number): number {
  return (12 * ((timeS + WIB_S) % YEAR_S)) / YEAR_S
}

/** From −1, half a year away, to 1 in the middle of the month (January is 1). */
export function yearCurve(timeS: number, peakMonth: number): number {
  return Math.cos((2 * Math.PI * (monthOf(timeS) - peakMonth + 0.5)) / 12)
}

/** From −1 at one hour of the day to 1 at another, half a cosine each way; the mean of a day is 0. */
export function dayCurve(hour: number, lowestH: number, highestH: number): number {
  const rise = (highestH - lowestH + 24) % 24
  const since = (hour - lowestH + 24) % 24
  if (since < rise) return -Math.cos((Math.PI * since) / rise)
  return Math.cos((Math.PI * (since - rise)) / (24 - rise))
}

/** 1 at the hour, falling to 0 within `halfWidthH`; smooth. */
export function dayBell(hour: number, peakH: number, halfWidthH: number): number {
  const away = Math.abs(((hour - peakH + 36) % 24) - 12)
  return away >= halfWidthH ? 0 : (1 + Math.cos((Math.PI * away) / halfWidthH)) / 2
}
