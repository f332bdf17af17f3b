import { QUANTITIES } from '../../shared/wire/quantities.js'
import type { Database } from './database.js'
import { localDays } from './neighbour-series.js'
import { judgeNeighbours } from './neighbour-test.js'
import type { RecomputeRules } from './recompute.js'

/** Half past midnight: the day's readings are here, but for those that are late. */
const AT_DAYS = 0.5 / 24
/** Nodes send what they have kept when a service was away, and that goes first. */
const AFTER_START_DAYS = 10 / (24 * 60)
const LOOK_EVERY_MS = 10_000

export interface NeighbourNightsOptions {
  db: Database
  clock: { now(): number }
  log: { info(fields: object): void; warn(fields: object): void }
  rules: RecomputeRules
  /** There is a new job. */
  onJob(): void
}

/** Runs the neighbour test every night at 00:30 (Asia/Jakarta), and soon after a start for the night that was missed. */
export class NeighbourNights {
  readonly #options: NeighbourNightsOptions
  #due: number
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #isStopped = false

  constructor(options: NeighbourNightsOptions) {
    this.#options = options
    this.#due = this.#now() + AFTER_START_DAYS
  }

  start(): void {
    this.#timer = setInterval(() => {
      if (this.#now() >= this.#due) void this.run()
    }, LOOK_EVERY_MS)
    this.#timer.unref()
  }

  /** Resolves after the series in hand. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearInterval(this.#timer)
    await this.#running
  }

  /** Never rejects: what it could not do is tried again at the next look. */
  run(): Promise<void> {
    this.#running ??= this.#runAll().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  #now(): number {
    return localDays(this.#options.clock.now() / 1000)
  }

  async #runAll(): Promise<void> {
    const { log, onJob } = this.#options
    const today = Math.floor(this.#now())
    let days = 0
    try {
      for await (const { changed, jobId } of this.#judged(today)) {
        days += changed
        if (jobId !== null) onJob()
        if (this.#isStopped) return
      }
      this.#due = today + 1 + AT_DAYS
      if (days > 0) log.info({ event: 'neighbour_days_changed', days })
    } catch (error) {
      log.warn({ event: 'neighbour_test_interrupted', reason: String(error) })
    }
  }

  async *#judged(today: number) {
    const { db, clock, rules } = this.#options
    for (const { id: quantityId } of QUANTITIES) {
      const departure = rules.limitsOf(quantityId)?.neighbourDeparture
      if (departure === undefined) continue
      const tested = { quantityId, departure, today }
      yield* judgeNeighbours(db, tested, { rules, at: new Date(clock.now()) })
    }
  }
}
