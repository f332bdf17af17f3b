import type { FaultKind } from './fault.js'

/** Faults of single values. */

const SHARE_OF_SPIKES = 0.03

export const stuck: FaultKind = {
  name: 'stuck',
  about: 'the value stays what it was',
  on: undefined,
  durationH: 24,
  change: (_, { first }) => first(),
}

export const spike: FaultKind = {
  name: 'spike',
  about: 'three values in a hundred are off by one to two strays of the sensor',
  on: undefined,
  durationH: Number.POSITIVE_INFINITY,
  change: (sensed, { sensor, chance }) => {
    if (chance(0, 1) >= SHARE_OF_SPIKES) return sensed
    const side = chance(1, 1) < 0.5 ? -1 : 1
    return sensed + side * sensor.stray * (1 + chance(2, 1))
  },
}
