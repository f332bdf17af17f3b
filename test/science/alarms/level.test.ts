import * as assert from 'uvu/assert'
import { DEFAULT_RULES } from '../../../shared/science/alarms/default-rules.js'
import type { Measurement } from '../../../shared/science/alarms/episode.js'
import {
  type ChannelDefinition,
  episodesOf,
  isOfChannel,
} from '../../../shared/science/alarms/evaluate.js'
import { suite } from '../../suite.js'

const START_S = 1_780_000_000
const STEP_S = 300

function rule(name: string): ChannelDefinition {
  const definition = DEFAULT_RULES.find((each) => each.name === name)?.definition
  if (definition === undefined || !isOfChannel(definition)) throw new Error(`no rule ${name}`)
  return definition
}

/** Five minutes apart; a value or [value, flag]. */
function series(values: readonly (number | readonly [number, number])[], stepS = STEP_S) {
  return values.map((each, index): Measurement => {
    const [value, flag] = typeof each === 'number' ? [each, 1] : each
    return { time: START_S + index * stepS, value, flag, why: 0 }
  })
}

const at = (index: number) => START_S + index * STEP_S
const many = (value: number, times: number) => new Array<number>(times).fill(value)

function oxygen(values: Parameters<typeof series>[0], open?: ReadonlySet<string>) {
  return episodesOf(
    rule('oxygen'),
    { own: series(values), quantity: 'dissolved_oxygen' },
    open,
  ).filter(({ tier }) => tier !== 'note')
}

suite('oxygen rule', (test) => {
  test('raises with the second measurement in a row below 5, and knows the first', () => {
    const [waspada, ...others] = oxygen([6.5, 6.4, 4.9, 4.8, 4.7])

    assert.equal(others, [])
    assert.is(waspada?.tier, 'waspada')
    assert.is(waspada?.firstS, at(2))
    assert.is(waspada?.raisedS, at(3))
    assert.is(waspada?.lastS, at(4))
    assert.is(waspada?.clearedS, null)
    assert.is(waspada?.worstValue, 4.7)
  })

  test('does not raise at 5.1, nor for one low value alone', () => {
    assert.equal(oxygen([6, 5.1, 5.1, 5.1, 5.1, 3, 5.1, 5.1, 5.1, 5.1, 3, 6]), [])
  })

  test('raises where a quarter of an hour says that oxygen is at the level, however it scatters', () => {
    const around = [5.06, 4.98, 5.07, 4.96, 5.08, 4.99]
    const [waspada] = oxygen([6, ...around])

    assert.is(waspada?.raisedS, at(4))
    assert.equal(oxygen([6, ...around.map((value) => value + 0.05)]), [])
  })

  test('raises every tier that is passed', () => {
    assert.equal(
      oxygen([6.5, 2.9, 2.8]).map(({ tier, raisedS }) => [tier, raisedS]),
      ['waspada', 'siaga', 'awas'].map((tier) => [tier, at(2)]),
    )
  })

  test('counts flags 1 to 3, never 4, and a counted 3 makes it doubtful', () => {
    const [doubtful] = oxygen([
      [4.9, 2],
      [4.8, 3],
    ])
    const [sure] = oxygen([
      [4.9, 1],
      [4.8, 2],
    ])
    const ignored = oxygen([
      [4.9, 1],
      [4.8, 4],
      [6, 1],
    ])
    const [around] = oxygen([
      [4.9, 1],
      [9, 4],
      [4.8, 1],
    ])

    assert.is(doubtful?.isDoubtful, true)
    assert.is(sure?.isDoubtful, false)
    assert.equal(ignored, [])
    assert.is(around?.raisedS, at(2))
  })

  test('is over when oxygen is 0.3 mg/L above for 30 minutes, and not before', () => {
    const back = oxygen([4.9, 4.9, ...many(5.3, 7)])
    const notYet = oxygen([4.9, 4.9, ...many(5.3, 6)])
    const tooLittle = oxygen([4.9, 4.9, ...many(5.29, 20)])
    const interrupted = oxygen([4.9, 4.9, ...many(5.3, 6), 5.2, ...many(5.3, 6)])

    assert.is(back[0]?.clearedS, at(8))
    assert.is(notYet[0]?.clearedS, null)
    assert.is(tooLittle[0]?.clearedS, null)
    assert.equal(
      interrupted.map(({ clearedS }) => clearedS),
      [null],
    )
  })

  test('raises again after it was over', () => {
    assert.is(oxygen([4.9, 4.9, ...many(6, 8), 4.9, 4.9]).length, 2)
  })

  test('measurements more than two hours apart are no sequence', () => {
    const own = series([4.9, 4.8], 7201)
    assert.equal(
      episodesOf(rule('oxygen'), { own, quantity: 'dissolved_oxygen' }).map(({ tier }) => tier),
      [],
    )
  })

  test('goes on from a state: what was raised before is over once, not raised again', () => {
    const [only, ...others] = oxygen([4.9, ...many(5.5, 8)], new Set(['waspada']))

    assert.equal(others, [])
    assert.is(only?.firstS, at(0))
    assert.is(only?.clearedS, at(7))
  })
})

suite('rules of change', (test) => {
  test('upwelling is cooling with falling oxygen, and neither alone', () => {
    const falling = [...many(6.6, 12), ...many(5.3, 4)]
    const cooling = [...many(26, 12), ...many(25.3, 4)]
    const found = (oxygenValues: number[], temperatures: number[]) =>
      episodesOf(rule('upwelling'), {
        own: series(oxygenValues),
        quantity: 'dissolved_oxygen',
        waterTemperature: series(temperatures),
      }).length

    assert.is(found(falling, cooling), 1)
    assert.is(found(falling, many(26, 16)), 0)
    assert.is(found(many(6.6, 16), cooling), 0)
    assert.is(found(falling, []), 0)
  })

  test('a fall within hours is seen, the same fall over days is not, and one odd value is no fall', () => {
    const falls = (values: number[]) =>
      episodesOf(rule('oxygen-falling'), { own: series(values), quantity: 'dissolved_oxygen' })
        .length
    const slow = Array.from({ length: 600 }, (_, index) => 8 - index / 200)

    assert.is(falls([...many(8, 12), ...many(6.4, 4)]), 1)
    assert.is(falls(slow), 0)
    assert.is(falls([...many(8, 12), 5, ...many(8, 4)]), 0)
  })

  test('three hours of gusts make upwelling possible, two do not', () => {
    const gusts = (hours: number) =>
      episodesOf(rule('upwelling-wind'), {
        own: series(many(8, hours * 12 + 1)),
        quantity: 'wind_gust',
      }).map(({ tier }) => tier)

    assert.equal(gusts(3), ['note'])
    assert.equal(gusts(2), [])
  })

  test('the air index needs 18 hours of data, and its tier is its category', () => {
    const index = (value: number, hours: number) =>
      episodesOf(rule('air-index'), {
        own: series(many(value, hours * 12 + 1)),
        quantity: 'pm2_5',
      }).map(({ tier }) => tier)

    assert.equal(index(80, 19), ['waspada'])
    assert.equal(index(300, 19), ['waspada', 'siaga', 'awas'])
    assert.equal(index(300, 17), [])
    assert.equal(index(50, 30), [])
  })

  test('a stuck sensor is known by the reason of its flags', () => {
    const own = series(many(7, 6)).map((point, index) => ({
      ...point,
      flag: index > 2 ? 4 : 1,
      why: index > 2 ? 16 : 0,
    }))

    assert.is(episodesOf(rule('stuck'), { own, quantity: 'ph' }).length, 1)
    assert.is(episodesOf(rule('stuck'), { own: own.slice(0, 5), quantity: 'ph' }).length, 0)
  })
})
