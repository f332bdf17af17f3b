import * as assert from 'uvu/assert'
import { calendarPart } from '../../../shared/science/qartod/calendar.js'
import { type ClimatologyMember, climatology } from '../../../shared/science/qartod/climatology.js'
import type { Span, Values } from '../../../shared/science/qartod/verdict.js'
import { suite } from '../../suite.js'

/** Cases of the reference's own tests, and of running it, unless a name says otherwise. */

const at = (iso: string) => Date.parse(`${iso}Z`) / 1000
const dates = (from: string, to: string): Span => [at(`${from}T00:00`), at(`${to}T00:00`)]

suite('climatology', (test) => {
  const winter: ClimatologyMember = {
    timeSpan: dates('2019-11-01', '2020-02-04'),
    failSpan: [40, 70],
    suspectSpan: [50, 60],
    depthSpan: [0, 10],
  }
  const judgeOne = (day: string, value: number | null, depth: number | null) =>
    climatology({ values: [value], times: [at(`${day}T00:00`)], depths: [depth] }, [winter])[0]

  test('the ends of every span belong to it', () => {
    assert.is(judgeOne('2019-10-31', 55, 5), 2)
    assert.is(judgeOne('2019-11-01', 55, 5), 1)
    assert.is(judgeOne('2020-02-04', 55, 5), 1)
    assert.is(judgeOne('2020-02-05', 55, 5), 2)
    const byValue = [39, 40, 49, 50, 60, 61, 70, 71].map((v) => judgeOne('2020-01-01', v, 5))
    assert.equal(byValue, [4, 3, 3, 1, 1, 3, 3, 4])
    const byDepth = [-1, 0, 10, 11].map((depth) => judgeOne('2020-01-01', 55, depth))
    assert.equal(byDepth, [2, 1, 1, 2])
  })

  test('a date span ends at its second', () => {
    const member = { timeSpan: dates('1970-01-01', '1970-01-02'), suspectSpan: [0, 20] } as const

    assert.equal(
      climatology({ values: [1, 1, 1], times: [86_400, 86_400.5, -1] }, [member]),
      [1, 2, 2],
    )
  })

  test('each calendar period picks its member', () => {
    const days = ['2011-02-02', '2013-02-03', '2011-04-01', '2011-12-31', '2020-02-29']
    const series = { values: [9, 11, 21, 21, 15], times: days.map((day) => at(`${day}T00:00`)) }
    const spans = { month: 3, week: 12, weekofyear: 12, dayofyear: 90, quarter: 1 } as const

    for (const period of ['month', 'week', 'weekofyear', 'dayofyear', 'quarter'] as const) {
      const member = { timeSpan: [0, spans[period]], period, suspectSpan: [10, 20] } as const
      assert.equal(climatology(series, [member]), [3, 1, 2, 2, 1], period)
    }
  })

  test('the last member that holds judges, the one with a depth only where it is known', () => {
    const year = dates('2012-01-01', '2013-01-01')
    const members: ClimatologyMember[] = [
      { timeSpan: year, suspectSpan: [40, 50] },
      { timeSpan: year, suspectSpan: [50, 60], depthSpan: [0, 10] },
      { timeSpan: year, suspectSpan: [70, 80], depthSpan: [10, 100] },
    ]
    const values = [51, 71, 42, 39, 59, 79]
    const depths = [2, 90, null, null, 11, 101]
    const times = values.map(() => at('2012-01-02T00:00'))

    assert.equal(climatology({ values, times, depths }, members), [1, 1, 1, 3, 3, 3])
    assert.equal(climatology({ values, times }, members.slice(1)), [2, 2, 2, 2, 2, 2])
  })

  test('outside the fail span a value fails even inside the suspect span', () => {
    const spans = { suspectSpan: [0, 20], failSpan: [5, 15] } as const
    const member = { timeSpan: [1, 3], period: 'month', ...spans } as const

    assert.equal(climatology({ values: [2, 16, 10], times: [0, 1, 2] }, [member]), [4, 4, 1])
  })

  test('without a member nothing is evaluated', () => {
    assert.equal(climatology({ values: [1, null], times: [0, 1] }, []), [2, 9])
    assert.equal(climatology({ values: [], times: [] }, [winter]), [])
  })

  test('a missing value is missing in every kind of member (ours: the reference has exceptions)', () => {
    const monthly = { timeSpan: [1, 3], period: 'month', suspectSpan: [10, 20] } as const
    const values: Values = [null, 12, null, 30]
    const series = { values, times: [0, 1, 2, 3], depths: [5, 5, null, 5] }

    assert.equal(climatology(series, [monthly]), [9, 1, 9, 3])
    assert.equal(climatology(series, [{ ...monthly, depthSpan: [0, 10] }]), [9, 1, 9, 3])
  })

  test('months do not run over the new year', () => {
    const member = { timeSpan: [12, 2], period: 'month', suspectSpan: [0, 20] } as const
    const times = [at('2020-01-15T00:00'), at('2020-02-15T00:00'), at('2020-12-15T00:00')]

    assert.equal(climatology({ values: [1, 1, 1], times }, [member]), [2, 1, 1])
  })

  test('depths that do not go with the values are refused', () => {
    assert.throws(() => climatology({ values: [1], times: [0], depths: [] }, [winter]), /beside/)
  })
})

suite('calendar parts', (test) => {
  test('weeks are those of ISO 8601', () => {
    const week = (day: string) => calendarPart(at(`${day}T23:59:59`), 'week')

    assert.equal(
      ['2018-12-31', '2021-01-03', '2021-01-04', '2020-12-31', '2017-01-01'].map(week),
      [1, 53, 1, 53, 52],
    )
  })

  test('days count from 1 in the year and from Monday in the week', () => {
    const time = at('2020-12-31T12:00')

    assert.is(calendarPart(time, 'dayofyear'), 366)
    assert.is(calendarPart(time, 'dayofweek'), 3)
    assert.is(calendarPart(time, 'quarter'), 4)
    assert.is(calendarPart(time, 'year'), 2020)
  })
})
