import type { Timer } from './direction.js'

/** Real time, `speed` times as fast. */
export function realTimer(speed: number): Timer {
  return {
    get nowMs() {
      return performance.now() * speed
    },
    after(ms, act) {
      const timer = setTimeout(act, ms / speed)
      return { atMs: this.nowMs + ms, cancel: () => clearTimeout(timer) }
    },
  }
}
