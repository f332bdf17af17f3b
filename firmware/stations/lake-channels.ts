import type { Channel, Description } from '../node/description.js'

/** What a lake station measures, and how it works until somebody configures it. */

/** Index in `channels`. */
export const TEMPERATURE = 0
export const PH = 1
export const OXYGEN = 2
export const CONDUCTIVITY = 3
export const TURBIDITY = 4

const channels: Channel[] = [
  { quantity: 'water_temperature', id: 1, position: 0, perUnit: 100 },
  { quantity: 'ph', id: 2, position: 0, perUnit: 100 },
  // Below 4 mg/L fish in cages are in danger; a fall of 1 mg/L within one interval is no daily rhythm.
  {
    quantity: 'dissolved_oxygen',
    id: 3,
    position: 0,
    perUnit: 100,
    urgentBelow: 4,
    urgentChange: 1,
  },
  { quantity: 'conductivity_25', id: 4, position: 0, perUnit: 10 },
  { quantity: 'turbidity', id: 5, position: 0, perUnit: 100 },
]

export function lakeStation(name: string): Description {
  return {
    name,
    board: 'ESP32',
    channels,
    // The lake lies at 905 m (International Lake Environment Committee); a frame of 12 samples goes out every hour.
    defaults: {
      intervalS: 300,
      samplesPerFrame: 12,
      sendIntervalS: 3600,
      urgentIntervalS: 60,
      altitudeM: 905,
    },
  }
}
