import type { Loaded } from '../chart/loaded.js'
import { formatDateTime } from '../format.js'
import { valueWithUnit } from '../names.js'
import { view } from '../navigation.js'
import type { Series } from '../places.js'
import { useCell } from '../use-cell.js'
import { chart, whyTexts } from '../words/words.js'
import type { FrameQuestion } from './frame-dialog.js'
import { FlagMark } from './mark.js'

/** Enough to see what a node has just sent; the whole range is what the export is for. */
const ROWS = 30

interface ReadingTableProps {
  loaded: Loaded | undefined
  series: Series
  onFrame(asked: FrameQuestion): void
}

/** The newest readings in words, failed ones included: the chart for whoever does not read charts. */
export function ReadingTable({ loaded, series, onFrame }: ReadingTableProps) {
  const { language } = useCell(view)
  if (loaded === undefined || loaded.rows.length === 0) return null
  if (loaded.bucketMs !== undefined) {
    return <p class="soft small">{chart.hintBuckets[language]}</p>
  }
  const newest = [...loaded.rows].sort((a, b) => b.timeMs - a.timeMs).slice(0, ROWS)
  return (
    <details>
      <summary>{chart.table[language]}</summary>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{chart.timeColumn[language]}</th>
              <th scope="col" class="number">
                {chart.valueColumn[language]}
              </th>
              <th scope="col">{chart.flagColumn[language]}</th>
              <th scope="col">{chart.sourceColumn[language]}</th>
            </tr>
          </thead>
          <tbody>
            {newest.map((row) => (
              <tr key={`${row.node} ${row.timeMs}`}>
                <td>{formatDateTime(row.timeMs, language)}</td>
                <td class="number">
                  {row.value !== null && valueWithUnit(series.quantity, row.value, language)}
                </td>
                <td>
                  <FlagMark flag={row.flag} language={language} />{' '}
                  <span class="soft">{whyTexts(row.why, language).join(', ')}</span>
                </td>
                <td>
                  <button
                    type="button"
                    class="button quiet"
                    onClick={() => onFrame({ node: row.node, timeMs: row.timeMs, series })}
                  >
                    {chart.openFrame[language]}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
