import { useEffect, useRef } from 'preact/hooks'
import type { Columns } from '../chart/columns.js'
import { drawingOf } from '../chart/drawing.js'
import type { Plot } from '../chart/plot.js'
import { quantityName } from '../names.js'
import { view } from '../navigation.js'
import type { Series } from '../places.js'
import { isDark } from '../theme.js'
import { useCell } from '../use-cell.js'
import { chart } from '../words/words.js'

interface CanvasProps {
  columns: Columns | undefined
  series: Series
  fromMs: number
  toMs: number
  /** There are values, but all of them failed and are not shown. */
  hasFailedOnly: boolean
  cursor: number | undefined
  /** The point that is read, in words. */
  valueText: string
  onCursor(row: number | undefined): void
  onPick(row: number): void
}

/**
 * The drawing itself, to a keyboard and a screen reader a slider over its points. uPlot comes when a chart is first wanted, so that the list is there before it.
 */
export function ChartCanvas(props: CanvasProps) {
  const { columns, series, fromMs, toMs } = props
  const { language, showFailed } = useCell(view)
  const dark = useCell(isDark)
  const container = useRef<HTMLDivElement>(null)
  const plot = useRef<Plot | undefined>(undefined)
  const latest = useRef(props)
  latest.current = props
  const row = useRef<number | undefined>(undefined)
  const isEmpty = columns !== undefined && columns.rows.length === 0
  const drawing = drawingOf(series)

  useEffect(() => {
    let wanted = true
    void import('../chart/plot.js').then(({ createPlot }) => {
      if (!wanted || container.current === null) return
      plot.current = createPlot(container.current, {
        drawing,
        language,
        showFailed,
        onCursor(next) {
          if (next === row.current) return
          row.current = next
          latest.current.onCursor(next)
        },
        onPick: (picked) => latest.current.onPick(picked),
      })
      draw(plot.current, latest.current)
    })
    return () => {
      wanted = false
      row.current = undefined
      latest.current.onCursor(undefined)
      plot.current?.destroy()
      plot.current = undefined
    }
  }, [drawing, language, showFailed, dark])

  useEffect(() => {
    if (plot.current !== undefined) draw(plot.current, props)
  }, [columns, fromMs, toMs])

  return (
    <>
      <div
        class={columns === undefined ? 'plot bone' : 'plot'}
        role="slider"
        aria-roledescription={chart.role[language]}
        aria-label={quantityName(series.quantity, language)}
        aria-description={chart.hint[language]}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, (columns?.rows.length ?? 0) - 1)}
        aria-valuenow={props.cursor ?? 0}
        aria-valuetext={props.valueText}
        tabIndex={0}
        onKeyDown={(event) => {
          if (event.key === 'Enter') props.onPick(props.cursor ?? (columns?.rows.length ?? 0) - 1)
          const rows = STEPS[event.key]
          if (rows === undefined) return
          event.preventDefault()
          plot.current?.step(rows)
        }}
      >
        <div class="canvas" ref={container} />
        {isEmpty && (
          <p class="say">{(props.hasFailedOnly ? chart.onlyFailed : chart.nothing)[language]}</p>
        )}
      </div>
      <p class="x-name">{chart.time[language]}</p>
    </>
  )
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  PageUp: -10,
  PageDown: 10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

function draw(plot: Plot, { columns, fromMs, toMs }: CanvasProps): void {
  if (columns !== undefined) plot.setColumns(columns, fromMs / 1000, toMs / 1000)
}
