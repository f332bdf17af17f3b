import type { Span } from './verdict.js'

/**
 * Limits of the quality tests for a node near the surface of Lake Toba, 905 m above the sea, by quantity: our
 * engineering defaults, to be tuned by site after a month. Low oxygen and high turbidity are what the system is
 * there to see, so no limit here calls them wrong.
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
  /** More than this percentage of saturation at the station's pressure is suspect. */
  suspectSaturation?: number
}

const HOUR_S = 3600

export const TOBA_DEFAULTS: Readonly<Record<string, QualityDefaults>> = {
  water_temperature: {
    failSpan: [10, 40],
    suspectSpan: [22, 31],
    climatologySpan: [23, 29.5],
    spike: [0.5, 1.5],
    ratePerHour: [1.5, 4],
    flatS: [6 * HOUR_S, 12 * HOUR_S],
    flatTolerance: 0.005,
  },
  ph: {
    failSpan: [4, 11],
    suspectSpan: [6.5, 9.2],
    climatologySpan: [7, 8.8],
    spike: [0.2, 0.5],
    ratePerHour: [0.5, 1.5],
    flatS: [12 * HOUR_S, 24 * HOUR_S],
    flatTolerance: 0.005,
  },
  dissolved_oxygen: {
    failSpan: [-0.5, 16],
    suspectSpan: [-0.5, 10.5],
    climatologySpan: [-0.5, 9],
    spike: [0.5, 1.5],
    ratePerHour: [1, 3],
    flatS: [3 * HOUR_S, 6 * HOUR_S],
    flatTolerance: 0.005,
    suspectAtMost: { flatBelow: 1 },
    suspectSaturation: 150,
  },
  conductivity_25: {
    failSpan: [20, 1000],
    suspectSpan: [120, 260],
    climatologySpan: [140, 220],
    spike: [5, 20],
    ratePerHour: [10, 40],
    flatS: [12 * HOUR_S, 24 * HOUR_S],
    flatTolerance: 0.05,
  },
  turbidity: {
    failSpan: [0, 1000],
    suspectSpan: [0, 400],
    climatologySpan: [0, 150],
    spike: [5, 30],
    ratePerHour: [20, 100],
    flatS: [12 * HOUR_S, 24 * HOUR_S],
    flatTolerance: 0.005,
    suspectAtMost: {},
  },
  air_temperature: {
    failSpan: [0, 45],
    suspectSpan: [12, 33],
    spike: [1.5, 4],
    ratePerHour: [6, 12],
    flatS: [3 * HOUR_S, 6 * HOUR_S],
    flatTolerance: 0.02,
  },
  relative_humidity: {
    failSpan: [0, 100],
    suspectSpan: [25, 100],
    spike: [8, 20],
    ratePerHour: [30, 60],
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
    suspectSpan: [0, 250],
    spike: [50, 150],
    ratePerHour: [100, 300],
    flatS: [3 * HOUR_S, 6 * HOUR_S],
    flatTolerance: 0,
  },
  pm10: {
    failSpan: [0, 2000],
    suspectSpan: [0, 420],
    spike: [80, 250],
    ratePerHour: [150, 400],
    flatS: [3 * HOUR_S, 6 * HOUR_S],
    flatTolerance: 0,
  },
}
