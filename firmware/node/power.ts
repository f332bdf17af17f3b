import type { Station } from './station.js'

/* What the battery allows. Sampling goes on as long as the board runs; the radio is what empties it. */

export const FULL = 0
export const LOW = 1
export const VERY_LOW = 2
export const FLAT = 3

const HOUR_S = 3600
const DAY_S = 86400

export function charge(station: Station): number {
  const battery = station.battery
  if (!battery) return FULL
  const volts = battery.volts()
  if (volts < battery.flat) return FLAT
  if (volts < battery.veryLow) return VERY_LOW
  return volts < battery.low ? LOW : FULL
}

/** Seconds between sessions at a charge, where `seconds` are wanted. */
export function sessionInterval(level: number, seconds: number): number {
  if (level === FULL) return seconds
  return Math.max(seconds, level === LOW ? HOUR_S : DAY_S)
}
