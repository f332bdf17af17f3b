import * as assert from 'uvu/assert'
import { suite } from '../suite.js'
import { EPOCH_S, type NodeRig, nodeRig } from './node-rig.js'

const HOUR_S = 3600
const PROMISE_S = 60
const OXYGEN = 3

/** Three quiet hours, then ten minutes into the fourth the oxygen is another one. */
async function afterChange(mgL: number): Promise<NodeRig> {
  const rig = await nodeRig()
  await rig.board.powerOn()
  await rig.board.advance((3 * HOUR_S + 600 - 60) * 1000)
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
    const rig = await afterChange(5)
    assert.ok(delayS(rig) <= PROMISE_S, `${delayS(rig)} s`)
  })

  test('a smaller change waits for the hour', async () => {
    const rig = await afterChange(6)
    assert.ok(Number.isNaN(delayS(rig)))
    await rig.board.advance(HOUR_S * 1000)
    assert.ok(times(rig).includes(600))
  })

  test('it is sampled each minute until three samples were calm, then at its interval again', async () => {
    const rig = await afterChange(3.5)
    await rig.board.advance(600 * 1000)
    rig.water.oxygenMgL = 4.4
    await rig.board.advance(2 * HOUR_S * 1000)
    const all = times(rig)
    assert.ok([660, 720, 780, 840, 1200, 1260].every((second) => all.includes(second)))
    const later = all.filter((second) => second > 1500)
    assert.ok(later.length > 0)
    assert.ok(
      later.every((second) => second % 300 === 0),
      String(later),
    )
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
