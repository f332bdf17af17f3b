import type uPlot from 'uplot'

/** Path builders that uPlot does not bring. Sizes are CSS pixels, drawn in canvas pixels. */

const CROSS_PX = 4

/** A cross at every value. */
export const crosses: uPlot.Series.PathBuilder = (plot, series, first, last) => {
  const stroke = new Path2D()
  const arm = CROSS_PX * devicePixelRatio
  const times = plot.data[0]
  const values = plot.data[series]
  for (let row = first; row <= last; row++) {
    const time = times[row]
    const value = values?.[row]
    if (time === undefined || value === null || value === undefined) continue
    const x = plot.valToPos(time, 'x', true)
    const y = plot.valToPos(value, 'y', true)
    stroke.moveTo(x - arm, y - arm)
    stroke.lineTo(x + arm, y + arm)
    stroke.moveTo(x + arm, y - arm)
    stroke.lineTo(x - arm, y + arm)
  }
  return { stroke, fill: null, flags: 0 }
}

/** No line: only the points are drawn. */
export const nothing: uPlot.Series.PathBuilder = () => null
