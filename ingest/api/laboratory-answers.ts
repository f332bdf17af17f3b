import type { LabEntry, LabResultAnswer } from '../../shared/schema/laboratory.js'
import type { LabCells } from '../../shared/science/laboratory/cells.js'
import type { LabColumn } from '../../shared/science/laboratory/columns.js'
import { labParameter } from '../../shared/science/laboratory/parameters.js'
import { type LabResult, readLabRow } from '../../shared/science/laboratory/rows.js'
import { AppError } from '../errors.js'
import type { LabRow } from '../store/laboratory.js'
import { iso, isoOrNull } from './answers.js'

/** Whoever is no insider is not told the names of people. */
export function toLabResult(row: LabRow, isTold: boolean): LabResultAnswer {
  return {
    id: row.id,
    site: row.site,
    takenAt: iso(row.takenAt),
    depthM: row.depthM,
    sampler: isTold ? row.sampler : null,
    laboratory: row.laboratory,
    accreditation: row.accreditation,
    method: row.method,
    parameter: row.parameter,
    name: labName(row.parameter),
    value: row.value,
    bound: row.bound,
    unit: row.unit,
    reported: row.reported,
    note: row.note,
    enteredAt: iso(row.enteredAt),
    enteredBy: isTold ? row.enteredBy : null,
    corrects: row.corrects,
    withdrawnAt: isoOrNull(row.withdrawnAt),
    withdrawnReason: row.withdrawnReason,
  }
}

/** A parameter that a row names. The store holds what this list had, so an absent one is a fault of ours. */
export function labName(parameter: string): { id: string; en: string } {
  const found = labParameter(parameter)
  if (found === undefined)
    throw new AppError('STORE_REFUSED', `no parameter is called ${parameter}`)
  return found.name
}

/** What a request calls the columns of a file. */
const FIELDS: Partial<Record<LabColumn, string>> = {
  depth: 'depthM',
  date: 'takenAt',
  time: 'takenAt',
}

/** An entry by hand, by the rules of the files. @throws AppError INVALID with everything that is wrong. */
export function readEntry(
  entry: LabEntry,
  context: { sites: ReadonlyMap<string, string>; nowMs: number },
): LabResult {
  const { depthM: depth, takenAt: date, ...rest } = entry
  const cells: LabCells = { ...rest, depth, date, time: null }
  const result = readLabRow(cells, context)
  if (!Array.isArray(result)) return result
  const wrong = result.map(
    ({ column, wrong, expected }) =>
      `${column === null ? '' : (FIELDS[column] ?? column)}: ${wrong.en} (expected: ${expected.en})`,
  )
  throw new AppError('INVALID', wrong.join('; '))
}
