import * as assert from 'uvu/assert'
import type { Limit } from '../../../shared/science/water/limit.js'
import { type StoretRow, storet } from '../../../shared/science/water/storet.js'
import { storetStatus } from '../../../shared/science/water/storet-status.js'
import { sharedJson } from '../../shared-data.js'
import { suite } from '../../suite.js'
import { answerOf, near, reasonOf } from '../answers.js'

interface Row {
  n: string
  type: StoretRow['group']
  kind: 'max' | 'min' | 'range'
  L?: number
  Lmin?: number
  Lmax?: number
  v: number[]
  max: number
  min: number
  avg: number
  score: number
}

const cases = sharedJson<{ vectors: { storet: { rows: Row[]; total: number; cls: string }[] } }>(
  'formula_vectors.json',
)?.vectors.storet

suite('STORET', (test) => {
  if (cases === undefined) test.skip('meets the worked values', 'shared data is absent')
  for (const { rows, total, cls } of cases ?? []) {
    test(`meets the worked values: ${total}`, () => {
      const result = storet(
        rows.map((row) => ({
          parameter: row.n,
          group: row.type,
          limit: limitOf(row),
          values: row.v,
        })),
      )

      assert.is(result.total, total)
      assert.is(result.class, cls)
      rows.forEach((row, index) => {
        const score = result.scores[index]
        assert.is(score?.score, row.score, row.n)
        near(score?.mean, row.avg)
        assert.is(score?.max, row.max)
        assert.is(score?.min, row.min)
      })
    })
  }

  const broken = (group: StoretRow['group'], samples: number) =>
    storet([
      {
        parameter: 'x',
        group,
        limit: { kind: 'max', limit: 1 },
        values: Array.from({ length: samples }, () => 2),
      },
    ]).total

  test('each group has its weights, doubled from ten samples on', () => {
    assert.equal(
      (['fisika', 'kimia', 'biologi'] as const).map((group) => broken(group, 9)),
      [-5, -10, -15],
    )
    assert.equal(
      (['fisika', 'kimia', 'biologi'] as const).map((group) => broken(group, 10)),
      [-10, -20, -30],
    )
  })

  test('each class ends where the next begins', () => {
    const classOf = (rows: number, group: StoretRow['group']) =>
      storet(
        Array.from({ length: rows }, (_, i) => ({
          parameter: `${i}`,
          group,
          limit: { kind: 'max', limit: 1 } as const,
          values: [0, 1.5],
        })),
      )
    // Only the maximum breaks the limit: −1 a physical row.
    assert.equal(
      [0, 1, 10, 11, 30, 31].map((rows) => classOf(rows, 'fisika').class),
      ['A', 'B', 'B', 'C', 'C', 'D'],
    )
    assert.is(classOf(31, 'fisika').status.id, 'cemar berat')
    assert.is(classOf(11, 'fisika').status.en, 'moderately polluted')
  })

  test('one sampling is no series', () => {
    assert.throws(() => broken('kimia', 1), /fewer than two/)
  })
})

suite('STORET of a site', (test) => {
  const context = {
    standard: { water: 'lake', waterClass: 1 },
    origin: 'laboratory',
  } as const

  test('takes limits and groups of the standard', () => {
    const result = storetStatus(
      [
        { parameter: 'total_phosphorus', values: [0.05, 0.08, 0.04] },
        { parameter: 'fecal_coliform', values: [50, 60, 120] },
        { parameter: 'ph', values: [7, 7] },
      ],
      context,
    )

    const { total, class: letter, used, text } = answerOf(result)
    assert.is(total, -10 - 3)
    assert.is(letter, 'C')
    assert.equal(used, ['total_phosphorus', 'fecal_coliform', 'ph'])
    assert.is(text.id, '3 dari 30 parameter')
    assert.is(result.inputs.length, 8)
  })

  test('from sensors it is no status', () => {
    const series = [
      { parameter: 'ph', values: [7, 7] },
      { parameter: 'total_dissolved_solids', values: [80, 90] },
    ]

    const { text, leftOut } = answerOf(storetStatus(series, { ...context, origin: 'sensor' }))
    assert.is(text.id, 'indikatif, 1 dari 30 parameter, bukan status mutu air')
    assert.is(leftOut[0]?.parameter, 'total_dissolved_solids')
  })

  test('limits of the laboratory are left out where all keeps the standard, and else there is no class', () => {
    const ph = { parameter: 'ph', values: [7, 7] }
    const below = [{ value: 0.01, bound: 'below' }] as const
    const clean = storetStatus(
      [ph, { parameter: 'total_phosphorus', values: [0.008], limits: below }],
      context,
    )
    const dirty = storetStatus(
      [ph, { parameter: 'total_phosphorus', values: [0.2], limits: below }],
      context,
    )
    const coarse = [{ value: 0.05, bound: 'below' }] as const
    const unknown = storetStatus(
      [ph, { parameter: 'total_phosphorus', values: [0.008], limits: coarse }],
      context,
    )

    assert.equal(answerOf(clean).used, ['ph'])
    assert.is(answerOf(clean).leftOut[0]?.parameter, 'total_phosphorus')
    for (const result of [dirty, unknown]) {
      assert.match(reasonOf(result).id, 'dapat terlalu baik')
    }
  })

  test('one sampling gives a reason and no class', () => {
    const result = storetStatus([{ parameter: 'ph', values: [7] }], context)

    assert.match(reasonOf(result).id, 'tidak ada parameter')
  })
})

function limitOf({ kind, L = Number.NaN, Lmin = Number.NaN, Lmax = Number.NaN }: Row): Limit {
  return kind === 'range' ? { kind, low: Lmin, high: Lmax } : { kind, limit: L }
}
