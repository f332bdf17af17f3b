import type { Text } from '../result.js'
import {
  accreditationOf,
  DEPTH_EXPECTED,
  depthOf,
  KAN_EXPECTED,
  type LabCells,
  type Measured,
  measuredOf,
  SITE_EXPECTED,
  SOME_TEXT,
  siteOf,
  someText,
  type Take,
  textOf,
} from './cells.js'
import { type Cell, findHeader, type Header, type LabColumn } from './columns.js'
import { DATE_EXPECTED, readDate, readTime, TIME_EXPECTED, unixTimeMs } from './dates.js'
import { type DecimalMark, decimalMarkOf, type Read } from './result-text.js'

/** One parameter of one sample. */
export interface LabResult extends Measured {
  site: string
  takenAtMs: number
  depthM: number
  sampler: string
  laboratory: string
  /** KAN's number of the laboratory. */
  accreditation: string | null
  method: string
  note: string | null
}

export interface RowError {
  /** As a spreadsheet counts, from 1. */
  row: number
  /** As the file calls it. */
  column: string
  found: string
  wrong: Text
  expected: Text
}

export interface RowContext {
  /** The name of a site by its name or title in lower case. */
  sites: ReadonlyMap<string, string>
  nowMs: number
}

export interface LabTable {
  results: { row: number; result: LabResult }[]
  errors: RowError[]
  ignoredColumns: string[]
}

/** Nothing was sampled here before. */
const EARLIEST_MS = Date.UTC(2000, 0, 1)

/** All rows of a file below its line of column names, or why there is no such line. */
export function readLabTable(
  table: readonly (readonly Cell[])[],
  context: RowContext,
): LabTable | { error: Text } {
  const header = findHeader(table)
  if ('error' in header) return header
  const width = table[header.row]?.length ?? 0
  const lines = table
    .map((cells, index) => ({ row: index + 1, cells }))
    .slice(header.row + 1)
    .filter(({ cells }) => cells.some((cell) => textOf(cell) !== ''))
  const mark = decimalMarkOf(lines.flatMap(({ cells }) => textCells(cells, header)))
  const read: LabTable = { results: [], errors: [], ignoredColumns: header.ignored }
  for (const { row, cells } of lines) {
    const result =
      cells.length > width
        ? tooLong(cells)
        : readLabRow(cellsOf(cells, header), { ...context, mark })
    if (Array.isArray(result)) {
      const name = (column: LabColumn | null) =>
        column === null ? '' : textOf(table[header.row]?.[header.at[column] ?? -1] ?? column)
      read.errors.push(
        ...result.map(({ column, ...rest }) => ({ row, column: name(column), ...rest })),
      )
    } else read.results.push({ row, result })
  }
  return read
}

type CellError = Omit<RowError, 'row' | 'column'> & { column: LabColumn | null }

/** One row, or everything that is wrong with it. */
export function readLabRow(
  cells: LabCells,
  context: RowContext & { mark?: DecimalMark | undefined },
): LabResult | CellError[] {
  const errors: CellError[] = []
  const take = <T>(column: LabColumn, expected: Text, read: Read<T>): T | undefined => {
    if ('value' in read) return read.value
    errors.push({ column, found: textOf(cells[column]), wrong: read.error, expected })
    return undefined
  }
  const text = (column: LabColumn) => take(column, SOME_TEXT, someText(cells[column]))
  const site = take('site', SITE_EXPECTED, siteOf(cells.site, context.sites))
  const depthM = take('depth', DEPTH_EXPECTED, depthOf(cells.depth))
  const takenAtMs = timeOf(cells, context, take)
  const sampler = text('sampler')
  const laboratory = text('laboratory')
  const accreditation = take('accreditation', KAN_EXPECTED, accreditationOf(cells.accreditation))
  const method = text('method')
  const measured = measuredOf(cells, context.mark, take)
  const note = textOf(cells.note).slice(0, 500) || null
  if (
    errors.length > 0 ||
    site === undefined ||
    depthM === undefined ||
    takenAtMs === undefined ||
    sampler === undefined ||
    laboratory === undefined ||
    accreditation === undefined ||
    method === undefined ||
    measured === undefined
  ) {
    return errors
  }
  return { site, takenAtMs, depthM, sampler, laboratory, accreditation, method, ...measured, note }
}

/** A time of day in its own column, or behind the date. */
function timeOf(cells: LabCells, { nowMs }: RowContext, take: Take): number | undefined {
  const date = take('date', DATE_EXPECTED, readDate(textOf(cells.date)))
  if (date === undefined) return undefined
  const own = textOf(cells.time)
  const time = take(
    own === '' && date.rest !== '' ? 'date' : 'time',
    TIME_EXPECTED,
    readTime(own || date.rest),
  )
  if (time === undefined) return undefined
  const timeMs = unixTimeMs(date, time)
  if (timeMs > nowMs) {
    return take('date', DATE_EXPECTED, { error: { id: 'belum terjadi', en: 'lies in the future' } })
  }
  if (timeMs < EARLIEST_MS) {
    return take('date', DATE_EXPECTED, { error: { id: 'sebelum tahun 2000', en: 'before 2000' } })
  }
  return timeMs
}

function textCells(cells: readonly Cell[], { at }: Header): string[] {
  const cell = cells[at.result ?? -1]
  return typeof cell === 'string' ? [cell] : []
}

function cellsOf(cells: readonly Cell[], { at }: Header): LabCells {
  const cell = (column: LabColumn) => cells[at[column] ?? -1] ?? null
  return {
    site: cell('site'),
    depth: cell('depth'),
    date: cell('date'),
    time: cell('time'),
    sampler: cell('sampler'),
    laboratory: cell('laboratory'),
    accreditation: cell('accreditation'),
    method: cell('method'),
    parameter: cell('parameter'),
    result: cell('result'),
    unit: cell('unit'),
    note: cell('note'),
  }
}

function tooLong(cells: readonly Cell[]): CellError[] {
  return [
    {
      column: null,
      found: cells.map(textOf).join(' | ').slice(0, 200),
      wrong: { id: 'lebih banyak sel daripada kolom', en: 'more cells than columns' },
      expected: {
        id: 'di berkas yang dipisah koma, desimal koma ditulis dalam tanda kutip: "0,01"',
        en: 'where commas separate, a decimal comma stands in quotes: "0,01"',
      },
    },
  ]
}
