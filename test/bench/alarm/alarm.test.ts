import * as assert from 'uvu/assert'
import type { Episode } from '../../../shared/science/alarms/episode.js'
import type { World } from '../../../simulators/world/world.js'
import { suite } from '../../suite.js'
import { EVENT_NAMES, eventPlans, LAKE_SITES } from './plan.js'
import { isFalse, measuredTimes } from './station.js'

const SITE = LAKE_SITES[0]
const AT_S = 1_780_000_000

/** Oxygen alone, a function of the seconds since AT_S. */
function world(oxygen: (s: number) => number): World {
  const value = (_: unknown, __: unknown, timeMs: number) => oxygen(timeMs / 1000 - AT_S)
  return { sites: LAKE_SITES, truth: value, sensed: value }
}

suite('measurement of alarms', (test) => {
  if (SITE === undefined) throw new Error('no site')
  const raised: Episode = {
    tier: 'waspada',
    firstS: AT_S,
    raisedS: AT_S,
    lastS: AT_S,
    clearedS: null,
    raisedValue: 4.9,
    worstValue: 4.9,
    isDoubtful: false,
  }

  test('an alarm is false where the truth stays 0.3 mg/L above its tier for two hours either way', () => {
    assert.is(
      isFalse(
        world(() => 5.31),
        SITE,
        raised,
      ),
      true,
    )
    assert.is(
      isFalse(
        world(() => 5.29),
        SITE,
        raised,
      ),
      false,
    )
    assert.is(
      isFalse(
        world((s) => (s > 7000 ? 5.2 : 6)),
        SITE,
        raised,
      ),
      false,
    )
    assert.is(
      isFalse(
        world((s) => (s > 7300 ? 5.2 : 6)),
        SITE,
        raised,
      ),
      true,
    )
    assert.is(
      isFalse(
        world(() => 4.2),
        SITE,
        { ...raised, tier: 'siaga' },
      ),
      false,
    )
    assert.is(
      isFalse(
        world(() => 4.4),
        SITE,
        { ...raised, tier: 'siaga' },
      ),
      true,
    )
  })

  test('a station measures every minute from a low value on until three were calm', () => {
    const low = world((s) => (s >= 300 && s <= 420 ? 5 : 6))
    const times = measuredTimes(low, SITE, { startS: AT_S, endS: AT_S + 1200 })

    assert.equal(
      times.map((time) => time - AT_S),
      [0, 300, 360, 420, 480, 540, 600, 900],
    )
  })

  test('a seed has each event with noise once and twice, with and without a stuck sensor', () => {
    const plans = eventPlans(5)

    assert.is(plans.length, 4 * EVENT_NAMES.length)
    for (const { isStuck, faults, site } of plans) {
      assert.is(faults.length, isStuck ? 1 : 0)
      const isOwnOxygen = faults.some(
        (fault) => fault.site === site && fault.quantity === 'dissolved_oxygen',
      )
      assert.is(isOwnOxygen, false)
    }
    assert.equal(eventPlans(5), plans)
    assert.not.equal(eventPlans(6), plans)
  })
})
