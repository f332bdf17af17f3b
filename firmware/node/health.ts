import { uptime } from './clock.js'
import { config } from './config.js'
import { HEALTH, keepSample } from './journal.js'
import { DROPPED, framed } from './outbox.js'
import { unsentSamples } from './pack.js'
import { sensorFaults } from './sampler.js'
import type { Station } from './station.js'

/** How the node is, as quantities 100 to 109 of the registry: a sample of its own stream. */

/** Position 0 of a quantity, as the journal writes it. */
const BATTERY = 1600
const RSSI = 1616
const UPTIME = 1632
const FREE_MEMORY = 1648
const RESET_CAUSE = 1664
const OUTBOX_DEPTH = 1680
const DROPPED_SAMPLES = 1696
const REVISION = 1712
const FAULTS = 1728
const BUILD = 1744

/** Steps of the registry: minutes, 16 bytes, hundredths of a volt. */
const UPTIME_STEP_S = 60
const MEMORY_STEP = 16
const VARIABLE_BYTES = 14

/** Two samples of one second would be one. */
let last = -1

/** `cause` is the code of quantity 104; `build` is told once a start only, and -1 otherwise. */
export function keepHealth(
  station: Station,
  rssi: number | undefined,
  cause: number,
  build: number,
): void {
  const channels: number[] = []
  const values: number[] = []
  function add(channel: number, value: number): void {
    channels.push(channel)
    values.push(Math.floor(value + 0.5))
  }
  if (station.battery) add(BATTERY, station.battery.volts() * 100)
  if (rssi !== undefined) add(RSSI, rssi)
  add(UPTIME, uptime() / UPTIME_STEP_S)
  add(FREE_MEMORY, (process.memory().free * VARIABLE_BYTES) / MEMORY_STEP)
  add(RESET_CAUSE, cause)
  add(OUTBOX_DEPTH, unsentSamples())
  add(DROPPED_SAMPLES, framed[DROPPED] as number)
  add(REVISION, config.revision)
  add(FAULTS, sensorFaults())
  if (build >= 0) add(BUILD, build)
  last = Math.max(uptime(), last + 1)
  keepSample(HEALTH, last, channels, values)
}
