import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { decodeFrame } from '../../shared/wire/decode.js'
import { encodeFrame, samplesThatAlwaysFit } from '../../shared/wire/encode.js'
import { isWireError, WireError } from '../../shared/wire/errors.js'
import { MAX_CHANNELS, MAX_FRAME_BYTES, MAX_SAMPLES } from '../../shared/wire/frame.js'
import { suite } from '../suite.js'
import { anyFrame } from './arbitrary.js'
import { fromHex } from './hex.js'
import { readVectors } from './make-vectors.js'
import { body, HEAD } from './malformed.js'

/** The largest frame takes about a millisecond. Processor time, because others use the machine too. */
const DECODE_LIMIT_MS = 200

const trailer = fc.option(fc.uint8Array({ minLength: 8, maxLength: 8 }), { nil: null })

suite('wire properties', (test) => {
  test('every frame comes back as it was, in the same bytes', () => {
    fc.assert(
      fc.property(anyFrame(24), trailer, (frame, end) => {
        const sign = end === null ? undefined : () => end
        let bytes: Uint8Array
        try {
          bytes = encodeFrame(frame, sign)
        } catch (error) {
          // Only what may need more than a frame holds is refused.
          assert.ok(isWireError(error) && error.code === 'too-long')
          assert.ok(frame.samples.length > samplesThatAlwaysFit(frame.channels.length))
          return
        }

        assert.ok(bytes.length <= MAX_FRAME_BYTES)
        assert.equal(decodeFrame(bytes), { ...frame, trailer: end })
        assert.equal(encodeFrame(frame, sign), bytes)
      }),
      { numRuns: 400 },
    )
  })

  test('a trailer is asked for over all bytes before it', () => {
    fc.assert(
      fc.property(anyFrame(4), (frame) => {
        let signed = new Uint8Array(0)
        const bytes = encodeFrame(frame, (body) => {
          signed = body.slice()
          return new Uint8Array(8)
        })

        assert.equal(bytes.subarray(0, -8), signed)
      }),
      { numRuns: 50 },
    )
  })

  for (let offset = 0; offset < 8; offset++) {
    test(`codes of every length come back from bit ${offset} of a byte`, () => {
      for (let length = 0; length < 32; length++) {
        roundTrip(offset, [-(2 ** length)])
        // Ones and zeros make Rice with k = 0 the best, so that the jump is a long run of zeros.
        let value = 900
        const jump = length % 2 === 0 ? length / 2 : -(length + 1) / 2
        const stairs = Array.from({ length: 120 }, (_, n) => {
          value += n === 60 ? jump : -(((n * n) >> 3) & 1)
          return value
        })
        roundTrip(offset, stairs)
      }
    })
  }

  test('every truncation of a frame is an error', () => {
    for (const { hex } of readVectors().valid) {
      const bytes = fromHex(hex)
      // The end of the body may pass for a trailer only where the frame says that it has one.
      for (let length = 0; length < bytes.length; length++) {
        assert.is(
          outcome(bytes.subarray(0, length)) instanceof WireError,
          true,
          `${hex} at ${length}`,
        )
      }
    }
  })

  test('every single bit flip of a frame is an error or another frame', () => {
    for (const { hex } of readVectors().valid) {
      const bytes = fromHex(hex)
      for (let bit = 0; bit < 8 * bytes.length; bit++) {
        const flipped = bytes.slice()
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (128 >> (bit & 7))
        outcome(flipped)
      }
    }
  })

  test('random bytes are an error or a frame', () => {
    const head = fc.constantFrom<number[]>(
      [],
      [0x10],
      [0x10, 3, 5, 0, 0, 0, 9],
      [0x13, 3, 5, 0, 0, 0, 9],
    )
    const bytes = fc
      .tuple(head, fc.uint8Array({ maxLength: 1100 }))
      .map(([start, rest]) => Uint8Array.from([...start, ...rest]))
    fc.assert(
      fc.property(bytes, (random) => {
        outcome(random)
      }),
      { numRuns: 3000 },
    )
  })

  test('a frame whose canonical form would be too long is not canonical', () => {
    // Two channels: 45 of 100 differences are +-2^29, the others 0. Exponential Golomb with k = 0 takes fewer
    // bits for that than the models around the mean length, of which the encoder must take one.
    const samples = 140
    const jumps = Array.from({ length: samples - 1 }, (_, n) => (45 * n) % 100 < 45)
    let isUp = false
    const differences = jumps.map((isJump) => {
      if (!isJump) return '1'
      isUp = !isUp
      // 2^29 is 2^30 in zigzag, -2^29 is 2^30 - 1: both plus one, behind their zeros.
      return isUp ? `${'0'.repeat(30)}1${'0'.repeat(29)}1` : `${'0'.repeat(30)}1${'0'.repeat(30)}`
    })
    const channel = `1000000000 000010 ${differences.join('')}`
    const hex = body(`10 ${HEAD} ${samples.toString(16)} 02 02 02 0a`, channel + channel)
    const bytes = fromHex(hex.replaceAll(' ', ''))

    const error = outcome(bytes)

    assert.ok(bytes.length <= MAX_FRAME_BYTES, `${bytes.length} bytes`)
    assert.is(error instanceof WireError && error.code, 'not-canonical')
  })

  test('the largest frame that few bytes can announce stays small and quick', () => {
    // 64 channels of 255 equal values: the most values a frame can have.
    const lanes = Array.from({ length: MAX_CHANNELS }, (_, n) => ({
      quantity: 70 + (n >> 4),
      position: n & 15,
    }))
    const samples = Array.from({ length: MAX_SAMPLES }, (_, n) => ({
      time: n,
      values: lanes.map(() => 0),
    }))
    const bytes = encodeFrame({ boot: 0, seq: 0, undated: false, channels: lanes, samples })

    const decoded = outcome(bytes)

    assert.not.instance(decoded, WireError)
    assert.ok(bytes.length < 250, `${bytes.length} bytes`)
  })
})

/**
 * Sends `values` in a channel behind others that move its bits: one or two of an odd number of bits, then absent
 * ones of two bits each. The value 170 has ones and zeros in turn, so that a lost bit is a wrong bit.
 */
function roundTrip(offset: number, values: number[]): void {
  const before = [170, ...(offset % 2 ? [170] : []), ...Array<null>(1 + (offset >> 1)).fill(null)]
  const channels = [...before, 0].map((_, position) => ({ quantity: 1, position }))
  const samples = values.map((value, n) => ({ time: n, values: [...before, value] }))
  const frame = { boot: 0, seq: 0, undated: false, channels, samples }

  assert.equal(decodeFrame(encodeFrame(frame)), { ...frame, trailer: null })
}

/** Decodes within the time limit; a frame must encode to the same bytes, an error must be a named one. */
function outcome(bytes: Uint8Array): unknown {
  const start = process.cpuUsage()
  try {
    const { trailer, ...frame } = decodeFrame(bytes)
    assert.equal(encodeFrame(frame, trailer === null ? undefined : () => trailer), bytes)
    return frame
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return error
  } finally {
    const tookMs = process.cpuUsage(start).user / 1000
    assert.ok(tookMs < DECODE_LIMIT_MS, `decoding took ${tookMs} ms`)
  }
}
