import type { Around, Sensor, Station, Values } from './station.js'
import { within } from './timer.js'

/*
 * One sample: power on what is needed, wait until it is warm, read one sensor after the other, power off. A sensor that
 * is silent, throws or answers nonsense costs its own values and a bit in `faults`, nothing else.
 */

/** A driver has its own limits; this one ends what they forgot. */
const SENSOR_LIMIT_S = 10
const LARGEST = 2147483647
/** Beyond it a water temperature is no base for another sensor's compensation, degC. */
const COLDEST = -1
const WARMEST = 45

/** Bit n: the n-th sensor failed when it was read last. */
let faults = 0

export function sensorFaults(): number {
  return faults
}

/** Pressure of the standard atmosphere at an altitude in metres, hPa (ISO 2533). */
export function pressureAt(altitudeM: number): number {
  return 1013.25 * (1 - 2.25577e-5 * altitudeM) ** 5.25588
}

function inSteps(value: number | null | undefined, perUnit: number): number | null {
  if (value === null || value === undefined) return null
  const steps = Math.floor(value * perUnit + 0.5)
  // Neither NaN nor Infinity passes.
  return steps >= -LARGEST && steps <= LARGEST ? steps : null
}

function switchPower(sensors: Sensor[], isOn: boolean): void {
  for (let n = 0; n < sensors.length; n++) {
    const pin = (sensors[n] as Sensor).power
    if (pin) digitalWrite(pin, isOn)
  }
}

/** Reads every sensor that has a due channel. `done` gets a value in steps for each channel, null where none is. */
export function takeSample(
  station: Station,
  due: boolean[],
  pressureHpa: number,
  done: (values: Values) => void,
): void {
  const steps: Values = station.channels.map(() => null)
  const around: Around = { waterC: null, pressureHpa }
  const sensors = station.sensors.filter((sensor) => sensor.channels.some((c) => due[c] === true))

  function store(sensor: Sensor, values: Values): void {
    let isWhole = true
    for (let n = 0; n < sensor.channels.length; n++) {
      const c = sensor.channels[n] as number
      const channel = station.channels[c]
      const value = channel ? inSteps(values[n], channel.perUnit) : null
      if (value === null) isWhole = false
      else if (due[c]) steps[c] = value
      if (c === station.waterChannel && value !== null && channel) {
        const celsius = value / channel.perUnit
        around.waterC = celsius > COLDEST && celsius < WARMEST ? celsius : null
      }
    }
    const bit = 1 << station.sensors.indexOf(sensor)
    faults = isWhole ? faults & ~bit : faults | bit
  }

  function readFrom(n: number): void {
    const sensor = sensors[n]
    if (sensor === undefined) {
      switchPower(sensors, false)
      done(steps)
      return
    }
    // Only the first answer counts: a late one is of another sample.
    const settle = within<Values>(SENSOR_LIMIT_S, [], (values) => {
      store(sensor, values)
      readFrom(n + 1)
    })
    try {
      sensor.read(around, settle)
    } catch (error) {
      console.log('sensor', n, error)
      settle([])
    }
  }

  let warmUpS = 0
  for (let n = 0; n < sensors.length; n++)
    warmUpS = Math.max(warmUpS, (sensors[n] as Sensor).warmUpS)
  switchPower(sensors, true)
  setTimeout(() => readFrom(0), warmUpS * 1000)
}
