import type { Flag } from '../../shared/schema/flags.js'
import type { Latest, LiveReading } from '../../shared/schema/reading.js'
import type { SiteWithLatest } from '../../shared/schema/site.js'
import { type Quantity, quantityByKey } from '../../shared/wire/quantities.js'
import { compareSites, type SiteState, siteState } from './state.js'
import type { PlaceName } from './view.js'

/** The latest value of one channel where it measures now. */
export interface Series {
  node: string
  simulated: boolean
  /** False: nobody placed this channel, so its readings are the node's alone. */
  isPlaced: boolean
  quantity: Quantity
  position: number
  depthM: number | null
  directionDeg: number | null
  timeMs: number
  value: number
  flag: Flag
  why: readonly string[]
  typicalIntervalS: number
}

/** A site, or a node that sends without being placed at one. */
export interface Place extends PlaceName {
  title: string
  /** lake, air, road, point; undefined for a node */
  siteKind: string | undefined
  longitude: number | undefined
  latitude: number | undefined
  series: readonly Series[]
}

/** Battery, signal and the like are placed nowhere: they are shown wherever their node measures something. */
export function buildPlaces(
  sites: readonly SiteWithLatest[],
  unplaced: readonly Latest[],
): readonly Place[] {
  const placed = new Set(sites.flatMap((site) => site.latest.map((latest) => latest.node)))
  const places = sites.map((site): Place => {
    const nodes = new Set(site.latest.map((latest) => latest.node))
    const conditions = unplaced.filter((latest) => nodes.has(latest.node) && isCondition(latest))
    return {
      kind: 'site',
      name: site.name,
      title: site.title,
      siteKind: site.kind,
      longitude: site.longitude,
      latitude: site.latitude,
      series: buildSeries(site.latest, conditions),
    }
  })
  const rest = unplaced.filter((latest) => !(placed.has(latest.node) && isCondition(latest)))
  for (const name of new Set(rest.map((latest) => latest.node))) {
    places.push({
      kind: 'node',
      name,
      title: name,
      siteKind: undefined,
      longitude: undefined,
      latitude: undefined,
      series: buildSeries(
        [],
        rest.filter((latest) => latest.node === name),
      ),
    })
  }
  return places
}

function isCondition({ quantity }: Latest): boolean {
  return quantityByKey(quantity)?.group === 'node'
}

function buildSeries(placed: readonly Latest[], unplaced: readonly Latest[]): Series[] {
  const one = (isPlaced: boolean) => (latest: Latest) => seriesOf(latest, isPlaced)
  return [...placed.flatMap(one(true)), ...unplaced.flatMap(one(false))].sort(bySeriesOrder)
}

function seriesOf(latest: Latest, isPlaced: boolean): Series[] {
  const quantity = quantityByKey(latest.quantity)
  // A newer service may know quantities that this page does not; it cannot name them.
  if (quantity === undefined) return []
  const { node, simulated, position, depthM, directionDeg, value, flag, why } = latest
  return [
    {
      ...{ node, simulated, isPlaced, quantity, position, depthM, directionDeg, value, flag, why },
      timeMs: Date.parse(latest.time),
      typicalIntervalS: quantity.typicalIntervalS,
    },
  ]
}

/** What people ask for first; everything else follows in the order of the registry. */
const FIRST = [
  'dissolved_oxygen',
  'water_temperature',
  'ph',
  'pm2_5',
  'pm10',
  'air_temperature',
  'motorcycle_count',
  'light_vehicle_count',
  'mean_speed',
]

function bySeriesOrder(a: Series, b: Series): number {
  return (
    rank(a.quantity) - rank(b.quantity) ||
    (a.depthM ?? 0) - (b.depthM ?? 0) ||
    a.position - b.position ||
    a.node.localeCompare(b.node)
  )
}

function rank(quantity: Quantity): number {
  const first = FIRST.indexOf(quantity.key)
  return first === -1 ? FIRST.length + quantity.id : first
}

export interface Applied {
  places: readonly Place[]
  /** True when a reading belongs to no known channel: a node was placed, or is new. */
  unknown: boolean
}

/** Puts live readings in place. Latest means latest measured, so an older one changes nothing. */
export function applyReadings(places: readonly Place[], readings: readonly LiveReading[]): Applied {
  const newest = new Map<string, LiveReading>()
  for (const reading of readings) {
    const key = channelKey(reading.node, reading.quantity, reading.position)
    const known = newest.get(key)
    if (known === undefined || Date.parse(known.time) <= Date.parse(reading.time))
      newest.set(key, reading)
  }
  const found = new Set<string>()
  const next = places.map((place) => {
    let changed = false
    const series = place.series.map((one) => {
      const key = channelKey(one.node, one.quantity.key, one.position)
      const reading = newest.get(key)
      if (reading === undefined) return one
      found.add(key)
      const timeMs = Date.parse(reading.time)
      if (timeMs < one.timeMs) return one
      changed = true
      return { ...one, timeMs, value: reading.value, flag: reading.flag, why: reading.why }
    })
    return changed ? { ...place, series } : place
  })
  return { places: next, unknown: found.size < newest.size }
}

export function channelKey(node: string, quantity: string, position: number): string {
  return `${node}/${quantity}/${position}`
}

/** What a place is judged by: its measurements, or, where it has none, the condition of its node. */
export function measurements(place: Place): readonly Series[] {
  const measured = place.series.filter((one) => one.quantity.group !== 'node')
  return measured.length > 0 ? measured : place.series
}

/** Battery, signal and the like, where a place also measures something. */
export function conditions(place: Place): readonly Series[] {
  const shown = new Set(measurements(place))
  return place.series.filter((one) => !shown.has(one))
}

export function placeState(place: Place, nowMs: number): SiteState {
  return siteState(measurements(place), nowMs)
}

export function latestMs(series: readonly Series[]): number | undefined {
  return series.length === 0 ? undefined : Math.max(...series.map((one) => one.timeMs))
}

export function sortPlaces(places: readonly Place[], nowMs: number): readonly Place[] {
  return places
    .map((place) => ({
      place,
      state: placeState(place, nowMs),
      latestMs: latestMs(place.series),
      title: place.title,
    }))
    .sort(compareSites)
    .map((ranked) => ranked.place)
}

export function isSimulated(place: Place): boolean {
  return place.series.some((one) => one.simulated)
}

export function findPlace(places: readonly Place[], name: PlaceName): Place | undefined {
  return places.find((place) => place.kind === name.kind && place.name === name.name)
}

/** The series that the address names; without a name, the first of the place. */
export function chooseSeries(
  place: Place,
  asked: { quantity: string | undefined; position: number; node: string | undefined },
): Series | undefined {
  if (asked.quantity === undefined) return measurements(place)[0]
  const matching = place.series.filter(
    (one) => one.quantity.key === asked.quantity && one.position === asked.position,
  )
  return matching.find((one) => one.node === asked.node) ?? matching[0]
}

/** True when quantity and position alone do not tell this series from another one of the place. */
export function needsNode(place: Place, series: Series): boolean {
  return rivals(place, series).length > 0
}

/** Nodes that measure the same quantity at the same position of the same place right now. */
export function rivals(place: Place, series: Series): readonly string[] {
  return place.series
    .filter(
      (one) =>
        one.node !== series.node &&
        one.quantity === series.quantity &&
        one.position === series.position,
    )
    .map((one) => one.node)
}
