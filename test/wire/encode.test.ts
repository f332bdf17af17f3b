import * as assert from 'uvu/assert'
import { decodeFrame } from '../../shared/wire/decode.js'
import { encodeFrame, samplesThatAlwaysFit } from '../../shared/wire/encode.js'
import { isWireError } from '../../shared/wire/errors.js'
import { type Frame, MAX_FRAME_BYTES } from '../../shared/wire/frame.js'
import { quantityById } from '../../shared/wire/quantities.js'
import { standardSets } from '../../shared/wire/standard-sets.js'
import { suite } from '../suite.js'
import { noise } from './make-vectors.js'

suite('frame encoder', (test) => {
  const refusals: [string, string, Partial<Frame>][] = [
    ['no sample', 'no-samples', { samples: [] }],
    ['256 samples', 'too-many-samples', { samples: rows(256, () => [0]) }],
    ['no channel', 'bad-channels', { channels: [] }],
    [
      '65 channels',
      'bad-channels',
      { channels: list(65), samples: rows(1, () => Array(65).fill(0)) },
    ],
    [
      'channels that descend',
      'bad-channels',
      { channels: [...list(2)].reverse(), samples: rows(1, () => [1, 2]) },
    ],
    [
      'a channel twice',
      'bad-channels',
      { channels: [...list(1), ...list(1)], samples: rows(1, () => [1, 2]) },
    ],
    ['a position above 15', 'bad-channels', { channels: [{ quantity: 1, position: 16 }] }],
    ['a boot below 0', 'bad-number', { boot: -1 }],
    ['a seq of 2^31', 'bad-number', { seq: 0x80000000 }],
    ['half a second', 'bad-time', { samples: [{ time: 0.5, values: [1] }] }],
    ['a time of 2^32', 'bad-time', { samples: [{ time: 0x100000000, values: [1] }] }],
    ['equal times', 'bad-time', { samples: [...rows(1, () => [1]), ...rows(1, () => [1])] }],
    ['a fraction of a step', 'bad-value', { samples: rows(1, () => [25.82]) }],
    ['not a number', 'bad-value', { samples: rows(1, () => [Number.NaN]) }],
    ['a value of 2^31', 'bad-value', { samples: rows(1, () => [0x80000000]) }],
    ['a value too many', 'bad-value', { samples: rows(1, () => [1, 2]) }],
    ['a value too few', 'bad-value', { samples: rows(1, () => []) }],
    ['a sample without value', 'empty-sample', { samples: rows(1, () => [null]) }],
    ['more than 1,024 bytes', 'too-long', { samples: rows(255, (n) => [noise(n)]) }],
  ]
  for (const [what, code, parts] of refusals) {
    test(`refuses ${what} as ${code}`, () => {
      assert.is(
        refusal(() => encodeFrame({ ...frame(), ...parts })),
        code,
      )
    })
  }

  test('refuses a trailer of another length', () => {
    assert.is(
      refusal(() => encodeFrame(frame(), () => new Uint8Array(9))),
      'bad-trailer',
    )
  })

  test('fills a frame to its last byte, and counts the trailer', () => {
    const long = (length: number) => ({ ...frame(), samples: rows(length, (n) => [noise(n)]) })
    let most = 1
    while (refusal(() => encodeFrame(long(most + 1))) === undefined) most++
    const bytes = encodeFrame(long(most))

    assert.ok(
      bytes.length > MAX_FRAME_BYTES - 8 && bytes.length <= MAX_FRAME_BYTES,
      `${bytes.length}`,
    )
    assert.is(decodeFrame(bytes).samples.length, most)
    assert.is(
      refusal(() => encodeFrame(long(most), () => new Uint8Array(8))),
      'too-long',
    )
  })

  test('goes on after a refusal as if nothing had been', () => {
    const before = encodeFrame(frame())
    refusal(() => encodeFrame({ ...frame(), samples: rows(255, (n) => [noise(n)]) }))

    assert.equal(encodeFrame(frame()), before)
  })

  test('goes on after running out of memory as if nothing had been', () => {
    const before = encodeFrame(frame())
    let reads = 0
    const row = Object.defineProperty([1, 0], 1, {
      get() {
        if (reads++ > 0) throw new Error('out of memory')
        return 0
      },
    })

    assert.throws(() => encodeFrame({ ...frame(), channels: list(2), samples: rows(1, () => row) }))
    assert.equal(encodeFrame(frame()), before)
  })

  for (const width of [1, 2, 5, 8, 16, 64]) {
    test(`always fits ${samplesThatAlwaysFit(width)} samples of ${width} channels`, () => {
      const length = samplesThatAlwaysFit(width)
      // Irregular times; a gap in every channel but the first; jumps over all 32 bits.
      const hostile = Array.from({ length }, (_, n) => ({
        time: n * 0x1000000 + (noise(n) & 0xffffff),
        values: Array.from({ length: width }, (_, c) =>
          c > 0 && n > 0 && n === c % length ? null : hostileValue(n * width + c),
        ),
      }))
      const worst = {
        boot: 0x7fffffff,
        seq: 0x7fffffff,
        undated: true,
        channels: list(width),
        samples: hostile,
      }

      assert.ok(encodeFrame(worst, () => new Uint8Array(8)).length <= MAX_FRAME_BYTES)
    })
  }

  test('knows the quantities of every standard set, ascending', () => {
    for (const ids of standardSets()) {
      assert.equal(
        ids,
        [...new Set(ids)].sort((a, b) => a - b),
      )
      for (const id of ids) assert.ok(quantityById(id), `${id}`)
    }
  })
})

function frame(): Frame {
  return { boot: 1, seq: 2, undated: false, channels: list(1), samples: rows(3, (n) => [n]) }
}

function rows(length: number, values: (n: number) => (number | null)[]): Frame['samples'] {
  return Array.from({ length }, (_, n) => ({ time: 1000 + 60 * n, values: values(n) }))
}

/** The first channels of a long list, most of them with an unexpected position. */
function list(length: number): Frame['channels'] {
  return Array.from({ length }, (_, n) => ({ quantity: 1 + (n >> 3), position: 2 * (n & 7) }))
}

/** Jumps over all 32 bits, of which neither first nor second differences are small. */
function hostileValue(n: number): number {
  return (noise(n) ^ (n % 3 === 0 ? -0x80000000 : 0)) | 0
}

function refusal(act: () => unknown): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (isWireError(error)) return error.code
    throw error
  }
}
