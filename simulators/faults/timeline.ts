import { begin, type FaultTarget, type LinkFault } from './kinds.js'

/** What a fault befalls. */
export interface Placed {
  fault: LinkFault
  targets: readonly FaultTarget[]
}

interface Step {
  atMs: number
  act(): void
}

/** Begins and ends faults when their time has come; the time is told to it. */
export class Timeline {
  readonly #steps: Step[] = []
  /** What ends the faults that last. */
  readonly #ends = new Set<() => void>()

  constructor(faults: readonly Placed[]) {
    for (const placed of faults) this.#plan(placed)
    this.#steps.sort((a, b) => a.atMs - b.atMs)
  }

  /** Since the scenario's start, when the next thing happens: what is due before it comes first. */
  get nextMs(): number | undefined {
    return this.#steps[0]?.atMs
  }

  /** @param sinceMs of the scenario's time, since its start. */
  advance(sinceMs: number): void {
    while (this.#steps[0] !== undefined && this.#steps[0].atMs <= sinceMs) {
      this.#steps.shift()?.act()
    }
  }

  /** Nothing begins any more, and what lasts ends, but a clock that was to stay wrong. */
  finish(): void {
    this.#steps.length = 0
    for (const end of this.#ends) end()
    this.#ends.clear()
  }

  #plan({ fault, targets }: Placed): void {
    const atMs = fault.at * 1000
    const endMs = 'for' in fault && fault.for !== undefined ? atMs + fault.for * 1000 : undefined
    if (fault.kind === 'reconnect-storm') {
      for (let each = atMs; each < atMs + fault.for * 1000; each += fault.every * 1000) {
        const act = () => {
          for (const target of targets) begin(fault, target)
        }
        this.#steps.push({ atMs: each, act })
      }
      return
    }
    this.#steps.push({
      atMs,
      act: () => {
        const ends = targets.map((target) => begin(fault, target))
        if (endMs === undefined) return
        const end = () => {
          this.#ends.delete(end)
          for (const each of ends) each()
        }
        this.#ends.add(end)
        this.#steps.push({ atMs: endMs, act: end })
        this.#steps.sort((a, b) => a.atMs - b.atMs)
      },
    })
  }
}
