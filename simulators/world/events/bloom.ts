import { dayCurve } from '../calendar.js'
import type { EventKind } from './event.js'

/** Algae (../shared/data/simulator_profile.json): oxygen far up by day and down by night, high pH, green water. */
export const bloom: EventKind = {
  name: 'bloom',
  about: 'algae: oxygen +2.5 by day and −1.5 by night, pH +0.6, chlorophyll 25 µg/L and more',
  kinds: ['lake'],
  isLocal: true,
  rampH: 36,
  durationH: 120,
  recoverH: 48,
  effects: {
    dissolved_oxygen: (normal, { strength, spot }) =>
      Math.max(
        0,
        normal + strength * byLight(spot.depthM) * (0.5 + 2 * dayCurve(spot.hour, 6, 15)),
      ),
    ph: (normal, { strength, spot }) =>
      normal + strength * byLight(spot.depthM) * (0.4 + 0.2 * dayCurve(spot.hour, 6, 15)),
    turbidity: (normal, { strength, spot }) => normal + 4 * strength * byLight(spot.depthM),
    chlorophyll_a: (normal, { strength, luck, spot }) =>
      normal + strength * (25 + 25 * luck(0)) * byLight(spot.depthM),
  },
}

function byLight(depthM: number): number {
  return Math.exp(-depthM / 8)
}
