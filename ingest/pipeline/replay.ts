import { WHY } from '../../shared/schema/flags.js'
import { limitsOf } from '../../shared/science/qartod/limits.js'
import { AppError } from '../errors.js'
import { commitFrames, type NewFrame, type NewReading } from '../store/batches.js'
import { keepFrameAt } from '../store/boots.js'
import { Corrections } from '../store/corrections.js'
import type { Database } from '../store/database.js'
import {
  bootsWithUndated,
  type OpenRejectedFrame,
  openRejectedFrames,
  relabelRejectedFrame,
  resolveRejectedFrame,
  WAITING_PAGE,
  waitingUndated,
} from '../store/replays.js'
import { accept, type Rejection, type Sender } from './accept.js'
import { dateFrame } from './dating.js'
import type { CommittedBatch } from './pipeline.js'

export type ReplayResult = { id: number } & (
  | { outcome: 'stored'; stored: number; repeated: number }
  | { outcome: 'rejected'; reason: string; detail: string }
)

export interface ReplayerOptions {
  db: Database
  clock: { now(): number }
  log: { warn(fields: object): void }
  /** The node as it would log in now, so that a rotated secret or a lifted duty counts. */
  senderOf: (nodeId: number) => Promise<Sender | undefined>
  onStored: (readings: Omit<NewReading, 'raw'>[]) => void
}

/** An undated frame is tried again when its boot has got new neighbours, this often at most. */
const RETRY_EVERY_MS = 60_000

/**
 * Tries rejected frames again: by hand (one, or all of a reason), with a new start time when a technician
 * dates them, and by itself when an undated frame has got neighbours. A frame is resolved once every
 * reading of it is stored; otherwise it stays, with what stands against it now.
 */
export class Replayer {
  readonly #options: ReplayerOptions
  readonly #corrections = new Corrections()
  /** Boots with undated frames, and when they may be tried next (unix ms). */
  readonly #waiting = new Map<string, number>()

  constructor(options: ReplayerOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    for (const { nodeId, boot } of await bootsWithUndated(this.#options.db)) {
      this.#waiting.set(`${nodeId}/${boot}`, 0)
    }
  }

  /**
   * `startTime`: unix seconds of the first sample, as a technician knows it. A frame that the store refuses
   * is told as rejected `store-refused`; a store that is busy throws, and what came before is done.
   */
  async replay(
    ids: readonly number[],
    options: { startTime?: number } = {},
  ): Promise<ReplayResult[]> {
    const results: ReplayResult[] = []
    for (const frame of await openRejectedFrames(this.#options.db, ids)) {
      const result = this.#replayOne(frame, options.startTime)
      results.push(await result.catch((error) => refusal(frame.id, error)))
    }
    return results
  }

  /** Told of every committed batch. Never throws: a failure here is tried again with the next one. */
  noticed({ frames, rejected }: CommittedBatch): void {
    for (const { nodeId, boot, reason } of rejected) {
      if (reason === 'undated') this.#waiting.set(`${nodeId}/${boot}`, 0)
    }
    if (this.#waiting.size === 0) return
    const now = this.#options.clock.now()
    for (const { nodeId, boot, undated } of frames) {
      const key = `${nodeId}/${boot}`
      const due = this.#waiting.get(key)
      if (undated || due === undefined || due > now) continue
      this.#dateWaiting(key, nodeId, boot).catch((error) =>
        this.#options.log.warn({ event: 'undated_retry_failed', reason: String(error) }),
      )
    }
  }

  async #dateWaiting(key: string, nodeId: number, boot: number): Promise<void> {
    // Gone before the first look: what is rejected while this runs puts it back itself.
    this.#waiting.delete(key)
    let isAllStored = false
    try {
      isAllStored = await this.#replayWaiting(nodeId, boot)
    } finally {
      if (!isAllStored && !this.#waiting.has(key)) {
        this.#waiting.set(key, this.#options.clock.now() + RETRY_EVERY_MS)
      }
    }
  }

  async #replayWaiting(nodeId: number, boot: number): Promise<boolean> {
    let isAllStored = true
    let page: number[] = []
    do {
      page = await waitingUndated(this.#options.db, nodeId, boot, page.at(-1) ?? 0)
      const results = await this.replay(page)
      isAllStored &&= results.every((result) => result.outcome === 'stored')
    } while (page.length === WAITING_PAGE)
    return isAllStored
  }

  async #replayOne(kept: OpenRejectedFrame, startTime: number | undefined): Promise<ReplayResult> {
    const { db, clock, onStored } = this.#options
    const prepared = await this.#prepare(kept, startTime)
    if ('rejection' in prepared) return this.#stays(kept.id, prepared.rejection, startTime)
    const { outcomes, reflagged } = await commitFrames(db, [prepared.frame], {
      limitsOf,
      corrections: this.#corrections,
      keepConflicts: false,
    })
    const [outcome] = outcomes
    if (outcome === undefined) throw new AppError('STORE_REFUSED', 'a commit without an outcome')
    if (outcome.stored.length > 0) onStored([...reflagged, ...outcome.stored])
    if (outcome.conflicting.length > 0) {
      const detail = `${outcome.conflicting.length} readings differ from what is stored`
      return this.#stays(kept.id, { reason: 'conflict', detail }, startTime)
    }
    if (startTime !== undefined) await keepFrameAt(db, prepared.frame)
    await resolveRejectedFrame(db, kept.id, clock.now(), 'replayed')
    const { stored, repeated } = outcome
    return { id: kept.id, outcome: 'stored', stored: stored.length, repeated }
  }

  async #prepare(
    kept: OpenRejectedFrame,
    startTime: number | undefined,
  ): Promise<{ frame: NewFrame } | { rejection: Omit<Rejection, 'readings'> }> {
    const sender = await this.#options.senderOf(kept.nodeId)
    if (sender === undefined) {
      return { rejection: { reason: 'unknown-node', detail: 'the node is gone' } }
    }
    const again = { now: this.#options.clock.now(), startTime }
    const accepted = accept(sender, kept.bytes, kept.receivedAt, again)
    if ('rejection' in accepted) return accepted
    const { frame } = accepted
    if (frame.undated) return dateFrame(this.#options.db, frame)
    // A time that is a person's word, or that the server's clock contradicted, dates no other frame.
    const isDoubted = frame.readings.some(({ why }) => (why & WHY.clock) !== 0)
    return { frame: { ...frame, undated: isDoubted } }
  }

  /** What stands against a guessed start time says nothing about the frame itself, which stays as it was. */
  async #stays(
    id: number,
    { reason, detail }: { reason: string; detail: string },
    startTime: number | undefined,
  ): Promise<ReplayResult> {
    if (startTime === undefined) await relabelRejectedFrame(this.#options.db, id, reason, detail)
    return { id, outcome: 'rejected', reason, detail }
  }
}

function refusal(id: number, error: unknown): ReplayResult {
  if (!(error instanceof AppError) || error.code !== 'STORE_REFUSED') throw error
  return { id, outcome: 'rejected', reason: 'store-refused', detail: error.message }
}
