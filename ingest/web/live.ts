/**
 * The live feed: one stream of server-sent events, watched. The browser's own reconnection knows no silence
 * (a lost route looks like a quiet server for minutes) and gives up on an error answer, so both are done here.
 */

/** The part of EventSource that is used, so that tests bring their own. */
export interface EventStream {
  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void
  close(): void
}

export interface Timers {
  set(run: () => void, delayMs: number): unknown
  clear(handle: unknown): void
}

export type LiveState = 'connecting' | 'live' | 'lost'

export interface LiveOptions {
  open(): EventStream
  /** Event types, all carrying JSON. Each is a sign of life. */
  types: readonly string[]
  onEvent(type: string, data: unknown): void
  onState(state: LiveState): void
  timers: Timers
  /** 0 … 1; spreads the reconnections of many pages after a restart. */
  random(): number
}

export interface Live {
  /** Try again now, e.g. when the device says that it is online again. */
  retry(): void
  /** Treat the connection as lost, e.g. when the device says that it is offline. */
  lose(): void
  close(): void
}

/** A loss is visible within 10 s (UI.md); heartbeats come every few seconds. */
export const SILENCE_LIMIT_MS = 9_000
export const FIRST_RETRY_MS = 1_000
export const LONGEST_RETRY_MS = 30_000

/** Wait before attempt `attempt` (0, 1, 2 …): doubling, capped, spread over the upper half. */
export function retryDelayMs(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt)
  return ceiling * (0.5 + random / 2)
}

export function connectLive(options: LiveOptions): Live {
  const { timers, onState } = options
  let stream: EventStream | undefined
  let watchdog: unknown
  let retryTimer: unknown
  let attempt = 0

  function connect(): void {
    timers.clear(retryTimer)
    drop()
    if (attempt === 0) onState('connecting')
    const opened = options.open()
    stream = opened
    const alive = (): void => {
      if (stream !== opened) return
      attempt = 0
      onState('live')
      watch()
    }
    opened.addEventListener('open', alive)
    opened.addEventListener('error', () => {
      if (stream === opened) lose()
    })
    for (const type of options.types) {
      opened.addEventListener(type, (event) => {
        if (stream !== opened) return
        alive()
        if (typeof event.data === 'string') options.onEvent(type, JSON.parse(event.data))
      })
    }
    watch()
  }

  function watch(): void {
    timers.clear(watchdog)
    watchdog = timers.set(lose, SILENCE_LIMIT_MS)
  }

  function lose(): void {
    drop()
    onState('lost')
    timers.clear(retryTimer)
    retryTimer = timers.set(connect, retryDelayMs(attempt, options.random()))
    attempt++
  }

  function drop(): void {
    timers.clear(watchdog)
    stream?.close()
    stream = undefined
  }

  connect()
  return {
    retry: connect,
    lose,
    close() {
      timers.clear(retryTimer)
      drop()
    },
  }
}
