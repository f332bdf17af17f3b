import { useMemo, useState } from 'preact/hooks'
import { toColumns } from '../chart/columns.js'
import { useReadings } from '../chart/load-readings.js'
import { rowText } from '../chart/row-text.js'
import { placementText, quantityName, unitSymbol } from '../names.js'
import { view } from '../navigation.js'
import type { Place, Series } from '../places.js'
import { nowMs } from '../source.js'
import { useCell } from '../use-cell.js'
import { RANGE_MS, RANGES, RESOLUTIONS } from '../view.js'
import type { Language } from '../words/language.js'
import { chart, ranges, resolutions } from '../words/words.js'
import { ChartCanvas } from './chart-canvas.js'
import { FailureNotice } from './failure-notice.js'
import { FrameDialog, type FrameQuestion } from './frame-dialog.js'
import { Legend } from './legend.js'
import { Link } from './link.js'
import { ReadingTable } from './reading-table.js'
import { Readout } from './readout.js'

/** The chart moves on with time; redrawing it every second would show nothing new. */
const DRAW_EVERY_MS = 30_000

/** One series over time, read point by point, down to the frame that brought it. */
export function ChartCard({ place, series }: { place: Place; series: Series }) {
  const { language, range, resolution, showFailed } = useCell(view)
  const { loaded, failure, retry } = useReadings({ place, series, range, resolution })
  const [cursor, setCursor] = useState<number>()
  const [asked, setAsked] = useState<FrameQuestion>()
  const toMs = Math.ceil(useCell(nowMs) / DRAW_EVERY_MS) * DRAW_EVERY_MS
  const columns = useMemo(() => {
    if (loaded === undefined) return undefined
    const rows = loaded.rows.filter((row) => showFailed || row.flag !== 4)
    return toColumns(rows, series.typicalIntervalS, loaded.bucketMs)
  }, [loaded, showFailed, series.typicalIntervalS])

  const row = columns?.rows[cursor ?? columns.rows.length - 1]
  const openFrame = (index: number): void => {
    const picked = columns?.rows[index]
    if (picked !== undefined && picked.bucket === undefined) {
      setAsked({ node: picked.node, timeMs: picked.timeMs, series })
    }
  }

  return (
    <section class="chart" aria-labelledby="chart-title">
      <div class="chart-head">
        <h3 id="chart-title">{chartTitle(series, language)}</h3>
        <Choices language={language} />
      </div>
      {failure !== undefined && loaded === undefined ? (
        <FailureNotice failure={failure} retry={retry} language={language} />
      ) : (
        <>
          <Readout
            row={row}
            isLatest={cursor === undefined}
            series={series}
            bucketMs={loaded?.bucketMs}
            language={language}
            openFrame={() => openFrame(cursor ?? (columns?.rows.length ?? 0) - 1)}
          />
          <ChartCanvas
            columns={columns}
            series={series}
            fromMs={toMs - RANGE_MS[range]}
            toMs={toMs}
            hasFailedOnly={loaded !== undefined && loaded.rows.length > 0}
            cursor={cursor}
            valueText={row === undefined ? '' : rowText(row, series, loaded?.bucketMs, language)}
            onCursor={setCursor}
            onPick={openFrame}
          />
          <Legend loaded={loaded} series={series} />
          <ReadingTable loaded={loaded} series={series} onFrame={setAsked} />
        </>
      )}
      {asked !== undefined && <FrameDialog asked={asked} onClose={() => setAsked(undefined)} />}
    </section>
  )
}

function Choices({ language }: { language: Language }) {
  const current = useCell(view)
  return (
    <div class="choices">
      <nav class="choice" aria-label={chart.range[language]}>
        {RANGES.map((range) => (
          <Link key={range} to={{ range }} current={range === current.range} replace>
            {ranges[range][language]}
          </Link>
        ))}
      </nav>
      <nav class="choice" aria-label={chart.resolution[language]}>
        {RESOLUTIONS.map((resolution) => (
          <Link
            key={resolution}
            to={{ resolution }}
            current={resolution === current.resolution}
            replace
          >
            {resolutions[resolution][language]}
          </Link>
        ))}
      </nav>
    </div>
  )
}

/** "Oksigen terlarut, mg/L · kedalaman 0,5 m" */
function chartTitle(series: Series, language: Language): string {
  const symbol = unitSymbol(series.quantity, language)
  const where = placementText(series, language)
  const name = quantityName(series.quantity, language)
  return `${name}${symbol === '' ? '' : `, ${symbol}`}${where === '' ? '' : ` · ${where}`}`
}
