import { configNumber, SEND_INTERVAL_S } from './config.js'
import { station } from './station.js'

/* What the battery allows. Sampling goes on as long as the board runs; the radio is what empties it. */

export const LOW = 1
export const VERY_LOW = 2
export const FLAT = 3

const HOUR_S = 3600
const DAY_S = 86400

/** 0 while the battery gives what is wanted, else LOW, VERY_LOW or FLAT. */
export function shortage(): number {
  const battery = station.battery
  if (!battery) return 0
  const volts = battery.volts()
  if (volts < battery.flat) return FLAT
  if (volts < battery.veryLow) return VERY_LOW
  return volts < battery.low ? LOW : 0
}

/** Seconds between sessions, as configured and as the charge allows. */
export function sessionInterval(): number {
  const level = shortage()
  const wanted = configNumber(SEND_INTERVAL_S)
  return level ? Math.max(wanted, level === LOW ? HOUR_S : DAY_S) : wanted
}
