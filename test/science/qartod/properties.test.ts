import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { aggregate } from '../../../shared/science/qartod/aggregate.js'
import { attenuatedSignal } from '../../../shared/science/qartod/attenuated-signal.js'
import { flatLine } from '../../../shared/science/qartod/flat-line.js'
import { grossRange } from '../../../shared/science/qartod/gross-range.js'
import { rateOfChange } from '../../../shared/science/qartod/rate-of-change.js'
import { spike } from '../../../shared/science/qartod/spike.js'
import type { Verdict } from '../../../shared/science/qartod/verdict.js'
import { suite } from '../../suite.js'

/** Whole numbers, so that sums are exact and a property is not broken by a last digit. */
const value = fc.integer({ min: -20, max: 20 })
const series = fc.array(fc.option(value, { freq: 6 }), { minLength: 3, maxLength: 30 })
const full = fc.array(value, { minLength: 3, maxLength: 30 })
const positive = fc.integer({ min: 1, max: 15 })
const verdict = fc.constantFrom<Verdict>(1, 2, 3, 4, 9)

const timesOf = (values: readonly unknown[]) => values.map((_, index) => index * 300)
const severity = (flag: Verdict | undefined) => [9, 2, 1, 3, 4].indexOf(flag ?? 9)
const noBetter = (after: readonly Verdict[], before: readonly Verdict[]) =>
  after.every((flag, index) => severity(flag) >= severity(before[index]))

suite('properties of the tests', (test) => {
  test('each gives one flag a value, and missing exactly where the value is', () => {
    fc.assert(
      fc.property(series, positive, (values, limit) => {
        const times = timesOf(values)
        const results = [
          grossRange(values, { failSpan: [-limit, limit] }),
          spike(values, { suspect: limit }),
          rateOfChange(values, times, { suspect: limit }),
          flatLine(values, times, { suspectS: 600, failS: 900, tolerance: limit }),
          attenuatedSignal(values, times, { suspect: limit, fail: 0, periodS: 900 }),
        ]
        for (const flags of results) {
          assert.equal(
            flags.map((flag) => flag === 9),
            values.map((each) => each === null),
          )
        }
      }),
    )
  })

  test('gross range judges each value alone and repeats itself', () => {
    const spans = { failSpan: [-15, 15], suspectSpan: [-5, 5] } as const
    fc.assert(
      fc.property(series, series, (a, b) => {
        const flags = grossRange([...a, ...b], spans)

        assert.equal(flags, [...grossRange(a, spans), ...grossRange(b, spans)])
        const kept = a.map((each, index) => ((flags[index] ?? 9) < 4 ? each : null))
        const again = grossRange(kept, spans).filter((flag) => flag === 4)
        assert.equal(again, [], 'what is left without the failed ones has none that fails')
      }),
    )
  })

  test('a narrower gross range never makes a flag better', () => {
    fc.assert(
      fc.property(series, positive, positive, (values, a, b) => {
        const [narrow, wide] = [Math.min(a, b), Math.max(a, b)]

        assert.ok(
          noBetter(
            grossRange(values, { failSpan: [-narrow, narrow] }),
            grossRange(values, { failSpan: [-wide, wide] }),
          ),
        )
      }),
    )
  })

  test('a point pulled further out of line never gets a better spike flag', () => {
    fc.assert(
      fc.property(full, fc.nat(), positive, positive, (values, pick, suspect, pull) => {
        const index = 1 + (pick % (values.length - 2))
        const middle = ((values[index - 1] ?? 0) + (values[index + 1] ?? 0)) / 2
        const away = (values[index] ?? 0) >= middle ? pull : -pull
        const pulled = values.map((each, i) => (i === index ? each + away : each))

        for (const method of ['average', 'differential'] as const) {
          const limits = { suspect, fail: suspect + 5, method }
          const before = spike(values, limits)[index]
          assert.ok(severity(spike(pulled, limits)[index]) >= severity(before), method)
        }
      }),
    )
  })

  test('spike and rate see differences only: a shifted or mirrored series has the same flags', () => {
    fc.assert(
      fc.property(series, value, fc.constantFrom(1, -1), (values, shift, sign) => {
        const moved = values.map((each) => (each === null ? null : sign * each + shift))
        const times = timesOf(values)

        for (const method of ['average', 'differential'] as const) {
          const limits = { suspect: 3, fail: 8, method }
          assert.equal(spike(moved, limits), spike(values, limits))
        }
        const limits = { suspect: 3 / 300, fail: 8 / 300 }
        assert.equal(rateOfChange(moved, times, limits), rateOfChange(values, times, limits))
      }),
    )
  })

  test('a spike verdict needs one neighbour on each side and no more', () => {
    fc.assert(
      fc.property(series, positive, (values, suspect) => {
        const flags = spike(values, { suspect })

        for (let index = 1; index < values.length - 1; index++) {
          const three = values.slice(index - 1, index + 2)
          assert.is(spike(three, { suspect })[1], flags[index])
        }
      }),
    )
  })

  test('a larger tolerance or a shorter duration never makes a flat line better', () => {
    fc.assert(
      fc.property(series, positive, positive, positive, (values, tolerance, more, points) => {
        const times = timesOf(values)
        const limits = { suspectS: points * 300, failS: (points + 3) * 300, tolerance }
        const flags = flatLine(values, times, limits)

        assert.ok(
          noBetter(flatLine(values, times, { ...limits, tolerance: tolerance + more }), flags),
        )
        const shorter = { ...limits, suspectS: (points - 1) * 300, failS: (points + 1) * 300 }
        assert.ok(noBetter(flatLine(values, times, shorter), flags))
      }),
    )
  })

  test('without a tolerance nothing is flat', () => {
    fc.assert(
      fc.property(series, (values) => {
        const flags = flatLine(values, timesOf(values), { suspectS: 0, failS: 0, tolerance: 0 })

        assert.equal(
          flags.filter((flag) => flag === 3 || flag === 4),
          [],
        )
      }),
    )
  })

  test('the aggregate depends on no order, and repeating a test changes nothing', () => {
    const tests = fc
      .integer({ min: 1, max: 12 })
      .chain((points) =>
        fc.array(fc.array(verdict, { minLength: points, maxLength: points }), { minLength: 1 }),
      )
    fc.assert(
      fc.property(tests, (all) => {
        const flags = aggregate(all)

        assert.equal(aggregate(all.toReversed()), flags)
        assert.equal(aggregate([...all, flags]), flags)
        for (const one of all) assert.ok(noBetter(flags, one))
      }),
    )
  })
})
