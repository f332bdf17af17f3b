import * as assert from 'uvu/assert'
import { type DayMeans, neighbourVerdict } from '../../../shared/science/qartod/neighbour.js'
import { suite } from '../../suite.js'

const LIMIT = 30

/** Three sites that differ for good and go up and down together, by day. */
const lake = (days: number): number[][] =>
  [700, 640, 720, 690].map((level) =>
    Array.from({ length: days }, (_, day) => level + 40 * Math.sin(day)),
  )

/** What each day of the first site was when it had just ended; `change` is added to its days. */
function judge(days: number, change: (day: number) => number, sites = lake(days)): number[] {
  const [first = [], ...others] = sites
  const own = first.map((mean, day) => mean + change(day))
  return own.map((_, day) =>
    neighbourVerdict(
      own.slice(0, day + 1),
      others.map((other) => other.slice(0, day + 1)),
      LIMIT,
    ),
  )
}

suite('neighbour test', (test) => {
  test('sites that go up and down together are good, however they differ', () => {
    const verdicts = judge(30, () => 0)

    assert.equal(verdicts.slice(0, 17), new Array(17).fill(2))
    assert.equal(verdicts.slice(17), new Array(13).fill(1))
  })

  test('one that wanders away is suspect once eight of nine days lie beyond the limit', () => {
    const verdicts = judge(40, (day) => -Math.max(0, day - 10) * 5)

    assert.is(verdicts.indexOf(3), 24)
    assert.equal(verdicts.slice(24), new Array(16).fill(3))
  })

  test('wandering up is found like wandering down', () => {
    assert.is(judge(40, (day) => Math.max(0, day - 10) * 5).indexOf(3), 24)
  })

  test('a week far from the others is an event and no fault, a tenth day is not', () => {
    const apart = (days: number) => judge(40, (day) => (day >= 15 && day < 15 + days ? -400 : 0))

    assert.is(apart(7).indexOf(3), -1)
    assert.is(apart(10).indexOf(3), 22)
  })

  test('days apart among others, or on both sides, are scatter', () => {
    assert.is(judge(60, (day) => (day > 15 && day % 3 > 0 ? 50 : 0)).indexOf(3), -1)
    assert.is(judge(60, (day) => (day > 15 ? 50 * (-1) ** day : 0)).indexOf(3), -1)
  })

  test('it is good again on the day that it is back', () => {
    const verdicts = judge(40, (day) => (day < 15 ? 0 : day < 30 ? 50 : 10))

    assert.equal(verdicts.slice(29, 31), [3, 1])
  })

  test('what all sites do is weather, whatever it is and however long', () => {
    const sites = lake(40).map((means) => means.map((mean, day) => mean - (day > 12 ? 300 : 0)))

    assert.is(judge(40, () => 0, sites).indexOf(3), -1)
  })

  test('an event in the first days puts the baseline off instead of spoiling it', () => {
    const verdicts = judge(40, (day) => (day >= 2 && day < 9 ? -400 : 0))

    assert.is(verdicts.indexOf(3), -1)
    assert.is(verdicts.indexOf(1), 25)
  })

  test('two sites alone are not evaluated, for nobody knows which of them is right', () => {
    const sites = lake(40).slice(0, 2)

    assert.equal(new Set(judge(40, (day) => 5 * day, sites)), new Set([2]))
  })

  test('days without a mean are not evaluated and take no part', () => {
    const [own = [], ...others] = lake(40)
    const wandering = own.map((mean, day) => mean + Math.max(0, day - 10) * 5)
    const silent: DayMeans = wandering.map((mean, day) => (day > 28 ? null : mean))

    assert.is(neighbourVerdict(silent, others, LIMIT), 2)
    assert.is(neighbourVerdict(wandering, others, LIMIT), 3)
    const suspect = others.map((other) => other.map((mean, day) => (day > 28 ? null : mean)))
    assert.is(neighbourVerdict(wandering, suspect, LIMIT), 2)
  })
})
