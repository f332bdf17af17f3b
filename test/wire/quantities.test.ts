import fc from 'fast-check'
import * as assert from 'uvu/assert'
import {
  decimals,
  fromSteps,
  QUANTITIES,
  type Quantity,
  quantityById,
  quantityByKey,
  toSteps,
} from '../../shared/wire/quantities.js'
import { sharedJson } from '../shared-data.js'
import { suite } from '../suite.js'

interface Row {
  id: number
  key: string
  name_en: string
  name_id: string
  ucum: string
  symbol: string
  step: number
  min: number
  max: number
  group: string
  typical_interval_s: number
  summary: string
  affordable_accuracy?: string
  note?: string
}

const rows = sharedJson<Row[]>('quantities.json')

suite('quantities', (test) => {
  if (rows === undefined) test.skip('are the rows of the registry', 'shared data is absent')
  else {
    test('are the rows of the registry', () => {
      const expected = rows.map((row) => ({
        id: row.id,
        key: row.key,
        nameEn: row.name_en,
        nameId: row.name_id,
        ucum: row.ucum,
        symbol: row.symbol,
        step: row.step,
        min: row.min,
        max: row.max,
        group: row.group,
        typicalIntervalS: row.typical_interval_s,
        summary: row.summary,
        accuracy: row.affordable_accuracy ?? null,
        note: row.note ?? null,
      }))

      assert.equal(QUANTITIES, expected)
    })
  }

  test('are found by id and by key', () => {
    for (const quantity of QUANTITIES) {
      assert.is(quantityById(quantity.id), quantity)
      assert.is(quantityByKey(quantity.key), quantity)
    }
    assert.is(quantityById(23), undefined)
    assert.is(quantityByKey('constructor'), undefined)
  })

  test('have ranges that fit into 32 bits of steps', () => {
    for (const quantity of QUANTITIES) {
      assert.ok(toSteps(quantity, quantity.min) < toSteps(quantity, quantity.max), quantity.key)
    }
  })

  const exact: [string, number, number][] = [
    ['water_temperature', 25.82, 2582],
    ['water_temperature', -9999, -999900],
    ['water_temperature', 0.29, 29],
    ['conductivity_25', 168.4, 1684],
    ['water_level', 1.005, 1005],
    ['secchi_depth', 0.35, 7],
    ['secchi_depth', 7.15, 143],
    ['uptime', 86400, 1440],
    ['free_memory', 40960, 2560],
    ['carbon_monoxide', -2000, -200],
  ]
  for (const [key, value, steps] of exact) {
    test(`${value} of ${key} are ${steps} steps, and back`, () => {
      const quantity = known(key)

      assert.is(toSteps(quantity, value), steps)
      assert.is(fromSteps(quantity, steps), value)
    })
  }

  const rounded: [string, number, number][] = [
    // 1.005 in binary is a little less; its digits say half a step.
    ['water_temperature', 1.005, 101],
    ['water_temperature', -1.005, -101],
    ['water_temperature', 1.0049999, 100],
    ['secchi_depth', 0.375, 8],
    ['uptime', 89, 1],
    ['uptime', 90, 2],
    ['water_temperature', 1e-9, 0],
    ['water_temperature', -0.001, 0],
  ]
  for (const [key, value, steps] of rounded) {
    test(`${value} of ${key} goes to step ${steps}`, () => {
      assert.equal(toSteps(known(key), value), steps)
    })
  }

  test('give every step as its decimal number, and take it back', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...QUANTITIES),
        fc.integer({ min: -0x80000000, max: 0x7fffffff }),
        (quantity, steps) => {
          const value = fromSteps(quantity, steps)

          const scale = BigInt(Math.round(quantity.step * 10 ** decimals(quantity)))
          const digits = (BigInt(steps) * scale).toString()
          assert.is(value, Number(`${digits}e-${decimals(quantity)}`))
          assert.is(toSteps(quantity, value), steps)
        },
      ),
    )
  })

  test('refuse what is no number of steps', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 21474836.48, -1e300]) {
      assert.throws(
        () => toSteps(known('water_temperature'), value),
        (error: unknown) => error instanceof RangeError,
      )
    }
  })

  test('are written with as many decimals as their step needs', () => {
    assert.equal(
      ['secchi_depth', 'water_level', 'ph', 'uptime'].map((key) => decimals(known(key))),
      [2, 3, 2, 0],
    )
  })
})

function known(key: string): Quantity {
  const quantity = quantityByKey(key)
  if (quantity === undefined) throw new Error(`no quantity ${key}`)
  return quantity
}
