import { dayOf, hourOf } from './calendar.js'
import { type Field, slowChance } from './field.js'
import { gaussian } from './noise.js'
import type { WorldSite } from './sites.js'

/** Where, when and over how long something is asked of the world. */
export interface Where {
  /** Depth in the water, m; 1 unless told. */
  depthM?: number
  /** Seconds up to the time that counts, speeds and rain are taken over; 300 unless told. */
  periodS?: number
  /** One direction of a road; both together unless told. */
  direction?: Direction
  /** Which of several like probes on a node: each has a noise of its own. 0 unless told. */
  position?: number
}

/** 0 towards Tarutung, 1 towards Pematangsiantar. */
export type Direction = 0 | 1

/** What a model is given to answer from. */
export interface Spot {
  readonly site: WorldSite
  readonly field: Field
  readonly seed: number
  /** Unix seconds. */
  readonly timeS: number
  /** Local, with its fraction. */
  readonly hour: number
  /** Local days since 1970. */
  readonly day: number
  readonly depthM: number
  readonly periodS: number
  readonly direction: Direction | undefined
  /** Another quantity or driver at the same spot, with all events in it. */
  ask(key: string): number
  /** The same place at another time. */
  at(timeS: number): Spot
}

export type SpotOptions = Where & Pick<Spot, 'site' | 'field' | 'seed' | 'timeS'>
export type Answer = (key: string, spot: Spot) => number

const DEPTH_M = 1
const PERIOD_S = 300

export function spotAt(options: SpotOptions, answer: Answer): Spot {
  return new Moment(options, answer)
}

/** A class because a spot is made for every value: methods cost nothing to make, closures do. */
class Moment implements Spot {
  readonly site: WorldSite
  readonly field: Field
  readonly seed: number
  readonly timeS: number
  readonly hour: number
  readonly day: number
  readonly depthM: number
  readonly periodS: number
  readonly direction: Direction | undefined
  readonly #answer: Answer

  constructor(options: SpotOptions, answer: Answer) {
    this.site = options.site
    this.field = options.field
    this.seed = options.seed
    this.timeS = options.timeS
    this.hour = hourOf(options.timeS)
    this.day = dayOf(options.timeS)
    this.depthM = options.depthM ?? DEPTH_M
    this.periodS = options.periodS ?? PERIOD_S
    this.direction = options.direction
    this.#answer = answer
  }

  ask(key: string): number {
    return this.#answer(key, this)
  }

  at(timeS: number): Spot {
    const { site, field, seed, depthM, periodS } = this
    const where = this.direction === undefined ? {} : { direction: this.direction }
    return new Moment({ site, field, seed, depthM, periodS, ...where, timeS }, this.#answer)
  }
}

/** Every use of chance has a stream of its own, so that no two quantities go up and down together by accident. */
export const STREAM = {
  waterTemperature: 1,
  waterTemperatureHours: 2,
  warmDay: 3,
  oxygen: 4,
  ph: 5,
  conductivity: 6,
  conductivitySite: 7,
  turbidity: 8,
  turbidityHour: 9,
  level: 10,
  seiche: 11,
  chlorophyll: 12,
  cloud: 20,
  airTemperature: 21,
  humidity: 22,
  pressure: 23,
  windEast: 24,
  windNorth: 25,
  windPuffEast: 26,
  windPuffNorth: 27,
  gust: 28,
  shower: 29,
  particles: 30,
  particlesHours: 31,
  burning: 32,
  gases: 33,
  coarse: 34,
  demand: 40,
  vehicles: 41,
  battery: 50,
} as const

/** Slow chance at the spot, like that of its neighbours; about independent after `periodH` hours. */
export function slow(spot: Spot, stream: number, periodH: number): number {
  return slowChance(spot.field, stream, spot.timeS, periodH * 3600)
}

/** What this site has for good, mean 0, standard deviation 1. */
export function lasting(spot: Spot, stream: number): number {
  return gaussian(spot.field.own, stream, 0)
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high)
}

export function blend(from: number, to: number, share: number): number {
  return from + (to - from) * share
}

/** 0 below `from`, 1 above `to`, without a corner. */
export function smoothStep(value: number, from: number, to: number): number {
  const part = clamp((value - from) / (to - from), 0, 1)
  return part * part * (3 - 2 * part)
}

/** Straight between points of increasing x; the ends go on level. */
export function along(points: readonly (readonly [number, number])[], x: number): number {
  let [lastX, lastY] = points[0] ?? [0, 0]
  if (x <= lastX) return lastY
  for (const [nextX, nextY] of points) {
    if (x <= nextX && nextX > lastX) return blend(lastY, nextY, (x - lastX) / (nextX - lastX))
    lastX = nextX
    lastY = nextY
  }
  return lastY
}
