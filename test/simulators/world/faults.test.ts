import * as assert from 'uvu/assert'
import { STATION_KEYS } from '../../../simulators/world/sensors.js'
import type { World } from '../../../simulators/world/world.js'
import { suite } from '../../suite.js'
import { HOUR_MS, mean, START_MS, site, worldWith } from './world-rig.js'

const healthy = worldWith()

type At = readonly [site: string, quantity: string]

function sensedAt(world: World, [code, quantity]: At, hour: number): number | null {
  return world.sensed(site(code), quantity, START_MS + Math.round(hour * HOUR_MS))
}

/** Every five minutes: what the fault makes of the healthy value, null where nothing is said. */
function errors(fault: string, at: At, [fromH, toH]: readonly [number, number]) {
  const broken = worldWith({ faults: [fault] })
  const found: (number | null)[] = []
  for (let hour = fromH; hour < toH; hour += 1 / 12) {
    const value = sensedAt(broken, at, hour)
    found.push(value === null ? null : value - (sensedAt(healthy, at, hour) ?? 0))
  }
  return found
}

const told = (found: readonly (number | null)[]) => found.filter((error) => error !== null)
const near = (value: number, expected: number, within: number) =>
  assert.ok(Math.abs(value - expected) < within, `${value} instead of ${expected}`)

suite('sensor faults of the world', (test) => {
  test('a drifting zero is half a stray off after a week, and on its way before', () => {
    const error = (hour: number) =>
      mean(told(errors('drift:ph@W-02', ['W-02', 'ph'], [hour, hour + 1])))

    near(error(0), 0, 0.01)
    near(error(84), 0.15, 0.01)
    near(error(168), 0.3, 0.01)
  })

  test('a counter has no zero that could drift', () => {
    const found = errors('drift@T-01', ['T-01', 'motorcycle_count'], [160, 168])

    assert.ok(found.every((error) => error === 0))
  })

  test('slime lowers oxygen and lifts turbidity day by day, and spares the thermometer', () => {
    const error = (quantity: string, day: number) =>
      mean(told(errors('fouling@W-02', ['W-02', quantity], [24 * day, 24 * day + 1])))

    near(error('dissolved_oxygen', 14), -0.7, 0.02)
    near(error('turbidity', 14), 2.1, 0.05)
    assert.ok(error('dissolved_oxygen', 3) > -0.15, 'little has grown in three days')
    assert.is(error('water_temperature', 14), 0)
  })

  test('a stuck sensor says the same for a day and then follows the water again', () => {
    const world = worldWith({ faults: ['stuck:ph@W-02+6h'] })
    const said = (fromH: number, toH: number) => {
      const values = new Set<number | null>()
      for (let hour = fromH; hour < toH; hour += 0.5)
        values.add(sensedAt(world, ['W-02', 'ph'], hour))
      return values
    }

    assert.is(said(6, 30).size, 1)
    assert.ok(said(0, 6).size > 6)
    assert.equal(
      said(30, 40),
      new Set(Array.from({ length: 20 }, (_, n) => sensedAt(healthy, ['W-02', 'ph'], 30 + n / 2))),
    )
  })

  test('about three values in a hundred are spikes of one to two strays, the others are right', () => {
    const found = told(
      errors('spike:dissolved_oxygen@W-02', ['W-02', 'dissolved_oxygen'], [0, 240]),
    )
    const spikes = found.filter((error) => error !== 0)

    near(spikes.length / found.length, 0.03, 0.008)
    assert.ok(spikes.some((error) => error > 0) && spikes.some((error) => error < 0))
    assert.ok(spikes.every((error) => Math.abs(error) >= 2 - 1e-9 && Math.abs(error) <= 4 + 1e-9))
  })

  test('a wrong calibration moves every value from one moment on', () => {
    const at = ['W-02', 'conductivity_25'] as const
    const before = errors('calibration-step:conductivity_25@W-02+6h', at, [0, 5.9])
    const after = errors('calibration-step:conductivity_25@W-02+6h', at, [6, 12])

    assert.ok(before.every((error) => error === 0))
    for (const error of after) near(error ?? 0, 15, 1e-9)
  })

  test('a dying battery sinks, makes values restless, silences all of them, and is replaced', () => {
    const voltage = errors('dying-battery@W-02', ['W-02', 'battery_voltage'], [34, 35])
    const oxygen = (span: readonly [number, number]) =>
      errors('dying-battery@W-02', ['W-02', 'dissolved_oxygen'], span)

    assert.ok(mean(told(voltage)) < -0.6, `${mean(told(voltage))} V`)
    assert.ok(told(oxygen([34, 36])).some((error) => Math.abs(error) > 0.15))
    assert.ok(told(oxygen([0, 4])).every((error) => Math.abs(error) < 0.01))
    for (const quantity of STATION_KEYS.lake) {
      const silent = errors('dying-battery@W-02', ['W-02', quantity], [36, 72])
      assert.ok(
        silent.every((error) => error === null),
        quantity,
      )
    }
    assert.ok(oxygen([72, 80]).every((error) => error === 0))
  })

  test('a wet connector loses values in bursts and pulls the rest of the burst down', () => {
    const found = errors('wet-connector:turbidity@W-04', ['W-04', 'turbidity'], [0, 48])
    const lost = found.filter((error) => error === null)
    const pulled = told(found).filter((error) => error !== 0)

    near(lost.length / found.length, 0.2, 0.06)
    near(pulled.length / found.length, 0.2, 0.06)
    assert.ok(pulled.every((error) => error < 0))
    assert.ok(errors('wet-connector@W-04', ['W-04', 'ph'], [48, 60]).every((error) => error === 0))
  })

  test('a fault of one quantity leaves the others and the neighbours alone', () => {
    for (const at of [
      ['W-02', 'dissolved_oxygen'],
      ['W-01', 'ph'],
    ] as const) {
      const found = errors('calibration-step:ph@W-02', at, [0, 24])
      assert.ok(
        found.every((error) => error === 0),
        `${at}`,
      )
    }
  })

  test('a fault changes what is sensed and never what is true', () => {
    const broken = worldWith({ faults: ['drift@W-02', 'spike@W-02', 'stuck@W-02+2d'] })
    for (let hour = 0; hour < 72; hour += 3) {
      const timeMs = START_MS + hour * HOUR_MS
      for (const key of STATION_KEYS.lake) {
        assert.is(broken.truth(site('W-02'), key, timeMs), healthy.truth(site('W-02'), key, timeMs))
      }
    }
  })

  test('a counter with a fault still counts whole vehicles', () => {
    const broken = worldWith({ faults: ['spike@T-01', 'wet-connector@T-01'] })
    for (let hour = 0; hour < 48; hour += 1 / 12) {
      const count = sensedAt(broken, ['T-01', 'motorcycle_count'], hour)
      assert.ok(count === null || (Number.isInteger(count) && count >= 0), `${count}`)
    }
  })
})
