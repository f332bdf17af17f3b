import type { Series } from '../places.js'

/** How a quantity is drawn: a level as a line, an amount of a period as bars, a direction as points. */
export type Drawing = 'line' | 'bars' | 'points'

export function drawingOf(series: Series): Drawing {
  if (series.quantity.summary === 'sum') return 'bars'
  return series.quantity.summary === 'vector' ? 'points' : 'line'
}
