/**
 * The numbers of a month of a site as a text, of which the SHA-256 is the hash of the approved version. Anybody can
 * check both: the text is public with its hash, and each of its numbers follows from the public readings of the site.
 *
 *     printf %s "$TEXT" | sha256sum
 *
 * Lines end with LF, in UTF-8. A head of `key: value` lines, an empty line, the columns, then one line a series in the
 * order of quantity id, position, depth and direction. `previous` is the hash of the version before, or `-`, so a
 * version vouches for all before it. Numbers are decimal, in the unit; an empty cell says that there is none. A series
 * is all that the site's placements measured of a quantity with one position, depth and direction:
 *
 * - all … failed: readings by flag; manual: flagged by hand; corrected: whose raw value differs (calibrations).
 * - interval_s: the time that most often lies between two readings of a node; expected: as many as fit into the time of
 *   the placements within the month, rounded; completeness_pct: all of expected, to a tenth.
 * - sum, min, max: of flags 1 and 2, but of a direction. value: by the summary of the quantity, of flags 1 and 2; a mean to a hundredth of
 *   the quantity's step, a direction (vector) to a degree.
 */

export const MONTH_COLUMNS = [
  'quantity',
  'position',
  'depth_m',
  'direction_deg',
  'nodes',
  'unit',
  'summary',
  'interval_s',
  'expected',
  'completeness_pct',
  'all',
  'good',
  'not_evaluated',
  'suspect',
  'failed',
  'manual',
  'corrected',
  'sum',
  'min',
  'max',
  'value',
] as const

export type MonthColumn = (typeof MONTH_COLUMNS)[number]

/** What tells series apart. */
const KEY = ['quantity', 'position', 'depth_m', 'direction_deg'] as const
type KeyColumn = (typeof KEY)[number]

/** A line of the text; every cell as it is written there. */
export type MonthSeries = Record<MonthColumn, string>

export interface MonthHead {
  store: string
  site: string
  month: string
  /** ISO 8601. */
  from: string
  to: string
  version: number
  /** Hexadecimal; null for the first version. */
  previous: string | null
}

const TITLE = 'Toba Sense: month of a site, format 1'

export function monthText(head: MonthHead, series: readonly MonthSeries[]): string {
  const { store, site, month, from, to, version, previous } = head
  const lines = [
    TITLE,
    `store: ${store}`,
    `site: ${site}`,
    `month: ${month}`,
    `from: ${from}`,
    `to: ${to}`,
    `version: ${version}`,
    `previous: ${previous ?? '-'}`,
    '',
    MONTH_COLUMNS.join(','),
    ...series.map((row) => MONTH_COLUMNS.map((column) => row[column]).join(',')),
  ]
  return `${lines.join('\n')}\n`
}

/** The series of a text that `monthText` made, or of a later format with more columns; missing cells are empty. */
export function seriesOfText(text: string): MonthSeries[] {
  const [header = '', ...lines] = text.slice(text.indexOf('\n\n') + 2).split('\n')
  const columns = header.split(',')
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const cells = line.split(',')
      const row = MONTH_COLUMNS.map((column) => [column, cells[columns.indexOf(column)] ?? ''])
      return Object.fromEntries(row) as MonthSeries
    })
}

/** One number that is not what it was; null: the series is not in that version. */
export interface MonthDifference extends Record<KeyColumn, string> {
  column: MonthColumn
  before: string | null
  now: string | null
}

/** Everything in which two versions differ, series by series in the order of the later one. */
export function differences(
  before: readonly MonthSeries[],
  now: readonly MonthSeries[],
): MonthDifference[] {
  const old = new Map(before.map((row) => [keyOf(row), row]))
  const current = new Set(now.map(keyOf))
  const gone = before.filter((row) => !current.has(keyOf(row)))
  return [
    ...now.flatMap((row) => differing(row, old.get(keyOf(row)), row)),
    ...gone.flatMap((row) => differing(row, row, undefined)),
  ]
}

function differing(
  { quantity, position, depth_m, direction_deg }: MonthSeries,
  before: MonthSeries | undefined,
  now: MonthSeries | undefined,
): MonthDifference[] {
  const key = { quantity, position, depth_m, direction_deg }
  return MONTH_COLUMNS.filter((column) => !isKey(column)).flatMap((column) => {
    const change = { before: before?.[column] ?? null, now: now?.[column] ?? null }
    return change.before === change.now ? [] : [{ ...key, column, ...change }]
  })
}

function isKey(column: MonthColumn): boolean {
  return KEY.some((each) => each === column)
}

function keyOf(row: MonthSeries): string {
  return KEY.map((column) => row[column]).join(',')
}
