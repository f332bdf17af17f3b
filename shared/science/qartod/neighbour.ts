import { isPresent, type Verdict } from './verdict.js'

/**
 * Neighbour (QARTOD test 11, "neighbor or forecast"; the IOOS manuals leave its form to the operator): a sensor that
 * wanders, by drift or by what grows on it, does so without a jump that another test would see. Its neighbours
 * in the same lake do not wander with it.
 *
 * Sites differ for good, so each pair is held against its own difference in the days after a calibration or a
 * visit. Upwelling, bloom and muddy water part a site from the others too, and further, but not for longer than a
 * week (the slow upwelling of July 2025: seven days); so a day is suspect when it and nearly all of the eight days
 * before it lie beyond the limit on the same side.
 *
 * What befalls most sensors at once looks like weather: where six of ten foul alike, the other four depart.
 */

/** Means of local days of one quantity at one site, in steps; null where a day has none. */
export type DayMeans = readonly (number | null)[]

/** More than an event lasts: in a week one looked as if it were normal (3 of 3,000 healthy series of 42 days). */
const BASELINE_DAYS = 10
/** One day of rain among them does no harm; an event puts the baseline off until it is over. */
const QUIET_DAYS = 9
const WINDOW_DAYS = 9
const DEPARTED_DAYS = 8
/** A day can be suspect with so many days from the first one of its lists to itself. */
export const LEAST_DAYS = BASELINE_DAYS + DEPARTED_DAYS
/** Two others: with one nobody can say which of both wanders. */
const LEAST_OTHERS = 2

/**
 * Of the last day of `own`: 3 when it belongs to a departure of more than `departure` steps, else 1; 2 where too few
 * days or neighbours are known. All lists begin with the first day after the site's last visit or calibration, or with
 * its first day, and have the same days. Days of the others that are themselves suspect should be null; those of `own` not, or
 * it would be back as soon as it is found.
 */
export function neighbourVerdict(
  own: DayMeans,
  others: readonly DayMeans[],
  departure: number,
): Verdict {
  const gaps = others.map((other) => own.map((mean, day) => difference(mean, other[day])))
  const start = quietStart(gaps, own.length, departure)
  if (start === undefined) return 2
  const normal = gaps.map((gap) => normalOf(gap, start))
  const since = start + BASELINE_DAYS
  const days = daysFrom(Math.max(since, own.length - WINDOW_DAYS), own.length)
  const departures = days.map((day) => departureOf(gaps, normal, day)).filter(isPresent)
  const today = departureOf(gaps, normal, own.length - 1)
  if (today === null || departures.length < DEPARTED_DAYS) return 2
  const side = Math.sign(today)
  const isBeyond = (by: number) => by * side > departure
  const beyond = departures.filter(isBeyond).length
  return isBeyond(today) && beyond >= DEPARTED_DAYS ? 3 : 1
}

/** The first day of the first days in which the site goes with its neighbours. */
function quietStart(
  gaps: readonly DayMeans[],
  length: number,
  departure: number,
): number | undefined {
  return daysFrom(0, length - BASELINE_DAYS).find((start) => {
    const normal = gaps.map((gap) => normalOf(gap, start))
    const quiet = daysFrom(start, start + BASELINE_DAYS).filter((day) => {
      const by = departureOf(gaps, normal, day)
      return by !== null && Math.abs(by) <= departure
    })
    return quiet.length >= QUIET_DAYS
  })
}

/** Null where the pair has too few days. */
function normalOf(gap: DayMeans, start: number): number | null {
  const known = gap.slice(start, start + BASELINE_DAYS).filter(isPresent)
  return known.length >= QUIET_DAYS ? median(known) : null
}

/** How far the site is from its neighbours; null where too few of them are known. */
function departureOf(
  gaps: readonly DayMeans[],
  normal: readonly (number | null)[],
  day: number,
): number | null {
  const departures = gaps.map((gap, other) => difference(gap[day], normal[other])).filter(isPresent)
  return departures.length >= LEAST_OTHERS ? median(departures) : null
}

function difference(a: number | null | undefined, b: number | null | undefined): number | null {
  return isPresent(a) && isPresent(b) ? a - b : null
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2
}

function daysFrom(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)
}
