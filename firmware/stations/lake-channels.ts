import type { Channel, Defaults } from '../node/description.js'

/** What a lake station measures, and how it works until somebody configures it. */

/** Index in `channels`. */
export const TEMPERATURE = 0
export const PH = 1
export const OXYGEN = 2
export const CONDUCTIVITY = 3
export const TURBIDITY = 4

export const LAKE_CHANNELS: Channel[] = [
  { quantity: 'water_temperature', id: 1, perUnit: 100 },
  { quantity: 'ph', id: 2, perUnit: 100 },
  // Alarms begin at 5 mg/L, and a crossing must be known within minutes; healthy water stays above 5.5. A fall of 1 mg/L
  // within one interval is no daily rhythm.
  {
    quantity: 'dissolved_oxygen',
    id: 3,
    perUnit: 100,
    urgentBelow: 5.5,
    urgentChange: 1,
  },
  { quantity: 'conductivity_25', id: 4, perUnit: 10 },
  { quantity: 'turbidity', id: 5, perUnit: 100 },
]

/** A frame of 12 samples goes out every hour. */
export const LAKE_DEFAULTS: Defaults = [300, 12, 3600, 60]
/** International Lake Environment Committee. */
export const LAKE_ALTITUDE_M = 905
