import { setTimeout as pause } from 'node:timers/promises'

/** The fleet's time: the present, or a stretch of the past that runs faster and ends before it meets the present. */
export interface FleetClock {
  readonly speed: number
  now(): number
  /** For the service's CLOCK_SCALED; undefined at speed 1, where both follow the machine. */
  readonly setting: string | undefined
  /** Unix ms at which it meets the present: nothing is played beyond. */
  readonly limitMs: number
}

/** How long the service may take to start without shortening what is played. */
const START_ALLOWANCE_MS = 180_000

export function fleetClock(speed: number, durationMs: number, real: () => number): FleetClock {
  if (speed === 1) {
    return { speed, now: real, setting: undefined, limitMs: Number.POSITIVE_INFINITY }
  }
  const anchorMs = real()
  const startMs = Math.floor(anchorMs - durationMs - START_ALLOWANCE_MS * speed)
  return {
    speed,
    now: () => Math.min(real(), Math.floor(startMs + (real() - anchorMs) * speed)),
    setting: `${anchorMs}:${startMs}:${speed}`,
    limitMs: anchorMs + (anchorMs - startMs) / (speed - 1),
  }
}

/** Woken early by the signal. */
export async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => {}) // the signal: whoever waits looks at it
}
