import * as assert from 'uvu/assert'
import { WHY } from '../../../shared/schema/flags.js'
import { suite } from '../../suite.js'
import { type Judged, withNeighbours } from './flags.js'
import { DAYS } from './plan.js'

const DAY_S = 86_400

/** One reading a day, good. */
function site(meanOf: (day: number) => number): Judged {
  const values = Array.from({ length: DAYS }, (_, day) => meanOf(day))
  return {
    points: values.map((value, day) => ({ time: day * DAY_S, value, why: 0 })),
    judgements: values.map(() => ({ flag: 1, why: 0 })),
    means: values,
  }
}

suite('neighbour test of the quality benchmark', (test) => {
  const even = [0, 1, 2].map((level) => site(() => level))

  test('doubts the readings of a sensor that wanders and those of no other', () => {
    const wandering = site((day) => Math.max(0, day - 10))
    const [first, ...rest] = withNeighbours([wandering, ...even], 0, 3)

    assert.equal(first?.judgements.at(-1), { flag: 3, why: WHY.neighbour })
    assert.ok(rest.every(({ judgements }) => judgements.every(({ flag }) => flag === 1)))
  })

  test('measures the others by no sensor that it doubts', () => {
    const [early, late] = [10, 20].map((from) => site((day) => Math.max(0, day - from)))
    const [, , ...rest] = withNeighbours(
      [early, late, ...even.slice(1)].flatMap((one) => one ?? []),
      0,
      3,
    )

    assert.is(rest.length, 2)
    assert.ok(rest.every(({ judgements }) => judgements.every(({ flag }) => flag === 1)))
  })

  test('judges a day by nothing that came after it', () => {
    const wandering = site((day) => Math.max(0, day - 10))
    const back = site((day) => (day < 30 ? Math.max(0, day - 10) : 0))
    const flags = (one: Judged) =>
      withNeighbours([one, ...even], 0, 3)[0]?.judgements.map(({ flag }) => flag)

    assert.equal(flags(back)?.slice(0, 30), flags(wandering)?.slice(0, 30))
    assert.equal(new Set(flags(back)?.slice(30)), new Set([1]))
  })

  test('a failed reading stays failed', () => {
    const wandering = site((day) => Math.max(0, day - 10))
    wandering.judgements[40] = { flag: 4, why: WHY.gross }

    const [first] = withNeighbours([wandering, ...even], 0, 3)
    assert.equal(first?.judgements[40], { flag: 4, why: WHY.gross | WHY.neighbour })
  })
})
