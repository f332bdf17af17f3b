import type { Point } from './series.js'

/**
 * Of each column the first, the smallest, the largest and the last, in order of time: drawn as a line it covers the
 * same pixels as all of them. What is thinner than that is left as it is.
 */
export function thin<P extends Point>(
  points: readonly P[],
  columnOf: (timeMs: number) => number,
): P[] {
  const kept: P[] = []
  let column: P[] = []
  const close = () => {
    kept.push(...(column.length <= 4 ? column : extremes(column)))
    column = []
  }
  for (const point of points) {
    const [first] = column
    if (first && Math.floor(columnOf(first.timeMs)) !== Math.floor(columnOf(point.timeMs))) close()
    column.push(point)
  }
  close()
  return kept
}

function extremes<P extends Point>(column: readonly P[]): P[] {
  const [first] = column
  const last = column.at(-1)
  if (first === undefined || last === undefined) return []
  const lowest = column.reduce((a, b) => (b.value < a.value ? b : a))
  const highest = column.reduce((a, b) => (b.value > a.value ? b : a))
  return [...new Set([first, lowest, highest, last])].sort((a, b) => a.timeMs - b.timeMs)
}
