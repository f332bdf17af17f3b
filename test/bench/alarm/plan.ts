import { DAY_S, startOfDay } from '../../../simulators/world/calendar.js'
import type { WorldEvent } from '../../../simulators/world/events/event.js'
import { EVENT_KINDS } from '../../../simulators/world/events/kinds.js'
import type { WorldFault } from '../../../simulators/world/faults/fault.js'
import { stuck } from '../../../simulators/world/faults/sudden.js'
import { numberOf, uniform } from '../../../simulators/world/noise.js'
import { STATION_KEYS } from '../../../simulators/world/sensors.js'
import { WORLD_SITES, type WorldSite } from '../../../simulators/world/sites.js'

/** What happens in a world of the measurement. */
export interface Plan {
  seed: number
  event: string
  noise: number
  isStuck: boolean
  startS: number
  endS: number
  /** Where it happens. */
  site: WorldSite
  events: readonly WorldEvent[]
  faults: readonly WorldFault[]
}

export const EVENT_NAMES = ['upwelling', 'upwelling-slow'] as const
export const LAKE_SITES = WORLD_SITES.filter(({ kind }) => kind === 'lake')
/** Local days of 2025 among which worlds begin. */
const FIRST_DAY = 20_089
const YEAR_DAYS = 365
/** Before the event, for the tests and rules to know what is usual. */
const BEFORE_S = DAY_S

/** The worlds of a seed with an event: each kind, noise once and twice, with and without a stuck sensor. */
export function eventPlans(seed: number): Plan[] {
  return EVENT_NAMES.flatMap((event) =>
    [1, 2].flatMap((noise) =>
      [false, true].map((isStuck) => eventPlan(seed, event, { noise, isStuck })),
    ),
  )
}

function eventPlan(
  seed: number,
  event: string,
  { noise, isStuck }: { noise: number; isStuck: boolean },
): Plan {
  const chance = draws(seed, event)
  const kind = EVENT_KINDS.find(({ name }) => name === event)
  const site = LAKE_SITES[Math.floor(LAKE_SITES.length * chance())]
  if (kind === undefined || site === undefined) throw new RangeError(`there is no ${event}`)
  const startS = startOfDay(FIRST_DAY + Math.floor(YEAR_DAYS * chance()))
  const afterS = BEFORE_S + Math.floor(DAY_S * chance())
  const durationS = (kind.durationH + kind.recoverH) * 3600
  const fault = stuckSensor(site, afterS, chance)
  return {
    seed,
    event,
    noise,
    isStuck,
    startS,
    endS: startS + afterS + durationS,
    site,
    events: [{ kind, site, afterS, durationS: undefined }],
    faults: isStuck ? [fault] : [],
  }
}

/** From some time before the event on, for all of it. */
function stuckSensor(event: WorldSite, afterS: number, chance: () => number): WorldFault {
  const sensors = LAKE_SITES.flatMap((site) =>
    STATION_KEYS.lake
      .filter((quantity) => site !== event || quantity !== 'dissolved_oxygen')
      .map((quantity) => ({ site, quantity })),
  )
  // Half of the time a sensor beside that oxygen: the others are too far away to matter.
  const near = sensors.filter(({ site }) => site === event)
  const some = chance() < 0.5 ? near : sensors
  const sensor = some[Math.floor(some.length * chance())]
  if (sensor === undefined) throw new RangeError('there is no sensor')
  const before = Math.floor(12 * 3600 * chance())
  return { ...sensor, kind: stuck, afterS: afterS - before, durationS: 7 * DAY_S }
}

export function draws(seed: number, stream: string): () => number {
  let index = 0
  return () => uniform(seed, numberOf(`alarm ${stream}`), index++)
}

export function startOf(chance: () => number): number {
  return startOfDay(FIRST_DAY + Math.floor(YEAR_DAYS * chance()))
}
