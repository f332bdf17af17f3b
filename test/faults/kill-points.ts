import pg from 'pg'

/**
 * Loaded into a service before it starts: the process kills itself with SIGKILL at a named point, as
 * FAULT_PLAN says. Points lie where a wrong order of things would lose or double readings.
 */

export type KillPoint = 'insert' | 'committed' | 'checkpoint' | 'refresh'

export interface KillPlan {
  point: KillPoint
  /** Which occurrence of the point, from 1. */
  occurrence: number
  /** How long after it the kill comes, ms; ignored at `committed`, which has no afterwards. */
  delayMs: number
}

/** Upkeep that is due every minutes comes every second instead, so that kills can meet it. */
const HASTE = 200

const MATCHES: Record<KillPoint, RegExp> = {
  insert: /^commit_frames/,
  committed: /^commit_frames/,
  checkpoint: /^\s*CHECKPOINT/i,
  refresh: /refresh_continuous_aggregate/i,
}

const plan = JSON.parse(process.env.FAULT_PLAN ?? 'null') as KillPlan | null
if (plan !== null) arm(plan)

function arm({ point, occurrence, delayMs }: KillPlan): void {
  if (point === 'checkpoint' || point === 'refresh') hasten()
  let seen = 0
  const query = pg.Client.prototype.query as (...args: unknown[]) => unknown
  pg.Client.prototype.query = function patched(this: pg.Client, ...args: unknown[]) {
    const isHit = MATCHES[point].test(labelOf(args[0])) && ++seen === occurrence
    const result = query.apply(this, args)
    if (!isHit) return result
    if (point === 'committed') return (result as Promise<unknown>).then(die)
    setTimeout(die, delayMs)
    return result
  } as typeof pg.Client.prototype.query
}

function labelOf(first: unknown): string {
  if (typeof first === 'string') return first
  const { name, text } = first as { name?: string; text?: string }
  return name ?? text ?? ''
}

function hasten(): void {
  const real = performance.now.bind(performance)
  performance.now = () => real() * HASTE
}

/** Rows are committed, nobody has been told. */
function die(): never {
  process.kill(process.pid, 'SIGKILL')
  throw new Error('unreachable')
}
