import { randomUUID } from 'node:crypto'
import { AppError } from '../errors.js'
import type { Database } from './database.js'
import {
  type Claimed,
  claimJob,
  finishJob,
  keepJob,
  rangesOf,
  recomputeStep,
  releaseJobs,
} from './job-steps.js'
import type { Retention } from './policies.js'
import type { RecomputeRules } from './recompute.js'
import { createRefresher, merged, type Range } from './refresh.js'
import { letPoliciesRun } from './refresh-alone.js'

const DAY_MS = 24 * 3_600_000
/** Another service may have left a job, or a database have come back. */
const LOOK_EVERY_MS = 5000
/** The lease is renewed after as much of the aggregates: with 10,000 series it takes a server 20 s. */
const REFRESH_AT_ONCE_MS = 5 * DAY_MS

export interface JobRunnerOptions {
  db: Database
  clock: { now(): number }
  log: { info(fields: object): void; warn(fields: object): void }
  rules: RecomputeRules
  retention: Retention
}

/** Runs the store's jobs one at a time, in steps that let writes and reads go first. */
export class JobRunner {
  readonly #options: JobRunnerOptions
  readonly #worker: string
  readonly #refresher: ReturnType<typeof createRefresher>
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #isAskedAgain = false
  #isStopped = false

  constructor(options: JobRunnerOptions) {
    this.#options = options
    // The embedded engine has one owner: what was running when it was killed is its own to go on with.
    this.#worker = options.db.engine === 'embedded' ? 'embedded' : randomUUID()
    this.#refresher = createRefresher(options.db)
  }

  start(): void {
    this.#timer = setInterval(() => this.wake(), LOOK_EVERY_MS)
    this.#timer.unref()
    this.wake()
  }

  /** There may be something to do. */
  wake(): void {
    void this.run()
  }

  /** Resolves when there is nothing left that could be done now. Never rejects. */
  run(): Promise<void> {
    this.#isAskedAgain = this.#running !== undefined
    this.#running ??= this.#runAll().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /** Resolves after the step in hand. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearInterval(this.#timer)
    await this.#running
    const { db, log } = this.#options
    await releaseJobs(db, this.#worker).catch((error) =>
      log.warn({ event: 'job_release_failed', reason: String(error) }),
    )
  }

  async #runAll(): Promise<void> {
    const { db, clock, log } = this.#options
    try {
      do {
        this.#isAskedAgain = false
        for (;;) {
          if (this.#isStopped) return
          const job = await claimJob(db, this.#worker, new Date(clock.now()))
          if (job === undefined) break
          await this.#runOne(job)
        }
      } while (this.#isAskedAgain)
    } catch (error) {
      // It stays as far as it has come; the next look goes on.
      log.warn({ event: 'job_interrupted', reason: String(error) })
    }
  }

  async #runOne({ id, kind }: Claimed): Promise<void> {
    const { db, clock, log, retention } = this.#options
    const job = { id, worker: this.#worker }
    const finish = (state: 'done' | 'failed', failure: string | null) =>
      finishJob(db, job, { state, failure, at: new Date(clock.now()) })
    try {
      if (!(await this.#recompute(job))) return
      const isRefreshed = await this.#refresh(job).finally(() => letPoliciesRun(db, retention))
      if (!isRefreshed) return
      await finish('done', null)
      log.info({ event: 'job_done', job: id, kind })
    } catch (error) {
      if (error instanceof AppError && error.temporary) throw error
      const reason = error instanceof Error ? error.message : String(error)
      log.warn({ event: 'job_failed', job: id, kind, reason })
      await finish('failed', reason)
    }
  }

  /** False where it was stopped or lost before its end. */
  async #recompute(job: { id: number; worker: string }): Promise<boolean> {
    for (;;) {
      if (this.#isStopped) return false
      const step = await recomputeStep(this.#options.db, job, this.#options.rules)
      if (step !== 'more') return step === 'done'
    }
  }

  /** Only what changed is computed, so what was refreshed before a kill costs little again. */
  async #refresh(job: { id: number; worker: string }): Promise<boolean> {
    const { db, clock } = this.#options
    for (const { fromMs, toMs } of pieces(merged(await rangesOf(db, job.id)))) {
      if (this.#isStopped) return false
      if (!(await db.run('maintenance', (session) => keepJob(session, job.id, job.worker)))) {
        return false
      }
      // The bucket in which the range ends too; one that is not over yet is computed when it is read.
      const upTo = Math.min(toMs + DAY_MS, clock.now())
      await this.#refresher.refresh(Math.max(fromMs, this.#oldestMs()), upTo)
    }
    return true
  }

  /** Where readings are dropped, their aggregates stay: no refresh may look there again. */
  #oldestMs(): number {
    const { clock, retention } = this.#options
    return retention.readingsDays === undefined ? 0 : clock.now() - retention.readingsDays * DAY_MS
  }
}

/** Newest first. */
function pieces(ranges: readonly Range[]): Range[] {
  return ranges.flatMap(({ fromMs, toMs }) => {
    const some: Range[] = []
    for (let end = toMs; end > fromMs; end -= REFRESH_AT_ONCE_MS) {
      some.push({ fromMs: Math.max(fromMs, end - REFRESH_AT_ONCE_MS), toMs: end })
    }
    return some
  })
}
