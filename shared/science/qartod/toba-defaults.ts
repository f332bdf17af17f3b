import type { Span } from './verdict.js'

/**
 * Limits of the quality tests for a node near the surface of Lake Toba, 905 m above the sea, by quantity: our
 * engineering defaults, to be tuned by site after a month. Low oxygen and high turbidity are what the system is
 * there to see, so no limit here calls them wrong.
 *
 * Where limits are wider than those of the facts (qc_defaults_toba.json), weather, upwelling, bloom or smoke goes
 * beyond them in twenty healthy worlds of 42 days (`npm run bench -- quality`, seeds 101–120); the comment at each
 * gives the furthest that was seen. No such year of the lake itself is at hand: they are to be tuned like the rest.
 */

/** [suspect, fail] */
type Pair = readonly [number, number]

export interface QualityDefaults {
  failSpan: Span
  suspectSpan: Span
  /** One span for the whole year: outside it a value is suspect. */
  climatologySpan?: Span
  spike: Pair
  ratePerHour: Pair
  /** What may come at once, however fast that is: a front, a shower, a plume. The suspect spike unless told. */
  suddenChange?: number
  /** Where noise is a share of the value: a spike or change that is no more of it, 0 to 1, is scatter. */
  scatterShare?: number
  flatS: Pair
  /** 0: not tested. */
  flatTolerance: number
  /** Values from here on are no flat line: air that stays saturated at night is real. */
  flatExemptFrom?: number
  /**
   * What is sudden or unusual in this quantity is what the system is there to see: spike, rate of change and
   * climatology call it suspect at most, and so does flat line below `flatBelow` (a dead lake is flat too).
   */
  suspectAtMost?: { flatBelow?: number }
  /**
   * How far a day may be from its neighbours for good (neighbour.ts), in the unit; absent: not tested. About the
   * correction criterion of USGS TM1-D3, or as much more as sites of a lake differ: the comment has the most that eight
   * of nine days lay apart in the healthy worlds.
   */
  neighbourDeparture?: number
}

const HOUR_S = 3600

export const TOBA_DEFAULTS: Readonly<Record<string, QualityDefaults>> = {
  water_temperature: {
    failSpan: [10, 40],
    suspectSpan: [22, 31],
    // Upwelling: 23.02.
    climatologySpan: [22, 29.5],
    spike: [0.5, 1.5],
    ratePerHour: [1.5, 4],
    flatS: [6 * HOUR_S, 12 * HOUR_S],
    flatTolerance: 0.005,
    // 0.46.
    neighbourDeparture: 0.7,
  },
  ph: {
    failSpan: [4, 11],
    suspectSpan: [6.5, 9.2],
    // Upwelling: 7.03.
    climatologySpan: [6.8, 8.8],
    spike: [0.2, 0.5],
    ratePerHour: [0.5, 1.5],
    flatS: [12 * HOUR_S, 24 * HOUR_S],
    flatTolerance: 0.005,
    // 0.05.
    neighbourDeparture: 0.1,
  },
  dissolved_oxygen: {
    failSpan: [-0.5, 16],
    // 150 % of saturation at 909 hPa: 10.49 at 28 °C, 9.95 at 31 °C, the warmest that is not suspect itself.
    suspectSpan: [-0.5, 10.5],
    // A bloom in sunlight: 9.74.
    climatologySpan: [-0.5, 10.5],
    spike: [0.5, 1.5],
    ratePerHour: [1, 3],
    flatS: [3 * HOUR_S, 6 * HOUR_S],
    flatTolerance: 0.005,
    suspectAtMost: { flatBelow: 1 },
    // 0.17.
    neighbourDeparture: 0.3,
  },
  conductivity_25: {
    failSpan: [20, 1000],
    suspectSpan: [120, 260],
    // A downpour: 142.2.
    climatologySpan: [130, 220],
    spike: [5, 20],
    ratePerHour: [10, 40],
    // A downpour: 4.7 in five minutes.
    suddenChange: 10,
    flatS: [12 * HOUR_S, 24 * HOUR_S],
    flatTolerance: 0.05,
    // 2.7.
    neighbourDeparture: 4,
  },
  turbidity: {
    failSpan: [0, 1000],
    suspectSpan: [0, 400],
    climatologySpan: [0, 150],
    spike: [5, 30],
    // A downpour: 35 NTU in five minutes; a single reading off by 0.13 of its neighbours.
    ratePerHour: [400, 1000],
    suddenChange: 40,
    scatterShare: 0.25,
    flatS: [12 * HOUR_S, 24 * HOUR_S],
    flatTolerance: 0.005,
    suspectAtMost: {},
    // 2.06.
    neighbourDeparture: 3,
  },
  air_temperature: {
    failSpan: [0, 45],
    suspectSpan: [12, 33],
    spike: [1.5, 4],
    ratePerHour: [6, 12],
    // The front of a shower: 2.3 in five minutes.
    suddenChange: 5,
    flatS: [3 * HOUR_S, 6 * HOUR_S],
    flatTolerance: 0.02,
  },
  relative_humidity: {
    failSpan: [0, 100],
    suspectSpan: [25, 100],
    // The front of a shower: 21.6 in five minutes, a dip of 7.5 between two.
    spike: [10, 20],
    ratePerHour: [30, 60],
    suddenChange: 30,
    flatS: [6 * HOUR_S, 12 * HOUR_S],
    flatTolerance: 0.1,
    flatExemptFrom: 99,
  },
  air_pressure: {
    failSpan: [850, 960],
    suspectSpan: [900, 920],
    spike: [1, 3],
    ratePerHour: [2, 5],
    flatS: [6 * HOUR_S, 12 * HOUR_S],
    flatTolerance: 0.02,
  },
  pm2_5: {
    failSpan: [0, 1000],
    // Smoke of any density is what the system is there to see: 600.
    suspectSpan: [0, 1000],
    spike: [50, 150],
    ratePerHour: [100, 300],
    // Damp smoke at the front of a shower: 0.33 of the value in five minutes.
    scatterShare: 0.4,
    // Whole micrograms may stay for hours in clean air, so only the very same value is flat, and late.
    flatS: [6 * HOUR_S, 12 * HOUR_S],
    flatTolerance: 0.05,
  },
  pm10: {
    failSpan: [0, 2000],
    // Smoke: 769.
    suspectSpan: [0, 2000],
    spike: [80, 250],
    ratePerHour: [150, 400],
    scatterShare: 0.4,
    // Whole micrograms may stay for hours in clean air, so only the very same value is flat, and late.
    flatS: [6 * HOUR_S, 12 * HOUR_S],
    flatTolerance: 0.05,
  },
}
