import type { SiteKind, WorldSite } from '../sites.js'
import type { Spot } from '../spot.js'

/** Something that can happen, by name. */
export interface EventKind {
  name: string
  /** One line for people. */
  about: string
  /** Where it can happen. */
  kinds: readonly SiteKind[]
  /** Happens at one place at a time; the others happen everywhere when no site is named. */
  isLocal: boolean
  /** Hours until it has full strength, that it lasts in all, and until all is as before. */
  rampH: number
  durationH: number
  recoverH: number
  /** By quantity or driver: what becomes of the normal value. */
  effects: Readonly<Record<string, Effect>>
}

export type Effect = (normal: number, moment: EventMoment) => number

export interface EventMoment {
  /** Since it began. */
  elapsedH: number
  durationH: number
  /** 0 before and long after, 1 in between, smooth. */
  strength: number
  /** Uniform in [0, 1), fixed for this event; `part` tells several apart. */
  luck(part: number): number
  spot: Spot
}

/** One that happens in a world. */
export interface WorldEvent {
  kind: EventKind
  /** Undefined: at all sites of its kinds. */
  site: WorldSite | undefined
  /** After the world's start. */
  afterS: number
  /** Undefined: as long as its kind usually does. */
  durationS: number | undefined
}
