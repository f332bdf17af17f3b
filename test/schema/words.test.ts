import * as assert from 'uvu/assert'
import { z } from 'zod'
import { siteNameSchema, strict, timeSchema } from '../../shared/schema/common.js'
import { configurationSchema } from '../../shared/schema/configuration.js'
import {
  FLAG_TEXT,
  FLAGS,
  isFlag,
  WHY,
  WHY_WORDS,
  whyMask,
  whyWords,
} from '../../shared/schema/flags.js'
import { readingsQuerySchema } from '../../shared/schema/reading.js'
import { suite } from '../suite.js'

suite('flags', (test) => {
  test('the bits of the reasons are fixed for ever', () => {
    assert.equal(WHY, {
      range: 1,
      gross: 2,
      spike: 4,
      rate: 8,
      flat: 16,
      climatology: 32,
      neighbour: 64,
      clock: 128,
      maintenance: 256,
      manual: 512,
      drift: 1024,
    })
    assert.equal([...WHY_WORDS].sort(), Object.keys(WHY).sort())
  })

  test('a mask and its words are the same thing', () => {
    assert.equal(whyWords(0), [])
    assert.equal(whyWords(1 + 128 + 512), ['range', 'clock', 'manual'])
    for (let mask = 0; mask < 2048; mask++) assert.is(whyMask(whyWords(mask)), mask)
  })

  test('missing is never a stored flag, and each stored one has words', () => {
    assert.equal([0, 1, 2, 3, 4, 5, 9].filter(isFlag), [1, 2, 3, 4])
    for (const flag of FLAGS) assert.ok(FLAG_TEXT[flag].id && FLAG_TEXT[flag].en)
  })
})

suite('requests', (test) => {
  const messages = (schema: z.ZodType, value: unknown) =>
    schema.safeParse(value).error?.issues.map(({ message }) => message) ?? []

  test('an unknown key is refused with the known ones', () => {
    const schema = strict({ site: z.string(), from: z.string().optional() })

    assert.equal(messages(schema, { site: 'a', form: 'x' }), ['unknown: form; known: site, from'])
    assert.equal(messages(strict({}), { x: 1 }), ['unknown: x; known: none'])
  })

  test('a time must say its zone', () => {
    assert.equal(messages(timeSchema, '2026-07-01T07:00:00+07:00'), [])
    assert.is(messages(timeSchema, '2026-07-01T07:00:00').length, 1)
    assert.is(messages(timeSchema, '1 July 2026').length, 1)
  })

  test('a name is safe in a path, a topic and a file name', () => {
    for (const name of ['ab', 'Balige', 'a/b', 'a b', 'a+b', '../etc', 'x'.repeat(33)]) {
      assert.is(messages(siteNameSchema, name).length, 1, name)
    }
    assert.equal(messages(siteNameSchema, 'balige-1'), [])
  })

  test('a query for readings has defaults and names one thing', () => {
    assert.equal(readingsQuerySchema.parse({ site: 'balige', position: '3' }), {
      site: 'balige',
      position: 3,
      resolution: 'auto',
      format: 'json',
    })
    assert.is(messages(readingsQuerySchema, { site: 'balige', node: 'balige-1' }).length, 1)
    assert.is(messages(readingsQuerySchema, { site: 'balige', position: '16' }).length, 1)
  })

  test('a configuration fits into the memory of a board', () => {
    const settings = (count: number, length: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`key${index}`, 'x'.repeat(length)]),
      )

    assert.equal(messages(configurationSchema, { settings: settings(20, 40) }), [])
    assert.is(messages(configurationSchema, { settings: settings(32, 64) }).length, 1)
    assert.is(messages(configurationSchema, { settings: settings(33, 1) }).length, 1)
    assert.is(messages(configurationSchema, { intervalS: 0 }).length, 1)
    assert.is(messages(configurationSchema, { channels: [{ quantity: 'nonsense' }] }).length, 1)
  })
})
