import * as assert from 'uvu/assert'
import { decodeFrame } from '../../shared/wire/decode.js'
import { encodeFrame } from '../../shared/wire/encode.js'
import { isWireError, WIRE_ERROR_CODES, WireError } from '../../shared/wire/errors.js'
import { suite } from '../suite.js'
import { fromHex, toHex } from './hex.js'
import { makeVectors, readVectors } from './make-vectors.js'

/** What only the encoder can meet: the decoder cannot read so many samples, nor a trailer of another length. */
const ENCODER_ONLY = ['too-many-samples', 'bad-trailer']

suite('wire vectors', (test) => {
  const { valid, malformed } = readVectors()

  test('are what their script writes', () => {
    assert.equal(JSON.parse(JSON.stringify(makeVectors())), readVectors())
  })

  test('name every vector once', () => {
    const names = [...valid, ...malformed].map(({ name }) => name)

    assert.is(new Set(names).size, names.length)
  })

  for (const { name, hex, frame, trailer } of valid) {
    test(`"${name}" reads and writes as stated`, () => {
      const decoded = decodeFrame(fromHex(hex))

      const { trailer: bytes, ...rest } = decoded
      assert.equal(rest, frame)
      assert.is(bytes === null ? null : toHex(bytes), trailer)
      const sign = trailer === null ? undefined : () => fromHex(trailer)
      assert.is(toHex(encodeFrame(frame, sign)), hex)
    })
  }

  for (const { name, hex, error } of malformed) {
    test(`"${name}" is ${error}`, () => {
      assert.is(codeOf(hex), error)
    })
  }

  test('meet every error that the decoder names', () => {
    const met = new Set<string>([...malformed.map(({ error }) => error), ...ENCODER_ONLY])

    assert.equal([...met].sort(), [...WIRE_ERROR_CODES].sort())
  })

  test('are named errors with a sentence', () => {
    assert.throws(
      () => decodeFrame(new Uint8Array(0)),
      (error: unknown) => error instanceof WireError && isWireError(error) && error.message !== '',
    )
  })
})

function codeOf(hex: string): string {
  try {
    decodeFrame(fromHex(hex))
  } catch (error) {
    if (isWireError(error)) return error.code
    throw error
  }
  return 'a valid frame'
}
