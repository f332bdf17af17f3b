import type { WorldEvent } from './events/event.js'
import type { FaultMoment, WorldFault } from './faults/fault.js'
import { fieldAt } from './field.js'
import { gaussian, numberOf, uniform } from './noise.js'
import { SENSORS, type Sensor } from './sensors.js'
import type { WorldSite } from './sites.js'
import { clamp, smoothStep, type Where } from './spot.js'
import { type Here, spotOf, trueValue, visibleValue } from './truth.js'

/**
 * Lake, air and roads of Toba as functions of seed, site and time: nothing is remembered from one question to the
 * next, so a history and the live values that follow it agree, and any moment may be asked for in any order.
 */
export interface World {
  readonly sites: readonly WorldSite[]
  /**
   * What is so, in the unit of the registry; null where there is nothing to measure (the speed of nobody).
   * Throws RangeError where the site has no such quantity, or the world no such site.
   */
  truth(site: WorldSite, quantity: string, timeMs: number, where?: Where): number | null
  /** What a sensor there says, with its noise and its faults; null where it says nothing. */
  sensed(site: WorldSite, quantity: string, timeMs: number, where?: Where): number | null
}

export interface WorldOptions {
  /** Whole number. */
  seed: number
  /** Unix ms; the times of events and faults count from here. */
  startMs: number
  sites: readonly WorldSite[]
  events: readonly WorldEvent[]
  faults: readonly WorldFault[]
  /** Times the usual noise of the sensors; 1 unless told. */
  noise?: number
}

/** A site with the faults of its sensors. */
interface Station extends Here {
  faults: readonly WorldFault[]
  noise: number
}

export function createWorld(options: WorldOptions): World {
  const { seed, startMs, sites, events, faults, noise = 1 } = options
  const stations = new Map(
    sites.map((site): [string, Station] => {
      const field = fieldAt(seed, site)
      const own = events.filter((event) => isAt(event, site))
      const broken = faults.filter((fault) => fault.site.code === site.code)
      const startS = startMs / 1000
      return [site.code, { site, seed, startS, field, events: own, faults: broken, noise }]
    }),
  )
  const stationOf = ({ code }: WorldSite): Station => {
    const station = stations.get(code)
    if (station === undefined) throw new RangeError(`no site ${code} in this world`)
    return station
  }
  return {
    sites,
    truth: (site, quantity, timeMs, where = {}) => {
      const station = stationOf(site)
      return trueValue(spotOf(station, timeMs / 1000, where), quantity, station)
    },
    sensed: (site, quantity, timeMs, where = {}) =>
      faultyValue(stationOf(site), { quantity, timeS: timeMs / 1000, where }),
  }
}

function isAt({ site, kind }: WorldEvent, here: WorldSite): boolean {
  return site === undefined ? kind.kinds.includes(here.kind) : site.code === here.code
}

interface Question {
  quantity: string
  timeS: number
  where: Where
}

function faultyValue(station: Station, question: Question): number | null {
  const { quantity, timeS } = question
  const sensor = SENSORS[quantity]
  let value = healthyValue(station, question)
  if (sensor === undefined) return value
  for (const fault of station.faults) {
    const { kind, afterS, durationS } = fault
    if (value === null) return null
    if (fault.quantity !== undefined && fault.quantity !== quantity) continue
    if (kind.on?.includes(quantity) === false) continue
    const elapsedS = timeS - station.startS - afterS
    const durationH = durationS === undefined ? kind.durationH : durationS / 3600
    if (elapsedS < 0 || elapsedS >= durationH * 3600) continue
    const moment: FaultMoment = {
      quantity,
      sensor,
      elapsedH: elapsedS / 3600,
      durationH,
      chance: (part, everyS) => faultChance(station, question, { fault, part, everyS }),
      first: () => healthyValue(station, { ...question, timeS: station.startS + afterS }),
    }
    value = kind.change(value, moment)
  }
  return value === null ? null : shown(sensor, quantity, value)
}

function healthyValue(station: Station, { quantity, timeS, where }: Question): number | null {
  const spot = spotOf(station, timeS, where)
  const truth = visibleValue(spot, quantity, station)
  const sensor = SENSORS[quantity]
  if (truth === null || sensor === undefined) return truth
  const stream = numberOf(quantity) + (where.position ?? 0) + 100 * (where.direction ?? 0)
  const own = station.field.own
  const moment = Math.floor(timeS)
  if (sensor.tip > 0) {
    return sensor.tip * Math.floor(truth / sensor.tip + uniform(own, stream, moment))
  }
  const damp =
    sensor.damp > 0 ? sensor.damp * smoothStep(spot.ask('relative_humidity'), 82, 100) : 0
  const noise = station.noise * (sensor.noise + sensor.share * Math.abs(truth))
  return shown(sensor, quantity, truth * (1 + damp) + noise * gaussian(own, stream, moment))
}

function faultChance(
  station: Station,
  { quantity, timeS }: Question,
  { fault, part, everyS }: { fault: WorldFault; part: number; everyS: number },
): number {
  const stream = numberOf(`${fault.kind.name} ${quantity}`) + part
  return uniform(station.field.own, stream, Math.floor(timeS / everyS))
}

function shown({ tip, lowest, highest }: Sensor, quantity: string, value: number): number {
  if (quantity === 'wind_direction') return (value + 720) % 360
  const counted = tip > 0 ? tip * Math.round(value / tip) : value
  return clamp(counted, lowest, highest)
}
