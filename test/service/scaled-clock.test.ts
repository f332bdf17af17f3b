import * as assert from 'uvu/assert'
import { ScaledClock } from '../../ingest/clock.js'
import { readConfig } from '../../ingest/config.js'
import { suite } from '../suite.js'

suite('a clock of its own', (test) => {
  test('it runs as fast as it is told', () => {
    const realMs = Date.now() - 10_000
    const clock = new ScaledClock({ realMs, ownMs: 1_000_000, speed: 60 })

    assert.ok(Math.abs(clock.now() - 1_600_000) < 60_000, `${clock.now()}`)
  })

  test('it never passes the present', () => {
    const clock = new ScaledClock({ realMs: Date.now() - 10_000, ownMs: Date.now(), speed: 60 })

    assert.ok(clock.now() <= Date.now())
  })

  test('a simulated store may have one, a real store may not', () => {
    const { scaledClock } = readConfig({ CLOCK_SCALED: '5:7:2.5', STORE_KIND: 'simulated' })

    assert.equal(scaledClock, { realMs: 5, ownMs: 7, speed: 2.5 })
    assert.throws(() => readConfig({ CLOCK_SCALED: '5:7:2.5' }), /only a simulated store/)
    assert.throws(
      () => readConfig({ CLOCK_SCALED: 'fast', STORE_KIND: 'simulated' }),
      /REAL_MS:OWN_MS:SPEED/,
    )
  })
})
