import * as assert from 'uvu/assert'
import { decodeFrame } from '../../../shared/wire/decode.js'
import { requireFiles } from '../../../simulators/load/crowd.js'
import { encodeLoadFrame, frameShape, valueAt } from '../../../simulators/load/frames.js'
import { Histogram } from '../../../simulators/load/histogram.js'
import { highestGood, judge, nextRate, type Step } from '../../../simulators/load/limit.js'
import { Pace } from '../../../simulators/load/pace.js'
import { UsageError } from '../../../simulators/terminal.js'
import { suite } from '../../suite.js'

const histogramOf = (values: readonly number[]) => {
  const histogram = new Histogram()
  for (const value of values) histogram.add(value)
  return histogram
}

suite('latency histogram', (test) => {
  test('percentiles are never too low and at most 2 % too high, the greatest is exact', () => {
    const histogram = histogramOf(Array.from({ length: 1000 }, (_, n) => n + 1))

    for (const share of [0.5, 0.9, 0.99]) {
      const exact = share * 1000
      const told = histogram.percentile(share)
      assert.ok(told >= exact && told <= exact * 1.02 + 0.1, `${told} for ${exact}`)
    }
    assert.is(histogram.summary().maxMs, 1000)
    assert.is(histogram.summary().count, 1000)
  })

  test('every latency is in one row, and rows without any at both ends are left out', () => {
    const rows = histogramOf([3, 4, 40, 30_000]).rows()

    assert.equal(rows[0], { underMs: 5, count: 2 })
    assert.equal(rows.at(-1), { underMs: Number.POSITIVE_INFINITY, count: 1 })
    assert.is(
      rows.reduce((sum, { count }) => sum + count, 0),
      4,
    )
  })

  test('nothing measured is nothing shown', () => {
    assert.equal(histogramOf([]).lines(), [])
    assert.equal(histogramOf([]).summary(), { count: 0, p50Ms: 0, p90Ms: 0, p99Ms: 0, maxMs: 0 })
  })
})

suite('pace', (test) => {
  test('frames are spread evenly, and those that were missed are due at once', () => {
    const pace = new Pace({ startMs: 1000, framesPerS: 10, total: 5 })

    assert.equal([...pace.take(999)], [])
    assert.equal([...pace.take(1000)], [1000])
    assert.is(pace.nextMs, 1100)
    assert.equal([...pace.take(1350)], [1100, 1200, 1300])
    assert.is(pace.isOver, false)
    assert.equal([...pace.take(9999)], [1400])
    assert.is(pace.isOver, true)
  })
})

suite('frames of a load', (test) => {
  test('hold what their values were computed to be, at their times', () => {
    const shape = frameShape(12, 5)
    const of = { node: 7, boot: 3, seq: 9, startS: 1_790_000_000 }
    const frame = decodeFrame(encodeLoadFrame(shape, of))

    assert.is(frame.seq, 9)
    assert.is(frame.samples.length, 12)
    for (const { time, values } of frame.samples) {
      assert.equal(
        values,
        shape.shapes.map((one) => valueAt(one, 7, time)),
      )
    }
    assert.is(frame.samples[1]?.time, 1_790_000_010)
  })

  test('nodes differ, and no value stays the same for long', () => {
    const [shape] = frameShape(1, 1).shapes
    assert.ok(shape)
    const series = (node: number) =>
      Array.from({ length: 6 }, (_, n) => valueAt(shape, node, 1_790_000_000 + n * 10))
    assert.is.not(String(series(1)), String(series(2)))
    assert.is(new Set(series(1)).size, 6)
  })
})

suite('search for the limit', (test) => {
  const step = (framesPerS: number, isWithin: boolean): Step => ({
    framesPerS,
    p50Ms: 1,
    p99Ms: 1,
    maxMs: 1,
    isWithin,
    why: '',
  })

  test('doubles, then bisects, until good and bad are close', () => {
    const isWithin = (framesPerS: number) => framesPerS < 1250
    const steps: Step[] = []
    for (let rate = nextRate(100, steps); rate !== undefined; rate = nextRate(100, steps)) {
      steps.push(step(rate, isWithin(rate)))
    }

    assert.equal(
      steps.map(({ framesPerS }) => framesPerS),
      [100, 200, 400, 800, 1600, 1200, 1400, 1300],
    )
    assert.is(highestGood(steps), 1200)
  })

  test('ends when not even the first rate is kept', () => {
    assert.is(nextRate(100, [step(100, false)]), undefined)
    assert.is(highestGood([step(100, false)]), 0)
  })

  test('a step is kept when 99 of 100 frames came within a second and none is missing', () => {
    const result = {
      sent: 0,
      acknowledged: 0,
      fromDue: histogramOf([...Array(99).fill(900), 5000]),
      fromSocket: histogramOf([]),
      unanswered: 0,
      mostLateMs: 5,
      lastedS: 1,
      isOverrun: false,
    }

    assert.is(judge(1, result).isWithin, true)
    assert.is(judge(1, { ...result, unanswered: 1 }).isWithin, false)
    assert.is(judge(1, { ...result, isOverrun: true }).why, 'the service falls behind')
    assert.is(judge(1, { ...result, fromDue: histogramOf([1200, 1, 1]) }).why, 'too slow')
  })
})

suite('files of the process', (test) => {
  test('too few for the nodes is one line that says how many are needed', () => {
    assert.not.throws(() => requireFiles(900, 1024))
    assert.throws(
      () => requireFiles(1000, 1024),
      (error: unknown) => error instanceof UsageError && error.message.includes('ulimit -n 1064'),
    )
  })
})
