import {
  type NewFrame,
  type NewRejectedFrame,
  type PreparedFrames,
  prepareFrames,
} from '../store/batches.js'
import type { Rejection, Sender } from './accept.js'

/** One statement of 10,000 rows takes 0.1–0.2 s; larger ones only make others wait. */
const MAX_BATCH_READINGS = 10_000
const MAX_BATCH_FRAMES = 2_000
/**
 * The store cuts off what takes 5 s, and the same batch would be cut off again when it is sent again: readings that
 * come late among flat lines may cost a hundred times what others do. So a long batch makes the next ones smaller.
 */
const LONG_BATCH_MS = 1_500
const SHORT_BATCH_MS = 500
const LEAST_BATCH_READINGS = 300
/** A new chunk of the store costs 3 ms, and a chunk may span one day only. */
const MAX_BATCH_DAYS = 500
const DAY_S = 86_400

/** A frame on its way, from its arrival to its acknowledgement. */
export interface Item {
  sender: Sender
  bytes: Uint8Array
  /** Unix milliseconds. */
  arrivedAt: number
  /** The same moment on a clock that nobody sets. */
  since: number
  work: Work
  readings: number
  settled: boolean
  resolve: () => void
  reject: (error: Error) => void
}

/** Undated frames are dated, or rejected, when their batch is committed. */
export type Work = { frame: NewFrame } | { undated: NewFrame } | { rejected: NewRejectedFrame }

export interface Batch {
  items: Item[]
  prepared: PreparedFrames
}

/** Nodes whose batches follow each other, so that no two batches at once wait for the same rows. */
export class Lane {
  /** Batches that are being committed or made ready. */
  batches = 0
  /** The batch before: a lane has one in the database at a time. */
  before: Promise<void> = Promise.resolve()
  #queue: Item[] = []
  #bytes = 0
  #mostReadings = MAX_BATCH_READINGS

  get frames(): number {
    return this.#queue.length
  }

  get bytes(): number {
    return this.#bytes
  }

  push(item: Item): void {
    this.#queue.push(item)
    this.#bytes += item.bytes.length
  }

  /** The oldest frames, up to the size of a batch; those refused while they waited are left out. */
  take(): Item[] {
    const taken = this.#queue.slice(0, this.#batchEnd())
    this.#queue = this.#queue.slice(taken.length)
    for (const { bytes } of taken) this.#bytes -= bytes.length
    return taken.filter((item) => !item.settled)
  }

  /** How long a batch kept the store, whether it was committed or not. */
  took(ms: number): void {
    if (ms > LONG_BATCH_MS) {
      this.#mostReadings = Math.max(LEAST_BATCH_READINGS, this.#mostReadings >> 1)
    } else if (ms < SHORT_BATCH_MS) {
      this.#mostReadings = Math.min(MAX_BATCH_READINGS, this.#mostReadings * 2)
    }
  }

  #batchEnd(): number {
    let readings = 0
    const days = new Set<number>()
    for (const [index, item] of this.#queue.entries()) {
      readings += item.readings
      addDays(days, item.work)
      const isFull = readings > this.#mostReadings || days.size > MAX_BATCH_DAYS
      if (index > 0 && (isFull || index === MAX_BATCH_FRAMES)) return index
    }
    return this.#queue.length
  }
}

export function asBatch(items: Item[]): Batch {
  const frames = items.flatMap((item) => ('frame' in item.work ? [item.work.frame] : []))
  return { items, prepared: prepareFrames(frames) }
}

function addDays(days: Set<number>, work: Work): void {
  if (!('frame' in work)) return
  for (const { time } of work.frame.readings) days.add(Math.floor(time / DAY_S))
}

export function readingsIn(work: Work): number {
  if ('rejected' in work) return work.rejected.readings
  return ('frame' in work ? work.frame : work.undated).readings.length
}

export function asRejected(
  sender: Sender,
  bytes: Uint8Array,
  receivedAt: number,
  rejection: Rejection,
  frame?: { boot: number; seq: number },
): NewRejectedFrame {
  return {
    nodeId: sender.id,
    reason: rejection.reason,
    detail: rejection.detail,
    bytes,
    boot: rejection.boot ?? frame?.boot ?? null,
    seq: rejection.seq ?? frame?.seq ?? null,
    readings: rejection.readings,
    receivedAt,
  }
}
