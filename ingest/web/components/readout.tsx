import type { Row } from '../chart/columns.js'
import { rowTime, rowValue, spreadText } from '../chart/row-text.js'
import type { Series } from '../places.js'
import type { Language } from '../words/language.js'
import { chart, whyTexts } from '../words/words.js'
import { FlagMark } from './mark.js'

interface ReadoutProps {
  row: Row | undefined
  isLatest: boolean
  series: Series
  bucketMs: number | undefined
  language: Language
  openFrame(): void
}

/** Value, unit, flag and time of the point under the cursor; of the latest one while there is none. */
export function Readout(props: ReadoutProps) {
  const { row, isLatest, series, bucketMs, language } = props
  return (
    <div class="readout">
      {row !== undefined && (
        <div class="read">
          <span class="number">{rowValue(row, series, language)}</span>
          <FlagMark flag={row.flag} language={language} />
          {row.why.length > 0 && <span class="soft">{whyTexts(row.why, language).join(', ')}</span>}
          <span class="soft">
            {isLatest && `${chart.latest[language]} `}
            {rowTime(row, bucketMs, language)}
          </span>
          {row.bucket !== undefined && (
            <span class="soft">{spreadText(row, series, language)}</span>
          )}
        </div>
      )}
      {row !== undefined && row.bucket === undefined && (
        <button type="button" class="button" onClick={props.openFrame}>
          {chart.openFrame[language]}
        </button>
      )}
    </div>
  )
}
