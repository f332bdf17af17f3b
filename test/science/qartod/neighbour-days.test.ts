import * as assert from 'uvu/assert'
import { type Neighbourhood, suspectDays } from '../../../shared/science/qartod/neighbour-days.js'
import { suite } from '../../suite.js'

const LIMIT = 30
const NOTHING: ReadonlySet<number> = new Set()

const days = (count: number) => Array.from({ length: count }, (_, day) => day)
/** The first site leaves the three others on the 12th day: as it is before, suspect from the 19th on. */
const left = (changes: Partial<Neighbourhood> = {}): Neighbourhood => ({
  own: days(40).map((day) => (day < 12 ? 700 : 800)),
  others: [690, 720, 650].map((level) => days(40).map(() => level)),
  resets: [0],
  ...changes,
})
const suspect = (hood: Neighbourhood, from = 0, known = NOTHING) => [
  ...suspectDays(hood, LIMIT, { from, known }),
]
const between = (from: number, to: number) => days(to).slice(from)

suite('days suspect to their neighbours', (test) => {
  test('each day is judged by the days before it', () => {
    assert.equal(suspect(left()), between(19, 40))
  })

  test('days before those that are asked for are only looked at', () => {
    assert.equal(suspect(left(), 30), between(30, 40))
  })

  test('after a visit there is a new beginning, on the day after it', () => {
    assert.equal(suspect(left({ resets: [0, 25.5] })), between(19, 25))
    assert.equal(suspect(left({ resets: [25.5, 0] })), between(19, 25))
    // As it was on the days 13 to 22 is usual now, and from the day 35 on it is something else again.
    const own = left().own.map((mean, day) => (day < 27 ? mean : 700))
    assert.equal(suspect(left({ own, resets: [12] })), between(34, 40))
  })

  test('a day that nobody can judge stays what it was', () => {
    const silent = left().others.map((means, at) =>
      means.map((m, day) => (at > 0 && day > 21 ? null : m)),
    )
    const hood = left({ others: silent })
    assert.equal(suspect(hood), between(19, 22))
    assert.equal(suspect(hood, 0, new Set([22, 23])), between(19, 24))
  })

  test('but not when it has become too early to say, or good', () => {
    assert.equal(suspect(left({ resets: [25.5] }), 0, new Set([30, 31])), between(19, 25))
    assert.equal(suspect(left({ own: days(40).map(() => 700) }), 0, new Set([30])), [])
  })
})
