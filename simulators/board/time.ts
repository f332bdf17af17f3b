import type { Clock, Due } from './clock.js'
import { hide } from './language.js'
import type { Life } from './life.js'

/** Espruino's clock runs on through resets and deep sleep; only a power cut takes it back to 0. */
export interface WallClock {
  nowMs(): number
}

const MIN_INTERVAL_MS = 0.1
const MAX_INTERVAL_MS = 3_153_600_000_000

interface Timer {
  due: Due
  /** When it should have run, whenever it did: intervals keep their rate. */
  atMs: number
  readonly callback: unknown
  readonly args: readonly unknown[]
  everyMs: number | undefined
}

export function installTimers(life: Life, clock: Clock): void {
  const timers = new Map<number, Timer>()

  const start = (id: number, timer: Timer) => {
    timer.due = life.after(timer.atMs - clock.nowMs, () => {
      if (timer.everyMs === undefined) timers.delete(id)
      life.call(timer.callback, undefined, timer.args)
      if (timer.everyMs === undefined || !timers.has(id)) return
      timer.atMs += timer.everyMs
      start(id, timer)
    })
  }

  const add =
    (isInterval: boolean) =>
    (callback: unknown, ms: unknown, ...args: unknown[]) => {
      if (typeof callback !== 'function' && typeof callback !== 'string') {
        life.fail('Function or String not supplied!')
      }
      const wait = clamp(ms)
      if (wait > MAX_INTERVAL_MS) life.fail('Interval is too long (>100 years)')
      const atMs = clock.nowMs + wait
      const timer: Timer = {
        due: { atMs, cancel() {} },
        atMs,
        callback,
        args,
        everyMs: isInterval ? wait : undefined,
      }
      const id = nextId(timers)
      timers.set(id, timer)
      start(id, timer)
      return id
    }

  const clear =
    (name: string) =>
    (...ids: unknown[]) => {
      if (ids.length > 0 && ids[0] === undefined) {
        life.fail(`${name}(undefined) not allowed. Use ${name}() instead`)
      }
      for (const id of ids.length === 0 ? [...timers.keys()] : [Number(ids[0])]) {
        timers.get(id)?.due.cancel()
        timers.delete(id)
      }
    }

  life.functions(life.realm.globals, {
    setTimeout: add(false),
    setInterval: add(true),
    clearTimeout: clear('clearTimeout'),
    clearInterval: clear('clearInterval'),
    changeInterval: (id, ms) => {
      const timer = timers.get(Number(id))
      if (timer === undefined) return life.fail('Unknown Interval')
      timer.due.cancel()
      timer.everyMs = clamp(ms)
      timer.atMs = clock.nowMs + timer.everyMs
      start(Number(id), timer)
      return undefined
    },
  })
}

/** One more than the last in use: the id of a timer that ran is given away again. */
export function nextId(used: ReadonlyMap<number, unknown>): number {
  return Math.max(0, ...used.keys()) + 1
}

function clamp(ms: unknown): number {
  const wait = Number(ms)
  return Number.isNaN(wait) ? MIN_INTERVAL_MS : Math.max(MIN_INTERVAL_MS, wait)
}

/** `Date` by the board's clock. Its zone is UTC; the getters in UTC are newer than the released firmware. */
export function installDate(life: Life, wall: WallClock): void {
  const { realm } = life
  const Real = realm.class('Date')
  const prototype = Real.prototype as Record<string, unknown>
  const parts = 'Date Day FullYear Hours Milliseconds Minutes Month Seconds'.split(' ')
  for (const part of parts) {
    for (const way of ['get', 'set']) {
      const utc = (Date.prototype as unknown as Record<string, unknown>)[`${way}UTC${part}`]
      if (utc !== undefined) hide(prototype, way + part, utc)
    }
  }
  hide(prototype, 'getTimezoneOffset', () => 0)

  function make(...args: unknown[]): object {
    return new Real(...(args.length === 0 ? [wall.nowMs()] : args))
  }
  make.prototype = prototype
  hide(prototype, 'constructor', make)
  life.functions(make, { now: () => wall.nowMs(), parse: (text) => Date.parse(String(text)) })
  hide(realm.globals, 'Date', make)
  life.functions(realm.globals, { getTime: () => wall.nowMs() / 1000 })
}
