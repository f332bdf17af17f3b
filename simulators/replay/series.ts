import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { fromSteps, quantityById, toSteps } from '../../shared/wire/quantities.js'
import { type Columns, type MappedColumn, mapColumns } from './columns.js'
import { type ProblemKind, Problems } from './problems.js'
import { timeReader } from './times.js'

/** A recorded series: a CSV file with a header, read as a stream, so its length does not matter. */

export interface SeriesOptions {
  maps: readonly string[]
  /** IANA zone of times that name none. */
  zone?: string | undefined
  /** Moves the first row to this unix second, and every other row by as much. */
  shiftTo?: number | undefined
  /** One of several files: what is told of its lines, and the report that they share. */
  part?: { label: string; report: SeriesReport }
}

export interface Row {
  /** Unix seconds. */
  time: number
  /** In the order of `Series.columns.mapped`, in steps of the quantity. */
  values: (number | null)[]
}

export interface SeriesReport {
  rowsRead: number
  rowsGood: number
  readings: number
  /** Cells that are empty or say so (NA, NaN, null): their channel is absent from the sample. */
  missingCells: number
  /** Rows inside an hour that the clock of the zone ran twice: the order of the file decided. */
  ambiguousTimes: number
  /** Values finer than the step of their quantity, sent as the nearest step. */
  roundedCells: number
  /** Times with a fraction of a second, which the wire does not carry: cut to the second. */
  cutTimes: number
  problems: Problems
}

export interface Series {
  columns: Columns
  report: SeriesReport
  rows(): AsyncGenerator<Row>
}

/** The input cannot be used as it is; the message says what to do. */
export class SeriesError extends Error {}

const MAX_RECORD_CHARACTERS = 1_000_000
const MISSING = /^(?:|na|n\/a|nan|null|none|--?)$/i
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i

/** @throws SeriesError, ColumnError, or RangeError for an unknown zone. */
export async function openSeries(path: string, options: SeriesOptions): Promise<Series> {
  const firstLine = await readFirstLine(path)
  const delimiter = delimiterOf(firstLine)
  const readTime = timeReader(options.zone)
  const records = readRecords(path, delimiter)
  const header = (await records.next()).value?.cells
  if (header === undefined) throw new SeriesError(`${path} is empty`)
  const columns = mapColumns(header, options.maps)
  // Channels in one order whatever the file's: the same readings then make the same frames.
  columns.mapped.sort((a, b) => a.quantity - b.quantity || a.position - b.position)
  const { label, report } = options.part ?? { label: undefined, report: emptyReport() }
  const hasDecimalComma = delimiter !== ','
  return { columns, report, rows }

  async function* rows(): AsyncGenerator<Row> {
    let previous: number | undefined
    let shiftS = 0
    for await (const { cells, line } of records) {
      report.rowsRead++
      const time = timeOf(cells, line, previous)
      if (time === undefined) continue
      if (previous === undefined && options.shiftTo !== undefined) shiftS = options.shiftTo - time
      previous = time
      const values = columns.mapped.map((column) => stepsOf(cells, line, column))
      const present = values.filter((value) => value !== null).length
      if (present === 0) {
        note('no-value', line)
        continue
      }
      report.rowsGood++
      report.readings += present
      yield { time: time + shiftS, values }
    }
  }

  function note(kind: ProblemKind, line: number, detail?: string): void {
    const about = [label, detail].filter((text) => text !== undefined)
    report.problems.add(kind, line, about.length > 0 ? about.join(': ') : undefined)
  }

  function timeOf(
    cells: readonly string[],
    line: number,
    previous: number | undefined,
  ): number | undefined {
    if (cells.length !== header?.length) {
      note('wrong-cells', line, `${cells.length} instead of ${header?.length}`)
      return undefined
    }
    const text = cells[columns.time] ?? ''
    const result = readTime(text, previous)
    if ('problem' in result) {
      if (result.problem === 'no-zone') {
        throw new SeriesError(
          `line ${line}: "${text}" names no zone; say where its clock stood, e.g. --zone Asia/Jakarta`,
        )
      }
      note(result.problem, line, text)
      return undefined
    }
    if (previous !== undefined && result.time <= previous) {
      note(result.time === previous ? 'repeated-time' : 'backwards-time', line, text)
      return undefined
    }
    if (result.isAmbiguous) report.ambiguousTimes++
    if (result.hadFraction) report.cutTimes++
    return result.time
  }

  function stepsOf(cells: readonly string[], line: number, column: MappedColumn): number | null {
    const text = cells[column.index] ?? ''
    if (MISSING.test(text)) {
      report.missingCells++
      return null
    }
    const plain = hasDecimalComma ? text.replace(',', '.') : text
    const quantity = quantityById(column.quantity)
    if (!NUMBER.test(plain) || quantity === undefined) {
      note('no-number', line, `${column.header}: ${text.slice(0, 40)}`)
      return null
    }
    const value = column.factor === 1 ? Number(plain) : Number(plain) * column.factor
    try {
      const steps = toSteps(quantity, value)
      if (fromSteps(quantity, steps) !== value) report.roundedCells++
      return steps
    } catch {
      // The registry refuses what is no int32 in steps of the quantity.
      note('too-large', line, `${column.header}: ${text.slice(0, 40)}`)
      return null
    }
  }
}

export function emptyReport(): SeriesReport {
  return {
    rowsRead: 0,
    rowsGood: 0,
    readings: 0,
    missingCells: 0,
    ambiguousTimes: 0,
    roundedCells: 0,
    cutTimes: 0,
    problems: new Problems(),
  }
}

/** SHA-256 of the whole file and the number of its lines, in one reading. */
export async function fingerprint(path: string): Promise<{ sha256: Buffer; lines: number }> {
  const hash = createHash('sha256')
  let lines = 0
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk)
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++
  }
  return { sha256: hash.digest(), lines }
}

async function* readRecords(
  path: string,
  delimiter: string,
): AsyncGenerator<{ cells: string[]; line: number }> {
  const parser = parse({
    delimiter,
    bom: true,
    info: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    relax_quotes: true,
    // A quote that is never closed would otherwise take the rest of the file into memory.
    max_record_size: MAX_RECORD_CHARACTERS,
  })
  // `pipeline` hands an error of the file to the parser, where the loop below meets it.
  pipeline(createReadStream(path), parser, () => {})
  try {
    for await (const { record, info } of parser) yield { cells: record, line: info.lines }
  } catch (error) {
    if (error instanceof CsvError) throw new SeriesError(`${path} is no CSV: ${error.message}`)
    throw error
  }
}

async function readFirstLine(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(65_536), 0, 65_536, 0)
    return buffer.subarray(0, bytesRead).toString().split(/\r?\n/, 1)[0] ?? ''
  } finally {
    await file.close()
  }
}

/** Where numbers are written with a comma, the columns are parted by semicolons. */
function delimiterOf(firstLine: string): string {
  const count = (character: string) => firstLine.split(character).length
  return [',', ';', '\t'].sort((a, b) => count(b) - count(a))[0] ?? ','
}
