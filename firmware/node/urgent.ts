import { config } from './config.js'
import { state, URGENT } from './journal.js'
import type { Values } from './station.js'

/*
 * Urgent is a sample that goes beyond its quantity's level, or changed by more than allowed since the one before. It is
 * sent at once, and the node samples fast until some samples in a row were calm. While it lasts every sample would be
 * sent: only the first one is worth the energy at any price.
 */

const CALM_SAMPLES = 3

/** Values of the last sample, in steps. */
const last: Values = []

/** Also says whether the change since the last sample makes it urgent. */
export function rememberSample(values: Values): boolean {
  let isAlarming = false
  values.forEach((value, c) => {
    const channel = config.channels[c]
    if (value === null || !channel) return
    // NaN where there is none before, and nothing is beyond that.
    const change = Math.abs(value - (last[c] as number))
    const units = value / channel.perUnit
    // What is not configured is undefined, and nothing is beyond that.
    if (units < (channel.urgentBelow as number) || units > (channel.urgentAbove as number))
      isAlarming = true
    if (change / channel.perUnit >= (channel.urgentChange as number)) isAlarming = true
    last[c] = value
  })
  return isAlarming
}

/** True when it was calm until this sample; `state` says for how long it is urgent. Remembers the sample. */
export function becomesUrgent(values: Values): boolean {
  const wasCalm = !state[URGENT]
  const isAlarming = rememberSample(values)
  if (isAlarming) state[URGENT] = CALM_SAMPLES
  else if (state[URGENT]) state[URGENT] = (state[URGENT] as number) - 1
  return isAlarming && wasCalm
}
