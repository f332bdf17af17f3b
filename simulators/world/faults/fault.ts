import type { Sensor } from '../sensors.js'
import type { WorldSite } from '../sites.js'

/** A way in which a sensor goes wrong, by name. It stands between the truth and what is sensed. */
export interface FaultKind {
  name: string
  /** One line for people. */
  about: string
  /** The quantities that it can befall; undefined: all that have a sensor. */
  on: readonly string[] | undefined
  /** Hours until somebody repairs it; Infinity: nobody does. */
  durationH: number
  /** What is sensed instead, in the unit; null: nothing, the sensor does not answer. */
  change(sensed: number, moment: FaultMoment): number | null
}

export interface FaultMoment {
  quantity: string
  sensor: Sensor
  /** Since it began. */
  elapsedH: number
  durationH: number
  /** Uniform in [0, 1), another one every `everyS` seconds; `part` tells several apart. */
  chance(part: number, everyS: number): number
  /** What would have been sensed when the fault began. */
  first(): number | null
}

/** One that is in a world. */
export interface WorldFault {
  kind: FaultKind
  site: WorldSite
  /** Undefined: every quantity of the site that the kind can befall. */
  quantity: string | undefined
  /** After the world's start. */
  afterS: number
  /** Undefined: as long as its kind usually does. */
  durationS: number | undefined
}
