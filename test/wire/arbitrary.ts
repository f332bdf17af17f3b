import fc from 'fast-check'
import type { Channel, Frame, Sample } from '../../shared/wire/frame.js'
import { MAX_VARINT } from '../../shared/wire/frame.js'
import { QUANTITIES } from '../../shared/wire/quantities.js'
import { standardSets } from '../../shared/wire/standard-sets.js'

/** Objects like those that the decoder makes. */
const PLAIN = { noNullPrototype: true }
const int32 = fc.integer({ min: -0x80000000, max: 0x7fffffff })
const varint = fc.oneof(fc.nat(300), fc.nat(MAX_VARINT))

const channels: fc.Arbitrary<Channel[]> = fc.oneof(
  fc
    .constantFrom(...standardSets())
    .map((ids) => ids.map((quantity) => ({ quantity, position: 0 }))),
  fc
    .uniqueArray(
      fc.record(
        {
          quantity: fc.constantFrom(...QUANTITIES.map(({ id }) => id)),
          position: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(15)),
        },
        PLAIN,
      ),
      {
        minLength: 1,
        maxLength: 8,
        selector: ({ quantity, position }) => 16 * quantity + position,
      },
    )
    .map((list) => list.sort((a, b) => a.quantity - b.quantity || a.position - b.position)),
)

/** A series as a sensor gives it (a walk, with sentinels and pauses), or anything at all. */
function series(length: number): fc.Arbitrary<number[]> {
  const walk = fc
    .tuple(
      fc.integer({ min: -3000, max: 30000 }),
      fc.nat(200).chain((width) =>
        fc.array(fc.integer({ min: -width, max: width }), {
          minLength: length,
          maxLength: length,
        }),
      ),
      fc.array(fc.tuple(fc.nat(length), fc.constantFrom(-999900, 799900, 0)), { maxLength: 2 }),
    )
    .map(([start, steps, sentinels]) => {
      let value = start
      const values = steps.map((step) => (value += step))
      for (const [at, sentinel] of sentinels) if (at < length) values[at] = sentinel
      return values
    })
  return fc.oneof(walk, fc.array(int32, { minLength: length, maxLength: length }))
}

function times(length: number): fc.Arbitrary<number[]> {
  const regular = fc
    .tuple(
      fc.nat(0x7fffffff),
      fc.oneof(fc.constantFrom(1, 60, 300, 900), fc.integer({ min: 1, max: 90000 })),
    )
    .map(([start, interval]) => Array.from({ length }, (_, n) => start + n * interval))
  const irregular = fc.uniqueArray(fc.nat(0xffffffff), { minLength: length, maxLength: length })
  return fc.oneof(
    regular,
    irregular.map((list) => list.sort((a, b) => a - b)),
  )
}

function samples(width: number, length: number): fc.Arbitrary<Sample[]> {
  return fc
    .tuple(
      times(length),
      fc.array(series(length), { minLength: width, maxLength: width }),
      // Which channels of which samples are absent.
      fc.oneof(
        fc.constant([]),
        fc.array(fc.boolean(), { minLength: width * length, maxLength: width * length }),
      ),
    )
    .map(([at, columns, absent]) =>
      at.map((time, n) => {
        const values = columns.map((column, c) => (absent[n * width + c] ? null : (column[n] ?? 0)))
        if (!values.some((value) => value !== null))
          values[n % width] = columns[n % width]?.[n] ?? 0
        return { time, values }
      }),
    )
}

/** Any frame of up to `maxSamples`; many are longer than 1,024 bytes where that is large. */
export function anyFrame(maxSamples: number): fc.Arbitrary<Frame> {
  return fc.tuple(channels, fc.integer({ min: 1, max: maxSamples })).chain(([list, length]) =>
    fc.record(
      {
        boot: varint,
        seq: varint,
        undated: fc.boolean(),
        channels: fc.constant(list),
        samples: samples(list.length, length),
      },
      PLAIN,
    ),
  )
}
