import { limitsOf } from '../../../shared/science/qartod/limits.js'
import { type Quantity, quantityByKey } from '../../../shared/wire/quantities.js'
import { DAY_S, startOfDay } from '../../../simulators/world/calendar.js'
import type { WorldEvent } from '../../../simulators/world/events/event.js'
import { EVENT_KINDS } from '../../../simulators/world/events/kinds.js'
import type { FaultKind, WorldFault } from '../../../simulators/world/faults/fault.js'
import { FAULT_KINDS } from '../../../simulators/world/faults/kinds.js'
import { numberOf, uniform } from '../../../simulators/world/noise.js'
import { STATION_KEYS } from '../../../simulators/world/sensors.js'
import { WORLD_SITES, type WorldSite } from '../../../simulators/world/sites.js'
import { correctionCriterion } from './criteria.js'

/** What happens in the worlds of a seed: one with natural events alone, and the same with eight faults of a kind. */
export interface Plan {
  seed: number
  startS: number
  events: readonly WorldEvent[]
  faults: readonly { kind: FaultKind; faults: readonly Episode[] }[]
}

export type Episode = WorldFault & { quantity: string }

/** One series: a quantity at a site. */
export interface Place {
  site: WorldSite
  quantity: Quantity
}

/** Two healthy weeks or one, then the four weeks until a technician comes. */
export const DAYS = 42
export const STEP_S = 300
const FAULT_NAMES = ['stuck', 'spike', 'drift', 'fouling']
const EPISODES = 8
const EVENT_NAMES = ['upwelling', 'upwelling-slow', 'bloom', 'storm', 'haze']
/** Local days of 2025 among which worlds begin. */
const FIRST_DAY = 20_089
const YEAR_DAYS = 365

const SITES = WORLD_SITES.filter(({ kind }) => kind !== 'road')

export const PLACES: readonly Place[] = SITES.flatMap((site) =>
  STATION_KEYS[site.kind].flatMap((key) => {
    const quantity = quantityByKey(key)
    return quantity !== undefined && limitsOf(quantity.id) !== undefined ? { site, quantity } : []
  }),
)

export function planOf(seed: number): Plan {
  const chance = draws(seed)
  const startS = startOfDay(FIRST_DAY + Math.floor(YEAR_DAYS * chance()))
  const lake = SITES.filter(({ kind }) => kind === 'lake')
  const events = EVENT_NAMES.map((name): WorldEvent => {
    const kind = named(EVENT_KINDS, name)
    const site = kind.isLocal ? lake[Math.floor(lake.length * chance())] : undefined
    return { kind, site, afterS: Math.floor((3 + 32 * chance()) * DAY_S), durationS: undefined }
  })
  const faults = FAULT_NAMES.map((name) => {
    const kind = named(FAULT_KINDS, name)
    return { kind, faults: episodesOf(kind, chance) }
  })
  return { seed, startS, events, faults }
}

function episodesOf(kind: FaultKind, chance: () => number): Episode[] {
  const possible = PLACES.filter(
    ({ quantity: { key } }) =>
      kind.on?.includes(key) !== false &&
      (!isWandering(kind) || correctionCriterion(key) !== undefined),
  )
  const episodes: Episode[] = []
  while (episodes.length < EPISODES) {
    const [place] = possible.splice(Math.floor(possible.length * chance()), 1)
    if (place === undefined) throw new RangeError(`no ${EPISODES} series for ${kind.name}`)
    const afterS = Math.floor((7 + 7 * chance()) * DAY_S)
    episodes.push({
      kind,
      site: place.site,
      quantity: place.quantity.key,
      afterS,
      durationS: undefined,
    })
  }
  return episodes
}

/** One that grows: its first hours are no error yet. */
export function isWandering({ name }: FaultKind): boolean {
  return name === 'drift' || name === 'fouling'
}

function draws(seed: number): () => number {
  let index = 0
  return () => uniform(seed, numberOf('quality'), index++)
}

function named<K extends { name: string }>(kinds: readonly K[], name: string): K {
  const kind = kinds.find((each) => each.name === name)
  if (kind === undefined) throw new RangeError(`there is no ${name}`)
  return kind
}
