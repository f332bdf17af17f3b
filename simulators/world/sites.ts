import type { Friction } from '../../shared/science/traffic/road.js'
import type { Weekday } from './calendar.js'

/**
 * Illustrative sites around Lake Toba: enough for a picture that a person of the region recognises, and no
 * survey. Lake positions were chosen inside the shoreline (Natural Earth 1:10m, public domain), positions
 * of towns and roads are within about a kilometre. Traffic, widths and market days are from memory.
 */

export type SiteKind = 'lake' | 'air' | 'road'

export interface WorldSite {
  /** Short name on maps and on the command line: W-01, A-01, T-01. */
  code: string
  name: string
  title: string
  kind: SiteKind
  longitude: number
  latitude: number
  elevationM: number | null
  /** Lanes, separation and width of a road, as people write it. */
  road: string | null
  /** How this place differs from the lake's mean; 1 and 0 where nothing is said. */
  turbidityFactor?: number
  oxygenOffset?: number
  phOffset?: number
  conductivityOffset?: number
  traffic?: SiteTraffic
}

export interface SiteTraffic {
  /** Vehicles a day in both directions. */
  daily: number
  /** Speed on the empty road, km/h. */
  freeSpeed: number
  widthM: number
  friction: Friction
  /** People in the town. */
  population: number
  marketDay?: Weekday
}

type Place = readonly [number, number]

export const LAKE_ELEVATION_M = 905
const TOWN_ELEVATION_M = 910
const TOWN_KMH = 42
const INTERURBAN_KMH = 62
const [WEDNESDAY, FRIDAY] = [3, 5] as const

export const WORLD_SITES: readonly WorldSite[] = [
  lake('W-01', 'balige', 'Balige (Lumban Silintong)', [99.06, 2.3535]),
  lake('W-02', 'tambunan', 'Tambunan / Lumban Pea', [99.085, 2.365]),
  lake('W-03', 'laguboti', 'Laguboti (Pantai Pasifik)', [99.106, 2.39]),
  {
    ...lake('W-04', 'porsea', 'Porsea (Parparean)', [99.124, 2.413]),
    turbidityFactor: 2.5,
    conductivityOffset: 6,
  },
  lake('W-05', 'asahan', 'Pengambilan Asahan (keluaran danau)', [99.136, 2.4105]),
  {
    ...lake('W-06', 'ajibata', 'Ajibata (pelabuhan feri)', [98.9185, 2.655]),
    turbidityFactor: 1.5,
    oxygenOffset: -0.3,
  },
  { ...lake('W-07', 'sigapiton', 'Sigapiton', [98.926, 2.59]), turbidityFactor: 0.6 },
  {
    ...lake('W-08', 'meat', 'Meat / Tampahan', [98.99, 2.352]),
    oxygenOffset: -0.6,
    phOffset: -0.05,
  },
  {
    ...lake('W-09', 'tengah-danau', 'Tengah danau (cekungan selatan)', [98.99, 2.43]),
    turbidityFactor: 0.4,
  },
  lake('W-10', 'parapat', 'Parapat (Kab. Simalungun)', [98.915, 2.67]),
  air('A-01', 'udara-balige', 'Udara Balige kota', [99.064, 2.333]),
  air('A-02', 'udara-laguboti', 'Udara Laguboti', [99.137, 2.356]),
  air('A-03', 'udara-porsea', 'Udara Porsea', [99.162, 2.446]),
  air('A-04', 'udara-ajibata', 'Udara Ajibata', [98.936, 2.655]),
  {
    ...road('T-01', 'jalan-balige', 'Jalinsum Balige (Jl. Sisingamangaraja)', [99.067, 2.3325]),
    ...traffic(11_000, TOWN_KMH, { friction: 'high', population: 45_000, marketDay: FRIDAY }),
  },
  {
    ...road('T-02', 'jalan-laguboti', 'Jalinsum Laguboti', [99.138, 2.3555]),
    ...traffic(8_500, TOWN_KMH, { population: 20_000 }),
  },
  {
    ...road('T-03', 'jalan-porsea', 'Jalinsum Porsea', [99.1635, 2.447]),
    ...traffic(8_000, TOWN_KMH, { friction: 'high', population: 20_000, marketDay: WEDNESDAY }),
  },
  {
    ...road('T-04', 'jalan-ajibata', 'Ajibata, simpang pelabuhan', [98.9375, 2.6545]),
    ...traffic(5_500, TOWN_KMH, { widthM: 6, population: 10_000 }),
  },
  {
    ...road('T-05', 'jalan-tampahan', 'Tampahan (arah Silangit)', [99.021, 2.319]),
    ...traffic(6_500, INTERURBAN_KMH, { widthM: 6, friction: 'low', population: 5_000 }),
  },
]

function lake(code: string, name: string, title: string, at: Place): WorldSite {
  return { code, name, title, kind: 'lake', ...position(at), elevationM: LAKE_ELEVATION_M }
}

function air(code: string, name: string, title: string, at: Place): WorldSite {
  return { code, name, title, kind: 'air', ...position(at), elevationM: TOWN_ELEVATION_M }
}

function road(code: string, name: string, title: string, at: Place): WorldSite {
  return { code, name, title, kind: 'road', ...position(at), elevationM: null }
}

function position([longitude, latitude]: Place) {
  return { longitude, latitude, road: null }
}

function traffic(daily: number, freeSpeed: number, more: Partial<SiteTraffic>) {
  const street = { widthM: 7, friction: 'medium', population: 10_000, ...more } as const
  return { road: `2/2-TT, ${street.widthM} m`, traffic: { daily, freeSpeed, ...street } }
}
