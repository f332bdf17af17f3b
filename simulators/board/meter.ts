/** Seconds during which at least one of its sources was on. */
export class Meter {
  readonly #nowMs: () => number
  readonly #on = new Set<string>()
  #sinceMs = 0
  #totalMs = 0

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  get seconds(): number {
    const runningMs = this.#on.size > 0 ? this.#nowMs() - this.#sinceMs : 0
    return (this.#totalMs + runningMs) / 1000
  }

  set(source: string, isOn: boolean): void {
    const wasOn = this.#on.size > 0
    if (isOn) this.#on.add(source)
    else this.#on.delete(source)
    const isAnyOn = this.#on.size > 0
    if (isAnyOn && !wasOn) this.#sinceMs = this.#nowMs()
    if (!isAnyOn && wasOn) this.#totalMs += this.#nowMs() - this.#sinceMs
  }
}
