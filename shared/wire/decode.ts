import { encodeFrame } from './encode.js'
import { isWireError, WireError } from './errors.js'
import {
  type Channel,
  FIRST_SET,
  FIRST_VALUE_K,
  FLAG_GAPS,
  FLAG_IRREGULAR,
  FLAG_TRAILER,
  FLAG_UNDATED,
  type Frame,
  MAX_CHANNELS,
  MAX_FRAME_BYTES,
  MAX_INTERVAL_S,
  MAX_POSITION,
  MODEL_BITS,
  MODEL_CONSTANT,
  type Sample,
  TRAILER_BYTES,
  VERSION,
} from './frame.js'
import { FrameReader } from './frame-reader.js'
import { quantityById } from './quantities.js'
import { standardSets } from './standard-sets.js'

export interface DecodedFrame extends Frame {
  /** The eight bytes after the body, unverified; null where the frame has none. */
  trailer: Uint8Array | null
}

/**
 * Reads a frame. Throws WireError for everything that is not one; a value out of its plausible range is no
 * error here. What it returns encodes to exactly these bytes again.
 */
export function decodeFrame(bytes: Uint8Array): DecodedFrame {
  const frame = parseFrame(bytes)
  assertCanonical(frame, bytes)
  return frame
}

function parseFrame(bytes: Uint8Array): DecodedFrame {
  if (bytes.length > MAX_FRAME_BYTES) {
    throw new WireError('too-long', `${bytes.length} bytes; a frame has ${MAX_FRAME_BYTES} at most`)
  }
  const flags = bytes[0]
  if (flags === undefined) throw new WireError('truncated', 'the frame is empty')
  if (flags >> 4 !== VERSION) throw new WireError('unknown-version', `version ${flags >> 4}`)
  const bodyEnd = bytes.length - (flags & FLAG_TRAILER ? TRAILER_BYTES : 0)
  const reader = new FrameReader(bytes, 1, bodyEnd)

  const boot = reader.varint()
  const seq = reader.varint()
  const start = reader.uint32()
  const count = reader.byte()
  if (count === 0) throw new WireError('no-samples', 'the frame announces no sample')
  const channels = readChannels(reader)
  const times =
    flags & FLAG_IRREGULAR
      ? irregularTimes(reader, start, count)
      : regularTimes(reader, start, count)
  const samples = times.map((time): Sample => ({ time, values: [] }))
  for (const _ of channels) readChannel(reader, samples, (flags & FLAG_GAPS) !== 0)
  reader.end()
  for (const { values } of samples) {
    if (values.every((value) => value === null)) {
      throw new WireError('empty-sample', 'a sample has no value at all')
    }
  }
  // A copy: the slice of a Buffer would be a view of the network's memory.
  const trailer = flags & FLAG_TRAILER ? Uint8Array.from(bytes.subarray(bodyEnd)) : null
  return { boot, seq, undated: (flags & FLAG_UNDATED) !== 0, channels, samples, trailer }
}

/** The whole proof: encoding the frame again must give the same bytes. */
function assertCanonical(frame: DecodedFrame, bytes: Uint8Array): void {
  const again = encodeAgain(frame)
  if (again?.length !== bytes.length || again.some((byte, index) => byte !== bytes[index])) {
    throw new WireError('not-canonical', 'the same frame is encoded differently')
  }
}

/** Undefined where the canonical form is too long for a frame: models that are not canonical may be shorter. */
function encodeAgain(frame: DecodedFrame): Uint8Array | undefined {
  const { trailer } = frame
  try {
    return encodeFrame(frame, trailer === null ? undefined : () => trailer)
  } catch (error) {
    if (isWireError(error) && error.code === 'too-long') return undefined
    throw error
  }
}

const SETS = standardSets()

function readChannels(reader: FrameReader): Channel[] {
  const count = reader.byte()
  if (count >= FIRST_SET) {
    const set = SETS[count - FIRST_SET]
    if (set === undefined) throw new WireError('unknown-set', `channel set ${count - FIRST_SET}`)
    return set.map((quantity) => ({ quantity, position: 0 }))
  }
  if (count === 0 || count > MAX_CHANNELS) {
    throw new WireError('bad-channels', `a list of ${count} channels`)
  }
  const channels: Channel[] = []
  let quantity = 0
  let position = 0
  for (let n = 0; n < count; n++) {
    const entry = reader.varint()
    const ahead = entry >> 1
    const expected = ahead === 0 ? position + 1 : 0
    const found = entry & 1 ? reader.byte() : expected
    if (found > MAX_POSITION || (ahead === 0 && found < expected)) {
      throw new WireError('bad-channels', 'channels do not ascend, or a position is above 15')
    }
    quantity += ahead
    position = found
    if (quantityById(quantity) === undefined) {
      throw new WireError('unknown-quantity', `quantity ${quantity}`)
    }
    channels.push({ quantity, position })
  }
  return channels
}

function regularTimes(reader: FrameReader, start: number, count: number): number[] {
  const interval = count > 1 ? readInterval(reader) : 0
  const times: number[] = []
  for (let n = 0; n < count; n++) times.push(start + n * interval)
  assertTimes(times)
  return times
}

function readInterval(reader: FrameReader): number {
  const code = reader.varint()
  const interval = code & 1 ? code >> 1 : (code >> 1) * 60
  if (interval === 0 || interval > MAX_INTERVAL_S) {
    throw new WireError('bad-interval', `an interval of ${interval} s`)
  }
  return interval
}

function irregularTimes(reader: FrameReader, start: number, count: number): number[] {
  if (count < 2) throw new WireError('bad-interval', 'one sample cannot be irregular')
  const unit = reader.bits(1) === 1 ? 60 : 1
  const times = [start]
  for (const distance of readResiduals(reader, 0, count))
    times.push(start + unit * (distance >>> 0))
  assertTimes(times)
  return times
}

function assertTimes(times: number[]): void {
  let last = -1
  for (const time of times) {
    if (time <= last || time > 0xffffffff) {
      throw new WireError('bad-time', 'times do not increase within 32 bits')
    }
    last = time
  }
}

/** Appends one value or null to every sample. */
function readChannel(reader: FrameReader, samples: Sample[], hasGaps: boolean): void {
  const present = hasGaps ? readGaps(reader, samples.length) : undefined
  const count = present === undefined ? samples.length : present.filter(Boolean).length
  const values = count > 0 ? readSeries(reader, count) : []
  let next = 0
  samples.forEach((sample, index) => {
    const isPresent = present === undefined || present[index] === true
    sample.values.push(isPresent ? (values[next++] ?? null) : null)
  })
}

/** Which samples have the channel; undefined where all have it. */
function readGaps(reader: FrameReader, count: number): boolean[] | undefined {
  if (reader.bits(1) === 0) return undefined
  const isAbsent = reader.bits(1) === 1
  return Array.from({ length: count }, () => !isAbsent && reader.bits(1) === 1)
}

function readSeries(reader: FrameReader, count: number): number[] {
  const first = unzigzag(readGolomb(reader, FIRST_VALUE_K))
  return count > 1 ? [first, ...readResiduals(reader, first, count)] : [first]
}

/** The values 2 to `count` of a series that starts with `first`; sums wrap in 32 bits. */
function readResiduals(reader: FrameReader, first: number, count: number): number[] {
  const model = reader.bits(MODEL_BITS)
  const isConstant = model === MODEL_CONSTANT
  const readCode = model & 2 ? readGolomb : readRice
  const k = model >> 2
  const values: number[] = []
  let value = first
  let step = 0
  for (let n = 1; n < count; n++) {
    if (!isConstant) {
      const residual = unzigzag(readCode(reader, k))
      step = model & 1 ? (step + residual) | 0 : residual
      value = (value + step) | 0
    }
    values.push(value)
  }
  return values
}

function readRice(reader: FrameReader, k: number): number {
  // Never above 32 bits: a frame has fewer than 2^13 zeros, and k is 15 at most.
  return reader.zeros() * 2 ** k + reader.bits(k)
}

function readGolomb(reader: FrameReader, k: number): number {
  const length = reader.zeros() + k
  if (length > 32) throw new WireError('bad-value', 'a value is longer than 32 bits')
  const high = length > 16 ? reader.bits(length - 16) : 0
  const low = reader.bits(Math.min(length, 16))
  const value = 2 ** length + high * 65536 + low - 2 ** k
  if (value > 0xffffffff) throw new WireError('bad-value', 'a value is longer than 32 bits')
  return value
}

function unzigzag(value: number): number {
  return (value >>> 1) ^ -(value & 1)
}
