import { FLAG_TEXT } from '../../../shared/schema/flags.js'
import { formatClock, formatDateTime, formatDay } from '../format.js'
import { valueText, valueWithUnit } from '../names.js'
import type { Series } from '../places.js'
import type { Language } from '../words/language.js'
import { chart, whyTexts } from '../words/words.js'
import type { Row } from './columns.js'

const DAY_MS = 86_400_000

/** The whole of a point in one line, as it is read aloud: "6,91 mg/L, belum diperiksa, 24 Nov 2026 …". */
export function rowText(
  row: Row,
  series: Series,
  bucketMs: number | undefined,
  language: Language,
): string {
  return [
    rowValue(row, series, language),
    FLAG_TEXT[row.flag][language],
    ...whyTexts(row.why, language),
    rowTime(row, bucketMs, language),
    spreadText(row, series, language),
  ]
    .filter((part) => part !== '')
    .join(', ')
}

export function rowValue(row: Row, series: Series, language: Language): string {
  return row.value === null ? '–' : valueWithUnit(series.quantity, row.value, language)
}

/** The moment of a reading; of a summary its hour or day. */
export function rowTime(row: Row, bucketMs: number | undefined, language: Language): string {
  if (bucketMs === undefined) return formatDateTime(row.timeMs, language)
  const day = formatDay(row.timeMs, language)
  if (bucketMs >= DAY_MS) return day
  const end = formatClock(row.timeMs + bucketMs, language)
  return `${day} ${formatClock(row.timeMs, language)}–${end} WIB`
}

/** "6,52–7,10 · 12 pengukuran"; empty for a single reading. */
export function spreadText(row: Row, series: Series, language: Language): string {
  if (row.bucket === undefined) return ''
  const { min, max, nAll } = row.bucket
  const count = `${nAll} ${chart.measurements[language]}`
  if (min === null || max === null) return count
  const [low, high] = [min, max].map((value) => valueText(series.quantity, value, language))
  return `${low}–${high} · ${count}`
}
