import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { ispu } from '../../shared/science/air/ispu.js'
import { ISPU_BREAKPOINTS } from '../../shared/science/air/ispu-table.js'
import type { Result, Text } from '../../shared/science/result.js'
import { SOURCES } from '../../shared/science/sources.js'
import { peakHourFactor } from '../../shared/science/traffic/flow.js'
import { spotSpeeds } from '../../shared/science/traffic/speeds.js'
import { oxygenSaturation } from '../../shared/science/water/oxygen.js'
import { pollutionIndex } from '../../shared/science/water/pollution-index.js'
import { suite } from '../suite.js'
import { answerOf } from './answers.js'

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true })

suite('properties of the indices', (test) => {
  test('warmer water and thinner air hold less oxygen', () => {
    fc.assert(
      fc.property(number(0, 39), number(600, 1050), (waterTempC, pressureHpa) => {
        const here = answerOf(oxygenSaturation({ waterTempC, pressureHpa }))

        assert.ok(answerOf(oxygenSaturation({ waterTempC: waterTempC + 1, pressureHpa })) < here)
        assert.ok(answerOf(oxygenSaturation({ waterTempC, pressureHpa: pressureHpa - 5 })) < here)
      }),
    )
  })

  test('more of a pollutant never lowers an ISPU, which stays within 0 and 500', () => {
    const pollutants = fc.constantFrom('pm10', 'pm2_5', 'carbon_monoxide', 'ozone' as const)
    fc.assert(
      fc.property(pollutants, number(0, 60_000), number(0, 5000), (pollutant, ugM3, more) => {
        const whole = { windowHours: 24, validHours: 24, isReferenceEquivalent: true }
        const at = (value: number) => answerOf(ispu({ pollutant, ugM3: value, ...whole })).index

        assert.ok(at(ugM3) >= 0 && at(ugM3 + more) <= 500)
        assert.ok(at(ugM3 + more) >= at(ugM3))
      }),
    )
  })

  test('a pollution index lies between the mean and the highest of its ratios', () => {
    const row = fc.record({
      parameter: fc.constant('x'),
      value: fc.integer({ min: 0, max: 1000 }),
      limit: fc.record({
        kind: fc.constant('max' as const),
        limit: fc.integer({ min: 1, max: 100 }),
      }),
    })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 10 }), (rows) => {
        const { index, mean, max } = pollutionIndex(rows)

        assert.ok(index >= mean * (1 - 1e-12) && index <= max * (1 + 1e-12))
      }),
    )
  })

  test('a peak-hour factor lies between a quarter and one', () => {
    const count = fc.nat(5000)
    fc.assert(
      fc.property(fc.tuple(count, count, count, count), (quarters) => {
        const result = peakHourFactor(quarters)

        assert.is(
          result.isComputable,
          quarters.some((each) => each > 0),
        )
        if (result.isComputable) assert.ok(result.value >= 0.25 && result.value <= 1)
      }),
    )
  })

  test('the space mean is never above the time mean, nor the median above v85', () => {
    fc.assert(
      fc.property(fc.array(number(1, 120), { minLength: 20, maxLength: 60 }), (speeds) => {
        const { spaceMeanKmH, timeMeanKmH, medianKmH, v85KmH } = answerOf(spotSpeeds(speeds))

        assert.ok(spaceMeanKmH <= timeMeanKmH * (1 + 1e-9))
        assert.ok(medianKmH <= v85KmH)
      }),
    )
  })
})

suite('words', (test) => {
  test('every source says how far it is to be trusted and when it was compared', () => {
    for (const source of Object.values(SOURCES)) {
      assert.match(source.checked, /^20\d\d-\d\d-\d\d$/)
      assert.ok(['high', 'medium', 'low'].includes(source.confidence))
      if ('note' in source) assert.ok(isInBothLanguages(source.note), source.title)
    }
  })

  test('a reason comes in both languages', () => {
    const refused: Result<unknown>[] = [
      peakHourFactor([null, 1, 1, 1]),
      spotSpeeds([]),
      oxygenSaturation({ waterTempC: null, pressureHpa: null }),
    ]
    for (const result of refused) {
      assert.ok(!result.isComputable && isInBothLanguages(result.reason))
    }
  })

  test('no breakpoint of the air index is below the one before', () => {
    for (const breakpoints of Object.values(ISPU_BREAKPOINTS)) {
      assert.equal(
        breakpoints,
        breakpoints.toSorted((a, b) => a - b),
      )
    }
  })
})

function isInBothLanguages({ id, en }: Text): boolean {
  return id.length > 0 && en.length > 0 && id !== en
}
