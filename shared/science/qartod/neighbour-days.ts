import { type DayMeans, LEAST_DAYS, neighbourVerdict } from './neighbour.js'

/** A node's outbox holds 30 days: what arrives late can still change the verdict on a day so long ago. */
export const JUDGED_DAYS = 35

/** One quantity at a site and at its neighbours; the lists have the same days, which follow on each other. */
export interface Neighbourhood {
  own: DayMeans
  others: readonly DayMeans[]
  /**
   * When the site's sensor was put there, visited or calibrated, in days from the beginning of the first one. What it
   * was before says nothing about it after, and the day itself is both.
   */
  resets: readonly number[]
}

/**
 * The days from `from` on that are suspect, each by the days before it up to the last reset. Where a verdict is not
 * possible, because the neighbours are silent or doubted themselves, a day that is `known` to be suspect stays so:
 * otherwise two that depart together would be doubted every other night.
 */
export function suspectDays(
  { own, others, resets }: Neighbourhood,
  departure: number,
  { from, known }: { from: number; known: ReadonlySet<number> },
): Set<number> {
  const suspect = new Set<number>()
  const inside = resets.filter((reset) => reset > 0 && reset < own.length)
  const bounds = [0, ...inside.toSorted((a, b) => a - b), own.length]
  for (const [index, begin] of bounds.slice(0, -1).entries()) {
    const start = Math.ceil(begin)
    const end = Math.floor(bounds[index + 1] ?? own.length)
    for (let day = Math.max(start + LEAST_DAYS - 1, from); day < end; day++) {
      const upTo = (means: DayMeans) => means.slice(start, day + 1)
      const verdict = neighbourVerdict(upTo(own), others.map(upTo), departure)
      if (verdict === 3 || (verdict === 2 && known.has(day))) suspect.add(day)
    }
  }
  return suspect
}
