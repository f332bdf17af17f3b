import { STREAM, slow } from '../spot.js'
import type { EventKind } from './event.js'

/** Smoke of peat and fields, here or from Riau (three times the normal in ../shared/data/simulator_profile.json). */
export const haze: EventKind = {
  name: 'haze',
  about: 'smoke: three times the particles and 45 µg/m³ more, a veiled sun',
  kinds: ['lake', 'air', 'road'],
  isLocal: false,
  rampH: 12,
  durationH: 96,
  recoverH: 24,
  effects: {
    pm2_5: (normal, { strength, spot }) =>
      normal * (1 + 2 * strength) + 45 * strength * Math.exp(0.25 * slow(spot, STREAM.burning, 10)),
    carbon_monoxide: (normal, { strength }) => normal + 900 * strength,
    ozone: (normal, { strength }) => normal * (1 + 0.3 * strength),
    solar_radiation: (normal, { strength }) => normal * (1 - 0.3 * strength),
  },
}
