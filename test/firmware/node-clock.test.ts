import * as assert from 'uvu/assert'
import { suite } from '../suite.js'
import { EPOCH_S, type NodeRig, nodeRig } from './node-rig.js'

const HOUR_S = 3600
const TEMPERATURE = 1
const NTP_FROM_UNIX_S = 2_208_988_800
/** What a clock that was told may be off. */
const CLOCK_S = 3

/** A time server that tells the truth. */
function serveTime({ network }: NodeRig): void {
  network.serveDatagrams('ntp.test', 123, (request) => {
    const answer = Buffer.alloc(48)
    answer[0] = 0x24
    answer[1] = 1
    Buffer.from(request).copy(answer, 24, 40, 48)
    const seconds = EPOCH_S + Math.floor(network.clock.nowMs / 1000) + NTP_FROM_UNIX_S
    answer.writeUInt32BE(seconds, 32)
    answer.writeUInt32BE(seconds, 40)
    return answer
  })
}

async function hours(rig: NodeRig, count: number): Promise<void> {
  await rig.board.advance(count * HOUR_S * 1000)
}

/** The pH in steps is the true minute, so that a wrong time shows. */
function tellMinutes({ board, water }: NodeRig): void {
  Object.defineProperty(water, 'ph', {
    enumerable: true,
    get: () => Math.floor(board.clock.nowMs / 60_000) / 100,
  })
}

/** Minutes that dated readings are off what the water said. */
function errors({ service }: NodeRig): number[] {
  return service
    .stored(2)
    .filter(({ frame }) => !frame.undated)
    .map(({ time, value }) => Math.abs((time - EPOCH_S) / 60 - value))
}

suite('the node’s clock', (test) => {
  test('a time server dates what the service cannot', async () => {
    const rig = await nodeRig()
    rig.service.isClockless = true
    serveTime(rig)
    await rig.board.powerOn()
    await hours(rig, 2.1)
    const readings = rig.service.stored(TEMPERATURE).filter(({ time }) => time > EPOCH_S)
    assert.ok(readings.length > 20)
    assert.ok(readings.every(({ time }) => (time - EPOCH_S) % 300 <= CLOCK_S))
  })

  test('without anybody who tells the time readings are undated, and dated once it is told', async () => {
    const rig = await nodeRig()
    rig.service.isClockless = true
    tellMinutes(rig)
    await rig.board.powerOn()
    await hours(rig, 2.1)
    assert.ok(rig.service.frames.length > 0)
    assert.ok(rig.service.stored(TEMPERATURE).every(({ time }) => time < EPOCH_S))
    rig.service.isClockless = false
    await hours(rig, 2)
    const dated = errors(rig)
    assert.ok(dated.length >= 12)
    assert.ok(Math.max(...dated) < 1.5, String(dated))
  })

  for (const leapS of [HOUR_S, -HOUR_S]) {
    test(`a leap of the board’s clock by ${leapS} s is a new boot, and no time is wrong`, async () => {
      const rig = await nodeRig()
      tellMinutes(rig)
      await rig.board.powerOn()
      await hours(rig, 3.02)
      rig.board.leapClock(leapS)
      await hours(rig, 3)
      const boots = new Set(rig.service.frames.map(({ boot }) => boot))
      assert.is(boots.size, 2)
      assert.ok(errors(rig).length > 60)
      assert.ok(Math.max(...errors(rig)) < 1.5, String(errors(rig)))
    })
  }

  test('an interval over the longest sleep wakes at its place on the grid', async () => {
    const rig = await nodeRig()
    rig.service.config = { revision: 1, intervalS: HOUR_S }
    await rig.board.powerOn()
    await hours(rig, 6.1)
    const seconds = rig.service.stored(TEMPERATURE).map(({ time }) => time - EPOCH_S)
    const later = seconds.filter((second) => second > HOUR_S)
    assert.ok(later.length >= 4, String(seconds))
    assert.ok(
      later.every((second) => second % HOUR_S === 0),
      String(seconds),
    )
  })

  test('the boot number holds through deep sleep and grows with a power cut', async () => {
    const rig = await nodeRig()
    await rig.board.powerOn()
    await hours(rig, 2.1)
    assert.is(new Set(rig.service.frames.map(({ boot }) => boot)).size, 1)
    const [first] = rig.service.frames
    await rig.board.powerOn()
    await hours(rig, 1.1)
    assert.is(rig.service.frames[rig.service.frames.length - 1]?.boot, (first?.boot ?? 0) + 1)
  })
})
