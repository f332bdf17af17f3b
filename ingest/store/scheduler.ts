import type { Lane } from './database.js'

interface Job {
  since: number
  start: () => void
}

const PRECEDENCE: readonly Lane[] = ['write', 'read', 'maintenance']
/**
 * Writers that never pause would keep everybody else out, so who has waited this long goes next, but never
 * two such in a row: a write waits for one short call at most, and the pages stay alive under full load.
 */
const PATIENCE_MS: Record<Lane, number> = {
  write: Number.POSITIVE_INFINITY,
  read: 1000,
  maintenance: 10_000,
}

export interface Scheduler {
  /** Runs `work` when its turn has come; nothing else runs until its promise settles. */
  schedule<T>(lane: Lane, work: () => Promise<T>): Promise<T>
}

/** One job at a time: writes first, then reads, then maintenance. `now` in ms, from any origin. */
export function createScheduler(now: () => number): Scheduler {
  const queues: Record<Lane, Job[]> = { write: [], read: [], maintenance: [] }
  let isRunning = false
  let hasJumped = false

  const impatience = (lane: Lane) => {
    const first = queues[lane][0]
    return first === undefined ? 0 : (now() - first.since) / PATIENCE_MS[lane]
  }

  function next(): Job | undefined {
    const first = PRECEDENCE.find((lane) => queues[lane].length > 0)
    if (first === undefined) return undefined
    const [overdue] = PRECEDENCE.filter((lane) => lane !== first && impatience(lane) >= 1).sort(
      (a, b) => impatience(b) - impatience(a),
    )
    hasJumped = overdue !== undefined && !hasJumped
    return queues[hasJumped && overdue !== undefined ? overdue : first].shift()
  }

  function turn(): void {
    if (isRunning) return
    const job = next()
    if (job === undefined) return
    isRunning = true
    job.start()
  }

  return {
    schedule: <T>(lane: Lane, work: () => Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        const start = () => {
          work()
            .then(resolve, reject)
            .finally(() => {
              isRunning = false
              turn()
            })
        }
        queues[lane].push({ since: now(), start })
        turn()
      }),
  }
}
