/** What is due at a virtual time. Kept until it ran or was cancelled. */
export interface Due {
  readonly atMs: number
  cancel(): void
}

interface Entry extends Due {
  readonly order: number
  act: (() => void) | undefined
}

/**
 * Virtual milliseconds and what is due when. It moves only when told to, so a week passes in seconds and
 * every run is the same run. Peers, network and board share one clock; the clock outlives the board's lives.
 */
export class Clock {
  #nowMs = 0
  #order = 0
  /** A binary heap by time, then by order of asking. */
  readonly #heap: Entry[] = []

  get nowMs(): number {
    return this.#nowMs
  }

  after(ms: number, act: () => void): Due {
    const entry: Entry = {
      atMs: this.#nowMs + Math.max(0, ms),
      order: this.#order++,
      act,
      cancel() {
        this.act = undefined
      },
    }
    this.#heap.push(entry)
    this.#rise(this.#heap.length - 1)
    return entry
  }

  /** When the next thing is due, undefined when nothing is. */
  nextMs(): number | undefined {
    while (this.#heap[0] !== undefined && this.#heap[0].act === undefined) this.#takeFirst()
    return this.#heap[0]?.atMs
  }

  /** Moves on without running anything: what became due meanwhile is late, as after a call that blocks. */
  moveTo(ms: number): void {
    this.#nowMs = Math.max(this.#nowMs, ms)
  }

  /** Runs the first thing that is due now; false when there is none. */
  runNext(): boolean {
    const atMs = this.nextMs()
    if (atMs === undefined || atMs > this.#nowMs) return false
    const act = this.#takeFirst()?.act
    act?.()
    return true
  }

  #takeFirst(): Entry | undefined {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last
      this.#sink(0)
    }
    return first
  }

  #rise(from: number): void {
    let index = from
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!this.#swapIfBefore(index, parent)) return
      index = parent
    }
  }

  #sink(from: number): void {
    let index = from
    for (;;) {
      const left = 2 * index + 1
      const child = this.#isBefore(left + 1, left) ? left + 1 : left
      if (!this.#swapIfBefore(child, index)) return
      index = child
    }
  }

  #isBefore(a: number, b: number): boolean {
    const first = this.#heap[a]
    const second = this.#heap[b]
    if (first === undefined || second === undefined) return false
    return first.atMs < second.atMs || (first.atMs === second.atMs && first.order < second.order)
  }

  #swapIfBefore(a: number, b: number): boolean {
    const first = this.#heap[a]
    const second = this.#heap[b]
    if (first === undefined || second === undefined || !this.#isBefore(a, b)) return false
    this.#heap[a] = second
    this.#heap[b] = first
    return true
  }
}
