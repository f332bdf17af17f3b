import { WHY } from '../../shared/schema/flags.js'
import { checkFrame } from '../../shared/schema/frame.js'
import { type DecodedFrame, decodeFrame } from '../../shared/wire/decode.js'
import { WireError } from '../../shared/wire/errors.js'
import type { Frame } from '../../shared/wire/frame.js'
import type { NewFrame, NewReading } from '../store/batches.js'
import { plausibleRange } from '../store/plausible.js'
import { trailerVerifies } from './trailer.js'

/** The node a frame comes from, as it logged in. */
export interface Sender {
  id: number
  name: string
  trailerRequired: boolean
  /** Keys that its frames may be signed with: the present one, and the one before for a year. */
  trailerKeys: readonly Uint8Array[]
}

/** Why a frame is kept aside; `reason` is a word of a closed list, `detail` a sentence. */
export interface Rejection {
  reason: string
  detail: string
  readings: number
  boot?: number
  seq?: number
}

export type Accepted = { frame: NewFrame } | { rejection: Rejection }

/** A kept frame is tried again. */
export interface Again {
  /** The present, unix milliseconds. */
  now: number
  /** Unix seconds of the first sample, as a technician knows it; the others keep their distance. */
  startTime?: number | undefined
}

/**
 * A node hears the time in whole seconds, over a link, and says it in whole seconds: being ahead by no more is no error
 * of its clock.
 */
const TOLD_TO_S = 2

/**
 * Bytes to readings: decode, verify, validate, flag. Never throws. An undated frame's times are still
 * uptimes. `receivedAt` is unix milliseconds.
 *
 * What is tried again is judged by the present: the server's own clock may have been behind when the frame
 * came, and then its times are right. Whose clock was wrong cannot be told from here, so all readings of a
 * frame that was ahead of its receipt are suspect, as are those whose time a technician set.
 */
export function accept(
  sender: Sender,
  bytes: Uint8Array,
  receivedAt: number,
  again?: Again,
): Accepted {
  let decoded: DecodedFrame
  try {
    decoded = decodeFrame(bytes)
  } catch (error) {
    // Whatever else went wrong is a fault of ours; the frame must not block its node nor end the service.
    const reason = error instanceof WireError ? error.code : 'undecodable'
    return { rejection: { reason, detail: String(error), readings: 0 } }
  }
  const startTime = again?.startTime
  const frame = startTime === undefined ? decoded : redated(decoded, startTime)
  const atReceipt = checkFrame(frame, Math.floor(receivedAt / 1000))
  const now = again ? checkFrame(frame, Math.floor(again.now / 1000)) : atReceipt
  const problem = trailerProblem(sender, decoded, bytes) ?? now
  if (problem !== undefined) {
    const { boot, seq } = frame
    return { rejection: { ...problem, readings: countReadings(frame), boot, seq } }
  }
  const { boot, seq, undated } = frame
  const readings = readingsOf(sender.id, frame, receivedAt)
  if (startTime !== undefined || atReceipt !== undefined) readings.forEach(markClock)
  return { frame: { nodeId: sender.id, boot, seq, undated, bytes, receivedAt, readings } }
}

/** A time that does not come from a synchronised clock makes its reading suspect. */
export function markClock(reading: NewReading): void {
  reading.flag = Math.max(reading.flag, 3)
  reading.why |= WHY.clock
}

function redated(frame: DecodedFrame, startTime: number): Frame {
  const byS = startTime - (frame.samples[0]?.time ?? 0)
  const samples = frame.samples.map(({ time, values }) => ({ time: time + byS, values }))
  return { ...frame, undated: false, samples }
}

function trailerProblem(
  sender: Sender,
  frame: DecodedFrame,
  bytes: Uint8Array,
): { reason: string; detail: string } | undefined {
  if (frame.trailer === null) {
    if (!sender.trailerRequired) return undefined
    return { reason: 'trailer-missing', detail: 'this node must sign its frames' }
  }
  if (trailerVerifies(sender.trailerKeys, bytes)) return undefined
  return { reason: 'trailer-wrong', detail: 'the signature does not fit the bytes and the secret' }
}

function countReadings(frame: Frame): number {
  let count = 0
  for (const { values } of frame.samples) for (const value of values) if (value !== null) count++
  return count
}

function readingsOf(nodeId: number, frame: Frame, receivedAt: number): NewReading[] {
  const readings: NewReading[] = []
  const nowS = Math.floor(receivedAt / 1000)
  const ranges = frame.channels.map((channel) => plausibleRange(channel.quantity))
  for (const { time, values } of frame.samples) {
    const isAhead = !frame.undated && time > nowS + TOLD_TO_S
    for (let index = 0; index < values.length; index++) {
      const value = values[index]
      const channel = frame.channels[index]
      const range = ranges[index]
      if (value === null || value === undefined || channel === undefined) continue
      const isOutside = range === undefined || value < range.min || value > range.max
      readings.push({
        nodeId,
        quantityId: channel.quantity,
        position: channel.position,
        time,
        value,
        raw: null,
        flag: isOutside ? 4 : isAhead ? 3 : 2,
        why: (isOutside ? WHY.range : 0) | (isAhead ? WHY.clock : 0),
      })
    }
  }
  return readings
}
