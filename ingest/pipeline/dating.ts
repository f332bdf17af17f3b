import { decodeFrame } from '../../shared/wire/decode.js'
import { quantityByKey } from '../../shared/wire/quantities.js'
import type { NewFrame } from '../store/batches.js'
import { type BootFrame, type BootHistory, bootHistory } from '../store/boots.js'
import type { Database } from '../store/database.js'
import { markClock, type Rejection } from './accept.js'

/**
 * Dates frames whose node did not know the time yet. A boot has one offset (unix time − uptime), and what is
 * stored of the same boot bounds it:
 * - a dated frame with a later sequence number starts after our last sample, one with an earlier number
 *   ended before our first;
 * - the boot began after everything that was measured in the boot before it;
 * - nothing was received before it was measured;
 * - a dated reading of the quantity *uptime* names the offset to within its step and rounding.
 * Only frames that their node dated itself count: a time that was worked out here or set by hand is no
 * evidence, and its bytes say another one.
 * Where the bounds leave at most TOLERANCE_S the middle is taken and the readings say so (flag 3, clock).
 * Anything wider, or contradictory, is not a date: the frame is kept as rejected `undated`.
 */
export const TOLERANCE_S = 120

const UPTIME = quantityByKey('uptime')

export type Dated = { frame: NewFrame } | { rejection: Omit<Rejection, 'readings'> }

/** Unix seconds of uptime 0, both inclusive. */
export interface Bounds {
  low: number
  high: number
}

/** Dates `undated` by what the store holds. The same bytes are never dated in two ways. */
export async function dateFrame(db: Database, undated: NewFrame): Promise<Dated> {
  const { datedBeforeS, ...history } = await bootHistory(db, undated)
  if (datedBeforeS === null) return dateByBounds(undated, history)
  return { frame: withOffset(undated, datedBeforeS - firstUptime(undated)) }
}

export function dateByBounds(undated: NewFrame, history: BootHistory): Dated {
  const { low, high } = offsetBounds(undated, history)
  const width = high - low
  if (width < 0) return kept(undated, 'the frames of this boot contradict each other')
  if (width > TOLERANCE_S) {
    const known = Number.isFinite(width) ? `only to within ${width} s` : 'not at all'
    return kept(undated, `the neighbouring frames of boot ${undated.boot} date it ${known}`)
  }
  return { frame: withOffset(undated, Math.floor((low + high) / 2)) }
}

function withOffset(undated: NewFrame, offsetS: number): NewFrame {
  const readings = undated.readings.map((reading) => ({
    ...reading,
    time: reading.time + offsetS,
  }))
  readings.forEach(markClock)
  return { ...undated, readings }
}

function kept({ boot, seq }: NewFrame, detail: string): Dated {
  return { rejection: { reason: 'undated', detail, boot, seq } }
}

function firstUptime(undated: NewFrame): number {
  return undated.readings.reduce((least, { time }) => Math.min(least, time), Infinity)
}

function lastUptime(undated: NewFrame): number {
  return undated.readings.reduce((most, { time }) => Math.max(most, time), 0)
}

export function offsetBounds(undated: NewFrame, history: BootHistory): Bounds {
  const first = firstUptime(undated)
  const last = lastUptime(undated)
  const bounds: Bounds = {
    low: history.lastOfEarlierBoots ?? Number.NEGATIVE_INFINITY,
    high: Math.floor(undated.receivedAt / 1000) - last,
  }
  for (const frame of history.frames) {
    if (frame.seq < undated.seq) bounds.low = Math.max(bounds.low, frame.lastS - first)
    if (frame.seq > undated.seq) bounds.high = Math.min(bounds.high, frame.firstS - last)
    narrowByUptime(bounds, frame)
  }
  return bounds
}

/** A node may round its uptime down or to the nearest step; both are allowed for. */
function narrowByUptime(bounds: Bounds, { bytes }: BootFrame): void {
  const frame = decodeFrame(bytes)
  const index = frame.channels.findIndex((channel) => channel.quantity === UPTIME?.id)
  if (index < 0 || UPTIME === undefined) return
  for (const { time, values } of frame.samples) {
    const steps = values[index]
    if (steps === null || steps === undefined) continue
    bounds.low = Math.max(bounds.low, time - (steps + 1) * UPTIME.step)
    bounds.high = Math.min(bounds.high, time - steps * UPTIME.step + UPTIME.step / 2)
  }
}
