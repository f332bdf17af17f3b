import type { FaultKind } from './fault.js'

/** Faults of wires and power. */

/** V that a lithium cell loses before its regulator gives up. */
const VOLTS_LOST = 0.75

export const dyingBattery: FaultKind = {
  name: 'dying-battery',
  about: 'voltage sinks and values get restless, then nothing more; a new one at the end',
  on: undefined,
  durationH: 72,
  change: (sensed, { quantity, sensor, elapsedH, durationH, chance }) => {
    const spent = elapsedH / (durationH / 2)
    if (spent >= 1) return null
    if (quantity === 'battery_voltage') return sensed - VOLTS_LOST * spent ** 2
    return sensed + 0.2 * sensor.stray * spent ** 3 * (2 * chance(0, 1) - 1)
  },
}

const BURST_S = 600
const SHARE_OF_BURSTS = 0.4

export const wetConnector: FaultKind = {
  name: 'wet-connector',
  about: 'in bursts of ten minutes half of the values are missing and the rest pulled down',
  on: undefined,
  durationH: 48,
  change: (sensed, { sensor, chance }) => {
    if (chance(0, BURST_S) >= SHARE_OF_BURSTS) return sensed
    if (chance(1, 1) < 0.5) return null
    return sensed - sensor.stray * (0.2 + 0.6 * chance(2, 1))
  },
}
