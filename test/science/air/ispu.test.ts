import * as assert from 'uvu/assert'
import { ugM3AtReference, ugM3FromPpb } from '../../../shared/science/air/gas.js'
import { ispu, type PollutantMean, stationIspu } from '../../../shared/science/air/ispu.js'
import {
  ISPU_BREAKPOINTS,
  ISPU_CATEGORIES,
  ISPU_STEPS,
  POLLUTANT_TEXT,
  type Pollutant,
} from '../../../shared/science/air/ispu-table.js'
import { sharedJson } from '../../shared-data.js'
import { suite } from '../../suite.js'
import { answerOf, near, reasonOf } from '../answers.js'

interface File {
  I: number[]
  X: Record<string, number[]>
  averaging_h: number
  categories: { hi: number | null; name: string; en: string; colour: string }[]
}

interface Case {
  pollutant: string
  ugm3: number
  ispu: number
  ispu_rounded: number
  category: string
}

const file = sharedJson<File>('ispu.json')
const cases = sharedJson<{ vectors: { ispu: Case[] } }>('formula_vectors.json')?.vectors.ispu
const POLLUTANTS = Object.keys(ISPU_BREAKPOINTS).filter(isPollutant)

const FILE_NAMES: Record<Pollutant, string> = {
  pm10: 'PM10',
  pm2_5: 'PM25',
  sulfur_dioxide: 'SO2',
  carbon_monoxide: 'CO',
  ozone: 'O3',
  nitrogen_dioxide: 'NO2',
  hydrocarbons: 'HC',
}

function isPollutant(key: string): key is Pollutant {
  return key in ISPU_BREAKPOINTS
}

function mean(pollutant: Pollutant, ugM3: number | null, rest: Partial<PollutantMean> = {}) {
  const whole = { windowHours: 24, validHours: 24, isReferenceEquivalent: true }
  return { pollutant, ugM3, ...whole, ...rest }
}

suite('the ISPU tables', (test) => {
  if (file === undefined) test.skip('are those of the facts', 'shared data is absent')
  else {
    test('are those of the facts', () => {
      assert.equal([...ISPU_STEPS], file.I)
      assert.equal(
        Object.fromEntries(POLLUTANTS.map((each) => [FILE_NAMES[each], ISPU_BREAKPOINTS[each]])),
        file.X,
      )
      assert.equal(
        ISPU_CATEGORIES.map(({ upTo, name, colour }) => [upTo, name.id, name.en, colour.id]),
        file.categories.map(({ hi, name, en, colour }) => [hi ?? Infinity, name, en, colour]),
      )
    })
  }

  test('name every pollutant', () => {
    assert.equal(Object.keys(POLLUTANT_TEXT).sort(), [...POLLUTANTS].sort())
  })
})

suite('ISPU', (test) => {
  if (cases === undefined) test.skip('meets the worked values', 'shared data is absent')
  else {
    test('meets the worked values', () => {
      for (const expected of cases) {
        const pollutant =
          POLLUTANTS.find((each) => FILE_NAMES[each] === expected.pollutant) ?? 'hydrocarbons'
        const value = answerOf(ispu(mean(pollutant, expected.ugm3)))
        near(value.index, expected.ispu, expected.pollutant)
        assert.is(value.rounded, expected.ispu_rounded)
        assert.is(value.category.name.id, expected.category)
      }
    })
  }

  test('is exactly a step at each breakpoint, and never above the last', () => {
    for (const pollutant of POLLUTANTS) {
      const indices = ISPU_BREAKPOINTS[pollutant].map(
        (ugM3) => answerOf(ispu(mean(pollutant, ugM3))).index,
      )
      assert.equal(indices, [...ISPU_STEPS])
      assert.is(answerOf(ispu(mean(pollutant, 1e6))).index, 500)
    }
  })

  test('is continuous between the bounds of two categories', () => {
    const categoryAt = (ugM3: number) => answerOf(ispu(mean('pm10', ugM3))).category.name.id

    assert.equal([50, 50.9, 51.1].map(categoryAt), ['Baik', 'Baik', 'Sedang'])
  })

  test('a raw minute or an hour never becomes an index', () => {
    for (const windowHours of [1 / 60, 1, 8, 23, 25]) {
      const result = ispu(mean('pm2_5', 40, { windowHours }))
      assert.match(reasonOf(result).id, 'rata-rata 24 jam')
    }
  })

  test('needs eighteen valid hours of the twenty-four', () => {
    assert.ok(ispu(mean('pm2_5', 40, { validHours: 18 })).isComputable)
    assert.equal(reasonOf(ispu(mean('pm2_5', 40, { validHours: 17 }))), {
      id: 'baru 17 dari 24 jam berisi data valid, perlu 18',
      en: 'only 17 of 24 hours hold valid data, 18 are needed',
    })
    assert.ok(!ispu(mean('pm2_5', 40, { validHours: Number.NaN })).isComputable)
  })

  test('a station that is not equivalent to the reference gives an indication', () => {
    assert.is(answerOf(ispu(mean('pm2_5', 40))).text.id, 'ISPU')
    assert.is(
      answerOf(ispu(mean('pm2_5', 40, { isReferenceEquivalent: false }))).text.id,
      'indikatif, bukan ISPU',
    )
  })

  test('a missing or negative mean has no index', () => {
    for (const ugM3 of [null, Number.NaN, Number.POSITIVE_INFINITY, -0.1]) {
      assert.match(reasonOf(ispu(mean('carbon_monoxide', ugM3))).id, 'belum ada rata-rata')
    }
    assert.is(answerOf(ispu(mean('carbon_monoxide', 0))).index, 0)
  })
})

suite('ISPU of a station', (test) => {
  test('is its highest sub-index and names the pollutant', () => {
    const result = stationIspu([
      mean('pm10', 40),
      mean('pm2_5', 100),
      mean('carbon_monoxide', null),
    ])
    const { pollutant, rounded, all } = answerOf(result)

    assert.is(pollutant, 'pm2_5')
    assert.is(rounded, 147)
    assert.equal(
      all.map((each) => each.pollutant),
      ['pm10', 'pm2_5'],
    )
    assert.is(result.inputs.length, 3)
  })

  test('without a sub-index there is a reason', () => {
    assert.match(reasonOf(stationIspu([mean('pm10', 40, { validHours: 3 })])).id, '3 dari 24')
    assert.match(reasonOf(stationIspu([])).id, 'belum ada rata-rata')
  })
})

suite('gases at 25 °C and 1 atm', (test) => {
  test('a mixing ratio is the same mass at every station', () => {
    near(ugM3FromPpb('carbon_monoxide', 1000), 1145)
    near(ugM3FromPpb('nitrogen_dioxide', 1), 1.88)
    near(ugM3FromPpb('ozone', 1), 1.962)
    near(ugM3FromPpb('sulfur_dioxide', 1), 2.619)
  })

  test('a mass in the thin air of the lake is more at reference conditions', () => {
    near(ugM3AtReference(100, 25, 1013.25), 100)
    near(ugM3AtReference(100, 22, 909.15), 110.33)
  })
})
