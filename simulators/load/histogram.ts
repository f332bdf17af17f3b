/**
 * Latencies in a fixed number of buckets, each 2 % wider than the one before: a run of any length takes the
 * same memory, and a percentile is never told as smaller than it was.
 */

const GROWTH = Math.log(1.02)
const SMALLEST_MS = 0.01
const BAR_LENGTH = 32
/** Upper ends of the rows that people see, in ms. */
const ROWS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000]

export interface LatencySummary {
  count: number
  p50Ms: number
  p90Ms: number
  p99Ms: number
  maxMs: number
}

export class Histogram {
  readonly #counts: number[] = []
  #count = 0
  #maxMs = 0

  get count(): number {
    return this.#count
  }

  add(ms: number): void {
    const bucket = Math.max(0, Math.ceil(Math.log(ms / SMALLEST_MS) / GROWTH))
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#count++
    this.#maxMs = Math.max(this.#maxMs, ms)
  }

  /** Nearest rank, at most 2 % too high; 0 of none. */
  percentile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.#count))
    let seen = 0
    for (const [bucket, count] of this.#buckets()) {
      seen += count
      if (seen >= rank) return Math.min(endOf(bucket), this.#maxMs)
    }
    return 0
  }

  summary(): LatencySummary {
    const at = (share: number) => round(this.percentile(share))
    return {
      count: this.#count,
      p50Ms: at(0.5),
      p90Ms: at(0.9),
      p99Ms: at(0.99),
      maxMs: round(this.#maxMs),
    }
  }

  /** A row for each range between the first and the last with anything in it. */
  rows(): { underMs: number; count: number }[] {
    const rows = [...ROWS_MS, Number.POSITIVE_INFINITY].map((underMs) => ({ underMs, count: 0 }))
    for (const [bucket, count] of this.#buckets()) {
      const row = rows.find(({ underMs }) => endOf(bucket) <= underMs)
      if (row !== undefined) row.count += count
    }
    const first = rows.findIndex(({ count }) => count > 0)
    return first < 0 ? [] : rows.slice(first, rows.findLastIndex(({ count }) => count > 0) + 1)
  }

  lines(): string[] {
    const rows = this.rows()
    const most = Math.max(...rows.map(({ count }) => count))
    return rows.map(({ underMs, count }) => {
      const name = Number.isFinite(underMs) ? `< ${shortTime(underMs)}` : 'longer'
      const bar = '█'.repeat(Math.ceil((BAR_LENGTH * count) / most))
      return `${name.padStart(8)} ${String(count).padStart(9)} ${bar}`.trimEnd()
    })
  }

  *#buckets(): Generator<[bucket: number, count: number]> {
    for (const [bucket, count] of this.#counts.entries()) {
      if (count !== undefined) yield [bucket, count]
    }
  }
}

function endOf(bucket: number): number {
  return SMALLEST_MS * Math.exp(bucket * GROWTH)
}

function shortTime(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10
}
