import * as assert from 'uvu/assert'
import type { Confidence } from '../../../shared/science/result.js'
import {
  LAKE_TOBA_CLASS,
  WATER_CLASS_TEXT,
  WATER_PARAMETERS,
  type WaterBody,
  type WaterParameter,
} from '../../../shared/science/water/limits-table.js'
import { limitOf, standardText } from '../../../shared/science/water/standard.js'
import { sharedJson } from '../../shared-data.js'
import { suite } from '../../suite.js'

interface Row {
  param: string
  kind: string
  lake: unknown[]
  river: unknown[]
  confidence: Confidence
}

interface File {
  rows: Row[]
  classes: Record<string, string>
  default_class_lake_toba: number
}

const file = sharedJson<File>('water_standards.json')

/** Names of the file that are not ours. */
const OUR_NAMES: Record<string, string> = {
  temperature_deviation: 'water_temperature',
  tds: 'total_dissolved_solids',
  tss: 'total_suspended_solids',
  transparency_secchi: 'secchi_depth',
  do: 'dissolved_oxygen',
  nitrate_N: 'nitrate_n',
  nitrite_N: 'nitrite_n',
  ammonia_N: 'ammonia_n',
  total_N: 'total_nitrogen',
  total_P: 'total_phosphorus',
  detergent_MBAS: 'detergent_mbas',
}
const ORDER: readonly Confidence[] = ['low', 'medium', 'high']

suite('limits of PP 22/2021', (test) => {
  if (file === undefined) {
    test.skip('are those of the facts', 'shared data is absent')
  } else {
    test('are those of the facts, row by row', () => {
      const ours = WATER_PARAMETERS.map((row) => ({
        param: row.parameter,
        kind: row.kind,
        lake: limitsOf(row, 'lake'),
        river: limitsOf(row, 'river'),
      }))

      assert.equal(
        ours,
        file.rows.map(({ param, kind, lake, river }) => ({
          param: OUR_NAMES[param] ?? param,
          kind: kind === 'dev' ? 'deviation' : kind,
          lake,
          river,
        })),
      )
      assert.is(LAKE_TOBA_CLASS, file.default_class_lake_toba)
      assert.equal(
        Object.values(WATER_CLASS_TEXT).map((text) => text.id),
        Object.values(file.classes),
      )
    })

    test('claim no more confidence than the facts', () => {
      for (const row of file.rows) {
        for (const water of ['lake', 'river'] as const) {
          for (const waterClass of [1, 2, 3, 4] as const) {
            const found = limitOf(OUR_NAMES[row.param] ?? row.param, { water, waterClass })
            const claimed = found?.source.confidence ?? 'low'
            assert.ok(ORDER.indexOf(claimed) <= ORDER.indexOf(row.confidence), row.param)
          }
        }
      }
    })
  }

  test('a class without a limit has none, and a river knows no transparency', () => {
    assert.is(limitOf('secchi_depth', { water: 'lake', waterClass: 4 }), undefined)
    assert.is(limitOf('secchi_depth', { water: 'river', waterClass: 1 }), undefined)
    assert.is(limitOf('turbidity', { water: 'lake', waterClass: 1 }), undefined)
    assert.equal(limitOf('ph', { water: 'lake', waterClass: 1 })?.limit, {
      kind: 'range',
      low: 6,
      high: 9,
    })
  })

  test('a limit has the confidence of its own cell', () => {
    const nitrogen = (water: WaterBody) =>
      limitOf('total_nitrogen', { water, waterClass: 1 })?.source.confidence

    assert.is(nitrogen('lake'), 'high')
    assert.is(nitrogen('river'), 'medium')
    const solids = limitOf('total_dissolved_solids', { water: 'lake', waterClass: 4 })
    assert.is(solids?.source.confidence, 'low')
  })

  test('a standard has a name in both languages', () => {
    assert.equal(standardText({ water: 'lake', waterClass: 1 }), {
      id: 'danau kelas 1',
      en: 'lake class 1',
    })
  })
})

function limitsOf(row: WaterParameter, water: WaterBody): unknown {
  return row[water]?.limits ?? [null, null, null, null]
}
