import * as assert from 'uvu/assert'
import { attenuatedSignal } from '../../../shared/science/qartod/attenuated-signal.js'
import { flatLine } from '../../../shared/science/qartod/flat-line.js'
import { suite } from '../../suite.js'

/** Expected flags are what ioos_qc 9c1853a gave when it was run on these inputs, unless a name says otherwise. */

const seconds = (count: number, stepS = 1) => Array.from({ length: count }, (_, i) => i * stepS)

suite('flat line', (test) => {
  const flat = (count: number) => Array.from({ length: count }, () => 1)

  test('durations become points by the median step, cut down', () => {
    const times = [0, 10, 20, 41, 62]

    assert.equal(
      flatLine(flat(5), times, { suspectS: 30, failS: 45, tolerance: 1 }),
      [1, 1, 3, 4, 4],
    )
    assert.equal(
      flatLine(flat(6), seconds(6, 1.5), { suspectS: 3, failS: 4, tolerance: 1 }),
      [1, 1, 1, 3, 4, 4],
    )
  })

  test('a range that reaches the tolerance is not flat, so no tolerance never flags', () => {
    const limits = { suspectS: 2, failS: 4 }

    assert.equal(flatLine([0, 1, 0, 1], seconds(4), { ...limits, tolerance: 1 }), [1, 1, 1, 1])
    assert.equal(flatLine([0, 1, 0, 1], seconds(4), { ...limits, tolerance: 1.1 }), [1, 1, 3, 3])
    assert.equal(flatLine(flat(6), seconds(6), { ...limits, tolerance: 0 }), flat(6))
  })

  test('missing points fill the window and take no part in its range', () => {
    const values = [1, null, null, null, null, 1, 1, 1]

    assert.equal(
      flatLine(values, seconds(8), { suspectS: 2, failS: 3, tolerance: 1 }),
      [1, 9, 9, 9, 9, 4, 4, 4],
    )
  })

  test('fail overwrites suspect even where it is the shorter', () => {
    assert.equal(
      flatLine(flat(6), seconds(6), { suspectS: 4, failS: 2, tolerance: 1 }),
      [1, 1, 4, 4, 4, 4],
    )
  })

  test('a duration shorter than a step flags each point', () => {
    const values = [1, 2, null, 4]

    assert.equal(
      flatLine(values, seconds(4, 10), { suspectS: 3, failS: 15, tolerance: 1 }),
      [3, 3, 9, 4],
    )
  })

  test('fewer than three points pass whatever they are', () => {
    const limits = { suspectS: 3, failS: 5, tolerance: 1 }

    assert.equal(flatLine([], [], limits), [])
    assert.equal(flatLine([null, 1], [0, 1], limits), [1, 1])
    assert.equal(flatLine([null, 1, 1], seconds(3), limits), [9, 1, 1])
  })

  test('without a step of a second nothing is evaluated (ours: the reference stops)', () => {
    const limits = { suspectS: 3, failS: 5, tolerance: 1 }

    assert.equal(flatLine([1, null, 1], [0, 0, 0], limits), [2, 9, 2])
    assert.equal(flatLine(flat(4), [0, 0.5, 1, 1.5], limits), [2, 2, 2, 2])
    assert.throws(() => flatLine(flat(4), seconds(4), { ...limits, suspectS: -1 }), /negative/)
  })
})

suite('attenuated signal', (test) => {
  const days = (count: number) => seconds(count, 86_400)
  const twoDays = 2 * 86_400

  test('without a window one spread judges the whole series', () => {
    const rising = [1, 2, 3, 4]

    assert.equal(attenuatedSignal(rising, days(4), { suspect: 0.75, fail: 0.5 }), [1, 1, 1, 1])
    assert.equal(attenuatedSignal(rising, days(4), { suspect: 5, fail: 0 }), [3, 3, 3, 3])
    assert.equal(attenuatedSignal([1, 1], days(2), { suspect: 10, fail: 8 }), [4, 4])
    const range = { suspect: 50, fail: 31, spread: 'range' } as const
    assert.equal(attenuatedSignal([10, null, null, 40], days(4), range), [4, 9, 9, 4])
  })

  test('a spread that only reaches a limit is not below it', () => {
    const limits = { suspect: 3, fail: 1, spread: 'range' } as const

    assert.equal(attenuatedSignal([1, 4], days(2), limits), [1, 1])
    assert.equal(attenuatedSignal([1, 2], days(2), limits), [3, 3])
  })

  test('a window is open at its older end', () => {
    const limits = { suspect: 100, fail: 10, spread: 'range', periodS: twoDays } as const

    assert.equal(attenuatedSignal([1, 2, 3, 100, 1000], days(5), limits), [4, 4, 4, 3, 1])
  })

  test('too few points in a window are not evaluated, counted or as a duration', () => {
    const limits = { suspect: 100, fail: 10, spread: 'range', periodS: twoDays } as const
    const values = [1, 2, 3, 100, 1000]
    const expected = [2, 4, 4, 3, 1]

    assert.equal(attenuatedSignal(values, days(5), { ...limits, leastPoints: 2 }), expected)
    assert.equal(attenuatedSignal(values, days(5), { ...limits, leastS: twoDays }), expected)
    assert.equal(attenuatedSignal(values, days(5), { ...limits, leastPoints: 3 }), [2, 2, 2, 2, 2])
    assert.equal(
      attenuatedSignal(values, days(5), { ...limits, leastS: twoDays, leastPoints: 0 }),
      [4, 4, 4, 3, 1],
    )
  })

  test('a missing point in the window stops the range and not the deviation', () => {
    const values = [1, null, 10, 100]
    const limits = { suspect: 50, fail: 5, periodS: 2 }

    assert.equal(attenuatedSignal(values, seconds(4), { ...limits, spread: 'range' }), [4, 9, 2, 1])
    assert.equal(attenuatedSignal(values, seconds(4), { ...limits, spread: 'std' }), [4, 9, 4, 3])
  })

  test('of points at one time a window holds those up to itself', () => {
    const limits = { suspect: 50, fail: 5, spread: 'range', periodS: 1 } as const

    assert.equal(attenuatedSignal([1, 2, 10, 100], [0, 0, 0, 1], limits), [4, 4, 3, 4])
  })

  test('nothing but missing values is missing, one value has no spread', () => {
    assert.equal(attenuatedSignal([null, null], [0, 1], { suspect: 1, fail: 0.5 }), [9, 9])
    assert.equal(attenuatedSignal([3], [0], { suspect: 1, fail: 0.5 }), [4])
    assert.equal(attenuatedSignal([3], [0], { suspect: 1, fail: 0.5, periodS: 3, leastS: 2 }), [4])
    assert.equal(attenuatedSignal([], [], { suspect: 1, fail: 0.5 }), [])
  })

  test('equal readings have a deviation of exactly 0', () => {
    const limits = { suspect: 1e-18, fail: 0, periodS: 3 }

    assert.equal(attenuatedSignal([0.1, 0.1, 0.1], seconds(3), limits), [3, 3, 3])
  })

  test('a windowed test refuses times that descend', () => {
    assert.throws(
      () => attenuatedSignal([1, 2, 3], [0, 5, 2], { suspect: 1, fail: 0.5, periodS: 3 }),
      /descend/,
    )
  })
})
