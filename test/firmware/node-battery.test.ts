import * as assert from 'uvu/assert'
import { suite } from '../suite.js'
import { EPOCH_S, type NodeRig, nodeRig } from './node-rig.js'

const HOUR_S = 3600
const CONFIG = { revision: 1, sendIntervalS: 900 }
const FILES = { 'config.json': JSON.stringify(CONFIG) }

/** Sessions in so many hours at a voltage, a quarter of an hour after it was reached. */
async function sessions(rig: NodeRig, volts: number, hours: number): Promise<number> {
  rig.setBattery(volts)
  await rig.board.advance(HOUR_S * 1000)
  const before = rig.service.brokers.length
  await rig.board.advance(hours * HOUR_S * 1000)
  return rig.service.brokers.length - before
}

suite('the battery', (test) => {
  test(
    'full it sends at its interval, low hourly, very low daily, flat not; then it recovers',
    async () => {
      const rig = await nodeRig({ files: FILES })
      rig.service.config = CONFIG
      await rig.board.powerOn()
      assert.is(await sessions(rig, 12.7, 4), 16)
      assert.is(await sessions(rig, 12.0, 4), 4)
      assert.is(await sessions(rig, 11.6, 48), 2)
      assert.is(await sessions(rig, 11.0, 12), 0)
      assert.is(await sessions(rig, 12.7, 4), 16)
      const hours = Math.floor(rig.board.clock.nowMs / 1000 / HOUR_S) - 1
      const seconds = new Set(rig.service.stored(1).map(({ time }) => time - EPOCH_S))
      const missing = Array.from({ length: hours * 12 }, (_, n) => n * 300).filter(
        (second) => !seconds.has(second),
      )
      assert.equal(missing, [], 'it kept sampling all the time')
    },
    { limitMs: 240_000 },
  )

  test('charged again after a day without a session, it does not wait for the next one', async () => {
    const rig = await nodeRig({ files: FILES })
    rig.service.config = CONFIG
    rig.setBattery(11.6)
    await rig.board.powerOn()
    await rig.board.advance(2 * HOUR_S * 1000)
    const before = rig.service.brokers.length
    rig.setBattery(12.7)
    await rig.board.advance((900 + 300) * 1000)
    assert.ok(rig.service.brokers.length > before)
  })
})
