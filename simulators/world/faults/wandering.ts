import { ZEROED } from '../sensors.js'
import type { FaultKind } from './fault.js'

/** Faults that move a value slowly or once away from the truth. */

const WEEK_H = 7 * 24
/** Slime needs a while to cover a sensor. */
const GROWN_H = 14 * 24

export const drifting: FaultKind = {
  name: 'drift',
  about: 'the zero wanders up, half of the sensor’s stray a week',
  on: ZEROED,
  durationH: Number.POSITIVE_INFINITY,
  change: (sensed, { sensor, elapsedH }) => sensed + (0.5 * sensor.stray * elapsedH) / WEEK_H,
}

/**
 * A day, in the unit, once slime has grown. Oxygen and turbidity: ../shared/data/simulator_profile.json; the others are
 * judgement.
 */
const A_DAY: Readonly<Record<string, number>> = {
  dissolved_oxygen: -0.05,
  turbidity: 0.15,
  chlorophyll_a: 0.1,
  ph: -0.01,
  conductivity_25: -0.3,
}

export const fouling: FaultKind = {
  name: 'fouling',
  about: 'slime grows on a probe in the water: oxygen reads lower and turbidity higher day by day',
  on: Object.keys(A_DAY),
  durationH: Number.POSITIVE_INFINITY,
  change: (sensed, { quantity, elapsedH }) => {
    const grown = Math.min(1, elapsedH / GROWN_H)
    return sensed + (A_DAY[quantity] ?? 0) * (elapsedH / 24) * (0.5 + 0.5 * grown)
  },
}

export const calibrationStep: FaultKind = {
  name: 'calibration-step',
  about: 'a wrong calibration: from one value to the next off by half of the sensor’s stray',
  on: ZEROED,
  durationH: Number.POSITIVE_INFINITY,
  change: (sensed, { sensor }) => sensed + 0.5 * sensor.stray,
}
