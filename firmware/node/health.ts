import { uptime } from './clock.js'
import { configNumber, REVISION } from './config.js'
import { HEALTH, keepSample } from './journal.js'
import { DROPPED, framed } from './outbox.js'
import { unsentSamples } from './pack.js'
import { sensorFaults } from './sampler.js'
import { station } from './station.js'

/** How the node is, as quantities 100 to 109 of the registry: a sample of its own stream. */

/** Channel of the first of them, as the journal writes it; each next one is a quantity further. */
const FIRST = 1600
const NEXT = 16

/** Steps of the registry: minutes, 16 bytes, hundredths of a volt. */
const UPTIME_STEP_S = 60
const MEMORY_STEP = 16
const VARIABLE_BYTES = 14

/** Two samples of one second would be one. */
let last = -1

/** In a new boot the time begins anew. */
export function forgetHealth(): void {
  last = -1
}

/** `cause` is the code of quantity 104; `build` is told once a start only. */
export function keepHealth(
  rssi: number | undefined,
  cause: number,
  build: number | undefined,
): void {
  const channels: number[] = []
  const values: number[] = []
  let channel = FIRST
  const add = (value: number | undefined) => {
    if (value !== undefined) {
      channels.push(channel)
      values.push(Math.floor(value + 0.5))
    }
    channel += NEXT
  }
  const battery = station.battery
  add(battery && battery.volts() * 100)
  add(rssi)
  add(uptime() / UPTIME_STEP_S)
  add((process.memory().free * VARIABLE_BYTES) / MEMORY_STEP)
  add(cause)
  add(unsentSamples())
  add(framed[DROPPED])
  add(configNumber(REVISION))
  add(sensorFaults())
  add(build)
  last = Math.max(uptime(), last + 1)
  keepSample(HEALTH, last, channels, values)
}
