import { isDeepStrictEqual } from 'node:util'
import { decodeFrame } from '../../shared/wire/decode.js'
import { encodeFrame } from '../../shared/wire/encode.js'
import { isWireError } from '../../shared/wire/errors.js'
import type { Frame, Sample } from '../../shared/wire/frame.js'

/** What a station has after some months: both numbers in the size they usually are. */
export const BOOT = 3
export const FIRST_SEQ = 4711

export interface Measured {
  frames: number
  /** Frames that had to be halved to stay within 1,024 bytes. */
  halved: number
  bytes: number
  /** Of `bytes`: all before the body, and irregular times. */
  headerBytes: number
  largest: number
  values: number
}

/** Encodes the samples in frames of `length`, and proves each frame by decoding it. */
export function measure(quantities: number[], samples: Sample[], length: number): Measured {
  const channels = quantities.map((quantity) => ({ quantity, position: 0 }))
  const total: Measured = { frames: 0, halved: 0, bytes: 0, headerBytes: 0, largest: 0, values: 0 }
  const queue: Sample[][] = []
  for (let at = 0; at < samples.length; at += length) queue.push(samples.slice(at, at + length))
  for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
    const frame = {
      boot: BOOT,
      seq: FIRST_SEQ + total.frames,
      undated: false,
      channels,
      samples: part,
    }
    const bytes = tryEncode(frame)
    if (bytes === undefined) {
      total.halved++
      queue.unshift(part.slice(0, part.length >> 1), part.slice(part.length >> 1))
      continue
    }
    if (!isDeepStrictEqual(decodeFrame(bytes), { ...frame, trailer: null })) {
      throw new Error(`frame ${frame.seq} does not decode to what was encoded`)
    }
    total.frames++
    total.bytes += bytes.length
    total.headerBytes += headerBytes(frame)
    total.largest = Math.max(total.largest, bytes.length)
    total.values += part.flatMap(({ values }) => values).filter((value) => value !== null).length
  }
  return total
}

/** Of whole frames, headers and filling included. */
export function bitsPerValue({ bytes, values }: Measured): number {
  return (8 * bytes) / values
}

function tryEncode(frame: Frame): Uint8Array | undefined {
  try {
    return encodeFrame(frame)
  } catch (error) {
    if (isWireError(error) && error.code === 'too-long') return undefined
    throw error
  }
}

/** What is left of a frame of zeros without its body: ten bits a first value, six a constant model. */
function headerBytes(frame: Frame): number {
  const zeros = frame.samples.map(({ time }) => ({ time, values: frame.channels.map(() => 0) }))
  const bodyBits = frame.channels.length * (zeros.length === 1 ? 10 : 16)
  return encodeFrame({ ...frame, samples: zeros }).length - Math.ceil(bodyBits / 8)
}
