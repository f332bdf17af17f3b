import { quantityByKey } from '../../wire/quantities.js'
import type { Text } from '../result.js'
import type { Bound } from '../water/limit.js'
import type { Cell, LabColumn } from './columns.js'
import { type LabParameter, labParameterCalled } from './parameters.js'
import { type DecimalMark, type Read, readResult } from './result-text.js'
import { powerOfTen, unitsFor } from './units.js'

/** What the cells of a row of laboratory results say, each by itself. */

export type LabCells = Record<LabColumn, Cell>

/** Notes what is wrong with a cell; undefined then. */
export type Take = <T>(column: LabColumn, expected: Text, read: Read<T>) => T | undefined

const MISSING: Text = { id: 'kosong', en: 'empty' }
export const SOME_TEXT: Text = {
  id: 'teks, paling banyak 200 huruf',
  en: 'text of at most 200 characters',
}
export const SITE_EXPECTED: Text = {
  id: 'nama atau judul lokasi yang terdaftar',
  en: 'name or title of a site',
}
export const DEPTH_EXPECTED: Text = {
  id: 'meter, 0 sampai 600, atau "permukaan"',
  en: 'metres, 0 to 600, or "surface"',
}
export const KAN_EXPECTED: Text = {
  id: 'nomor KAN seperti LP-195-IDN, atau kosong',
  en: 'a KAN number as LP-195-IDN, or nothing',
}
const PARAMETER_EXPECTED: Text = {
  id: 'parameter yang dikenal, mis. BOD5, COD, Total P; nitrat, nitrit dan amonia sebagai N (mis. NO3-N)',
  en: 'a known parameter, e.g. BOD5, COD, total P; nitrate, nitrite and ammonia as N (e.g. NO3-N)',
}
const RESULT_EXPECTED: Text = {
  id: 'angka seperti 0,012 atau 0.012, atau batas seperti <0,01',
  en: 'a number as 0,012 or 0.012, or a limit as <0,01',
}

export function someText(cell: Cell): Read<string> {
  const text = textOf(cell)
  if (text === '') return { error: MISSING }
  return text.length > 200 ? { error: { id: 'terlalu panjang', en: 'too long' } } : { value: text }
}

export function siteOf(cell: Cell, sites: ReadonlyMap<string, string>): Read<string> {
  const site = sites.get(textOf(cell).toLowerCase())
  if (site !== undefined) return { value: site }
  return { error: { id: 'lokasi tidak dikenal', en: 'no such site' } }
}

export function depthOf(cell: Cell): Read<number> {
  const text = textOf(cell).toLowerCase().replace(/\s*m$/, '')
  if (text === 'permukaan' || text === 'surface') return { value: 0 }
  const depthM = /^\d{1,3}(?:[.,]\d+)?$/.test(text) ? Number(text.replace(',', '.')) : Number.NaN
  if (depthM >= 0 && depthM <= 600) return { value: depthM }
  return { error: text === '' ? MISSING : { id: 'bukan kedalaman', en: 'not a depth' } }
}

export function accreditationOf(cell: Cell): Read<string | null> {
  const text = textOf(cell).toUpperCase().replaceAll(/\s+/g, '-')
  if (text === '' || text === '-') return { value: null }
  if (/^LP-\d{3,4}-IDN$/.test(text)) return { value: text }
  return { error: { id: 'bukan nomor akreditasi KAN', en: 'not a KAN number' } }
}

export interface Measured {
  parameter: string
  /** In `unit`; where there is a bound, no value of the water but the laboratory's limit. */
  value: number
  bound: Bound | null
  unit: string
  /** As the laboratory wrote it, with its unit. */
  reported: string
}

export function measuredOf(
  cells: LabCells,
  mark: DecimalMark | undefined,
  take: Take,
): Measured | undefined {
  const known = labParameterCalled(textOf(cells.parameter))
  const wrong: Text = { id: 'parameter tidak dikenal', en: 'no such parameter' }
  const parameter = take(
    'parameter',
    PARAMETER_EXPECTED,
    known === undefined ? { error: wrong } : { value: known },
  )
  const result = take('result', RESULT_EXPECTED, resultOf(cells.result, mark))
  if (parameter === undefined || result === undefined) return undefined
  const power = powerOfTen(textOf(cells.unit), parameter.unit)
  const odd: Text = {
    id: 'satuan tidak dapat diubah dengan tepat',
    en: 'a unit that cannot be converted exactly',
  }
  const units = unitsFor(parameter.unit)
  const shift = take(
    'unit',
    { id: units, en: units },
    power === undefined ? { error: odd } : { value: power },
  )
  if (shift === undefined) return undefined
  const value = shifted(result.digits, shift)
  const range = rangeOf(parameter)
  const outside: Text = {
    id: 'di luar rentang yang masuk akal; periksa satuan',
    en: 'not plausible: check the unit',
  }
  const told = `${range.min}–${range.max} ${parameter.unit}`.trim()
  const isPlausible = value >= range.min && value <= range.max
  take('result', { id: told, en: told }, isPlausible ? { value } : { error: outside })
  const reported = `${textOf(cells.result)} ${textOf(cells.unit)}`.trim()
  return {
    parameter: parameter.parameter,
    value,
    bound: result.bound,
    unit: parameter.unit,
    reported,
  }
}

/** A number cell of a spreadsheet has no decimal mark to doubt. */
function resultOf(
  cell: Cell,
  mark: DecimalMark | undefined,
): Read<{ digits: string; bound: Bound | null }> {
  if (typeof cell === 'number') return { value: { digits: String(cell), bound: null } }
  const text = textOf(cell)
  return text === '' ? { error: MISSING } : readResult(text, mark)
}

/** Times a power of ten, exact in decimals. */
function shifted(digits: string, power: number): number {
  const [mantissa, exponent] = digits.toLowerCase().split('e')
  return Number(`${mantissa}e${Number(exponent ?? 0) + power}`)
}

function rangeOf({ parameter }: LabParameter): { min: number; max: number } {
  return quantityByKey(parameter) ?? { min: 0, max: 1_000_000 }
}

export function textOf(cell: Cell): string {
  return cell === null ? '' : String(cell).trim()
}
