import type { Text } from '../result.js'

/** The columns of a file of laboratory results, by the names that are understood, Indonesian first. */

// biome-ignore format: one column a line reads as the table it is
export const LAB_COLUMNS = [
  { key: 'site', required: true, names: ['lokasi', 'stasiun', 'titik', 'titik sampling', 'lokasi sampling', 'titik pengambilan', 'site', 'station', 'location'] },
  { key: 'depth', required: true, names: ['kedalaman', 'kedalaman (m)', 'kedalaman m', 'depth', 'depth (m)', 'depth m'] },
  { key: 'date', required: true, names: ['tanggal', 'tgl', 'tanggal sampling', 'tanggal pengambilan', 'tanggal pengambilan contoh', 'waktu sampling', 'date', 'sampling date', 'taken at'] },
  { key: 'time', required: false, names: ['jam', 'pukul', 'waktu', 'jam (wib)', 'pukul (wib)', 'waktu (wib)', 'jam sampling', 'time', 'time (wib)', 'sampling time'] },
  { key: 'sampler', required: true, names: ['petugas', 'pengambil contoh', 'petugas pengambil contoh', 'ppc', 'sampler', 'sampled by'] },
  { key: 'laboratory', required: true, names: ['laboratorium', 'lab', 'nama laboratorium', 'laboratory'] },
  { key: 'accreditation', required: false, names: ['akreditasi', 'no akreditasi', 'no. akreditasi', 'nomor akreditasi', 'akreditasi kan', 'accreditation', 'accreditation number'] },
  { key: 'method', required: true, names: ['metode', 'metode uji', 'acuan metode', 'method'] },
  { key: 'parameter', required: true, names: ['parameter', 'parameter uji'] },
  { key: 'result', required: true, names: ['hasil', 'hasil uji', 'nilai', 'kadar', 'result', 'value'] },
  { key: 'unit', required: true, names: ['satuan', 'unit', 'units'] },
  { key: 'note', required: false, names: ['catatan', 'keterangan', 'note', 'notes', 'remarks'] },
] as const

export type LabColumn = (typeof LAB_COLUMNS)[number]['key']

/** A cell of a sheet: what its text or number is; dates come as ISO text. */
export type Cell = string | number | null

export interface Header {
  /** Index in the table. */
  row: number
  /** Index of each column that was found. */
  at: Partial<Record<LabColumn, number>>
  /** As the file calls them. */
  ignored: string[]
}

/** A laboratory's letterhead stands above its table. */
const HEADER_WITHIN = 20
/** Fewer known names in a row are no header. */
const LEAST_NAMES = 4

/** Finds the line of names, or says what is missing. */
export function findHeader(table: readonly (readonly Cell[])[]): Header | { error: Text } {
  const headers = table.slice(0, HEADER_WITHIN).map((cells, row) => headerIn(cells, row))
  const header = headers.find(({ at }) => Object.keys(at).length >= LEAST_NAMES)
  if (header === undefined) {
    return {
      error: {
        id: `tidak ada baris judul kolom; yang dikenal: ${known()}`,
        en: `there is no line of column names; known are: ${known()}`,
      },
    }
  }
  const twice = repeated(table[header.row] ?? [])
  if (twice !== undefined) {
    return { error: { id: `kolom ${twice} ada dua`, en: `there are two columns ${twice}` } }
  }
  const missing = LAB_COLUMNS.filter(
    ({ key, required }) => required && header.at[key] === undefined,
  )
  if (missing.length === 0) return header
  const names = (which: 0 | -1) => missing.map((column) => column.names.at(which)).join(', ')
  return {
    error: { id: `kolom yang tidak ada: ${names(0)}`, en: `missing columns: ${names(-1)}` },
  }
}

function headerIn(cells: readonly Cell[], row: number): Header {
  const at: Header['at'] = {}
  const ignored: string[] = []
  for (const [index, cell] of cells.entries()) {
    const key = columnCalled(cell)
    if (key !== undefined) at[key] ??= index
    else if (typeof cell === 'string' && cell.trim() !== '') ignored.push(cell.trim())
  }
  return { row, at, ignored }
}

function repeated(cells: readonly Cell[]): LabColumn | undefined {
  const keys = cells.map(columnCalled).filter((key) => key !== undefined)
  return keys.find((key, index) => keys.indexOf(key) !== index)
}

function columnCalled(cell: Cell): LabColumn | undefined {
  if (typeof cell !== 'string') return undefined
  const name = cell
    .toLowerCase()
    .replaceAll(/[\s_]+/g, ' ')
    .replace(/[*:]+$/, '')
    .trim()
  return LAB_COLUMNS.find(({ names }) => names.some((each) => each === name))?.key
}

function known(): string {
  return LAB_COLUMNS.map(({ names }) => names[0]).join(', ')
}
