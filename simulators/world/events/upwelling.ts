import { along, blend, STREAM, slow, smoothStep } from '../spot.js'
import type { EventKind } from './event.js'

/**
 * Strong wind in the dry season turns the water over: cold, muddy, without oxygen
 * (../shared/data/simulator_profile.json; Haranggaol 2016, Samosir 2020).
 */
export const upwelling: EventKind = {
  name: 'upwelling',
  about: 'deep water rises within hours: cold, muddy, oxygen 0.8–3 mg/L',
  kinds: ['lake'],
  isLocal: true,
  rampH: 6,
  durationH: 48,
  recoverH: 48,
  effects: {
    wind_speed: (normal, { elapsedH }) =>
      normal + 7 * Math.exp(-elapsedH / 10) * smoothStep(elapsedH, 0, 1),
    water_temperature: (normal, { strength }) => normal - 1.5 * strength,
    dissolved_oxygen: (normal, { strength, luck }) =>
      blend(normal, blend(0.8, 3, luck(0)) + 0.06 * (normal - 6.5), strength),
    ph: (normal, { strength }) => normal - 0.6 * strength,
    conductivity_25: (normal, { strength }) => normal + 8 * strength,
    turbidity: (normal, { strength, luck, spot }) =>
      blend(
        normal,
        blend(10, 60, luck(1)) * Math.exp(0.12 * slow(spot, STREAM.turbidityHour, 1)),
        strength,
      ),
    chlorophyll_a: (normal, { strength }) => normal * (1 - 0.5 * strength),
  },
}

/** Hours and mg/L, as the press reported Samosir in July 2025 (mistar.online, analisadaily). */
const PATH = [
  [0, 6.5],
  [24, 3.9],
  [96, 1.8],
  [120, 3.8],
] as const

const PATH_H = 120
/** NTU. Reported: 2.8. */
const CLEAR = 2.8

/**
 * The kind that no alarm for mud would have seen: oxygen goes over five days while the water stays clear. A duration
 * other than five days stretches the path.
 */
export const upwellingSlow: EventKind = {
  name: 'upwelling-slow',
  about: 'oxygen 6.5 → 3.9 → 1.8 → 3.8 mg/L over five days in clear water, as in July 2025',
  kinds: ['lake'],
  isLocal: true,
  rampH: 12,
  durationH: PATH_H,
  recoverH: 48,
  effects: {
    water_temperature: (normal, { strength }) => normal - 0.4 * strength,
    dissolved_oxygen: (normal, { elapsedH, durationH, strength }) => {
      const path = along(PATH, (elapsedH * PATH_H) / durationH)
      // A little of the lake's own day stays on it.
      return blend(normal, path + 0.1 * (normal - 6.5), strength)
    },
    ph: (normal, { strength }) => normal - 0.3 * strength,
    conductivity_25: (normal, { strength }) => normal + 4 * strength,
    turbidity: (normal, { strength }) =>
      blend(normal, CLEAR + 0.2 * Math.tanh(normal - CLEAR), Math.min(1, 12 * strength)),
  },
}
