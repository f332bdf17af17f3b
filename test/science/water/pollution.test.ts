import * as assert from 'uvu/assert'
import type { Limit } from '../../../shared/science/water/limit.js'
import { pollutionIndex } from '../../../shared/science/water/pollution-index.js'
import { pollutionStatus } from '../../../shared/science/water/pollution-status.js'
import { sharedJson } from '../../shared-data.js'
import { suite } from '../../suite.js'
import { answerOf, near, reasonOf } from '../answers.js'

interface Row {
  n: string
  kind: 'max' | 'min' | 'range'
  c: number
  L?: number
  Lmin?: number
  Lmax?: number
  Cmax?: number
  ratio: number
  ratio_new: number
}

interface Case {
  name: string
  rows: Row[]
  max: number
  avg: number
  PI: number
  status: string
}

const cases = sharedJson<{ vectors: { pollution_index: Case[] } }>('formula_vectors.json')?.vectors
  .pollution_index

suite('pollution index', (test) => {
  if (cases === undefined) test.skip('meets the worked values', 'shared data is absent')
  for (const { name, rows, max, avg, PI, status } of cases ?? []) {
    test(`meets the worked values: ${name}`, () => {
      const result = pollutionIndex(
        rows.map(({ n: parameter, c: value, Cmax: ceiling, ...row }) => ({
          parameter,
          value,
          limit: limitOf(row),
          ...(ceiling !== undefined && { ceiling }),
        })),
      )

      near(result.index, PI)
      near(result.max, max)
      near(result.mean, avg)
      assert.ok(result.status.id.startsWith(status))
      rows.forEach((row, index) => {
        near(result.ratios[index]?.ratio, row.ratio, row.n)
        near(result.ratios[index]?.corrected, row.ratio_new, row.n)
      })
    })
  }

  test('each status begins above the end of the one before', () => {
    const status = (ratio: number) =>
      pollutionIndex([{ parameter: 'x', value: ratio, limit: { kind: 'max', limit: 1 } }]).status.id

    assert.is(status(1), 'memenuhi baku mutu')
    assert.is(status(1.001), 'cemar ringan')
    assert.is(status(10 ** 0.79), 'cemar ringan')
    assert.is(status(10 ** 0.81), 'cemar sedang')
    assert.is(status(10 ** 1.79), 'cemar sedang')
    assert.is(status(10 ** 1.81), 'cemar berat')
  })

  test('oxygen above saturation counts as clean, not as cleaner than clean', () => {
    const limit: Limit = { kind: 'min', limit: 4 }

    assert.is(pollutionIndex([{ parameter: 'do', value: 9, limit, ceiling: 7.25 }]).index, 0)
  })

  test('without a row, or without a ceiling to measure from, there is no index', () => {
    assert.throws(() => pollutionIndex([]), /no row/)
    const row = { parameter: 'do', value: 5, limit: { kind: 'min', limit: 4 } } as const
    assert.throws(() => pollutionIndex([row]), /no ratio/)
    assert.throws(() => pollutionIndex([{ ...row, ceiling: 4 }]), /no ratio/)
  })
})

suite('pollution index of a sample', (test) => {
  const context = {
    standard: { water: 'lake', waterClass: 1 },
    origin: 'laboratory',
    oxygenSaturationMgL: 7.2519,
  } as const
  const upwelling = [
    { parameter: 'ph', value: 7.1 },
    { parameter: 'dissolved_oxygen', value: 2.1 },
    { parameter: 'total_suspended_solids', value: 48 },
    { parameter: 'ammonia_n', value: 0.6 },
  ]

  test('takes the limits of the standard and says which parameters entered', () => {
    const result = pollutionStatus(upwelling, context)
    const { index, used, leftOut, text } = answerOf(result)

    near(index, 4.02469)
    assert.equal(used, ['ph', 'dissolved_oxygen', 'total_suspended_solids', 'ammonia_n'])
    assert.equal(leftOut, [])
    assert.is(text.id, '4 dari 30 parameter')
    assert.is(result.inputs.length, 4)
    assert.is(result.source.confidence, 'medium', 'as doubtful as its most doubtful limit')
  })

  test('from sensors it is no status, and what they estimate stays out', () => {
    const result = answerOf(pollutionStatus(upwelling, { ...context, origin: 'sensor' }))

    assert.is(result.text.id, 'indikatif, 3 dari 30 parameter, bukan status mutu air')
    assert.is(result.text.en, 'indicative, 3 of 30 parameters, not a water quality status')
    assert.equal(
      result.leftOut.map(({ parameter }) => parameter),
      ['total_suspended_solids'],
    )
  })

  test('names why a parameter stayed out', () => {
    const { leftOut } = answerOf(
      pollutionStatus(
        [
          { parameter: 'ph', value: 7 },
          { parameter: 'turbidity', value: 3 },
          { parameter: 'water_temperature', value: 26 },
          { parameter: 'secchi_depth', value: 4 },
          { parameter: 'bod5', value: null },
        ],
        context,
      ),
    )

    assert.equal(
      leftOut.map(({ parameter, reason }) => [parameter, reason.en]),
      [
        ['turbidity', 'no limit for this class'],
        ['water_temperature', 'temperature is judged against the natural one, not in this index'],
        ['secchi_depth', 'its theoretical maximum is not defined'],
        ['bod5', 'no value yet'],
      ],
    )
  })

  test('oxygen that cannot be measured from its saturation stops the whole index', () => {
    for (const oxygenSaturationMgL of [null, 6, 5.9]) {
      const result = pollutionStatus(upwelling, { ...context, oxygenSaturationMgL })
      assert.match(reasonOf(result).id, 'oksigen jenuh')
    }
    const withoutOxygen = upwelling.filter(({ parameter }) => parameter !== 'dissolved_oxygen')
    assert.ok(
      pollutionStatus(withoutOxygen, { ...context, oxygenSaturationMgL: null }).isComputable,
    )
  })

  test('a limit of the laboratory is left out where it keeps the standard, and else stops the index', () => {
    const status = (parameter: string, value: number, bound: 'below' | 'above') =>
      pollutionStatus(
        [
          { parameter: 'ph', value: 7 },
          { parameter, value, bound },
        ],
        {
          standard: { water: 'lake', waterClass: 1 },
          origin: 'laboratory',
          oxygenSaturationMgL: 7.25,
        },
      )

    const { used, leftOut } = answerOf(status('bod5', 2, 'below'))
    assert.equal(used, ['ph'])
    assert.match(leftOut[0]?.reason.id ?? '', 'bukan angka')
    for (const [parameter, value, bound] of [
      ['total_phosphorus', 0.05, 'below'],
      ['fecal_coliform', 1600, 'above'],
      ['dissolved_oxygen', 0.5, 'below'],
    ] as const) {
      assert.match(reasonOf(status(parameter, value, bound)).id, 'dapat terlalu baik')
    }
  })

  test('with nothing to judge there is a reason and no zero', () => {
    assert.match(reasonOf(pollutionStatus([], context)).id, 'tidak ada parameter')
    const turbid = [{ parameter: 'turbidity', value: 3 }]
    assert.match(reasonOf(pollutionStatus(turbid, context)).id, 'tidak ada parameter')
  })
})

function limitOf({
  kind,
  L = Number.NaN,
  Lmin = Number.NaN,
  Lmax = Number.NaN,
}: Partial<Row>): Limit {
  if (kind === 'range') return { kind, low: Lmin, high: Lmax }
  return { kind: kind ?? 'max', limit: L }
}
