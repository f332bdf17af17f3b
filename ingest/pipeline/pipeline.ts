import { AppError } from '../errors.js'
import {
  commitFrames,
  commitRejected,
  type FrameOutcome,
  type NewFrame,
  type NewReading,
  type NewRejectedFrame,
} from '../store/batches.js'
import type { Database } from '../store/database.js'
import { accept, type Rejection, type Sender } from './accept.js'
import { type Balance, BalanceSheet, type Ending } from './balance.js'
import { dateFrame } from './dating.js'

export interface PipelineOptions {
  db: Database
  clock: { now(): number }
  log: { info(fields: object): void; warn(fields: object): void; error(fields: object): void }
  maxFrames: number
  maxBytes: number
  /** Called after each commit, before its frames are acknowledged. Must not throw; is not waited for. */
  onCommitted: (batch: CommittedBatch) => void
}

export interface CommittedBatch {
  frames: NewFrame[]
  rejected: NewRejectedFrame[]
  /** What was new. */
  stored: NewReading[]
  /** Frames of which some reading differs from what was stored before. */
  conflicts: number
  durationMs: number
}

/** The node's acknowledgement wait is 20 s and a statement's limit 5 s: this lies between them. */
export const DEADLINE_MS = 10_000
const DEADLINE_CHECK_MS = 250
/** One statement of 10,000 rows takes 0.1–0.2 s; larger ones only make others wait. */
const MAX_BATCH_READINGS = 10_000

interface Item {
  sender: Sender
  bytes: Uint8Array
  arrivedAt: number
  work: Work
  readings: number
  settled: boolean
  resolve: () => void
  reject: (error: Error) => void
}

type Work = { frame: NewFrame } | { undated: NewFrame } | { rejected: NewRejectedFrame }

/**
 * From a frame's bytes to committed rows. `submit` resolves only after COMMIT, so whoever acknowledges on
 * it keeps the promise of DESIGN §4. Frames wait in arrival order; a batch leaves whenever a session of the
 * store is free, so batches grow with the load and no timer is needed.
 */
export class Pipeline {
  readonly #options: PipelineOptions
  readonly #balance = new BalanceSheet()
  /** Everything not settled yet, in arrival order. */
  readonly #inHand = new Set<Item>()
  #queue: Item[] = []
  #queuedBytes = 0
  #batches = 0
  #closing = false
  #deadlines: NodeJS.Timeout | undefined
  #idle: (() => void)[] = []

  constructor(options: PipelineOptions) {
    this.#options = options
  }

  start(): void {
    this.#deadlines = setInterval(() => this.#refuseLate(), DEADLINE_CHECK_MS)
  }

  /**
   * Resolves when the frame is committed: as readings, as repeats, or whole as a rejected frame. Rejects
   * with a temporary `AppError` when that could not be had in time: the node must send it again.
   */
  submit(sender: Sender, bytes: Uint8Array): Promise<void> {
    const arrivedAt = this.#options.clock.now()
    const work = this.#prepare(sender, bytes, arrivedAt)
    const readings = readingsIn(work)
    this.#balance.received(readings)
    return new Promise((resolve, reject) => {
      const item = { sender, bytes, arrivedAt, work, readings, settled: false, resolve, reject }
      this.#inHand.add(item)
      if (this.#closing) return this.#refuse(item, 'QUEUE_FULL', 'the service is stopping')
      if (this.#isFull(bytes.length)) return this.#refuse(item, 'QUEUE_FULL', 'the queue is full')
      this.#queue.push(item)
      this.#queuedBytes += bytes.length
      this.#pump()
    })
  }

  balance(): Balance {
    return this.#balance.get()
  }

  /** Takes nothing more; resolves when everything in hand is settled or refused by its deadline. */
  async close(): Promise<void> {
    this.#closing = true
    if (this.#inHand.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve))
    clearInterval(this.#deadlines)
  }

  #prepare(sender: Sender, bytes: Uint8Array, arrivedAt: number): Work {
    const accepted = accept(sender, bytes, arrivedAt)
    if ('rejection' in accepted)
      return { rejected: asRejected(sender, bytes, arrivedAt, accepted.rejection) }
    return accepted.frame.undated ? { undated: accepted.frame } : { frame: accepted.frame }
  }

  #isFull(more: number): boolean {
    const { maxFrames, maxBytes } = this.#options
    return this.#queue.length >= maxFrames || this.#queuedBytes + more > maxBytes
  }

  #pump(): void {
    while (this.#batches < this.#options.db.writers && this.#queue.length > 0) {
      const items = this.#take()
      if (items.length === 0) return
      this.#batches++
      void this.#commit(items).finally(() => {
        this.#batches--
        this.#pump()
      })
    }
  }

  /** The oldest frames, up to the size of a batch; those refused while they waited are left out. */
  #take(): Item[] {
    let readings = 0
    let end = 0
    while (end < this.#queue.length && (end === 0 || readings < MAX_BATCH_READINGS)) {
      readings += (this.#queue[end] as Item).readings
      end++
    }
    const taken = this.#queue.slice(0, end)
    this.#queue = this.#queue.slice(end)
    for (const item of taken) this.#queuedBytes -= item.bytes.length
    return taken.filter((item) => !item.settled)
  }

  async #commit(items: Item[]): Promise<void> {
    try {
      await this.#commitOnce(items)
    } catch (error) {
      await this.#afterFailure(items, toError(error))
    }
  }

  /** A refusal by the data is narrowed down to the frame that causes it; the rest of the batch is stored. */
  async #afterFailure(items: Item[], error: Error): Promise<void> {
    const isTemporary = error instanceof AppError && error.temporary
    if (isTemporary || !(error instanceof AppError) || error.code !== 'STORE_REFUSED') {
      this.#options.log.warn({ event: 'batch_failed', frames: items.length, reason: error.message })
      for (const item of items) this.#refuse(item, 'STORE_BUSY', error.message)
      return
    }
    const [only] = items
    if (items.length === 1 && only !== undefined) {
      if ('rejected' in only.work) return this.#refuse(only, 'STORE_REFUSED', error.message)
      const rejection = { reason: 'store-refused', detail: error.message, readings: only.readings }
      only.work = { rejected: asRejected(only.sender, only.bytes, only.arrivedAt, rejection) }
      return this.#commit(items)
    }
    const middle = items.length >> 1
    await this.#commit(items.slice(0, middle))
    await this.#commit(items.slice(middle))
  }

  async #commitOnce(items: Item[]): Promise<void> {
    const startedAt = performance.now()
    for (const item of items) await this.#date(item)
    const frames = items.flatMap((item) => ('frame' in item.work ? [item.work.frame] : []))
    const rejected = items.flatMap((item) => ('rejected' in item.work ? [item.work.rejected] : []))
    const { db, onCommitted } = this.#options
    const outcomes = frames.length > 0 ? await commitFrames(db, frames) : []
    await commitRejected(db, rejected)
    onCommitted({
      frames,
      rejected,
      stored: outcomes.flatMap((outcome) => outcome.stored),
      conflicts: outcomes.filter((outcome) => outcome.conflicting.length > 0).length,
      durationMs: performance.now() - startedAt,
    })
    this.#conclude(items, outcomes)
  }

  /** An undated frame becomes a dated one, a repeat or a rejected one, by what is stored around it. */
  async #date(item: Item): Promise<void> {
    if (!('undated' in item.work)) return
    const dated = await dateFrame(this.#options.db, item.work.undated)
    if ('rejection' in dated) {
      const rejection = { ...dated.rejection, readings: item.readings }
      item.work = {
        rejected: asRejected(item.sender, item.bytes, item.arrivedAt, rejection, item.work.undated),
      }
    } else {
      item.work = { frame: dated.frame }
    }
  }

  #conclude(items: Item[], outcomes: FrameOutcome[]): void {
    let next = 0
    for (const item of items) {
      if ('rejected' in item.work) {
        this.#settle(item, { stored: 0, repeated: 0, rejected: item.readings }, true)
        continue
      }
      const { stored, repeated, conflicting } = outcomes[next++] as FrameOutcome
      const ending = { stored: stored.length, repeated, rejected: conflicting.length }
      this.#settle(item, ending, conflicting.length > 0)
    }
  }

  #settle(item: Item, ending: Ending, isRejected: boolean): void {
    if (item.settled) return
    this.#balance.ended(ending, isRejected)
    this.#leave(item)
    item.resolve()
  }

  #refuse(
    item: Item,
    code: 'QUEUE_FULL' | 'STORE_BUSY' | 'STORE_REFUSED' | 'DEADLINE',
    why: string,
  ): void {
    if (item.settled) return
    this.#balance.refused(item.readings)
    this.#leave(item)
    item.reject(new AppError(code, why, { temporary: true }))
  }

  #leave(item: Item): void {
    item.settled = true
    this.#inHand.delete(item)
    if (this.#inHand.size > 0) return
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  #refuseLate(): void {
    const latest = this.#options.clock.now() - DEADLINE_MS
    for (const item of this.#inHand) {
      if (item.arrivedAt > latest) return
      this.#refuse(item, 'DEADLINE', `not stored within ${DEADLINE_MS / 1000} s`)
    }
  }
}

function readingsIn(work: Work): number {
  if ('rejected' in work) return work.rejected.readings
  return ('frame' in work ? work.frame : work.undated).readings.length
}

function asRejected(
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

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
