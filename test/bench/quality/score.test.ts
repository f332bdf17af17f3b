import * as assert from 'uvu/assert'
import type { Judgement, Point } from '../../../shared/science/qartod/judgement.js'
import { suite } from '../../suite.js'
import { seedsOf } from '../quality.js'
import { planOf } from './plan.js'
import { outcomeOf, precision, recall, runsOf } from './score.js'

const STEP_S = 300

/** A reading every five minutes from 0 on, by its flag. */
function series(flags: string): [Point[], Judgement[]] {
  const each = [...flags].map(Number)
  return [
    each.map((_, index) => ({ time: index * STEP_S, value: 0, why: 0 })),
    each.map((flag) => ({ flag: flag === 3 || flag === 4 ? flag : 1, why: flag === 1 ? 0 : 4 })),
  ]
}

suite('score of the quality flags', (test) => {
  test('flagged readings within an hour are one run', () => {
    const together = `1${'3'}${'1'.repeat(11)}4${'1'.repeat(12)}3`

    assert.equal(
      runsOf(...series(together)).map(({ fromS, toS }) => [fromS / STEP_S, toS / STEP_S]),
      [
        [1, 13],
        [26, 26],
      ],
    )
    assert.equal(runsOf(...series('1111')), [])
  })

  test('a fault is found by a flagged reading of its own, once it is wrong enough', () => {
    const fault = { fromS: 2 * STEP_S, wrongS: 4 * STEP_S, toS: 6 * STEP_S }

    assert.is(outcomeOf(...series('11111311'), fault).foundS, 5 * STEP_S)
    assert.is(outcomeOf(...series('11131111'), fault).foundS, undefined)
    assert.is(outcomeOf(...series('11111113'), fault).foundS, undefined)
  })

  test('a run outside the fault is a false one, the jump back at its end is none', () => {
    const quiet = '1'.repeat(20)
    const fault = { fromS: 20 * STEP_S, wrongS: 20 * STEP_S, toS: 22 * STEP_S }
    const falseRuns = (flags: string) => outcomeOf(...series(flags), fault).falseRuns.length

    assert.is(falseRuns(`3${quiet}1${quiet}3`), 2)
    assert.is(falseRuns(`${quiet}113${quiet}`), 0)
    assert.is(falseRuns(`${quiet}1113${quiet}`), 1)
    assert.is(outcomeOf(...series('131'), undefined).falseRuns.length, 1)
  })

  test('every false run counts against what was found', () => {
    assert.is(precision({ found: 8, episodes: 10, falseRuns: 2 }), 0.8)
    assert.is(recall({ found: 8, episodes: 10, falseRuns: 2 }), 0.8)
    assert.is(precision({ found: 0, episodes: 10, falseRuns: 0 }), 1)
  })
})

suite('seeds of the quality benchmark', (test) => {
  test('are a number or a range, and nothing else', () => {
    assert.equal(seedsOf('7'), [7])
    assert.equal(seedsOf('101-103'), [101, 102, 103])
    for (const wrong of ['', '3-1', '1-', '-1', 'a-b', '1-10-20', '1.5']) {
      assert.throws(() => seedsOf(wrong), /expected a number or a range/)
    }
  })

  test('make the same season again, with eight sensors of every fault and each event', () => {
    const plan = planOf(5)

    assert.equal(planOf(5), plan)
    assert.not.equal(planOf(6).startS, plan.startS)
    assert.equal(
      plan.faults.map(({ kind, faults }) => [kind.name, faults.length]),
      [
        ['stuck', 8],
        ['spike', 8],
        ['drift', 8],
        ['fouling', 8],
      ],
    )
    assert.equal(
      plan.events.map(({ kind }) => kind.name),
      ['upwelling', 'upwelling-slow', 'bloom', 'storm', 'haze'],
    )
  })
})
