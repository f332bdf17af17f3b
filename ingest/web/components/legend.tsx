import { FLAG_TEXT } from '../../../shared/schema/flags.js'
import type { Row } from '../chart/columns.js'
import { type Drawing, drawingOf } from '../chart/drawing.js'
import type { Loaded } from '../chart/loaded.js'
import { quantityName } from '../names.js'
import { go, view } from '../navigation.js'
import type { Series } from '../places.js'
import { useCell } from '../use-cell.js'
import type { Text } from '../words/language.js'
import { chart } from '../words/words.js'

/** What the shapes mean, and how many there are. Failed values are off until somebody wants them. */
export function Legend({ loaded, series }: { loaded: Loaded | undefined; series: Series }) {
  const { language, showFailed } = useCell(view)
  const rows = loaded?.rows ?? []
  const suspect = count(rows, (row) => row.bucket?.nSuspect ?? (row.flag === 3 ? 1 : 0))
  const failed = count(rows, (row) => row.bucket?.nFailed ?? (row.flag === 4 ? 1 : 0))
  const isSummary = loaded?.bucketMs !== undefined
  return (
    <div class="legend">
      <ul>
        <li>
          <SeriesSample drawing={drawingOf(series)} />
          <span>
            {quantityName(series.quantity, language)}{' '}
            {loaded !== undefined && (
              <span class="soft">({densityWords(loaded.bucketMs)[language]})</span>
            )}
          </span>
        </li>
        {isSummary && (
          <li>
            <svg viewBox="0 0 24 12" aria-hidden="true">
              <path d="M1 1h22v10H1Z" fill="var(--band)" />
            </svg>
            {chart.spread[language]}
          </li>
        )}
        {suspect > 0 && (
          <li>
            <svg viewBox="0 0 24 12" aria-hidden="true">
              <circle cx="12" cy="6" r="4" fill="none" stroke="var(--check)" stroke-width="2" />
            </svg>
            {FLAG_TEXT[3][language]} ({suspect})
          </li>
        )}
        {isSummary && failed > 0 && (
          <li>
            <FailedSample />
            {FLAG_TEXT[4][language]} ({failed}, {chart.notDrawn[language]})
          </li>
        )}
      </ul>
      {!isSummary && (failed > 0 || showFailed) && (
        <label>
          <input
            type="checkbox"
            checked={showFailed}
            onChange={(event) => go({ showFailed: event.currentTarget.checked }, 'replace')}
          />
          <FailedSample />
          {chart.showFailed[language]} ({failed})
        </label>
      )}
    </div>
  )
}

function densityWords(bucketMs: number | undefined): Text {
  if (bucketMs === undefined) return chart.raw
  return bucketMs === 3_600_000 ? chart.hour : chart.day
}

function SeriesSample({ drawing }: { drawing: Drawing }) {
  return (
    <svg viewBox="0 0 24 12" aria-hidden="true">
      {drawing === 'line' && <path d="M1 6h22" stroke="var(--accent)" stroke-width="2" />}
      {drawing === 'bars' && <path d="M6 12V5h4v7zm7 0V1h4v11z" fill="var(--accent)" />}
      {drawing === 'points' && <circle cx="12" cy="6" r="3" fill="var(--accent)" />}
    </svg>
  )
}

function FailedSample() {
  return (
    <svg viewBox="0 0 24 12" aria-hidden="true">
      <path d="m8 2 8 8M16 2 8 10" stroke="var(--failed)" stroke-width="2" />
    </svg>
  )
}

function count(rows: readonly Row[], of: (row: Row) => number): number {
  return rows.reduce((sum, row) => sum + of(row), 0)
}
