import type { Channel } from './description.js'
import { type Around, type Sensor, station, type Values } from './station.js'
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
/** No pressure beyond these is any of the earth's surface, hPa. */
const THINNEST = 500
const THICKEST = 1100

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
  sensors.forEach((sensor) => {
    if (sensor.power) digitalWrite(sensor.power, isOn)
  })
}

/** Reads every sensor that has a due channel. `done` gets a value in steps for each channel, null where none is. */
export function takeSample(
  due: boolean[],
  pressureHpa: number,
  done: (values: Values) => void,
): void {
  const steps: Values = station.channels.map(() => null)
  const isPressure = pressureHpa > THINNEST && pressureHpa < THICKEST
  const around: Around = { waterC: null, pressureHpa: isPressure ? pressureHpa : null }
  const sensors = station.sensors.filter((sensor) => sensor.channels.some((c) => due[c] as boolean))

  const store = (sensor: Sensor, values: Values) => {
    let isWhole = true
    sensor.channels.forEach((c, n) => {
      const perUnit = (station.channels[c] as Channel).perUnit
      const value = inSteps(values[n], perUnit)
      if (value === null) {
        isWhole = false
        return
      }
      if (due[c]) steps[c] = value
      const celsius = value / perUnit
      if (c === station.waterChannel && celsius > COLDEST && celsius < WARMEST)
        around.waterC = celsius
    })
    const bit = 1 << station.sensors.indexOf(sensor)
    faults = isWhole ? faults & ~bit : faults | bit
  }

  const readFrom = (n: number) => {
    const sensor = sensors[n]
    if (!sensor) {
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

  const warmUpS = sensors.reduce((longest, sensor) => Math.max(longest, sensor.warmUpS), 0)
  switchPower(sensors, true)
  setTimeout(() => readFrom(0), warmUpS * 1000)
}
