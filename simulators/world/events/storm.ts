import { blend, smoothStep } from '../spot.js'
import type { EventKind } from './event.js'

const RAIN_MM = 45

/** Squall and downpour (../shared/data/simulator_profile.json; rain, wind and sky are engineering judgement). */
export const storm: EventKind = {
  name: 'storm',
  about: 'wind, 45 mm of rain and brown water of 20–120 NTU',
  kinds: ['lake', 'air', 'road'],
  isLocal: false,
  rampH: 0.5,
  durationH: 6,
  recoverH: 18,
  effects: {
    wind_speed: (normal, { strength, elapsedH, durationH }) =>
      normal + 9 * strength * (1 - smoothStep(elapsedH, durationH / 2, durationH)),
    cloud_cover: (normal, { strength }) => blend(normal, 1, strength),
    air_temperature: (normal, { strength }) => normal - 3 * strength,
    rainfall: (normal, { elapsedH, durationH, spot }) => {
      const fallen = (hours: number) => RAIN_MM * smoothStep(hours, 0, durationH)
      return normal + fallen(elapsedH) - fallen(elapsedH - spot.periodS / 3600)
    },
    water_temperature: (normal, { strength, spot }) =>
      normal - 0.8 * strength * Math.exp(-spot.depthM / 10),
    conductivity_25: (normal, { strength, spot }) =>
      normal - 15 * strength * Math.exp(-spot.depthM / 10),
    turbidity: (normal, { strength, luck }) => normal + blend(20, 110, luck(0)) * strength,
    water_level: (normal, { strength }) => normal + 0.02 * strength,
    pm2_5: (normal, { strength }) => normal * (1 - 0.6 * strength),
    traffic_demand: (normal, { strength }) => normal * (1 - 0.4 * strength),
  },
}
