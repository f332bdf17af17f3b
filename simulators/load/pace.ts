/**
 * When each frame is meant to leave: frame n at `startMs + n / framesPerS`, evenly spread, whatever became
 * of the ones before. A sender that falls behind sends what is due at once, and every frame's latency counts
 * from the moment it was meant for, so a service that stalls cannot hide it by being asked less.
 */
export class Pace {
  readonly #startMs: number
  readonly #framesPerS: number
  readonly #total: number
  #next = 0

  constructor(plan: { startMs: number; framesPerS: number; total: number }) {
    this.#startMs = plan.startMs
    this.#framesPerS = plan.framesPerS
    this.#total = plan.total
  }

  get isOver(): boolean {
    return this.#next >= this.#total
  }

  /** When the next frame is meant to leave. */
  get nextMs(): number {
    return this.#startMs + (this.#next * 1000) / this.#framesPerS
  }

  /** Takes the frames that are due, and gives the moments they were meant for. */
  *take(nowMs: number): Generator<number> {
    while (!this.isOver && this.nextMs <= nowMs) {
      const dueMs = this.nextMs
      this.#next++
      yield dueMs
    }
  }
}
