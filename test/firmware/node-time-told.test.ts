import * as assert from 'uvu/assert'
import { suite } from '../suite.js'
import { missingSlots } from './node-grid.js'
import { faultsOf, type Measured, secondsOf, tellTimeByWater } from './node-ledger.js'
import { EPOCH_S, type NodeRig, nodeRig } from './node-rig.js'

/** Times of the wrong kind: told by a service whose clock is off, or counted by a board whose clock leaps. */

const HOST = 'broker.test'
const HOUR_S = 3600
/** From a sample's place on the grid to its last reading, and what a clock that was told may be off. */
const SLOWEST_S = 80
const CLOCK_S = 3
const LIMIT = { limitMs: 60_000 }

interface Reading extends Measured {
  boot: number
  isDated: boolean
  /** How far its time is ahead of the truth; of dated ones. */
  aheadS: number
}

function readings({ service }: NodeRig): Reading[] {
  return service.frames.flatMap((frame) =>
    secondsOf(frame).map(({ second, time }) => ({
      second,
      time,
      boot: frame.boot,
      isDated: !frame.undated,
      aheadS: time - EPOCH_S - second,
    })),
  )
}

/** Whether a time is right but for `errorS`. */
function isAhead({ aheadS }: Reading, errorS: number): boolean {
  return aheadS - errorS <= CLOCK_S && aheadS - errorS >= -SLOWEST_S
}

/** What no frame may do, whatever the clock did. */
function assertOrder({ service }: NodeRig): void {
  const seen = new Set<string>()
  for (const frame of service.frames) {
    const times = frame.samples.map(({ time }) => time)
    assert.equal(
      times,
      [...new Set(times)].sort((a, b) => a - b),
      'ascending in a frame',
    )
    const stream = frame.channels.some(({ quantity }) => quantity < 100) ? 'readings' : 'health'
    for (const time of times) {
      const identity = `${stream} ${frame.boot} ${frame.undated} ${time}`
      assert.not.ok(seen.has(identity), `${identity} twice`)
      seen.add(identity)
    }
  }
}

/** Health samples whose time is later than they came, or before the session that could have taken them. */
function wrongHealth({ service }: NodeRig): string[] {
  return service.frames.flatMap((frame, n) => {
    if (frame.undated || secondsOf(frame).length > 0) return []
    const atS = (service.acknowledgedAtMs[n] ?? 0) / 1000
    return frame.samples
      .map(({ time }) => atS - (time - EPOCH_S))
      .filter((ageS) => ageS < -CLOCK_S || ageS > HOUR_S + 60)
      .map((ageS) => `${ageS} s old at ${atS} s`)
  })
}

suite('a service that tells a wrong time and later the right one', (test) => {
  for (const errorS of [HOUR_S, -HOUR_S, 200, -200]) {
    test(
      `${errorS} s off: what was taken meanwhile is off, nothing after it, nothing is lost`,
      async () => {
        const rig = await nodeRig()
        tellTimeByWater(rig)
        rig.service.clockErrorS = errorS
        await rig.board.powerOn()
        await rig.board.advance(2.5 * HOUR_S * 1000)
        rig.service.clockErrorS = 0
        await rig.board.advance(2.6 * HOUR_S * 1000)

        const all = readings(rig)
        const firstRight = Math.min(
          ...all.filter((reading) => isAhead(reading, 0)).map(({ second }) => second),
        )
        assert.ok(firstRight > 2.5 * HOUR_S && firstRight < 3.6 * HOUR_S, String(firstRight))
        const wrong = all.filter(
          (reading) => !isAhead(reading, reading.second < firstRight ? errorS : 0),
        )
        assert.equal(wrong, [])
        const seconds = all.map(({ second }) => second)
        if (Math.abs(errorS) === HOUR_S) assert.equal(missingSlots(seconds, 5 * HOUR_S), [])
        else assertGaps(seconds, 300 + Math.abs(errorS) + SLOWEST_S)
        assertOrder(rig)
        assert.is(rig.board.stats.uncaught, 0)
      },
      LIMIT,
    )
  }
})

suite('a time that is told in a session', (test) => {
  test('set back together with a new configuration: every frame is in order', async () => {
    const rig = await nodeRig()
    tellTimeByWater(rig)
    rig.service.clockErrorS = 200
    await rig.board.powerOn()
    await rig.board.advance(2.5 * HOUR_S * 1000)
    rig.service.clockErrorS = 0
    rig.service.config = { revision: 1, samplesPerFrame: 6 }
    await rig.board.advance(2 * HOUR_S * 1000)
    assert.ok(readings(rig).filter((reading) => isAhead(reading, 0)).length >= 12)
    assertOrder(rig)
    assert.is(rig.board.stats.uncaught, 0)
  })

  test('holds for what was taken before, though power goes before that is packed', async () => {
    const rig = await nodeRig()
    tellTimeByWater(rig)
    rig.network.setFault(HOST, 'refuse')
    await rig.board.powerOn()
    await rig.board.advance(700_000)
    rig.network.setFault(HOST, undefined)
    const { storage, flash } = rig.board
    const { write } = storage
    storage.write = (name, data, where) => {
      if (name.startsWith('o')) flash.cutAfter(0)
      return write.call(storage, name, data, where)
    }
    await rig.board.advance(800_000)
    assert.not.ok(rig.board.isAwake)
    storage.write = write
    const startS = rig.board.clock.nowMs / 1000
    await rig.board.powerOn()
    await rig.board.advance((HOUR_S + 120) * 1000)
    assert.equal(faultsOf(rig.service.frames, [0, startS]), [])
    const early = readings(rig).filter(({ second }) => second < 700)
    assert.is(early.length, 3)
    assert.ok(early.every(({ isDated }) => isDated))
  })
})

function assertGaps(seconds: number[], mostS: number): void {
  const sorted = [...seconds].sort((a, b) => a - b)
  const gaps = sorted.slice(1).map((second, n) => second - (sorted[n] ?? 0))
  assert.ok(Math.max(...gaps) <= mostS, `${Math.max(...gaps)} s between two samples`)
}

interface Moment {
  /** True second of the leap. */
  atS: number
  /** Nobody has told the time before. */
  isFirstTime?: boolean
  /** From the leap until the network goes on. */
  stallS: number
}

const MOMENTS: Record<string, Moment> = {
  'while the sensors warm up': { atS: 3 * HOUR_S + 305, stallS: 0 },
  'while the sensors warm up on the hour': { atS: 3 * HOUR_S + 5, stallS: 0 },
  'in a session that waits longer than the node looks at its clock': {
    atS: 3 * HOUR_S + 20,
    stallS: 45,
  },
  'in a session that hears the time at once': { atS: 3 * HOUR_S + 20, stallS: 2 },
  'in the session that tells the first time, before it does': {
    atS: 3 * HOUR_S + 13,
    stallS: 2,
    isFirstTime: true,
  },
  'in the session that told the first time': { atS: 3 * HOUR_S + 20, stallS: 2, isFirstTime: true },
}

suite('a leap of the board’s clock while it is awake', (test) => {
  for (const [name, moment] of Object.entries(MOMENTS)) {
    for (const leapS of [HOUR_S, -HOUR_S]) {
      test(
        `by ${leapS} s ${name}: nothing is under a wrong time`,
        async () => {
          const rig = await nodeRig()
          tellTimeByWater(rig)
          rig.service.isClockless = moment.isFirstTime ?? false
          await rig.board.powerOn()
          await rig.board.advance((moment.atS - 60) * 1000 - rig.board.clock.nowMs)
          rig.service.isClockless = false
          await rig.board.advance(55_000)
          if (moment.stallS > 0) rig.network.setFault(HOST, 'stall')
          await rig.board.advance(5000)
          assert.ok(rig.board.isAwake, 'awake')
          rig.board.leapClock(leapS)
          await rig.board.advance(moment.stallS * 1000)
          rig.network.setFault(HOST, undefined)
          await rig.board.advance(3 * HOUR_S * 1000)

          assert.equal(faultsOf(rig.service.frames, [0, moment.atS]), [])
          assert.equal(wrongHealth(rig), [])
          const lastS = Math.max(...readings(rig).map(({ second }) => second))
          assertGaps([0, ...readings(rig).map(({ second }) => second)], 300 + SLOWEST_S)
          assert.ok(lastS > moment.atS + 1.8 * HOUR_S, `the last is of ${lastS} s`)
          assertOrder(rig)
          assert.is(rig.board.stats.uncaught, 0)
        },
        LIMIT,
      )
    }
  }
})
