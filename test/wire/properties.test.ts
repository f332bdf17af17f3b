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
