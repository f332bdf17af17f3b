import * as assert from 'uvu/assert'
import {
  type HeardNode,
  judgeSilence,
  type SilenceState,
} from '../../../shared/science/alarms/silence.js'
import { suite } from '../../suite.js'

const RULES = { intervals: 3, share: 1 / 3, withinS: 600 }
const NOW_S = 1_780_000_000
const INTERVAL_S = 300

function judge(nodes: readonly HeardNode[], changes: Partial<SilenceState> = {}) {
  const state = { nowS: NOW_S, startedS: 0, alone: new Set<number>(), incidentS: null, ...changes }
  return judgeSilence(nodes, RULES, state)
}

/** Heard so many seconds ago. */
function nodes(agos: readonly number[], intervalS = INTERVAL_S): HeardNode[] {
  return agos.map((ago, id) => ({ id, heardS: NOW_S - ago, intervalS }))
}

suite('silence', (test) => {
  test('one of many is silent after three of its own intervals and ten minutes for company', () => {
    const ids = (ago: number, intervalS?: number) =>
      judge([
        ...nodes([0, 0, 0, 0]),
        { id: 9, heardS: NOW_S - ago, intervalS: intervalS ?? 300 },
      ]).raised.map(({ id }) => id)

    assert.equal(ids(1501), [9])
    assert.equal(ids(1400), [])
    assert.equal(ids(1501, 3600), [])
    assert.equal(ids(3 * 3600 + 601, 3600), [9])
  })

  test('more than a third within ten minutes is one incident, a third is not', () => {
    const four = judge(nodes([1600, 1590, 1580, 1570, 10, 10, 10, 10, 10]))
    const three = judge(nodes([1600, 1590, 1580, 10, 10, 10, 10, 10, 10]))
    const apart = judge(nodes([4000, 3000, 2000, 1560, 10, 10, 10, 10, 10]))

    assert.is(four.incident, 'raise')
    assert.equal(four.raised, [])
    assert.is(three.incident, 'none')
    assert.is(three.raised.length, 3)
    assert.is(apart.incident, 'none')
    assert.is(apart.raised.length, 4)
  })

  test('whoever sends seldom says nothing about the others', () => {
    const seldom = nodes([1800, 1900, 2000, 2100, 2200, 2300], 3600).map((node) => ({
      ...node,
      id: node.id + 10,
    }))

    assert.is(judge([...nodes([1600, 1590]), ...seldom]).incident, 'raise')
  })

  test('a single node is no network', () => {
    const { incident, raised } = judge(nodes([1600]))

    assert.is(incident, 'none')
    assert.is(raised.length, 1)
  })

  test('after a start nobody is silent before one of its own intervals', () => {
    const agos = [90_000, 10, 10, 10]
    const early = judge(nodes(agos), { startedS: NOW_S - 300 - 600 + 1 })
    const late = judge(nodes(agos), { startedS: NOW_S - 300 - 600 })

    assert.equal(early.raised, [])
    assert.is(late.raised.length, 1)
  })

  test('an incident lasts while most are silent, holds back the single ones, and a restart does not end it', () => {
    const incidentS = NOW_S - 3000
    const going = judge(nodes([4000, 4000, 4000, 4000, 4000, 10]), { incidentS })
    const restarted = judge(nodes([4000, 4000, 4000]), { incidentS, startedS: NOW_S })
    const over = judge(nodes([4000, 10, 10, 10, 10, 10]), { incidentS })

    assert.equal([going.incident, going.raised], ['none', []])
    assert.is(restarted.incident, 'none')
    assert.is(over.incident, 'clear')
  })

  test('a node with an alarm of its own returns when it is heard', () => {
    const alone = new Set([0, 1])
    const { returned, raised } = judge(nodes([20, 5000, 10, 10]), { alone })

    assert.equal(
      returned.map(({ id }) => id),
      [0],
    )
    assert.equal(raised, [])
  })
})
