import * as assert from 'uvu/assert'
import { judgeWater, type WaterValue } from '../../../shared/science/water/verdict.js'
import { suite } from '../../suite.js'
import { answerOf, reasonOf } from '../answers.js'

const toba = { water: 'lake', waterClass: 1 } as const
const laboratory = (parameter: string, value: number | null): WaterValue => ({
  parameter,
  value,
  origin: 'laboratory',
})
const sensor = (parameter: string, value: number | null): WaterValue => ({
  parameter,
  value,
  origin: 'sensor',
})
const isKept = (value: WaterValue) => answerOf(judgeWater(value, toba)).isKept

suite('a value against its limit', (test) => {
  test('one that reaches the limit keeps it, from whichever side', () => {
    assert.equal(
      [0.01, 0.011].map((value) => isKept(laboratory('total_phosphorus', value))),
      [true, false],
    )
    assert.equal(
      [6, 5.99].map((value) => isKept(laboratory('dissolved_oxygen', value))),
      [true, false],
    )
    assert.equal(
      [5.99, 6, 9, 9.01].map((value) => isKept(laboratory('ph', value))),
      [false, true, true, false],
    )
  })

  test('a laboratory says a status, a sensor an indication', () => {
    const text = (value: WaterValue) => answerOf(judgeWater(value, toba)).text.id

    assert.is(text(laboratory('dissolved_oxygen', 7)), 'memenuhi baku mutu')
    assert.is(text(laboratory('dissolved_oxygen', 5)), 'tidak memenuhi baku mutu')
    assert.is(text(sensor('dissolved_oxygen', 7)), 'di dalam batas (indikatif)')
    assert.is(text(sensor('dissolved_oxygen', 5)), 'di luar batas (indikatif)')
  })

  test('what sensors estimate gets no verdict, what the laboratory measured does', () => {
    for (const parameter of ['total_dissolved_solids', 'total_suspended_solids']) {
      assert.match(reasonOf(judgeWater(sensor(parameter, 10), toba)).id, 'perkiraan sensor')
      assert.ok(isKept(laboratory(parameter, 10)))
    }
  })

  test('temperature is not judged until an officer says what is natural', () => {
    const water = sensor('water_temperature', 28)

    assert.match(reasonOf(judgeWater(water, toba)).id, 'tidak dinilai')
    assert.match(reasonOf(judgeWater({ ...water, naturalTempC: null }, toba)).id, 'tidak dinilai')
    assert.is(isKept({ ...water, naturalTempC: 25 }), true)
    assert.is(isKept({ ...water, naturalTempC: 24.9 }), false)
    assert.is(isKept({ ...water, naturalTempC: 31.1 }), false)
  })

  test('what the law does not limit is an indicator only', () => {
    for (const parameter of ['turbidity', 'conductivity_25', 'no_such_parameter']) {
      assert.match(reasonOf(judgeWater(sensor(parameter, 500), toba)).id, 'tidak diatur')
    }
    const iron = laboratory('iron', 5)
    assert.ok(!judgeWater(iron, { water: 'lake', waterClass: 2 }).isComputable)
    assert.is(isKept(iron), false)
  })

  test('a missing value is no zero', () => {
    assert.is(reasonOf(judgeWater(laboratory('total_phosphorus', null), toba)).en, 'no value yet')
    assert.is(
      reasonOf(judgeWater(laboratory('dissolved_oxygen', Number.NaN), toba)).en,
      'no value yet',
    )
  })

  test('below a detection limit is judged only where all such values agree', () => {
    const below = (parameter: string, value: number): WaterValue => ({
      ...laboratory(parameter, value),
      bound: 'below',
    })

    assert.is(isKept(below('total_phosphorus', 0.01)), true)
    assert.match(
      reasonOf(judgeWater(below('total_phosphorus', 0.05), toba)).id,
      'batas deteksi laboratorium',
    )
    assert.is(isKept(below('dissolved_oxygen', 6)), false)
    assert.ok(!judgeWater(below('dissolved_oxygen', 6.1), toba).isComputable)
    assert.is(isKept(below('ph', 6)), false)
    assert.ok(!judgeWater(below('ph', 7), toba).isComputable)
  })

  test('above a measuring range is judged only where all such values agree', () => {
    const above = (parameter: string, value: number): WaterValue => ({
      ...laboratory(parameter, value),
      bound: 'above',
    })

    assert.is(isKept(above('fecal_coliform', 1600)), false)
    assert.ok(!judgeWater(above('fecal_coliform', 99), toba).isComputable)
    assert.is(isKept(above('dissolved_oxygen', 6)), true)
    assert.ok(!judgeWater(above('dissolved_oxygen', 5.9), toba).isComputable)
    assert.is(isKept(above('ph', 9)), false)
    assert.ok(!judgeWater(above('ph', 7), toba).isComputable)
  })

  test('a verdict shows its input, its limit and where the limit is from', () => {
    const result = judgeWater(laboratory('total_phosphorus', 0.17), toba)

    assert.equal(answerOf(result).limit, { kind: 'max', limit: 0.01 })
    assert.equal(result.inputs, [
      {
        key: 'total_phosphorus',
        name: { id: 'Total fosfor (sebagai P)', en: 'Total phosphorus' },
        value: 0.17,
        unit: 'mg/L',
      },
    ])
    assert.match(result.source.title, 'PP 22/2021')
    assert.is(result.source.confidence, 'high')
    assert.match(result.source.note?.id ?? '', 'peraturan.bpk.go.id')
  })
})
