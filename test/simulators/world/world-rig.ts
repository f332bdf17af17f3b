import { parseEvent, parseFault } from '../../../simulators/world/happenings.js'
import { WORLD_SITES, type WorldSite } from '../../../simulators/world/sites.js'
import { createWorld, type World } from '../../../simulators/world/world.js'

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** Midnight by the lake, on a Monday in a month between the seasons. */
export const START_MS = Date.UTC(2026, 5, 7, 17)

export function site(code: string): WorldSite {
  const found = WORLD_SITES.find((each) => each.code === code)
  if (found === undefined) throw new Error(`no site ${code}`)
  return found
}

/** A world in which this happens, written as on the command line. */
export function worldWith(
  happenings: { events?: string[]; faults?: string[]; seed?: number; startMs?: number } = {},
): World {
  const { events = [], faults = [], seed = 7, startMs = START_MS } = happenings
  return createWorld({
    seed,
    startMs,
    sites: WORLD_SITES,
    events: events.map((text) => parseEvent(text, WORLD_SITES)),
    faults: faults.map((text) => parseFault(text, WORLD_SITES)),
  })
}

/** Values of a quantity at a site, every `stepH` hours of a span after the start. */
export function series(
  values: World['truth'],
  [code, quantity]: readonly [site: string, quantity: string],
  { fromH = 0, toH, stepH = 1 }: { fromH?: number; toH: number; stepH?: number },
): number[] {
  const found: number[] = []
  for (let hour = fromH; hour < toH; hour += stepH) {
    const value = values(site(code), quantity, START_MS + Math.round(hour * HOUR_MS))
    if (value !== null) found.push(value)
  }
  return found
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

export function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)]
  const products = a.map((value, index) => (value - meanA) * ((b[index] ?? 0) - meanB))
  const spread = (values: readonly number[], middle: number) =>
    Math.sqrt(mean(values.map((value) => (value - middle) ** 2)))
  return mean(products) / (spread(a, meanA) * spread(b, meanB))
}
