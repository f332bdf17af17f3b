import { limitsOf } from '../../shared/science/qartod/limits.js'
import { AppError } from '../errors.js'
import {
  type Committed,
  commitPrepared,
  commitRejected,
  type FrameOutcome,
  type NewFrame,
  type NewReading,
  type NewRejectedFrame,
} from '../store/batches.js'
import { Corrections } from '../store/corrections.js'
import type { Database } from '../store/database.js'
import type { Reflagged } from '../store/reflag.js'
import { accept, type Sender } from './accept.js'
import { type Balance, BalanceSheet, type Ending } from './balance.js'
import { dateFrame } from './dating.js'
import { asBatch, asRejected, type Batch, type Item, Lane, readingsIn, type Work } from './lane.js'

export interface PipelineOptions {
  db: Database
  clock: { now(): number }
  /** A clock that nobody sets, in ms from any origin: deadlines must not move with the time of day. */
  elapsedMs: () => number
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
  /** What was there and has another flag because of it. */
  reflagged: Reflagged[]
  /** Frames of which some reading differs from what was stored before. */
  conflicts: number
  durationMs: number
}

/** The node's acknowledgement wait is 20 s and a statement's limit 5 s: this lies between them. */
export const DEADLINE_MS = 10_000
const DEADLINE_CHECK_MS = 250
const NOTHING: Committed = { outcomes: [], reflagged: [] }
/** Of each lane: one in the database, one made ready meanwhile. */
const BATCHES_AT_ONCE = 2

/**
 * From a frame's bytes to committed rows. `submit` resolves only after COMMIT, so whoever acknowledges on
 * it keeps the promise of DESIGN §4. Frames wait in arrival order, in one lane for each session of the store;
 * a batch leaves whenever its lane is free, so batches grow with the load and no timer is needed.
 */
export class Pipeline {
  readonly #options: PipelineOptions
  readonly #balance = new BalanceSheet()
  /** Everything not settled yet, in arrival order. */
  readonly #inHand = new Set<Item>()
  readonly #lanes: Lane[]
  readonly #corrections = new Corrections()
  #closing = false
  #deadlines: NodeJS.Timeout | undefined
  #idle: (() => void)[] = []

  constructor(options: PipelineOptions) {
    this.#options = options
    this.#lanes = Array.from({ length: options.db.writers }, () => new Lane())
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
      const since = this.#options.elapsedMs()
      const item = {
        sender,
        bytes,
        arrivedAt,
        since,
        work,
        readings,
        settled: false,
        resolve,
        reject,
      }
      this.#inHand.add(item)
      if (this.#closing) return this.#refuse(item, 'QUEUE_FULL', 'the service is stopping')
      if (this.#isFull(bytes.length)) return this.#refuse(item, 'QUEUE_FULL', 'the queue is full')
      const lane = this.#lanes[sender.id % this.#lanes.length] as Lane
      lane.push(item)
      this.#pump(lane)
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
    const frames = this.#lanes.reduce((sum, lane) => sum + lane.frames, 0)
    const bytes = this.#lanes.reduce((sum, lane) => sum + lane.bytes, 0)
    return frames >= maxFrames || bytes + more > maxBytes
  }

  #pump(lane: Lane): void {
    while (lane.batches < BATCHES_AT_ONCE && lane.frames > 0) {
      const items = lane.take()
      if (items.length === 0) continue
      const batch = asBatch(items)
      lane.batches++
      lane.before = lane.before
        .then(() => this.#commitFor(lane, batch))
        .finally(() => {
          lane.batches--
          this.#pump(lane)
        })
    }
  }

  async #commitFor(lane: Lane, batch: Batch): Promise<void> {
    const startedAt = performance.now()
    await this.#commit(batch)
    lane.took(performance.now() - startedAt)
  }

  /** Never rejects: what cannot be stored is refused or set aside. */
  async #commit(batch: Batch): Promise<void> {
    try {
      await this.#commitOnce(batch)
    } catch (error) {
      await this.#afterFailure(batch.items, toError(error))
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
      return this.#commit(asBatch(items))
    }
    const middle = items.length >> 1
    await this.#commit(asBatch(items.slice(0, middle)))
    await this.#commit(asBatch(items.slice(middle)))
  }

  async #commitOnce({ items, prepared }: Batch): Promise<void> {
    const startedAt = performance.now()
    const { db, onCommitted } = this.#options
    const undated = items.filter((item) => 'undated' in item.work)
    for (const item of undated) await this.#date(item)
    const ready = undated.length > 0 ? asBatch(items).prepared : prepared
    const rejected = items.flatMap((item) => ('rejected' in item.work ? [item.work.rejected] : []))
    const rules = { limitsOf, corrections: this.#corrections }
    const { outcomes, reflagged } =
      ready.frames.length === 0 ? NOTHING : await commitPrepared(db, ready, rules)
    await commitRejected(db, rejected)
    onCommitted({
      frames: ready.frames,
      rejected,
      stored: outcomes.flatMap((outcome) => outcome.stored),
      reflagged,
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
    const latest = this.#options.elapsedMs() - DEADLINE_MS
    for (const item of this.#inHand) {
      if (item.since > latest) return
      this.#refuse(item, 'DEADLINE', `not stored within ${DEADLINE_MS / 1000} s`)
    }
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
