import type { Database } from './database.js'
import type { Maintenance, Retention } from './policies.js'
import { createRefresher } from './refresh.js'
import {
  checkpointIfDue,
  compressOld,
  dropOld,
  fitChunks,
  mergeCompressed,
  vacuum,
} from './upkeep.js'

const DAY_MS = 24 * 3_600_000
const TICK_MS = 1000
/** Late readings are on the page after this at most; older ones than the window wait for the hour. */
const REFRESH_EVERY_MS = 60_000
const REFRESH_WINDOW_DAYS = 60
const CHECKPOINT_EVERY_MS = 5 * 60_000
const VACUUM_EVERY_MS = 10 * 60_000
const HOURLY_MS = 3_600_000

export interface EmbeddedMaintenanceOptions {
  db: Database
  retention: Retention
  clock: { now(): number }
  log: { info(fields: object): void; warn(fields: object): void }
}

interface Task {
  everyMs: number
  dueAt: number
  run(): Promise<unknown>
}

/**
 * The policies of the embedded engine, which has no background process: each task when its time has come,
 * one after the other, every call in the lane that lets writes and reads go first.
 */
export function embeddedMaintenance(options: EmbeddedMaintenanceOptions): Maintenance {
  const { db, retention, clock, log } = options
  const refresher = createRefresher(db)
  let checkpointAt = performance.now()
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  /** Where readings are dropped, their aggregates stay: no refresh may look there again. */
  const oldestMs = () =>
    retention.readingsDays === undefined ? 0 : clock.now() - retention.readingsDays * DAY_MS
  const windowMs = () => Math.max(oldestMs(), clock.now() - REFRESH_WINDOW_DAYS * DAY_MS)

  async function checkpoint(): Promise<void> {
    const isOverdue = performance.now() - checkpointAt > CHECKPOINT_EVERY_MS
    if (await checkpointIfDue(db, isOverdue)) checkpointAt = performance.now()
  }

  async function hourly(): Promise<void> {
    await refresher.refresh(oldestMs(), clock.now())
    await fitChunks(db, clock.now())
    await compressOld(db, clock.now(), log)
    await dropOld(db, retention, clock.now())
    await mergeCompressed(db)
  }

  const task = (everyMs: number, run: () => Promise<unknown>): Task => ({
    everyMs,
    dueAt: performance.now() + everyMs,
    run,
  })
  // The log grows while an hour's work goes on, so it is watched apart.
  const watch = chain([task(TICK_MS, checkpoint)])
  const work = chain([
    task(REFRESH_EVERY_MS, () => refresher.refresh(windowMs(), clock.now())),
    task(VACUUM_EVERY_MS, () => vacuum(db)),
    task(HOURLY_MS, hourly),
  ])

  /** Runs those tasks that are due, one after the other; a call while it does so adds nothing. */
  function chain(tasks: Task[]): () => void {
    let isRunning = false
    const runDue = async () => {
      for (const each of tasks) {
        if (isStopped || performance.now() < each.dueAt) continue
        try {
          await each.run()
        } catch (error) {
          // Whatever it was, the next turn finds the rest of the work undone and tries again.
          if (!isStopped) log.warn({ event: 'maintenance_failed', reason: String(error) })
        }
        each.dueAt = performance.now() + each.everyMs
      }
    }
    return () => {
      if (isRunning) return
      isRunning = true
      void runDue().finally(() => {
        isRunning = false
      })
    }
  }

  return {
    start() {
      timer = setInterval(() => {
        watch()
        work()
      }, TICK_MS)
      timer.unref()
    },
    async runOnce() {
      await hourly()
      await vacuum(db)
      await checkpoint()
    },
    stop() {
      isStopped = true
      clearInterval(timer)
    },
  }
}
