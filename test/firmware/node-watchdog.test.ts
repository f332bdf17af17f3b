import * as assert from 'uvu/assert'
import { suite } from '../suite.js'
import { missingSlots } from './node-grid.js'
import { faultsOf, tellTimeByWater } from './node-ledger.js'
import { EPOCH_S, type NodeRig, nodeRig } from './node-rig.js'

/** What goes wrong inside a board: `.boot0` runs before the bundle and spoils what it finds, for the second hour. */

const HOUR_S = 3600
const TEMPERATURE = 1
const PH = 2
const RESET_CAUSE = 104
/** Codes of quantity 104. The board has no call that tells the watchdog from another restart. */
const POWER_ON = 0
const FROM_SLEEP = 3
const UNKNOWN = 255

/** The longest that a node may hang before the watchdog bites (an interval, its patience, the watchdog) and it samples. */
const HANG_S = 300 + 900 + 120 + 300

async function spoilt(
  spoiler: string,
  boot0 = `if (getTime() > 3600 && getTime() < 7200) { ${spoiler} }`,
) {
  const rig = await nodeRig({ files: { '.boot0': boot0 } })
  tellTimeByWater(rig)
  await rig.board.powerOn()
  return rig
}

function seconds({ service }: NodeRig, quantity: number): number[] {
  return service.stored(quantity).map(({ time }) => time - EPOCH_S)
}

function causes({ service }: NodeRig): number[] {
  return service.stored(RESET_CAUSE).map(({ value }) => value)
}

function bites({ board }: NodeRig): number {
  return board.stats.boots.watchdog
}

suite('something in the board that never comes', (test) => {
  test('a probe’s conversion: its values are missing, the others and the node go on', async () => {
    const rig = await spoilt(
      'var set = setTimeout; setTimeout = function (act, ms) { return ms === 750 ? 999 : set(act, ms) }',
    )
    await rig.board.advance((3 * HOUR_S + 120) * 1000)
    const missed = seconds(rig, TEMPERATURE).filter((s) => s > HOUR_S + 60 && s < 2 * HOUR_S)
    assert.equal(missed, [])
    assert.equal(missingSlots(seconds(rig, PH), 3 * HOUR_S), [])
    const after = seconds(rig, TEMPERATURE).filter((s) => s > 2 * HOUR_S + 60)
    assert.is(after.length, 12)
    assert.is(bites(rig), 0)
    assert.equal(faultsOf(rig.service.frames, [0]), [])
  })

  test('the end of a warm-up: the watchdog restarts it, it says so, and nothing else is lost', async () => {
    const rig = await spoilt(
      'var set = setTimeout; setTimeout = function (act, ms) { return ms === 10000 ? 999 : set(act, ms) }',
    )
    await rig.board.advance((4 * HOUR_S + 120) * 1000)
    assert.ok(bites(rig) >= 1 && bites(rig) <= 4, `${bites(rig)} bites`)
    const ph = seconds(rig, PH)
    assert.equal(missingSlots(ph, HOUR_S), [])
    const back = Math.min(...ph.filter((second) => second > HOUR_S + 60))
    assert.ok(back <= 2 * HOUR_S + HANG_S, `back at ${back} s`)
    const late = missingSlots(ph, 4 * HOUR_S).filter((slot) => slot > back + 300)
    assert.equal(late, [])
    assert.ok(causes(rig).includes(UNKNOWN), String(causes(rig)))
  })

  test('every timer at once, while it is awake: the watchdog restarts it within two minutes', async () => {
    const rig = await spoilt('')
    await rig.board.advance((HOUR_S + 305) * 1000 - rig.board.clock.nowMs)
    assert.ok(rig.board.isAwake)
    rig.board.evaluate('clearTimeout()')
    await rig.board.advance(130_000)
    assert.is(bites(rig), 1)
    await rig.board.advance(2 * HOUR_S * 1000)
    assert.is(bites(rig), 1)
    const causesNow = causes(rig)
    assert.is(causesNow[0], POWER_ON)
    assert.ok(causesNow.includes(UNKNOWN), String(causesNow))
    assert.is(causesNow.pop(), FROM_SLEEP)
    assert.is(new Set(rig.service.frames.map(({ boot }) => boot)).size, 2)
    const missing = missingSlots(seconds(rig, PH), 3 * HOUR_S)
    assert.equal(
      missing.filter((slot) => slot !== HOUR_S + 300),
      [],
    )
    assert.equal(faultsOf(rig.service.frames, [0, HOUR_S + 306]), [])
  })
})

suite('an error that nobody caught', (test) => {
  const ERRORS: Record<string, string> = {
    'in a timer while the sensors warm up':
      "setTimeout(function () { throw new Error('odd') }, 5000)",
    'in an event of the bus': "Serial2.on('data', function () { throw new Error('odd') })",
    'in a call of the radio':
      "var wifi = require('Wifi'); wifi.connect = function () { throw new Error('odd') }",
    'in the voltage that is read': "analogRead = function () { throw new Error('odd') }",
    'in the switch of the supply': "digitalWrite = function () { throw new Error('odd') }",
  }
  for (const [name, spoiler] of Object.entries(ERRORS)) {
    test(`${name}: the node gets on, and is as before when it is over`, async () => {
      const rig = await spoilt(spoiler)
      await rig.board.advance((5 * HOUR_S + 120) * 1000)
      const ph = seconds(rig, PH)
      assert.equal(missingSlots(ph, HOUR_S), [])
      const later = missingSlots(ph, 5 * HOUR_S).filter((slot) => slot > 2 * HOUR_S + HANG_S)
      assert.equal(later, [])
      assert.ok(rig.service.frames.length > 5)
    })
  }
})
