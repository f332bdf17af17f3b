import * as assert from 'uvu/assert'
import { aggregate } from '../../../shared/science/qartod/aggregate.js'
import { attenuatedSignal } from '../../../shared/science/qartod/attenuated-signal.js'
import { dataReception, impossibleDate } from '../../../shared/science/qartod/data-reception.js'
import { flatLine } from '../../../shared/science/qartod/flat-line.js'
import { grossRange } from '../../../shared/science/qartod/gross-range.js'
import { location } from '../../../shared/science/qartod/location.js'
import { rateOfChange } from '../../../shared/science/qartod/rate-of-change.js'
import { spike } from '../../../shared/science/qartod/spike.js'
import { timeGap } from '../../../shared/science/qartod/time-gap.js'
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

suite('times and places', (test) => {
  test('a gap fails the point after it, and exactly the limit is good', () => {
    assert.equal(timeGap([0, 7200, 14_401]), [1, 1, 4])
    assert.equal(timeGap([0, 7201, 7202]), [4, 4, 1])
    assert.equal(timeGap([0, 1.5, 3], 1.9 / 3600), [4, 4, 4])
  })

  test('a missing time leaves its neighbours without a comparison', () => {
    assert.equal(timeGap([0, null, 1e6, 1e6 + 1]), [2, 9, 2, 1])
    assert.equal(timeGap([null, 7200, 1e6]), [2, 2, 4])
    assert.equal(timeGap([null, null, 1e6, 1e7]), [9, 9, 2, 4])
  })

  test('a point alone is not evaluated (ours: the reference stops)', () => {
    assert.equal(timeGap([]), [])
    assert.equal(timeGap([5]), [2])
    assert.equal(timeGap([null]), [9])
  })

  test('reception looks back and lets the future pass', () => {
    const now = 100_000

    assert.equal(
      dataReception([0, null, now, now - 21_600, now - 21_601, now + 1], { now }),
      [4, 9, 1, 1, 4, 1],
    )
    assert.equal(impossibleDate([now, now + 1, null], now), [1, 4, 9])
  })

  test('a place off the globe fails, and half a place too', () => {
    const places = [
      { lonDeg: null, latDeg: null },
      { lonDeg: 1, latDeg: null },
      { lonDeg: 180, latDeg: -90 },
      { lonDeg: -180.1, latDeg: 5 },
      { lonDeg: 99, latDeg: 90.1 },
    ]

    assert.equal(location(places), [9, 4, 1, 4, 4])
    assert.equal(location([]), [])
  })

  test('a place too far from the one before is suspect, and off the globe it fails all the same', () => {
    const lon = [16.35126686, 16.35320091, 16.3208847, 16.25503349, 16.0045681]
    const lat = [55.57051468, 55.57044983, 55.54106522, 55.49047089, 55.26551819]
    const places = lon.map((lonDeg, i) => ({ lonDeg, latDeg: lat[i] ?? null }))

    assert.equal(location(places, 7000), [1, 1, 1, 1, 3])
    assert.equal(location([...places, { lonDeg: 200, latDeg: 0 }], 7000), [1, 1, 1, 1, 3, 4])
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
