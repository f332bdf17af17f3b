import * as assert from 'uvu/assert'
import { carlsonIndex } from '../../../shared/science/water/carlson.js'
import { lakeTrophicStatus } from '../../../shared/science/water/lake-trophic.js'
import { sharedJson } from '../../shared-data.js'
import { suite } from '../../suite.js'
import { answerOf, near, reasonOf } from '../answers.js'

interface Case {
  secchi_m: number
  chla_ugL: number
  tp_ugL: number
  TSI_SD: number
  TSI_CHL: number
  TSI_TP: number
  TSI_mean: number
}

interface Bounds {
  status: string
  TN: string
  TP: string
  chla: string
  secchi: string
}

const cases = sharedJson<{ vectors: { carlson: Case[] } }>('formula_vectors.json')?.vectors.carlson
const bounds = sharedJson<{ trophic_permenLH28_2009: { rows: Bounds[] } }>('water_standards.json')
  ?.trophic_permenLH28_2009.rows

suite("Carlson's index", (test) => {
  if (cases === undefined) test.skip('meets the worked values', 'shared data is absent')
  else {
    test('meets the worked values', () => {
      for (const { secchi_m, chla_ugL, tp_ugL, ...expected } of cases) {
        const index = answerOf(
          carlsonIndex({ secchiM: secchi_m, chlorophyllUgL: chla_ugL, phosphorusUgL: tp_ugL }),
        )
        near(index.secchi, expected.TSI_SD)
        near(index.chlorophyll, expected.TSI_CHL)
        near(index.phosphorus, expected.TSI_TP)
        near(index.mean, expected.TSI_mean)
      }
    })
  }

  const phosphorusAt = (index: number) => Math.exp((index - 4.15) / 14.42)
  const stateAt = (index: number) =>
    answerOf(carlsonIndex({ phosphorusUgL: phosphorusAt(index) })).state.id

  test('each state begins at the end of the one before', () => {
    assert.equal([29.9, 30.1, 39.9, 40.1].map(stateAt), [
      'ultraoligotrof',
      'oligotrof',
      'oligotrof',
      'mesotrof',
    ])
    assert.equal([49.9, 50.1, 69.9, 70.1].map(stateAt), [
      'mesotrof',
      'eutrof',
      'eutrof',
      'hipereutrof',
    ])
  })

  test('is made of what is there', () => {
    const index = answerOf(carlsonIndex({ secchiM: 1, chlorophyllUgL: null, phosphorusUgL: 0 }))

    assert.equal(
      [index.secchi, index.chlorophyll, index.phosphorus, index.mean],
      [60, undefined, undefined, 60],
    )
  })

  test('of nothing there is a reason and no zero', () => {
    assert.match(reasonOf(carlsonIndex({})).id, 'belum ada')
    assert.match(reasonOf(carlsonIndex({ secchiM: 0, chlorophyllUgL: -1 })).id, 'belum ada')
  })
})

suite('trophic status of a lake', (test) => {
  if (bounds === undefined) test.skip('keeps the bounds of the facts', 'shared data is absent')
  else {
    test('keeps the bounds of the facts', () => {
      for (const row of bounds) {
        const status = row.status.toLowerCase()
        assert.ok(statusesOf('nitrogenUgL', inside(row.TN)).includes(status), `TN ${row.TN}`)
        assert.ok(statusesOf('phosphorusUgL', inside(row.TP)).includes(status), `TP ${row.TP}`)
        assert.ok(statusesOf('chlorophyllUgL', inside(row.chla)).includes(status), row.chla)
        assert.ok(statusesOf('secchiM', inside(row.secchi)).includes(status), row.secchi)
      }
    })
  }

  test('the bounds themselves belong where the regulation puts them', () => {
    assert.equal(
      [650, 650.1, 750, 1900, 1900.1].map((value) => statusesOf('nitrogenUgL', value)[0]),
      ['oligotrof', 'mesotrof', 'mesotrof', 'eutrof', 'hipereutrof'],
    )
    assert.equal(
      [9.9, 10, 30, 100].map((value) => statusesOf('phosphorusUgL', value)[0]),
      ['oligotrof', 'mesotrof', 'eutrof', 'hipereutrof'],
    )
    assert.equal(
      [10, 9.9, 4, 2.5, 2.4].map((value) => statusesOf('secchiM', value)[0]),
      ['oligotrof', 'mesotrof', 'mesotrof', 'eutrof', 'hipereutrof'],
    )
  })

  test('says that the regulation leaves a gap in chlorophyll', () => {
    assert.equal(
      [14.9, 15, 199, 200].map((value) => statusesOf('chlorophyllUgL', value)[0]),
      ['eutrof', 'eutrof-hipereutrof', 'eutrof-hipereutrof', 'hipereutrof'],
    )
  })

  test('names the most enriched of what was measured', () => {
    const { worst, byParameter, text } = answerOf(
      lakeTrophicStatus({ nitrogenUgL: 600, phosphorusUgL: 170, secchiM: 7, isAnnual: true }),
    )

    assert.is(worst, 'hipereutrof')
    assert.equal(byParameter, [
      { parameter: 'total_nitrogen', status: 'oligotrof' },
      { parameter: 'total_phosphorus', status: 'hipereutrof' },
      { parameter: 'secchi_depth', status: 'mesotrof' },
    ])
    assert.is(text.id, 'dari rata-rata setahun')
  })

  test('from less than a year it is indicative, from nothing it is nothing', () => {
    const indicative = answerOf(lakeTrophicStatus({ secchiM: 7, isAnnual: false }))

    assert.match(indicative.text.id, 'indikatif')
    assert.match(reasonOf(lakeTrophicStatus({ isAnnual: true })).id, 'belum ada rata-rata')
  })
})

type Mean = 'nitrogenUgL' | 'phosphorusUgL' | 'chlorophyllUgL' | 'secchiM'

function statusesOf(mean: Mean, value: number): string[] {
  const { byParameter } = answerOf(lakeTrophicStatus({ [mean]: value, isAnnual: true }))
  return byParameter.map(({ status }) => status)
}

/** A value that just satisfies a bound such as "<10" or ">=4". */
function inside(bound: string): number {
  const [, sign = '', digits = ''] = /^([<>]=?)(.+)$/.exec(bound) ?? []
  if (sign.endsWith('=')) return Number(digits)
  return Number(digits) * (sign === '<' ? 0.999 : 1.001)
}
