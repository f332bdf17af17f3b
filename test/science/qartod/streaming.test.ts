import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { WHY, whyWords } from '../../../shared/schema/flags.js'
import { flatLine } from '../../../shared/science/qartod/flat-line.js'
import { flatLineByTime } from '../../../shared/science/qartod/flat-time.js'
import { judgeSeries } from '../../../shared/science/qartod/judge-series.js'
import {
  type Judgement,
  type Point,
  withVerdict,
} from '../../../shared/science/qartod/judgement.js'
import { limitsOf, type QualityLimits } from '../../../shared/science/qartod/limits.js'
import {
  judgeOnward,
  packTail,
  type Tail,
  unpackTail,
} from '../../../shared/science/qartod/tail.js'
import { quantityByKey, toSteps } from '../../../shared/wire/quantities.js'
import { suite } from '../../suite.js'

/** Narrow limits around 0, so that a short series meets every test. */
const limits = fc.record({
  gross: fc.constant({ failSpan: [-12, 12], suspectSpan: [-8, 8] } as const),
  climatologySpan: fc.constantFrom(undefined, [-5, 6] as const),
  spike: fc.record({
    suspect: fc.integer({ min: 0, max: 4 }),
    fail: fc.integer({ min: 0, max: 8 }),
    method: fc.constant('differential' as const),
  }),
  rate: fc.record({
    suspect: fc.constantFrom(1 / 100, 2 / 100, 5 / 300),
    fail: fc.constantFrom(4 / 100, 8 / 100),
    leastChange: fc.integer({ min: 0, max: 3 }),
  }),
  scatterShare: fc.constantFrom(0, 0, 0.5),
  flat: fc.record({
    suspectS: fc.integer({ min: 100, max: 600 }),
    failS: fc.integer({ min: 100, max: 1200 }),
    tolerance: fc.integer({ min: 0, max: 4 }),
  }),
  flatExemptFrom: fc.constantFrom(Number.POSITIVE_INFINITY, 1),
  isSuspectAtMost: fc.boolean(),
  flatSuspectBelow: fc.constantFrom(Number.NEGATIVE_INFINITY, 2),
  neighbourDeparture: fc.constant(undefined),
})

/** Mostly quiet, sometimes wild: a flat line needs neighbours that stay, a spike ones that do not. */
const value = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 2 }) },
  fc.integer({ min: -15, max: 15 }),
)
const series = fc
  .array(
    fc.record({
      stepS: fc.oneof({ weight: 4, arbitrary: fc.constant(100) }, fc.integer({ min: 1, max: 700 })),
      value,
      why: fc.oneof(
        { weight: 6, arbitrary: fc.constant(0) },
        fc.constantFrom(WHY.range, WHY.clock, WHY.maintenance),
      ),
    }),
    { maxLength: 40 },
  )
  .map((steps) => {
    let time = 1_700_000_000
    return steps.map(({ stepS, ...point }): Point => {
      time += stepS
      return { time, ...point }
    })
  })

/** In pieces of a few readings, each tail packed in between as the store does. */
function judgeInPieces(points: readonly Point[], limits: QualityLimits, most: number): Judgement[] {
  const judged: Judgement[] = []
  let tail: Tail | undefined
  for (let at = 0; at < points.length; at += most) {
    const piece = points.slice(at, at + most)
    const onward = judgeOnward(tail, piece, limits)
    const [before, ofBefore] = [points[at - 1], judged.at(-1)]
    if (before !== undefined && ofBefore !== undefined) {
      const spike = { test: 'spike', verdict: onward.spikeBefore } as const
      judged[at - 1] = withVerdict(ofBefore, spike, { value: before.value, limits })
    }
    judged.push(...onward.judgements)
    const packed = onward.tail && packTail(onward.tail, limits)
    tail = unpackTail(packed ?? null, piece.at(-1)?.time ?? 0, limits)
  }
  return judged
}

suite('streaming form of the quality tests', (test) => {
  test('gives every reading what the tests over the whole series give it', () => {
    fc.assert(
      fc.property(series, limits, fc.integer({ min: 1, max: 5 }), (points, limits, most) => {
        assert.equal(judgeInPieces(points, limits, most), judgeSeries(points, limits))
      }),
      { numRuns: 1000 },
    )
  })

  test('takes back what it said before, and nothing that others said', () => {
    fc.assert(
      fc.property(series, limits, fc.integer({ min: 0, max: 1023 }), (points, limits, why) => {
        const kept = why & ~(WHY.gross | WHY.spike | WHY.rate | WHY.flat | WHY.climatology)
        const given = points.map((point) => ({ ...point, why: kept }))
        const judged = points.map((point) => ({ ...point, why }))

        assert.equal(judgeSeries(judged, limits), judgeSeries(given, limits))
        assert.ok(judgeSeries(judged, limits).every((each) => (each.why & kept) === kept))
      }),
    )
  })

  test('a reading that its neighbours doubt stays suspect, and a failed one failed', () => {
    const limits = limitsOf(2) as QualityLimits
    const values = [790, 790, 300]
    const points = values.map((value, at) => ({ time: at * 300, value, why: WHY.neighbour }))

    assert.equal(
      judgeSeries(points, limits).map(({ flag, why }) => [flag, whyWords(why)[0]]),
      [
        [3, 'neighbour'],
        [3, 'neighbour'],
        [4, 'gross'],
      ],
    )
  })

  test('remembers no more of a line however long it lasts', () => {
    const limits = limitsOf(40) as QualityLimits
    const day = Array.from({ length: 288 }, (_, index) => ({
      time: index * 300,
      value: 2200 + (index % 2),
      why: 0,
    }))
    const { tail } = judgeOnward(undefined, day, limits)

    assert.ok(tail !== undefined && packTail(tail, limits).length <= 12)
  })

  test('keeps a tail only for the series and the limits that it was made for', () => {
    const limits = limitsOf(1) as QualityLimits
    const { tail } = judgeOnward(undefined, [{ time: 600, value: 2580, why: 0 }], limits)
    const packed = tail === undefined ? null : packTail(tail, limits)

    assert.equal(unpackTail(packed, 600, limits), tail)
    assert.is(unpackTail(packed, 900, limits), undefined)
    const wider = { ...limits, flat: { ...limits.flat, tolerance: 2 } }
    assert.is(unpackTail(packed, 600, wider), undefined)
    assert.is(unpackTail(null, 600, limits), undefined)
  })
})

suite('flat line by time', (test) => {
  test('is the flat line of the reference on a regular series', () => {
    const values = fc.array(fc.option(fc.integer({ min: 0, max: 2 }), { freq: 8 }), {
      minLength: 3,
      maxLength: 60,
    })
    const durations = fc.integer({ min: 20, max: 300 })
    fc.assert(
      fc.property(
        fc.record({ values, stepS: fc.integer({ min: 1, max: 10 }), suspectS: durations }),
        durations,
        fc.integer({ min: 0, max: 3 }),
        ({ values, stepS, suspectS }, failS, tolerance) => {
          const times = values.map((_, index) => index * stepS)
          const limits = { suspectS, failS, tolerance }
          assert.equal(flatLineByTime(values, times, limits), flatLine(values, times, limits))
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('judges a point by what came before it, whatever steps come later', () => {
    const limits = { suspectS: 300, failS: 600, tolerance: 1 }
    const times = [0, 100, 200, 300, 400, 500, 600, 601, 602, 603, 604, 605, 606, 607, 608]
    const flat = times.map(() => 7)

    const early = flatLineByTime(flat.slice(0, 7), times.slice(0, 7), limits)
    assert.equal(flatLineByTime(flat, times, limits).slice(0, 7), early)
    assert.equal(early, [1, 1, 1, 3, 3, 3, 4])
  })

  test('a long silence ends a line, so that two equal readings are none', () => {
    const limits = { suspectS: 600, failS: 1200, tolerance: 1 }

    assert.equal(flatLineByTime([5, 5, 5, 5], [0, 300, 3900, 4200], limits), [1, 1, 1, 1])
    assert.equal(flatLineByTime([5, 5], [0, 86_400], limits), [1, 1])
  })
})

suite('quality limits in use', (test) => {
  const judge = (key: string, values: readonly number[], stepS = 300) => {
    const quantity = quantityByKey(key)
    const limits = quantity && limitsOf(quantity.id)
    if (!quantity || !limits) throw new Error(`no limits of ${key}`)
    const points = values.map((value, index) => {
      const why = value < quantity.min || value > quantity.max ? WHY.range : 0
      return { time: 1_700_000_000 + index * stepS, value: toSteps(quantity, value), why }
    })
    return judgeSeries(points, limits).map(({ flag, why }) => [flag, whyWords(why).join(' ')])
  }
  const flags = (judged: unknown[][]) => judged.map(([flag]) => flag)

  test('a reading that passes all tests is good, one that fails says why', () => {
    assert.equal(judge('ph', [7.9, 7.91, 7.9]), [
      [1, ''],
      [1, ''],
      [1, ''],
    ])
    assert.equal(judge('ph', [7.9, 8.7, 7.9, 7.9]), [
      [1, ''],
      [4, 'spike rate'],
      [4, 'rate'],
      [1, ''],
    ])
    assert.equal(judge('ph', [3]), [[4, 'gross climatology']])
  })

  test('an implausible value leaves its neighbours alone', () => {
    assert.equal(judge('water_temperature', [25.8, -127, 25.8]), [
      [1, ''],
      [4, 'range'],
      [1, ''],
    ])
  })

  test('samples seconds apart may differ by their scatter, and not by more', () => {
    assert.equal(flags(judge('ph', [7.5, 7.6, 7.4, 7.6], 10)), [1, 1, 1, 1])
    assert.equal(judge('ph', [7.5, 7.5, 7.9, 7.9], 10)[2], [4, 'rate'])
  })

  test('rates are per hour: a limit that is reached is kept', () => {
    assert.equal(flags(judge('ph', [7.5, 8, 8.51], 3600)), [1, 1, 3])
  })

  test('no oxygen of the plausible range fails for being sudden, low or, in a dead lake, flat', () => {
    const sudden = judge('dissolved_oxygen', [7.2, 0.4, 7.2, 0.1, 9.5, -0.4])
    assert.equal(new Set(flags(sudden)), new Set([1, 3]))
    assert.is(sudden[1]?.[1], 'spike rate')

    const hours = (count: number, value: number) => Array.from({ length: count * 12 }, () => value)
    assert.is(judge('dissolved_oxygen', hours(12, 0)).at(-1)?.[0], 3)
    assert.is(judge('dissolved_oxygen', hours(12, 0.99)).at(-1)?.[0], 3)
    assert.equal(judge('dissolved_oxygen', hours(12, 1)).at(-1), [4, 'flat'])
  })

  test('oxygen beyond what the probe can know still fails', () => {
    assert.equal(judge('dissolved_oxygen', [16.5]).at(-1), [4, 'gross climatology'])
  })

  test('air that stays saturated is no flat line, air that stays drier is', () => {
    const day = (value: number) =>
      judge(
        'relative_humidity',
        Array.from({ length: 288 }, () => value),
      )

    assert.equal(new Set(flags(day(100))), new Set([1]))
    assert.equal(new Set(flags(day(99))), new Set([1]))
    assert.equal(day(98.9).at(-1), [4, 'flat'])
  })

  test('particles that stay the very same for half a day are a flat line, a step more or less is none', () => {
    const day = (valueAt: (index: number) => number) =>
      judge(
        'pm2_5',
        Array.from({ length: 288 }, (_, index) => valueAt(index)),
      )

    assert.equal(new Set(flags(day(() => 12)).slice(0, 71)), new Set([1]))
    assert.equal(day(() => 12).at(-1), [4, 'flat'])
    assert.equal(new Set(flags(day((index) => 12 + (index % 2) / 10))), new Set([1]))
  })

  test('scatter grows with the value: what is a spike in clear water is none in muddy water', () => {
    assert.equal(judge('turbidity', [2, 2, 17, 2, 2])[2], [3, 'spike'])
    assert.equal(flags(judge('turbidity', [90, 90, 105, 90, 90])), [1, 1, 1, 1, 1])
    assert.equal(judge('turbidity', [90, 90, 125, 90, 90])[2], [3, 'spike'])
    assert.equal(flags(judge('pm2_5', [200, 200, 260, 260])), [1, 1, 1, 1])
    assert.equal(judge('pm2_5', [20, 20, 80, 80])[2], [4, 'rate'])
  })

  test('a downpour, a gust front and the sun on a bloom are no faults', () => {
    assert.equal(flags(judge('turbidity', [4, 30, 65, 98, 120])), [1, 1, 1, 1, 1])
    assert.equal(flags(judge('air_temperature', [29, 29, 25, 24])), [1, 1, 1, 1])
    assert.equal(flags(judge('relative_humidity', [70, 70, 92, 96])), [1, 1, 1, 1])
    assert.equal(flags(judge('dissolved_oxygen', [9.3, 9.6, 9.7])), [1, 1, 1])

    assert.equal(judge('air_temperature', [29, 29, 23.5, 23.5])[2], [4, 'rate'])
    assert.equal(judge('relative_humidity', [95, 95, 60, 60])[2], [4, 'rate'])
    assert.equal(judge('dissolved_oxygen', [10.4, 10.6])[1], [3, 'gross climatology'])
  })

  test('quantities without limits stay untested', () => {
    assert.is(limitsOf(quantityByKey('battery_voltage')?.id ?? 0), undefined)
  })
})
