import type { WireErrorCode } from './errors.js'
import {
  type Channel,
  type Frame,
  MAX_CHANNELS,
  MAX_POSITION,
  MAX_SAMPLES,
  MAX_VARINT,
  type Sample,
} from './frame.js'

/* Runs on the board: see encode.ts for what that forbids. */

/** A plain Error with a `code`: the board's interpreter cannot extend Error. */
export function refuse(code: WireErrorCode, message: string): never {
  throw Object.assign(new Error(message), { code: code })
}

function checkNumber(value: number, name: string): void {
  if (value !== (value & MAX_VARINT)) refuse('bad-number', `${name} must be 0 to 2^31 - 1`)
}

/** Checks every value and tells whether any is absent. */
export function checkValues(rows: Sample['values'][], channelCount: number): boolean {
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

export function checkTimes(times: Uint32Array, samples: Sample[]): void {
  for (let n = 0; n < samples.length; n++) {
    const time = (samples[n] as Sample).time
    if (time !== time >>> 0) refuse('bad-time', 'a time must be whole seconds in 32 bits')
    if (n > 0 && time <= (times[n - 1] as number)) refuse('bad-time', 'times must increase')
    times[n] = time
  }
}

function checkOrder(channels: Channel[]): void {
  let quantity = 0
  let position = 0
  for (let c = 0; c < channels.length; c++) {
    const channel = channels[c] as Channel
    const ahead = channel.quantity - quantity
    if (
      ahead !== (ahead & 0xffff) ||
      channel.position !== (channel.position & MAX_POSITION) ||
      (ahead === 0 && channel.position <= position)
    ) {
      refuse('bad-channels', 'channels must ascend by quantity, then position')
    }
    quantity = channel.quantity
    position = channel.position
  }
}

/** Checks samples and channels by number, the order of the channels, boot and seq. */
export function checkHeader(frame: Frame): void {
  const count = frame.samples.length
  if (count < 1) refuse('no-samples', 'a frame needs a sample')
  if (count > MAX_SAMPLES) refuse('too-many-samples', 'a frame holds 255 samples at most')
  if (frame.channels.length < 1 || frame.channels.length > MAX_CHANNELS) {
    refuse('bad-channels', 'a frame has 1 to 64 channels')
  }
  checkOrder(frame.channels)
  checkNumber(frame.boot, 'boot')
  checkNumber(frame.seq, 'seq')
}
