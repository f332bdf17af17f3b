import { CsvError, parse } from 'csv-parse/sync'
import type { Cell } from '../../../shared/science/laboratory/columns.js'
import { AppError } from '../../errors.js'

/** Excel writes the separator of the reader's country: a semicolon where the comma is decimal. */
const DELIMITERS = [';', '\t', ','] as const

/** INVALID where it cannot be read. */
export function readCsv(bytes: Buffer): Cell[][] {
  const text = decoded(bytes)
  try {
    return parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      relax_column_count: true,
      relax_quotes: true,
    })
  } catch (error) {
    if (error instanceof CsvError) throw new AppError('INVALID', `not CSV: ${error.message}`)
    throw error
  }
}

/** What is no UTF-8 was written by an older Excel. */
function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** The one that separates most on any of the first lines: a letterhead has none. */
function delimiterOf(text: string): string {
  const lines = text.split(/\r?\n/, 20)
  const most = (delimiter: string) => Math.max(...lines.map((line) => line.split(delimiter).length))
  return DELIMITERS.reduce((best, each) => (most(each) > most(best) ? each : best))
}
