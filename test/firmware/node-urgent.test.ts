import * as assert from 'uvu/assert'
import { suite } from '../suite.js'
import { EPOCH_S, type NodeRig, nodeRig } from './node-rig.js'

const HOUR_S = 3600
const PROMISE_S = 60
const OXYGEN = 3

/** Three quiet hours and nine minutes. */
async function quiet(config: Record<string, unknown> = { revision: 0 }): Promise<NodeRig> {
  const rig = await nodeRig()
  rig.service.config = config
  await rig.board.powerOn()
  await rig.board.advance((3 * HOUR_S + 600 - 60) * 1000)
  return rig
}

/** Three quiet hours, then ten minutes into the fourth the oxygen is another one. */
async function afterChange(mgL: number): Promise<NodeRig> {
  const rig = await quiet()
  rig.water.oxygenMgL = mgL
  await rig.board.advance(120 * 1000)
  return rig
}

/** Seconds from the sample at 3:10 until the service acknowledged it. */
function delayS({ service }: NodeRig): number {
  const time = EPOCH_S + 3 * HOUR_S + 600
  const at = service.frames.findIndex(
    ({ channels, samples }) =>
      channels.some(({ quantity }) => quantity === OXYGEN) &&
      samples.some((sample) => sample.time === time),
  )
  return (service.acknowledgedAtMs[at] ?? Number.NaN) / 1000 - (3 * HOUR_S + 600)
}

/** Sample times of the fourth hour and later, seconds after 3:00. */
function times({ service }: NodeRig): number[] {
  return service
    .stored(OXYGEN)
    .map(({ time }) => time - EPOCH_S - 3 * HOUR_S)
    .filter((second) => second > 0)
    .sort((a, b) => a - b)
}

suite('an urgent sample', (test) => {
  test('oxygen below its level is acknowledged within a minute of its sample', async () => {
    const rig = await afterChange(3.5)
    assert.ok(delayS(rig) <= PROMISE_S, `${delayS(rig)} s`)
  })

  test('oxygen that fell by its urgent change is acknowledged within a minute', async () => {
    const rig = await afterChange(5.5)
    assert.ok(delayS(rig) <= PROMISE_S, `${delayS(rig)} s`)
  })

  for (const [quantity, key, jump] of [
    ['turbidity', 'turbidityNtu', 60],
    ['ph', 'ph', 9.6],
  ] as const) {
    test(`${quantity} above a level that was configured is acknowledged within a minute`, async () => {
      const levels = [
        { quantity: 'turbidity', urgentAbove: 50 },
        { quantity: 'ph', urgentAbove: 9.5 },
      ]
      const rig = await quiet({ revision: 1, channels: levels })
      rig.water[key] = jump
      await rig.board.advance(120 * 1000)
      assert.ok(delayS(rig) <= PROMISE_S, `${delayS(rig)} s`)
    })
  }

  test('a channel that a configuration does not name keeps its level', async () => {
    const rig = await quiet({ revision: 1, channels: [{ quantity: 'ph', urgentAbove: 9.5 }] })
    rig.water.oxygenMgL = 3.5
    await rig.board.advance(120 * 1000)
    assert.ok(delayS(rig) <= PROMISE_S, `${delayS(rig)} s`)
  })

  test('a smaller change waits for the hour', async () => {
    const rig = await afterChange(6)
    assert.ok(Number.isNaN(delayS(rig)))
    await rig.board.advance(HOUR_S * 1000)
    assert.ok(times(rig).includes(600))
  })

  test('it is sampled each minute until three samples were calm, then at its interval again', async () => {
    const rig = await afterChange(5.2)
    await rig.board.advance(600 * 1000)
    rig.water.oxygenMgL = 5.9
    await rig.board.advance(2 * HOUR_S * 1000)
    const all = times(rig)
    // Alarming from 600 to 1200; 1260, 1320 and 1380 are calm.
    const minutes = Array.from({ length: 14 }, (_, n) => 600 + 60 * n)
    const grid = Array.from({ length: 20 }, (_, n) => 1500 + 300 * n)
    assert.equal(all.slice(0, 30), [300, ...minutes, ...grid].slice(0, 30))
  })

  test('on a low battery only the crossing is sent at once', async () => {
    const rig = await nodeRig()
    rig.setBattery(12)
    await rig.board.powerOn()
    await rig.board.advance((3 * HOUR_S + 540) * 1000)
    rig.water.oxygenMgL = 3.5
    await rig.board.advance(120 * 1000)
    assert.ok(delayS(rig) <= PROMISE_S, `${delayS(rig)} s`)
    const sessions = rig.service.brokers.length
    await rig.board.advance(20 * 60 * 1000)
    assert.is(rig.service.brokers.length, sessions)
  })
})
