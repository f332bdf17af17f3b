import type { WireErrorCode } from './errors.js'
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
  MAX_K,
  MAX_POSITION,
  MAX_SAMPLES,
  MAX_VARINT,
  MODEL_BITS,
  MODEL_CONSTANT,
  type Sample,
  STANDARD_SETS,
  TRAILER_BYTES,
  VERSION,
} from './frame.js'

/*
 * Runs on the board: no default or rest parameters, spread, destructuring, Map, Set, Math.imul, `?.`, labels
 * or classes, and every function stands before the code that uses it at load time. Integers are kept in 32
 * bits wherever they can be: the board's interpreter is much slower on others.
 */

/** Most bits of a residual, whatever the values: 2 x 33 - 1 - 14, where all of them need 32 bits. */
const WORST_RESIDUAL_BITS = 51
/** Most bits of a channel beside its residuals: two for gaps, its first value, its model. */
const WORST_CHANNEL_BITS = 2 + 56 + MODEL_BITS
/** Most bytes before the bits of the body: 22 and four a channel in a list. */
const WORST_HEADER_BYTES = 22
const WORST_LIST_BYTES = 4

/** Bytes of the frame in the making; one buffer for all, because the board's memory fragments. */
const out = new Uint8Array(MAX_FRAME_BYTES)
let at = 0
/** Bits that do not fill a byte yet: the low `held` bits of `pending`. */
let pending = 0
let held = 0

/** Bits needed to write each byte value, so that no residual is measured bit by bit. */
const BYTE_BITS = new Uint8Array(256)
for (let value = 1; value < 256; value++) BYTE_BITS[value] = (BYTE_BITS[value >> 1] as number) + 1

/** The best model found so far for the residuals in hand. */
let bestModel = 0
let bestCost = 0

/** A plain Error with a `code`: the board's interpreter cannot extend Error. */
function refuse(code: WireErrorCode, message: string): never {
  throw Object.assign(new Error(message), { code: code })
}

function putByte(value: number): void {
  out[at++] = value
}

/** Seven bits a byte, low ones first; the top bit says that more follow. */
function putVarint(value: number): void {
  while (value > 127) {
    putByte((value & 127) | 128)
    value >>= 7
  }
  putByte(value)
}

/** Writes the low `bits` (at most 24) of `value`, high bit first. */
function putBits(value: number, bits: number): void {
  pending = (pending << bits) | value
  held += bits
  while (held > 7) {
    held -= 8
    out[at++] = pending >> held
  }
}

function putZeros(count: number): void {
  while (count > 24) {
    if (at > MAX_FRAME_BYTES) return
    putBits(0, 24)
    count -= 24
  }
  putBits(0, count)
}

function bitLength(value: number): number {
  if (value < 256) return BYTE_BITS[value] as number
  return 8 + bitLength((value / 256) | 0)
}

/** Exponential Golomb: `value` + 2^k in binary, behind as many zeros as it is longer than k + 1 bits. */
function putGolomb(value: number, k: number): void {
  const word = value + (1 << k)
  const length = bitLength(word)
  const zeros = length - 1 - k
  if (zeros + length < 25) {
    putBits(word, zeros + length)
    return
  }
  putZeros(zeros)
  putBits((word / 4096) | 0, length - 12)
  putBits(word % 4096, 12)
}

/** Rice: as many zeros as 2^k fits into `value`, a one, and the low k bits. */
function putRice(value: number, k: number): void {
  const zeros = value >>> k
  const word = (1 << k) | (value & ((1 << k) - 1))
  if (zeros + k < 24) {
    putBits(word, zeros + k + 1)
    return
  }
  putZeros(zeros)
  putBits(word, k + 1)
}

function offer(model: number, cost: number): void {
  if (cost < bestCost) {
    bestCost = cost
    bestModel = model
  }
}

/**
 * Offers the four models that can be best for residuals whose bit lengths add up to `bits`: both codes, each
 * at two neighbouring parameters around the mean length.
 */
function offerModels(residuals: Uint32Array, count: number, bits: number, order: number): void {
  let k = ((bits + (count >> 1)) / count) | 0
  if (k > MAX_K) k = MAX_K
  const j = k > 0 ? k - 1 : 0
  const i = k > 1 ? k - 2 : 0
  const offsetJ = 1 << j
  const offsetI = 1 << i
  let zerosK = 0
  let zerosJ = 0
  let lengthJ = 0
  let lengthI = 0
  for (let n = 0; n < count; n++) {
    const value = residuals[n] as number
    zerosK += value >>> k
    zerosJ += value >>> j
    lengthJ += bitLength(value + offsetJ)
    lengthI += bitLength(value + offsetI)
  }
  offer(4 * k + order, zerosK + count * (k + 1))
  offer(4 * j + order, zerosJ + count * (j + 1))
  offer(4 * j + 2 + order, 2 * lengthJ - count * (j + 1))
  offer(4 * i + 2 + order, 2 * lengthI - count * (i + 1))
}

/** Writes model and residuals of a series of which the reader knows the first value already. */
function putResiduals(values: Int32Array | Uint32Array, length: number): void {
  const count = length - 1
  const first = new Uint32Array(count)
  const second = new Uint32Array(count)
  let firstBits = 0
  let secondBits = 0
  let last = 0
  for (let n = 0; n < count; n++) {
    const step = ((values[n + 1] as number) - (values[n] as number)) | 0
    const turn = (step - last) | 0
    last = step
    const a = ((step << 1) ^ (step >> 31)) >>> 0
    const b = ((turn << 1) ^ (turn >> 31)) >>> 0
    first[n] = a
    second[n] = b
    firstBits += bitLength(a)
    secondBits += bitLength(b)
  }
  if (firstBits === 0) {
    putBits(MODEL_CONSTANT, MODEL_BITS)
    return
  }
  bestCost = Infinity
  offerModels(first, count, firstBits, 0)
  offerModels(second, count, secondBits, 1)
  putBits(bestModel, MODEL_BITS)
  const residuals = bestModel & 1 ? second : first
  const put = bestModel & 2 ? putGolomb : putRice
  const k = bestModel >> 2
  for (let n = 0; n < count; n++) put(residuals[n] as number, k)
}

/** Writes which samples have the channel: 0 all, 11 none, 10 and a bit a sample otherwise. */
function putGaps(rows: Sample['values'][], channel: number, present: number): void {
  if (present === rows.length) {
    putBits(0, 1)
    return
  }
  putBits(present === 0 ? 3 : 2, 2)
  if (present === 0) return
  for (let n = 0; n < rows.length; n++)
    putBits((rows[n] as Sample['values'])[channel] === null ? 0 : 1, 1)
}

function putChannel(rows: Sample['values'][], channel: number, hasGaps: boolean): void {
  const values = new Int32Array(rows.length)
  let present = 0
  for (let n = 0; n < rows.length; n++) {
    const value = (rows[n] as Sample['values'])[channel]
    if (value !== null) values[present++] = value as number
  }
  if (hasGaps) putGaps(rows, channel, present)
  if (present === 0) return
  const start = values[0] as number
  putGolomb(((start << 1) ^ (start >> 31)) >>> 0, FIRST_VALUE_K)
  if (present > 1) putResiduals(values, present)
}

/** Checks every value and tells whether any is absent. */
function checkValues(rows: Sample['values'][], channelCount: number): boolean {
  let hasGaps = false
  for (let n = 0; n < rows.length; n++) {
    const row = rows[n] as Sample['values']
    if (row.length !== channelCount)
      refuse('bad-value', 'a sample needs one value or null a channel')
    let present = 0
    for (let c = 0; c < channelCount; c++) {
      const value = row[c] as number | null
      if (value === null) continue
      if (value !== (value | 0)) refuse('bad-value', 'a value must be an int32')
      present++
    }
    if (present === 0) refuse('empty-sample', 'a sample needs a value')
    if (present < channelCount) hasGaps = true
  }
  return hasGaps
}

function checkTimes(times: Uint32Array, samples: Sample[]): void {
  for (let n = 0; n < samples.length; n++) {
    const time = (samples[n] as Sample).time
    if (time !== time >>> 0) refuse('bad-time', 'a time must be whole seconds in 32 bits')
    if (n > 0 && time <= (times[n - 1] as number)) refuse('bad-time', 'times must increase')
    times[n] = time
  }
}

/** The one interval between all samples; 0 where there is none or it is too long for the header. */
function regularInterval(times: Uint32Array): number {
  const interval = (times[1] as number) - (times[0] as number)
  if (interval > MAX_INTERVAL_S) return 0
  for (let n = 2; n < times.length; n++) {
    if ((times[n] as number) - (times[n - 1] as number) !== interval) return 0
  }
  return interval
}

function isSet(channels: Channel[], ids: readonly number[]): boolean {
  if (ids.length !== channels.length) return false
  for (let c = 0; c < ids.length; c++) {
    const channel = channels[c] as Channel
    if (channel.quantity !== ids[c] || channel.position !== 0) return false
  }
  return true
}

function putChannels(channels: Channel[]): void {
  for (let n = 0; n < STANDARD_SETS.length; n++) {
    if (isSet(channels, STANDARD_SETS[n] as number[])) {
      putByte(FIRST_SET + n)
      return
    }
  }
  putByte(channels.length)
  let quantity = 0
  let position = 0
  for (let c = 0; c < channels.length; c++) {
    const channel = channels[c] as Channel
    const ahead = channel.quantity - quantity
    const expected = ahead === 0 ? position + 1 : 0
    if (
      ahead !== (ahead & 0xffff) ||
      channel.position !== (channel.position & MAX_POSITION) ||
      (ahead === 0 && channel.position < expected)
    ) {
      refuse('bad-channels', 'channels must ascend by quantity, then position')
    }
    quantity = channel.quantity
    position = channel.position
    putVarint(2 * ahead + (position === expected ? 0 : 1))
    if (position !== expected) putByte(position)
  }
}

function checkNumber(value: number, name: string): void {
  if (value !== (value & MAX_VARINT)) refuse('bad-number', `${name} must be 0 to 2^31 - 1`)
}

/**
 * How many samples of so many channels fit into a frame whatever their values, gaps and times are. Ordinary
 * values need a fraction of that: a caller who wants more tries, and halves on `too-long`.
 */
export function samplesThatAlwaysFit(channelCount: number): number {
  const header = WORST_HEADER_BYTES + WORST_LIST_BYTES * channelCount + TRAILER_BYTES
  // Irregular times are one more series; a gap is one more bit a value.
  const series = channelCount + 1
  const bits = 8 * (MAX_FRAME_BYTES - header) - WORST_CHANNEL_BITS * series
  return Math.min(1 + ((bits / (series * (WORST_RESIDUAL_BITS + 1))) | 0), MAX_SAMPLES)
}

/**
 * The one encoding of a frame. `sign` gives the eight bytes of the trailer over all bytes before it.
 * Throws an Error with a `code` (a WireErrorCode): `too-long` where the frame needs more than 1,024 bytes,
 * and the name of the rule where the frame breaks one.
 */
export function encodeFrame(frame: Frame, sign?: (body: Uint8Array) => Uint8Array): Uint8Array {
  const samples = frame.samples
  const channels = frame.channels
  const count = samples.length
  if (count < 1) refuse('no-samples', 'a frame needs a sample')
  if (count > MAX_SAMPLES) refuse('too-many-samples', 'a frame holds 255 samples at most')
  if (channels.length < 1 || channels.length > MAX_CHANNELS)
    refuse('bad-channels', 'a frame has 1 to 64 channels')
  checkNumber(frame.boot, 'boot')
  checkNumber(frame.seq, 'seq')
  const times = new Uint32Array(count)
  checkTimes(times, samples)
  const rows: Sample['values'][] = []
  for (let n = 0; n < count; n++) rows.push((samples[n] as Sample).values)
  const hasGaps = checkValues(rows, channels.length)
  const interval = count > 1 ? regularInterval(times) : 0
  const irregular = count > 1 && interval === 0

  at = 0
  pending = 0
  held = 0
  putByte(
    (VERSION << 4) |
      (frame.undated ? FLAG_UNDATED : 0) |
      (sign ? FLAG_TRAILER : 0) |
      (irregular ? FLAG_IRREGULAR : 0) |
      (hasGaps ? FLAG_GAPS : 0),
  )
  putVarint(frame.boot)
  putVarint(frame.seq)
  const start = times[0] as number
  putByte(start >>> 24)
  putByte(start >> 16)
  putByte(start >> 8)
  putByte(start)
  putByte(count)
  putChannels(channels)
  // Whole minutes are what stations use, so they are the shorter number.
  if (interval > 0) putVarint(interval % 60 === 0 ? interval / 30 : 2 * interval + 1)
  if (irregular) putResiduals(times, count)
  for (let c = 0; c < channels.length; c++) putChannel(rows, c, hasGaps)
  if (held > 0) putBits(0, 8 - held)

  const length = at
  if (length + (sign ? TRAILER_BYTES : 0) > MAX_FRAME_BYTES) {
    refuse('too-long', 'the frame needs more than 1024 bytes')
  }
  const body = new Uint8Array(length)
  for (let n = 0; n < length; n++) body[n] = out[n] as number
  if (!sign) return body
  const trailer = sign(body)
  if (trailer.length !== TRAILER_BYTES) refuse('bad-trailer', 'a trailer has eight bytes')
  const signed = new Uint8Array(length + TRAILER_BYTES)
  signed.set(body)
  signed.set(trailer, length)
  return signed
}
