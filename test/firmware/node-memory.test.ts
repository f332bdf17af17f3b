import * as assert from 'uvu/assert'
import { suite } from '../suite.js'
import { SLEEPLESS } from './node-ledger.js'
import { nodeRig, stationBundle } from './node-rig.js'

const SAMPLES = 10_000
const INTERVAL_S = 10
/** By then everything that is made once has been made: a configuration, sessions, full logs. */
const SETTLED = 2000
const STEP = 1000
/** A sample or a session may be under way when it is looked at; a leak of one a hundred samples would be 80. */
const UNDER_WAY = 12
/** A temperature every ten seconds, the sonde less often: what costs the emulator little time. */
const CONFIG = {
  revision: 1,
  intervalS: 600,
  sendIntervalS: 3600,
  channels: [{ quantity: 'water_temperature', intervalS: INTERVAL_S }],
}

/** Objects alive after each thousand samples of one life, from the 2,000th on, and how many samples came. */
async function longLife(code: string): Promise<{ objects: number[]; stored: number }> {
  const rig = await nodeRig({ code, files: SLEEPLESS })
  const { board, service, water } = rig
  Object.defineProperty(water, 'celsius', {
    enumerable: true,
    get: () => 20 + ((board.clock.nowMs / 1000) % 997) / 100,
  })
  service.config = CONFIG
  await board.powerOn()
  const objects: number[] = []
  for (let taken = STEP; taken <= SAMPLES; taken += STEP) {
    await board.advance(STEP * INTERVAL_S * 1000)
    // Of each session the rig keeps its end of the connection.
    service.brokers.length = 0
    if (taken >= SETTLED) objects.push(board.countObjects())
  }
  assert.equal(board.stats.boots, { 'power-on': 1, 'deep-sleep': 0, reboot: 0, watchdog: 0 })
  assert.is(board.stats.uncaught, 0)
  return { objects, stored: rig.service.stored(1).length }
}

suite('ten thousand samples in one life', (test) => {
  test(
    'use no more objects at the end than at the beginning',
    async () => {
      const { objects, stored } = await longLife(await stationBundle('lake'))
      console.log(`  objects ${objects}; ${stored} samples sent`)
      assert.ok(Math.max(...objects) - Math.min(...objects) <= UNDER_WAY, String(objects))
      assert.ok(stored > 0.9 * SAMPLES, `${stored} samples sent`)
    },
    { limitMs: 240_000 },
  )
})
