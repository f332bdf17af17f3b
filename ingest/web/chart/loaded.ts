import type { Row } from './columns.js'

/** An answer, and what has arrived since. */
export interface Loaded {
  rows: readonly Row[]
  /** undefined at resolution raw */
  bucketMs: number | undefined
  rangeMs: number
}

/**
 * The same reading may come twice, by the answer and by the feed; the first stays, as in the store. What has
 * left the range is let go, so that a page may stay open for weeks.
 */
export function append(before: Loaded, rows: readonly Row[]): Loaded {
  if (before.bucketMs !== undefined) return before
  const times = new Set(before.rows.map((row) => row.timeMs))
  const added = rows.filter((row) => !times.has(row.timeMs))
  if (added.length === 0) return before
  const newestMs = Math.max(...added.map((row) => row.timeMs))
  const kept = before.rows.filter((row) => row.timeMs >= newestMs - before.rangeMs)
  return { ...before, rows: [...kept, ...added] }
}
