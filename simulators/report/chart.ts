import { localTime } from '../../shared/science/local-time.js'
import { decimals } from '../../shared/wire/quantities.js'
import { Html, html } from './html.js'
import type { Mark, ReportRun } from './run.js'
import type { Point, Series, StoredPoint } from './series.js'
import { thin } from './thin.js'

/**
 * One series as SVG: the truth as a line, what is stored as marks. Lines are drawn in a box that is stretched to the
 * width of the page, marks and text in percents of it, so that these keep their shape.
 */

const HEIGHT = 150
const TOP = 18
const BOTTOM = 132
/** Of the stretched box, so that a column is a pixel at full width. */
const COLUMNS = 720
/** Marks are wider than a pixel. */
const MARK_COLUMNS = 180
/** A line is not drawn over a gap of more than so many usual steps. */
const GAP_STEPS = 3
const TICKS = 4
const ROOM = 0.06

interface Scale {
  /** 0 to COLUMNS. */
  column(timeMs: number): number
  percent(timeMs: number): string
  y(value: number): number
}

export function chart(series: Series, marks: readonly Mark[], run: ReportRun): Html {
  const { quantity } = series
  const [low, high] = rangeOf(series)
  const scale = scaleOf([low, high], run)
  const good = series.stored.filter(({ flag }) => flag < 3)
  const label = `${quantity.nameEn}: truth and stored readings`
  const value = (of: number) => of.toFixed(decimals(quantity))
  return html`<svg class="chart" height="${HEIGHT}" role="img" aria-label="${label}">
${marks.map((mark) => band(mark, scale, run))}
${timeTicks(scale, run)}
<svg viewBox="0 0 ${COLUMNS} ${HEIGHT}" width="100%" height="${HEIGHT}" preserveAspectRatio="none">
<path class="truth" d="${linePath(series.truth, scale)}"/>
<path class="good" d="${dotPath(good, scale)}"/>
</svg>
${symbols(flagged(series, 3), 'suspect', scale)}
${symbols(flagged(series, 4), 'fail', scale)}
${symbols(series.missing, 'missing', scale)}
<text class="range" x="2" y="${TOP - 5}">${value(high)} ${quantity.symbol}</text>
<text class="range" x="2" y="${BOTTOM - 3}">${value(low)}</text>
</svg>`
}

function flagged({ stored }: Series, wanted: number): StoredPoint[] {
  return stored.filter(({ flag }) => flag === wanted)
}

function scaleOf([low, high]: readonly [number, number], { startMs, endMs }: ReportRun): Scale {
  const share = (timeMs: number) => (timeMs - startMs) / Math.max(1, endMs - startMs)
  return {
    column: (timeMs) => COLUMNS * share(timeMs),
    percent: (timeMs) => `${rounded(100 * share(timeMs))}%`,
    y: (value) => BOTTOM - ((BOTTOM - TOP) * (value - low)) / (high - low),
  }
}

/** Of all that is drawn. */
function rangeOf({ truth, stored, missing, quantity }: Series): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const points of [truth, stored, missing]) {
    for (const { value } of points) {
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  }
  if (low > high) return [0, 1]
  // A line that never moves lies in the middle, and no mark on the edge.
  const room = Math.max(quantity.step, ROOM * (high - low))
  return [low - room, high + room]
}

function linePath(points: readonly Point[], scale: Scale): string {
  const usualMs = medianStep(points)
  let lastMs = Number.NEGATIVE_INFINITY
  return thin(points, scale.column)
    .map(({ timeMs, value }) => {
      const command = timeMs - lastMs > GAP_STEPS * Math.max(usualMs, columnMs(scale)) ? 'M' : 'L'
      lastMs = timeMs
      return `${command}${rounded(scale.column(timeMs))} ${rounded(scale.y(value))}`
    })
    .join('')
}

/** A stroke without length has round ends: a dot whose shape no stretching changes. */
function dotPath(points: readonly Point[], scale: Scale): string {
  return thin(points, scale.column)
    .map(({ timeMs, value }) => `M${rounded(scale.column(timeMs))} ${rounded(scale.y(value))}h0`)
    .join('')
}

function symbols(points: readonly Point[], name: string, scale: Scale): Html[] {
  const column = (timeMs: number) => (scale.column(timeMs) * MARK_COLUMNS) / COLUMNS
  return thin(points, column).map(
    ({ timeMs, value }) =>
      html`<use class="${name}" href="#${name}" x="${scale.percent(timeMs)}" y="${rounded(scale.y(value))}"/>`,
  )
}

function band({ kind, name, fromMs, untilMs }: Mark, scale: Scale, run: ReportRun): Html {
  const [from, until] = [Math.max(fromMs, run.startMs), Math.min(untilMs, run.endMs)]
  if (from >= until) return new Html('')
  const width = Number.parseFloat(scale.percent(until)) - Number.parseFloat(scale.percent(from))
  const x = scale.percent(from)
  return html`<rect class="${kind}" x="${x}" y="0" width="${rounded(width)}%" height="${BOTTOM}"/>
<text class="${kind}" x="${x}" dx="3" y="${BOTTOM - 14}">${name}</text>`
}

function timeTicks(scale: Scale, { startMs, endMs }: ReportRun): Html[] {
  return Array.from({ length: TICKS + 1 }, (_, n) => {
    const timeMs = startMs + ((endMs - startMs) * n) / TICKS
    const x = scale.percent(timeMs)
    const anchor = n === 0 ? 'start' : n === TICKS ? 'end' : 'middle'
    const text = localTime(timeMs).slice(n === 0 ? 5 : -5)
    // Between the ends only where there is room.
    const place = n % 2 === 1 ? 'tick between' : 'tick'
    return html`<line class="grid" x1="${x}" x2="${x}" y1="${TOP}" y2="${BOTTOM}"/>
<text class="${place}" x="${x}" y="${HEIGHT - 3}" text-anchor="${anchor}">${text}</text>`
  })
}

function columnMs(scale: Scale): number {
  return 1 / (scale.column(1) - scale.column(0))
}

function medianStep(points: readonly Point[]): number {
  const steps = points.slice(1).map(({ timeMs }, n) => timeMs - (points[n]?.timeMs ?? timeMs))
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}
