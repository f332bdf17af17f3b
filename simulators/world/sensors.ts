import type { SiteKind } from './sites.js'

/**
 * How a healthy, affordable sensor differs from the truth. Noise from ../shared/data/simulator_profile.json where it
 * has one, else from the accuracy in the registry of quantities.
 */
export interface Sensor {
  /** Standard deviation of a single value, in the unit. */
  noise: number
  /** Standard deviation as a share of the value, on top. */
  share: number
  /** It counts whole steps of this, as a bucket that tips or a loop that vehicles cross; 0 where it does not count. */
  tip: number
  /** How much more it shows in saturated air, as a share: drops look like dust. */
  damp: number
  /** What it can show. */
  lowest: number
  highest: number
  /** How far a broken one strays, in the unit: what the faults are measured in. */
  stray: number
}

const ANY = Number.POSITIVE_INFINITY

export const SENSORS: Readonly<Record<string, Sensor>> = {
  water_temperature: sensor({ noise: 0.03, stray: 1.5, lowest: -ANY }),
  ph: sensor({ noise: 0.02, stray: 0.6, highest: 14 }),
  dissolved_oxygen: sensor({ noise: 0.05, stray: 2, lowest: -0.3 }),
  conductivity_25: sensor({ noise: 0.4, stray: 30 }),
  turbidity: sensor({ noise: 0.03, share: 0.03, stray: 30 }),
  chlorophyll_a: sensor({ noise: 0.05, share: 0.05, stray: 10 }),
  water_level: sensor({ noise: 0.004, stray: 0.3, lowest: -ANY }),
  immersion_depth: sensor({ noise: 0.02, stray: 0.5, lowest: -ANY }),
  air_temperature: sensor({ noise: 0.08, stray: 3, lowest: -ANY }),
  relative_humidity: sensor({ noise: 0.4, stray: 15, highest: 100 }),
  air_pressure: sensor({ noise: 0.12, stray: 4 }),
  solar_radiation: sensor({ noise: 1, share: 0.02, stray: 200 }),
  rainfall: sensor({ noise: 0, tip: 0.2, stray: 5 }),
  wind_speed: sensor({ noise: 0.1, share: 0.05, stray: 3 }),
  wind_direction: sensor({ noise: 6, stray: 60, lowest: -ANY }),
  wind_gust: sensor({ noise: 0.2, share: 0.05, stray: 5 }),
  pm2_5: sensor({ noise: 0.4, share: 0.06, damp: 0.4, stray: 60 }),
  pm10: sensor({ noise: 0.6, share: 0.08, damp: 0.3, stray: 80 }),
  carbon_monoxide: sensor({ noise: 60, stray: 1500, lowest: -500 }),
  nitrogen_dioxide: sensor({ noise: 4, stray: 60, lowest: -50 }),
  ozone: sensor({ noise: 4, stray: 60, lowest: -50 }),
  sulfur_dioxide: sensor({ noise: 3, stray: 60, lowest: -50 }),
  carbon_dioxide: sensor({ noise: 5, stray: 200 }),
  motorcycle_count: sensor({ noise: 0, tip: 1, stray: 20 }),
  light_vehicle_count: sensor({ noise: 0, tip: 1, stray: 20 }),
  heavy_vehicle_count: sensor({ noise: 0, tip: 1, stray: 10 }),
  non_motor_count: sensor({ noise: 0, tip: 1, stray: 5 }),
  mean_speed: sensor({ noise: 0.3, stray: 30 }),
  speed_v85: sensor({ noise: 0.5, stray: 30 }),
  occupancy: sensor({ noise: 0, share: 0.03, stray: 20, highest: 100 }),
  battery_voltage: sensor({ noise: 0.01, stray: 0.4 }),
  solar_voltage: sensor({ noise: 0.02, stray: 2 }),
  enclosure_temperature: sensor({ noise: 0.1, stray: 5, lowest: -ANY }),
}

/** Those that do not count have a zero that can be wrong. */
export const ZEROED = Object.keys(SENSORS).filter((key) => SENSORS[key]?.tip === 0)

/** What a station of this kind measures, in the order of its samples; the rest of the world is there for tests. */
export const STATION_KEYS: Readonly<Record<SiteKind, readonly string[]>> = {
  lake: ['water_temperature', 'ph', 'dissolved_oxygen', 'conductivity_25', 'turbidity'],
  air: ['air_temperature', 'relative_humidity', 'air_pressure', 'pm2_5', 'pm10'],
  road: [
    'motorcycle_count',
    'light_vehicle_count',
    'heavy_vehicle_count',
    'non_motor_count',
    'mean_speed',
    'occupancy',
    'counting_period',
  ],
}

function sensor(parts: Partial<Sensor> & { noise: number; stray: number }): Sensor {
  return { share: 0, tip: 0, damp: 0, lowest: 0, highest: ANY, ...parts }
}
