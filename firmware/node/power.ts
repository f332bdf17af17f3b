import { configNumber, SEND_INTERVAL_S } from './config.js'
import { station } from './station.js'

/* What the battery allows. Sampling goes on as long as the board runs; the radio is what empties it. */

export const FULL = 0
export const LOW = 1
export const VERY_LOW = 2
export const FLAT = 3

const HOUR_S = 3600
const DAY_S = 86400

export function charge(): number {
  const battery = station.battery
  if (!battery) return FULL
  const volts = battery.volts()
  if (volts < battery.flat) return FLAT
  if (volts < battery.veryLow) return VERY_LOW
  return volts < battery.low ? LOW : FULL
}

/** Seconds between sessions, as configured and as the charge allows. */
export function sessionInterval(): number {
  const level = charge()
  const wanted = configNumber(SEND_INTERVAL_S)
  return level === FULL ? wanted : Math.max(wanted, level === LOW ? HOUR_S : DAY_S)
}
