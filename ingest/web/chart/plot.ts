import uPlot from 'uplot'
import type { Language } from '../words/language.js'
import { readColours } from './colours.js'
import type { Columns } from './columns.js'
import type { Drawing } from './drawing.js'
import { timeLabels, valueLabels } from './labels.js'
import { crosses, nothing } from './paths.js'

export interface PlotOptions {
  drawing: Drawing
  language: Language
  showFailed: boolean
  /** Row under the cursor, undefined when it has left. */
  onCursor(row: number | undefined): void
  /** A row was clicked with a mouse or a pen; a touch only reads. */
  onPick(row: number): void
}

export interface Plot {
  /** `fromS`, `toS`: the drawn range in unix seconds */
  setColumns(columns: Columns, fromS: number, toS: number): void
  /** Moves the cursor by rows; ±Infinity to the ends. */
  step(rows: number): void
  destroy(): void
}

const TIME_ZONE = 'Asia/Jakarta'
const SERIES = { low: 1, high: 2, line: 3, suspect: 4, failed: 5 } as const
const PHONE_PX = 600

// uPlot's builders are optional in its types only: a build without them exists, and is not this one.
const linear = uPlot.paths.linear?.() ?? nothing

export function createPlot(container: HTMLElement, options: PlotOptions): Plot {
  let columns: Columns | undefined
  let range: uPlot.Range.MinMax = [0, 1]
  const colours = readColours(container)
  const plot = new uPlot(build(), [[], [], [], [], [], []], container)
  plot.over.addEventListener('click', pick)
  plot.over.addEventListener('touchmove', follow, { passive: true })
  const observer = new ResizeObserver(() => plot.setSize(sizeOf(container)))
  observer.observe(container)

  return {
    setColumns(next, fromS, toS) {
      columns = next
      // The newest point stands inside the drawing, not half outside.
      range = [fromS, toS + (toS - fromS) / 100]
      const { times, low, high, line, suspect, failed } = next
      plot.setData([times, low, high, line, suspect, failed])
    },
    step(rows) {
      const count = columns?.times.length ?? 0
      if (count === 0) return
      const from = plot.cursor.idx ?? (rows > 0 ? -1 : count)
      const to = Math.min(count - 1, Math.max(0, from + rows))
      const time = columns?.times[to] ?? 0
      plot.setCursor({ left: plot.valToPos(time, 'x'), top: plot.over.clientHeight / 2 })
    },
    destroy() {
      observer.disconnect()
      plot.destroy()
    },
  }

  function build(): uPlot.Options {
    const font = `${container.clientWidth < PHONE_PX ? 16 : 14}px ${getComputedStyle(container).fontFamily}`
    const axis: uPlot.Axis = {
      font,
      stroke: colours.inkSoft,
      grid: { stroke: colours.line, width: 1 },
      ticks: { stroke: colours.line, width: 1, size: 6 },
    }
    return {
      ...sizeOf(container),
      legend: { show: false },
      tzDate: (timeS) => uPlot.tzDate(new Date(timeS * 1000), TIME_ZONE),
      scales: {
        x: { time: true, range: () => range },
        y: { range: (_, low, high) => valueRange(low, high, options.drawing) },
      },
      axes: [
        {
          ...axis,
          space: 72,
          size: 40,
          values: (_, splits, _axis, _space, stepS) => timeLabels(splits, stepS, options.language),
        },
        {
          ...axis,
          size: yAxisSize,
          values: (_, splits, _axis, _space, step) => valueLabels(splits, step, options.language),
        },
      ],
      series: [{}, ...drawnSeries()],
      bands: [{ series: [SERIES.high, SERIES.low], fill: colours.band }],
      cursor: {
        drag: { x: false, y: false, setScale: false },
        y: false,
        points: {
          size: (_, series) => (series >= SERIES.line ? 11 : 0),
          width: 2,
          stroke: () => colours.ink,
          fill: () => colours.surface,
        },
      },
      hooks: { setCursor: [(self) => options.onCursor(self.cursor.idx ?? undefined)] },
    }
  }

  function drawnSeries(): uPlot.Series[] {
    const quiet: uPlot.Series = { paths: linear, points: { show: false }, width: 0 }
    const gaps: uPlot.Series.GapsRefiner = (self) => pixelGaps(self)
    return [
      { ...quiet, gaps },
      { ...quiet, gaps },
      { ...lineSeries(), gaps },
      {
        paths: nothing,
        points: { show: true, size: 9, width: 2, stroke: colours.check, fill: colours.surface },
      },
      {
        show: options.showFailed,
        paths: crosses,
        width: 2,
        stroke: colours.failed,
        points: { show: false },
      },
    ]
  }

  function lineSeries(): uPlot.Series {
    const colour = { stroke: colours.accent, width: 2 }
    if (options.drawing === 'bars') {
      const bars = uPlot.paths.bars?.({ size: [0.8, 24] }) ?? linear
      return { ...colour, width: 0, fill: colours.accent, paths: bars, points: { show: false } }
    }
    const dot = { size: 5, width: 0, fill: colours.accent }
    if (options.drawing === 'points') {
      return { ...colour, paths: nothing, points: { ...dot, show: true } }
    }
    // Dots wherever there is room for them, and always where no line leads to a value.
    const filter = (_: uPlot, _series: number, show: boolean): number[] | null =>
      show ? null : (columns?.isolated ?? null)
    return { ...colour, paths: linear, points: { ...dot, space: 16, filter } }
  }

  function pixelGaps(self: uPlot): uPlot.Series.Gaps {
    const times = columns?.times ?? []
    const at = (row: number): number => Math.round(self.valToPos(times[row] ?? 0, 'x', true))
    return (columns?.gaps ?? []).map(([from, to]) => [at(from), at(to)])
  }

  function yAxisSize(self: uPlot, labels: string[] | null): number {
    if (labels === null) return 48
    self.ctx.font = axisFont(self)
    const widest = Math.max(0, ...labels.map((label) => self.ctx.measureText(label).width))
    return Math.ceil(widest / devicePixelRatio) + 20
  }

  function pick(event: MouseEvent): void {
    if ('pointerType' in event && event.pointerType === 'touch') return
    if (typeof plot.cursor.idx === 'number') options.onPick(plot.cursor.idx)
  }

  function follow(event: TouchEvent): void {
    const touch = event.touches[0]
    if (touch === undefined) return
    const box = plot.over.getBoundingClientRect()
    plot.setCursor({ left: touch.clientX - box.left, top: touch.clientY - box.top })
  }
}

function axisFont(plot: uPlot): string {
  const font = plot.axes[1]?.font
  return Array.isArray(font) ? String(font[0]) : String(font ?? '')
}

function valueRange(low: number | null, high: number | null, drawing: Drawing): uPlot.Range.MinMax {
  if (low === null || high === null) return [0, 1]
  if (drawing === 'bars') return [0, high === 0 ? 1 : high * 1.1]
  return uPlot.rangeNum(low, high, 0.1, true)
}

function sizeOf(container: HTMLElement): { width: number; height: number } {
  return { width: container.clientWidth, height: container.clientHeight }
}
