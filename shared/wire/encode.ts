import {
  endBytes,
  putBits,
  putByte,
  putGolomb,
  putVarint,
  startBytes,
  takeBytes,
} from './bit-writer.js'
import { checkHeader, checkTimes, checkValues, refuse } from './check.js'
import {
  type Channel,
  FIRST_SET,
  FIRST_VALUE_K,
  FLAG_GAPS,
  FLAG_IRREGULAR,
  FLAG_TRAILER,
  FLAG_UNDATED,
  type Frame,
  MAX_FRAME_BYTES,
  MAX_INTERVAL_S,
  MAX_SAMPLES,
  MODEL_BITS,
  type Sample,
  TRAILER_BYTES,
  VERSION,
} from './frame.js'
import { putResiduals } from './residuals.js'
import { STANDARD_LISTS } from './standard-lists.js'

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

/** The one interval between all samples; 0 where there is none or it is too long for the header. */
function regularInterval(times: Uint32Array): number {
  const interval = (times[1] as number) - (times[0] as number)
  if (interval > MAX_INTERVAL_S) return 0
  for (let n = 2; n < times.length; n++) {
    if ((times[n] as number) - (times[n - 1] as number) !== interval) return 0
  }
  return interval
}

/** Whether these are the channels of the standard list at `at`. */
function isSet(channels: Channel[], at: number): boolean {
  if (STANDARD_LISTS[at] !== channels.length) return false
  for (let c = 0; c < channels.length; c++) {
    const channel = channels[c] as Channel
    if (channel.quantity !== STANDARD_LISTS[at + 1 + c] || channel.position) return false
  }
  return true
}

function putChannels(channels: Channel[]): void {
  let set = FIRST_SET
  for (let at = 0; at < STANDARD_LISTS.length; at += 1 + (STANDARD_LISTS[at] as number)) {
    if (isSet(channels, at)) {
      putByte(set)
      return
    }
    set++
  }
  putByte(channels.length)
  let quantity = 0
  let position = 0
  for (let c = 0; c < channels.length; c++) {
    const channel = channels[c] as Channel
    const ahead = channel.quantity - quantity
    const expected = ahead ? 0 : position + 1
    quantity = channel.quantity
    position = channel.position
    putVarint(2 * ahead + (position === expected ? 0 : 1))
    if (position !== expected) putByte(position)
  }
}

function putHeader(frame: Frame, flags: number, interval: number): void {
  const start = (frame.samples[0] as Sample).time
  putByte((VERSION << 4) | flags)
  putVarint(frame.boot)
  putVarint(frame.seq)
  putByte(start >>> 24)
  putByte(start >> 16)
  putByte(start >> 8)
  putByte(start)
  putByte(frame.samples.length)
  putChannels(frame.channels)
  // Whole minutes are what stations use, so they are the shorter number.
  if (interval > 0) putVarint(interval % 60 ? 2 * interval + 1 : interval / 30)
}

/** Writes irregular times as distances from the first, in minutes where all are whole ones. Uses `times` up. */
function putTimes(times: Uint32Array): void {
  const start = times[0] as number
  let unit = 60
  for (let n = 1; n < times.length; n++) {
    if (((times[n] as number) - start) % 60) unit = 1
  }
  for (let n = 0; n < times.length; n++) times[n] = ((times[n] as number) - start) / unit
  putBits(unit === 60 ? 1 : 0, 1)
  putResiduals(times, times.length)
}

/** Writes which samples have the channel: 0 all, 11 none, 10 and a bit a sample otherwise. */
function putGaps(rows: Sample['values'][], channel: number, present: number): void {
  if (present === rows.length) {
    putBits(0, 1)
    return
  }
  putBits(present ? 2 : 3, 2)
  if (!present) return
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
  if (!present) return
  const start = values[0] as number
  putGolomb(((start << 1) ^ (start >> 31)) >>> 0, FIRST_VALUE_K)
  if (present > 1) putResiduals(values, present)
}

function addTrailer(body: Uint8Array, trailer: Uint8Array): Uint8Array {
  if (trailer.length !== TRAILER_BYTES) refuse('bad-trailer', 'a trailer has eight bytes')
  const signed = new Uint8Array(body.length + TRAILER_BYTES)
  signed.set(body)
  signed.set(trailer, body.length)
  return signed
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
  checkHeader(frame)
  const times = new Uint32Array(count)
  checkTimes(times, samples)
  const rows: Sample['values'][] = []
  for (let n = 0; n < count; n++) rows.push((samples[n] as Sample).values)
  const hasGaps = checkValues(rows, channels.length)
  const interval = count > 1 ? regularInterval(times) : 0
  const irregular = count > 1 && !interval
  const flags =
    (frame.undated ? FLAG_UNDATED : 0) |
    (sign ? FLAG_TRAILER : 0) |
    (irregular ? FLAG_IRREGULAR : 0) |
    (hasGaps ? FLAG_GAPS : 0)

  startBytes()
  putHeader(frame, flags, interval)
  if (irregular) putTimes(times)
  for (let c = 0; c < channels.length; c++) putChannel(rows, c, hasGaps)
  const length = endBytes()
  if (length > MAX_FRAME_BYTES - (sign ? TRAILER_BYTES : 0)) {
    refuse('too-long', 'the frame needs more than 1024 bytes')
  }
  const body = takeBytes(length)
  if (sign) return addTrailer(body, sign(body))
  return body
}
