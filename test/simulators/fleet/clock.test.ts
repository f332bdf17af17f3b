import * as assert from 'uvu/assert'
import { ScaledClock } from '../../../ingest/clock.js'
import { readConfig } from '../../../ingest/config.js'
import { fleetClock } from '../../../simulators/fleet/clock.js'
import { suite } from '../../suite.js'

const HOUR_MS = 3_600_000

suite('the clock of a fleet', (test) => {
  function rig(speed: number, hours: number) {
    const machine = { ms: Date.UTC(2026, 5, 1) }
    return { machine, clock: fleetClock(speed, hours * HOUR_MS, () => machine.ms) }
  }

  test('a day at 60 times fits between its start and the present, however it started', () => {
    for (const startS of [2, 60, 170]) {
      const { machine, clock } = rig(60, 24)
      machine.ms += startS * 1000
      const beganMs = clock.now()

      machine.ms += (24 * HOUR_MS) / 60

      assert.is(clock.now() - beganMs, 24 * HOUR_MS)
      assert.ok(clock.now() <= machine.ms)
    }
  })

  test('it meets the present at its limit and never passes it', () => {
    const { machine, clock } = rig(60, 1)
    machine.ms = clock.limitMs
    assert.ok(Math.abs(clock.now() - clock.limitMs) <= 60)

    machine.ms += HOUR_MS
    assert.is(clock.now(), machine.ms)
  })

  test('real time is the machine’s', () => {
    const { machine, clock } = rig(1, 1)

    assert.is(clock.now(), machine.ms)
    assert.is(clock.setting, undefined)
  })

  test('the service goes by the same clock', () => {
    const clock = fleetClock(60, HOUR_MS, Date.now)
    const settings = { CLOCK_SCALED: clock.setting, STORE_KIND: 'simulated' }
    const { scaledClock } = readConfig(settings)
    assert.ok(scaledClock)

    assert.ok(Math.abs(new ScaledClock(scaledClock).now() - clock.now()) < 60_000)
  })
})
