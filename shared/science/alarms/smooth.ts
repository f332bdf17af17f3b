import { counts, type Measurement } from './episode.js'
import type { Sign } from './level.js'

/** Each counted measurement with the median of itself and the two before it: one odd value moves nothing. */
export function smoothed(points: readonly Measurement[]): Sign[] {
  const counted = points.filter(counts)
  return counted.map(({ time, flag }, index) => {
    const [one, other, third] = [2, 1, 0].map((back) => counted[Math.max(0, index - back)]?.value)
    return { time, value: median(one ?? 0, other ?? 0, third ?? 0), isDoubtful: flag === 3 }
  })
}

/** For ascending signs: how far each one lies below (or above) the furthest of the time before it. */
export function departures(
  signs: readonly Sign[],
  withinS: number,
  direction: 'falling' | 'rising',
): Sign[] {
  const sign = direction === 'falling' ? 1 : -1
  /** Candidates for the furthest: each is beyond all that came after it. */
  const furthest: Sign[] = []
  let first = 0
  return signs.map((now) => {
    while (furthest.length > first && sign * ((furthest.at(-1)?.value ?? 0) - now.value) <= 0) {
      furthest.pop()
    }
    furthest.push(now)
    while ((furthest[first]?.time ?? now.time) < now.time - withinS) first++
    const from = furthest[first]?.value ?? now.value
    return { time: now.time, value: sign * (from - now.value), isDoubtful: now.isDoubtful }
  })
}

function median(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}
