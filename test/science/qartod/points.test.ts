import * as assert from 'uvu/assert'
import { aggregate } from '../../../shared/science/qartod/aggregate.js'
import { grossRange } from '../../../shared/science/qartod/gross-range.js'
import { rateOfChange } from '../../../shared/science/qartod/rate-of-change.js'
import { spike } from '../../../shared/science/qartod/spike.js'
import { suite } from '../../suite.js'

/** Expected flags are what ioos_qc 9c1853a gave when it was run on these inputs, unless a name says otherwise. */

const seconds = (count: number, stepS = 1) => Array.from({ length: count }, (_, i) => i * stepS)

suite('gross range', (test) => {
  test('the ends of a span are inside it, in either order', () => {
    const spans = { failSpan: [50, 10], suspectSpan: [40, 20] } as const

    assert.equal(
      grossRange([9.9, 10, 19.9, 20, 40, 40.1, 50, 50.1], spans),
      [4, 3, 3, 1, 1, 3, 3, 4],
    )
  })

  test('null, NaN and infinities are missing, and an empty series has no flags', () => {
    const span = { failSpan: [0, 10] } as const

    assert.equal(grossRange([null, Number.NaN, Number.POSITIVE_INFINITY, 5], span), [9, 9, 9, 1])
    assert.equal(grossRange([], span), [])
  })

  test('a suspect span that leaves the fail span is refused', () => {
    assert.throws(() => grossRange([1], { failSpan: [0, 10], suspectSpan: [1, 11] }), /within/)
  })
})

suite('spike', (test) => {
  const series = [3, 4.99, 5, 6, 8, 6, 6, 6.75, 6, 6, 5.3, 6, 6, 9, 5, null, 4, 4]

  test('the average method flags the neighbours of a spike too, the differential one does not', () => {
    const average = [2, 3, 1, 1, 4, 3, 1, 3, 1, 1, 3, 1, 4, 4, 2, 9, 2, 2]
    const differential = [2, 1, 1, 1, 4, 1, 1, 3, 1, 1, 3, 1, 1, 4, 2, 9, 2, 2]

    assert.equal(spike(series, { suspect: 0.5, fail: 1 }), average)
    assert.equal(spike(series, { suspect: 0.5, fail: 1, method: 'average' }), average)
    assert.equal(spike(series, { suspect: 0.5, fail: 1, method: 'differential' }), differential)
  })

  test('a height that only reaches a limit is good', () => {
    assert.equal(spike([0, 0.5, 0], { suspect: 0.5, fail: 1 }), [2, 1, 2])
    assert.equal(spike([0, 1, 0], { suspect: 0.5, fail: 1, method: 'differential' }), [2, 3, 2])
  })

  test('a limit that is absent or 0 is not tested', () => {
    const suspectOnly = [2, 3, 1, 1, 3, 3, 1, 3, 1, 1, 3, 1, 3, 3, 2, 9, 2, 2]
    const failOnly = [2, 1, 1, 1, 4, 1, 1, 1, 1, 1, 1, 1, 4, 4, 2, 9, 2, 2]

    assert.equal(spike(series, { suspect: 0.5 }), suspectOnly)
    assert.equal(spike(series, { fail: 1 }), failOnly)
    assert.equal(spike([1, 5, 1, 9], { suspect: 0, fail: 2 }), [2, 4, 4, 2])
  })

  test('a step up that stays is no differential spike', () => {
    assert.equal(spike([1, 1, 9, 9, 9], { fail: 1, method: 'differential' }), [2, 1, 1, 1, 2])
  })

  test('short series are not evaluated, missing ends are missing', () => {
    for (const method of ['average', 'differential'] as const) {
      assert.equal(spike([], { fail: 1, method }), [])
      assert.equal(spike([5], { fail: 1, method }), [2])
      assert.equal(spike([5, null], { fail: 1, method }), [2, 9])
    }
  })
})

suite('rate of change', (test) => {
  test('a rate that only reaches a limit is good, and it may fall as well as rise', () => {
    const limits = { suspect: 1, fail: 2 }

    assert.equal(rateOfChange([0, 10, 21, 0, 0], seconds(5, 10), limits), [1, 1, 3, 4, 1])
  })

  test('the first point and one after a gap in the values are good', () => {
    assert.equal(rateOfChange([null, 50, null, 90], seconds(4), { suspect: 1 }), [9, 1, 9, 1])
    assert.equal(rateOfChange([], [], { suspect: 1 }), [])
  })

  test('steps count in whole seconds', () => {
    assert.equal(rateOfChange([1, 2.5, 3], [0, 1.9, 4], { suspect: 1 }), [1, 3, 1])
  })

  test('within one second the change itself is held against the limits', () => {
    const values = [1, 1.5, 1.5, 9, 2]

    assert.equal(rateOfChange(values, [0, 0, 0, 0, 10], { suspect: 1, fail: 5 }), [1, 1, 1, 4, 1])
    assert.equal(
      rateOfChange(values, [0, 0.5, 1.2, 1.9, 10], { suspect: 1, fail: 5 }),
      [1, 1, 1, 4, 1],
    )
  })

  test('values without their times are refused', () => {
    assert.throws(() => rateOfChange([1, 2], [0], { suspect: 1 }), /2 values, but 1 beside/)
  })
})

suite('aggregate', (test) => {
  test('4 goes before 3 before 1 before 2 before 9', () => {
    assert.equal(
      aggregate([
        [4, 3, 1, 2, 9],
        [3, 1, 2, 9, 9],
      ]),
      [4, 3, 1, 2, 9],
    )
    assert.equal(aggregate([[2], [1]]), [1])
    assert.equal(aggregate([]), [])
  })

  test('tests of different lengths are refused', () => {
    assert.throws(() => aggregate([[1, 1], [1]]), /2 values, but 1 beside/)
  })
})
