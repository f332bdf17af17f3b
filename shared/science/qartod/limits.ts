import { type Quantity, quantityByKey } from '../../wire/quantities.js'
import { type QualityDefaults, TOBA_DEFAULTS } from './toba-defaults.js'
import type { Span } from './verdict.js'

/**
 * The limits of a series in whole steps of its quantity, as readings are stored: a value that reaches a limit
 * is then equal to it and not a binary digit above. Durations in seconds, rates per second.
 */
export interface QualityLimits {
  gross: { failSpan: Span; suspectSpan: Span }
  climatologySpan: Span | undefined
  /** Differential: it leaves the good neighbours of a spike and the corners of a real step alone. */
  spike: { suspect: number; fail: number; method: 'differential' }
  /** Samples seconds apart differ by their scatter, and what may come at once is no rate. */
  rate: { suspect: number; fail: number; leastChange: number }
  /** See scatter.ts; 0 where noise does not grow with the value. */
  scatterShare: number
  flat: FlatTimes
  flatExemptFrom: number
  /** Spike, rate and climatology never give 4. */
  isSuspectAtMost: boolean
  /** Below it flat line never gives 4. */
  flatSuspectBelow: number
  /** See neighbour.ts; undefined: not tested. */
  neighbourDeparture: number | undefined
}

export interface FlatTimes {
  suspectS: number
  failS: number
  /** A range that reaches it is no flat line. */
  tolerance: number
}

const HOUR_S = 3600

export function limitsInSteps(quantity: Quantity, defaults: QualityDefaults): QualityLimits {
  const { climatologySpan, spike, ratePerHour, flatS, suspectAtMost, neighbourDeparture } = defaults
  // Limits are decimal: what the division leaves below a millionth of a step is rounding.
  const steps = (value: number) => Math.round((value / quantity.step) * 1e6) / 1e6
  const span = ([low, high]: Span): Span => [steps(low), steps(high)]
  return {
    gross: { failSpan: span(defaults.failSpan), suspectSpan: span(defaults.suspectSpan) },
    climatologySpan: climatologySpan && span(climatologySpan),
    spike: { suspect: steps(spike[0]), fail: steps(spike[1]), method: 'differential' },
    rate: {
      suspect: steps(ratePerHour[0]) / HOUR_S,
      fail: steps(ratePerHour[1]) / HOUR_S,
      leastChange: steps(defaults.suddenChange ?? spike[0]),
    },
    scatterShare: defaults.scatterShare ?? 0,
    flat: { suspectS: flatS[0], failS: flatS[1], tolerance: steps(defaults.flatTolerance) },
    flatExemptFrom: steps(defaults.flatExemptFrom ?? Number.POSITIVE_INFINITY),
    isSuspectAtMost: suspectAtMost !== undefined,
    flatSuspectBelow: steps(suspectAtMost?.flatBelow ?? Number.NEGATIVE_INFINITY),
    neighbourDeparture: neighbourDeparture && steps(neighbourDeparture),
  }
}

const byQuantity = new Map<number, QualityLimits>()
for (const [key, defaults] of Object.entries(TOBA_DEFAULTS)) {
  const quantity = quantityByKey(key)
  if (quantity) byQuantity.set(quantity.id, limitsInSteps(quantity, defaults))
}

/** Undefined where no limits are known: only the plausible range is judged then. */
export function limitsOf(quantityId: number): QualityLimits | undefined {
  return byQuantity.get(quantityId)
}
