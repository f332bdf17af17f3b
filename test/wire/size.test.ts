import * as assert from 'uvu/assert'
import type { Sample } from '../../shared/wire/frame.js'
import { sharedDataPath } from '../shared-data.js'
import { suite } from '../suite.js'
import { noise } from './make-vectors.js'
import { bitsPerValue, measure } from './measure.js'
import { payloadSizes, RIVER_CHANNELS, riverRecord } from './records.js'

const WHY = 'shared data is absent'

suite('frame size', (test) => {
  if (sharedDataPath('payload_sizes.json') === undefined) test.skip('of the sample set', WHY)
  else {
    test('of the sample set is at most 45 bytes, of its first sample 22', () => {
      const { samples } = payloadSizes()

      const twelve = measure(RIVER_CHANNELS, samples, 12).bytes
      const one = measure(RIVER_CHANNELS, samples.slice(0, 1), 1).bytes

      assert.ok(twelve <= 45, `${twelve} bytes`)
      assert.ok(one <= 22, `${one} bytes`)
    })
  }

  const record = 'lro_mainstreet_2019-07-20_2019-08-31.csv'
  if (sharedDataPath(record) === undefined) test.skip('of a river record', WHY)
  else {
    for (const [length, goal] of [
      [12, 7],
      [48, 5.1],
      [96, 4.9],
    ] as const) {
      test(`of a river record in ${length} samples is at most ${goal} bits a value`, () => {
        const measured = measure(RIVER_CHANNELS, riverRecord(), length)

        assert.ok(bitsPerValue(measured) <= goal, `${bitsPerValue(measured)} bits`)
        assert.is(measured.values, 20_630)
      })
    }
  }

  // What a value costs beyond the noise in it, which no codec can take away: 2, 5 and 14 bits here.
  for (const [width, goal] of [
    [4, 4],
    [32, 7],
    [16384, 16],
  ] as const) {
    test(`of noise of ${Math.log2(width)} bits is at most ${goal} bits a value`, () => {
      let value = 0
      const samples = column(480, (n) => (value += (noise(n) % width) - (width >> 1)))

      const bits = bitsPerValue(measure([1], samples, 96))

      assert.ok(bits <= goal, `${bits} bits`)
    })
  }

  test('of a smooth series grows by at most 160 bits a sentinel', () => {
    const smooth = (n: number) => Math.round(2000 + 300 * Math.sin(n / 40))
    const sentinels = (n: number) => (n === 20 || n === 55 ? -999_900 : smooth(n))
    const plain = measure([1], column(96, smooth), 96).bytes

    const broken = measure([1], column(96, sentinels), 96).bytes

    assert.ok(8 * (broken - plain) <= 2 * 160, `${plain} and ${broken} bytes`)
  })

  test('of a value that never changes is at most 4 bytes a channel', () => {
    const longer = measure(
      [1, 2],
      column(255, () => 909, 2),
      255,
    ).bytes
    const shorter = measure(
      [1],
      column(255, () => 909),
      255,
    ).bytes

    // The entry in the list, 12 bits for 1818 (909 in zigzag), 6 for the model.
    assert.ok(longer - shorter <= 4, `${longer - shorter} bytes`)
  })
})

function column(length: number, value: (n: number) => number, width = 1): Sample[] {
  return Array.from({ length }, (_, n) => ({ time: 300 * n, values: Array(width).fill(value(n)) }))
}
