import * as assert from 'uvu/assert'
import { fitPoints } from '../../../shared/science/calibration/fit.js'
import { checkSlope, nernstSlopeMv } from '../../../shared/science/calibration/slope.js'
import { suite } from '../../suite.js'
import { answerOf, near, reasonOf } from '../answers.js'

const pH = (...pairs: [raw: number, reference: number][]) =>
  fitPoints(
    'ph',
    pairs.map(([raw, reference]) => ({ raw, reference })),
  )

suite('a calibration line', (test) => {
  test('through one point is an offset alone', () => {
    const { gain, offset, residuals } = answerOf(pH([7.12, 7]))

    assert.is(gain, 1)
    near(offset, -0.12)
    assert.equal(residuals, [0])
  })

  test('through two points meets both', () => {
    // (7.00 - 4.01) / (7.05 - 4.20) = 2.99 / 2.85; 4.01 - 1.049123 × 4.20
    const { gain, offset, residuals } = answerOf(pH([4.2, 4.01], [7.05, 7]))

    near(gain, 1.0491228)
    near(offset, -0.3963158)
    for (const residual of residuals) assert.ok(Math.abs(residual) < 1e-12)
  })

  test('through three points leaves the least squares', () => {
    // About the means (2, 2.1): 2.2 / 2 = 1.1 and 2.1 - 2.2 = -0.1
    const { gain, offset, residuals } = answerOf(pH([1, 1.1], [2, 1.9], [3, 3.3]))

    near(gain, 1.1)
    near(offset, -0.1)
    for (const [index, expected] of [0.1, -0.2, 0.1].entries()) {
      assert.ok(Math.abs((residuals[index] ?? 9) - expected) < 1e-12)
    }
  })

  test('tells what it was made of, and why there is none', () => {
    const made = pH([7.12, 7])
    assert.equal(
      made.inputs.map(({ key, value }) => [key, value]),
      [
        ['reference_1', 7],
        ['raw_1', 7.12],
      ],
    )
    assert.match(reasonOf(pH()).en, /1 to 3 points/)
    assert.match(reasonOf(pH([1, 1], [2, 2], [3, 3], [4, 4])).en, /1 to 3 points/)
    assert.match(reasonOf(pH([7, 4], [7, 7])).en, /same sensor reading/)
    assert.match(reasonOf(pH([7, 4], [4, 7])).en, /reads lower where the reference is higher/)
    assert.match(reasonOf(pH([Number.NaN, 7])).en, /sensor reading 1/)
  })
})

suite('the slope of a calibration', (test) => {
  const verdict = (quantity: string, percent: number) =>
    checkSlope(quantity, { gain: 100 / percent, pointCount: 2 }).verdict

  test('of pH is good from 95 to 105 % of Nernst, refused outside 85 to 110 %', () => {
    assert.equal(
      [84.9, 85, 94.9, 95, 100, 105, 105.1, 110, 110.1].map((percent) => verdict('ph', percent)),
      ['refuse', 'warn', 'warn', 'good', 'good', 'good', 'warn', 'warn', 'refuse'],
    )
  })

  test('of pH is judged at the temperature of the standards', () => {
    near(nernstSlopeMv(25), 59.158)
    near(nernstSlopeMv(10), 56.181)
    // A perfect electrode at 10 °C behind a board that always converts for 25 °C: 56.181 / 59.158 of a pH a pH.
    const gain = 59.158 / 56.181
    const line = { gain, pointCount: 2 }

    near(checkSlope('ph', line, { tempC: 10, convertsAtC: 25 }).percent ?? 0, 100)
    near(checkSlope('ph', line, { tempC: 10 }).percent ?? 0, 94.97)
    assert.is(checkSlope('ph', line, { tempC: 10 }).verdict, 'warn')
  })

  test('of other sensors is judged by their own ranges', () => {
    assert.is(verdict('conductivity_25', 95), 'good')
    assert.is(verdict('conductivity_25', 85), 'warn')
    assert.is(verdict('dissolved_oxygen', 60), 'refuse')
    assert.is(verdict('chlorophyll_a', 60), 'unjudged')
    assert.is(verdict('chlorophyll_a', 5), 'refuse')
  })

  test('is not known from one point', () => {
    const { verdict, percent } = checkSlope('ph', { gain: 1, pointCount: 1 })

    assert.is(verdict, 'unjudged')
    assert.is(percent, null)
  })
})
