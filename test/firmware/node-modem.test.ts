import * as assert from 'uvu/assert'
import {
  AtModem,
  type ModemFault,
  type ModemOptions,
} from '../../simulators/board/peers/at-modem.js'
import { suite } from '../suite.js'
import { missingSlots } from './node-grid.js'
import { faultsOf, tellTimeByWater } from './node-ledger.js'
import { EPOCH_S, type NodeRig, nodeRig, stationBundle } from './node-rig.js'

/** The lake station with a modem in place of Wi-Fi. */

const HOUR_S = 3600
const DAY_S = 24 * HOUR_S
const TEMPERATURE = 1
/** What a session takes to get through once it has begun. */
const SESSION_S = 150

async function modemRig(
  options: Partial<ModemOptions> = {},
): Promise<NodeRig & { modem: AtModem }> {
  const rig = await nodeRig({ code: await stationBundle('lake-modem') })
  tellTimeByWater(rig)
  const modem = rig.board.attach(new AtModem({ power: 26, tx: 19, rx: 18, ...options }))
  await rig.board.powerOn()
  return { ...rig, modem }
}

function sampled({ service }: NodeRig): number[] {
  return service.stored(TEMPERATURE).map(({ time }) => time - EPOCH_S)
}

function assertWhole(rig: NodeRig, untilS: number): void {
  assert.equal(faultsOf(rig.service.frames, [0]), [])
  const seconds = sampled(rig)
  assert.equal(missingSlots(seconds, untilS), [])
  assert.is(new Set(seconds).size, seconds.length, 'none twice')
  assert.is(rig.board.stats.uncaught, 0)
  assert.is(rig.board.stats.boots.watchdog, 0)
}

const REASONS: Record<ModemFault, string> = {
  silent: 'modem: AT',
  garbage: 'modem: AT',
  'no-card': 'modem: AT+CPIN?',
  'not-registered': 'modem: AT+CREG?',
  denied: 'modem: AT+CREG?',
  'no-bearer': 'modem: AT+CIICR',
}

suite('a lake station with a modem', (test) => {
  test('a whole day is acknowledged, in an hour’s sessions of less than a minute', async () => {
    const rig = await modemRig()
    await rig.board.advance((DAY_S + SESSION_S) * 1000)
    assertWhole(rig, DAY_S)
    assert.is(rig.service.brokers.length, 25)
    assert.is(rig.service.repeats, 0)
    assert.ok(rig.board.stats.radioS < 25 * 60, `${rig.board.stats.radioS} s of radio`)
    assert.is(new Set(rig.service.frames.map(({ boot }) => boot)).size, 1)
  })

  for (const [fault, reason] of Object.entries(REASONS)) {
    test(`${fault}: it says why, keeps sampling, and recovers by itself`, async () => {
      const rig = await modemRig()
      await rig.board.advance((HOUR_S + 300) * 1000)
      rig.modem.fault = fault as ModemFault
      await rig.board.advance(3 * HOUR_S * 1000)
      assert.ok(Math.max(...sampled(rig)) <= HOUR_S, 'nothing got through')
      const said = rig.board.console.filter((line) => line.startsWith('session: '))
      assert.ok(said.length > 2)
      assert.equal([...new Set(said)], [`session: ${reason}`])
      rig.modem.fault = undefined
      await rig.board.advance((HOUR_S + SESSION_S) * 1000)
      assertWhole(rig, 4 * HOUR_S)
    })
  }

  test('a bearer that is lost in a session: named, and the next one has everything', async () => {
    const rig = await modemRig()
    let isDropped = false
    rig.service.script = (packet) => {
      if (packet.cmd !== 'publish' || rig.board.clock.nowMs < HOUR_S * 1000 || isDropped)
        return false
      isDropped = true
      rig.modem.dropBearer()
      return true
    }
    await rig.board.advance((2 * HOUR_S + SESSION_S) * 1000)
    assert.ok(isDropped)
    assert.ok(rig.board.console.includes('session: closed'), rig.board.console.join('; '))
    assertWhole(rig, 2 * HOUR_S)
  })

  test('where the service tells no time its network’s clock dates the samples', async () => {
    const clock = { now: () => 0 }
    const rig = await modemRig({ networkTime: () => clock.now() })
    clock.now = () => EPOCH_S + Math.floor(rig.board.clock.nowMs / 1000)
    rig.service.isClockless = true
    await rig.board.advance((3 * HOUR_S + SESSION_S) * 1000)
    assertWhole(rig, 3 * HOUR_S)
    assert.ok(rig.service.frames.every(({ undated }) => !undated))
  })

  test('without anybody’s time samples are undated, never under the modem’s own clock', async () => {
    const rig = await modemRig()
    rig.service.isClockless = true
    await rig.board.advance((2 * HOUR_S + SESSION_S) * 1000)
    assert.ok(rig.service.frames.length > 2)
    assert.ok(rig.service.frames.every(({ undated }) => undated))
    assert.equal(faultsOf(rig.service.frames, [0]), [])
  })
})
