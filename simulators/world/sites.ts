/**
 * Illustrative sites around Lake Toba: enough for a picture that a person of the region recognises, and no
 * survey. Lake positions were chosen inside the shoreline (Natural Earth 1:10m, public domain), positions
 * of towns and roads are within about a kilometre.
 */

export interface WorldSite {
  name: string
  title: string
  kind: 'lake' | 'air' | 'road'
  longitude: number
  latitude: number
  elevationM: number | null
  /** Lanes, separation and width of a road. */
  road: string | null
  /** How this place differs from the lake's mean; 1 and 0 where nothing is said. */
  turbidityFactor?: number
  oxygenOffset?: number
  phOffset?: number
  conductivityOffset?: number
  /** Vehicles a day in both directions. */
  dailyTraffic?: number
  /** Speed on the empty road, km/h. */
  freeSpeed?: number
}

export const LAKE_ELEVATION_M = 905
const TOWN_ELEVATION_M = 910

function lake(
  name: string,
  title: string,
  [longitude, latitude]: readonly [number, number],
  differences: Partial<WorldSite> = {},
): WorldSite {
  const place = { longitude, latitude, elevationM: LAKE_ELEVATION_M, road: null }
  return { name, title, kind: 'lake', ...place, ...differences }
}

function air(
  name: string,
  title: string,
  [longitude, latitude]: readonly [number, number],
): WorldSite {
  const place = { longitude, latitude, elevationM: TOWN_ELEVATION_M, road: null }
  return { name, title, kind: 'air', ...place }
}

function road(
  name: string,
  title: string,
  [longitude, latitude]: readonly [number, number],
  traffic: { road: string; dailyTraffic: number; freeSpeed: number },
): WorldSite {
  return { name, title, kind: 'road', longitude, latitude, elevationM: null, ...traffic }
}

export const WORLD_SITES: readonly WorldSite[] = [
  lake('balige', 'Balige (Lumban Silintong)', [99.06, 2.3535]),
  lake('tambunan', 'Tambunan / Lumban Pea', [99.085, 2.365]),
  lake('laguboti', 'Laguboti (Pantai Pasifik)', [99.106, 2.39]),
  lake('porsea', 'Porsea (Parparean)', [99.124, 2.413], {
    turbidityFactor: 2.5,
    conductivityOffset: 6,
  }),
  lake('asahan', 'Pengambilan Asahan (keluaran danau)', [99.136, 2.4105]),
  lake('ajibata', 'Ajibata (pelabuhan feri)', [98.9185, 2.655], {
    turbidityFactor: 1.5,
    oxygenOffset: -0.3,
  }),
  lake('sigapiton', 'Sigapiton', [98.926, 2.59], { turbidityFactor: 0.6 }),
  lake('meat', 'Meat / Tampahan', [98.99, 2.352], { oxygenOffset: -0.6, phOffset: -0.05 }),
  lake('tengah-danau', 'Tengah danau (cekungan selatan)', [98.99, 2.43], { turbidityFactor: 0.4 }),
  lake('parapat', 'Parapat (Kab. Simalungun)', [98.915, 2.67]),
  air('udara-balige', 'Udara Balige kota', [99.064, 2.333]),
  air('udara-laguboti', 'Udara Laguboti', [99.137, 2.356]),
  air('udara-porsea', 'Udara Porsea', [99.162, 2.446]),
  air('udara-ajibata', 'Udara Ajibata', [98.936, 2.655]),
  road('jalan-balige', 'Jalinsum Balige (Jl. Sisingamangaraja)', [99.067, 2.3325], {
    road: '2/2-TT, 7 m',
    dailyTraffic: 11_000,
    freeSpeed: 42,
  }),
  road('jalan-laguboti', 'Jalinsum Laguboti', [99.138, 2.3555], {
    road: '2/2-TT, 7 m',
    dailyTraffic: 8_500,
    freeSpeed: 42,
  }),
  road('jalan-porsea', 'Jalinsum Porsea', [99.1635, 2.447], {
    road: '2/2-TT, 7 m',
    dailyTraffic: 8_000,
    freeSpeed: 42,
  }),
  road('jalan-ajibata', 'Ajibata, simpang pelabuhan', [98.9375, 2.6545], {
    road: '2/2-TT, 6 m',
    dailyTraffic: 5_500,
    freeSpeed: 42,
  }),
  road('jalan-tampahan', 'Tampahan (arah Silangit)', [99.021, 2.319], {
    road: '2/2-TT, 6 m',
    dailyTraffic: 6_500,
    freeSpeed: 62,
  }),
]
