import type { Row } from './columns.js'

/** An answer, and what has arrived since. */
export interface Loaded {
  rows: readonly Row[]
  /** undefined at resolution raw */
  bucketMs: number | undefined
  rangeMs: number
}

/**
 * The same reading may come twice, by the answer and by the feed; its value stays, as in the store, and its flag is
 * what was said last. What has left the range is let go, so that a page may stay open for weeks.
 */
export function append(before: Loaded, rows: readonly Row[]): Loaded {
  if (before.bucketMs !== undefined) return before
  const times = new Set(before.rows.map((row) => row.timeMs))
  const added = rows.filter((row) => !times.has(row.timeMs))
  const said = new Map(rows.map((row) => [row.timeMs, row]))
  const isNews = before.rows.some((row) => row.flag !== (said.get(row.timeMs) ?? row).flag)
  if (added.length === 0 && !isNews) return before
  const newestMs = Math.max(...added.map((row) => row.timeMs))
  const kept = before.rows
    .filter((row) => row.timeMs >= newestMs - before.rangeMs)
    .map((row) => {
      const { flag, why } = said.get(row.timeMs) ?? row
      return { ...row, flag, why }
    })
  return { ...before, rows: [...kept, ...added] }
}
