/** Values of one series that are kept at most: a frame brings about as many at once. The oldest goes first. */
const SERIES_VALUES = 32

/**
 * Values that wait, by series. Bounded: of a series the newest are kept, and beyond `limit` values in all the
 * series that has waited longest goes.
 */
export class Backlog<Value> {
  readonly #series = new Map<string, Value[]>()
  readonly #limit: number
  #size = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#size
  }

  add(series: string, value: Value): void {
    const values = this.#series.get(series)
    if (values === undefined) this.#series.set(series, [value])
    else values.push(value)
    this.#size++
    if (values !== undefined && values.length > SERIES_VALUES) {
      values.shift()
      this.#size--
    }
    if (this.#size > this.#limit) this.#dropOldest()
  }

  /** Takes what waits; when that is more than `most`, the newest value of each series, `most` series at most. */
  take(most: number): Value[] {
    if (this.#size <= most) {
      const all = [...this.#series.values()].flat()
      this.clear()
      return all
    }
    const newest: Value[] = []
    for (const [series, values] of this.#series) {
      if (newest.length === most) break
      newest.push(...values.slice(-1))
      this.#series.delete(series)
      this.#size -= values.length
    }
    return newest
  }

  clear(): void {
    this.#series.clear()
    this.#size = 0
  }

  #dropOldest(): void {
    const [oldest] = this.#series
    if (oldest === undefined) return
    this.#series.delete(oldest[0])
    this.#size -= oldest[1].length
  }
}
