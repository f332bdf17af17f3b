import * as assert from 'uvu/assert'
import { NodeLedger } from '../../../simulators/fleet/ledger.js'
import { headline, table } from '../../../simulators/fleet/table.js'
import { parseEvent, parseFault } from '../../../simulators/world/happenings.js'
import { WORLD_SITES } from '../../../simulators/world/sites.js'
import { suite } from '../../suite.js'
import { HOUR_MS, START_MS, site } from '../world/world-rig.js'

suite('the table of a fleet', (test) => {
  const happenings = {
    events: [parseEvent('upwelling@W-08+6h', WORLD_SITES), parseEvent('haze/1h', WORLD_SITES)],
    faults: [parseFault('stuck:ph@W-08+6h/2h', WORLD_SITES)],
  }
  const ledger = new NodeLedger(() => {})
  ledger.measured({ timeMs: START_MS, values: new Map([['ph', [7.9, 7.91] as const]]) })
  const rows = [{ site: site('W-08'), name: 'sim-meat', state: 'asleep', ledger }]
  const moment = (hours: number, behindMs = 0) => ({
    nowMs: START_MS + hours * HOUR_MS,
    startMs: START_MS,
    behindMs,
    speed: 60,
  })
  const row = (hours: number) => table(rows, happenings, moment(hours)).at(-1) ?? ''

  test('a row says what is sensed and what goes on there', () => {
    assert.match(row(7), /W-08.*asleep.*\[upwelling, stuck:ph\].*7\.91 pH/)
    assert.match(row(9), /\[upwelling\]/)
    assert.match(row(0.5), /\[haze\]/)
    assert.not.match(row(3), /\[/)
  })

  test('what has not been measured is not invented', () => {
    assert.match(row(3), '– mg/L')
  })

  test('the headline has local time and, when it is so, that the boards cannot keep up', () => {
    assert.match(headline(rows, moment(30)), '2026-06-09 06:00 WIB, 1 d 6 h 00 min at 60×')
    assert.not.match(headline(rows, moment(1, 9_000)), 'BEHIND')
    assert.match(headline(rows, moment(1, 90_000)), '90 s BEHIND the clock')
  })
})
