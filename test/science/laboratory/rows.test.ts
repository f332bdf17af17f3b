import * as assert from 'uvu/assert'
import type { Cell } from '../../../shared/science/laboratory/columns.js'
import { readLabTable } from '../../../shared/science/laboratory/rows.js'
import { suite } from '../../suite.js'

const HEAD = [
  ...['Lokasi', 'Kedalaman (m)', 'Tanggal', 'Jam (WIB)', 'Petugas', 'Laboratorium'],
  ...['Akreditasi', 'Metode', 'Parameter', 'Hasil', 'Satuan', 'Catatan'],
]
const ROW: Cell[] = [
  ...['Balige', '0,5', '24/06/2026', '09.30', 'R. Siahaan', 'UPT Lab DLH'],
  ...['LP-195-IDN', 'SNI 6989.72:2009', 'BOD5', '<2,0', 'mg/L', ''],
]
const context = {
  sites: new Map([
    ['balige', 'balige'],
    ['teluk balige', 'balige'],
  ]),
  nowMs: Date.UTC(2026, 6, 1),
}

/** ROW with some cells changed, by the name of their column. */
const changed = (changes: Record<string, Cell>): Cell[] =>
  HEAD.map((name, index) => changes[name] ?? ROW[index] ?? null)

function read(...table: Cell[][]) {
  const found = readLabTable(table, context)
  if ('error' in found) throw new Error(found.error.en)
  return found
}
const told = (...rows: Cell[][]) =>
  read(HEAD, ...rows).errors.map(({ row, column, wrong }) => `${row} ${column}: ${wrong.id}`)

suite('a file of laboratory results', (test) => {
  test('a row becomes a result, its limit a limit', () => {
    const { results, errors, ignoredColumns } = read(HEAD, ROW)

    assert.equal([errors, ignoredColumns], [[], []])
    assert.equal(results, [
      {
        row: 2,
        result: {
          ...{ site: 'balige', depthM: 0.5, takenAtMs: Date.UTC(2026, 5, 24, 2, 30) },
          ...{ sampler: 'R. Siahaan', laboratory: 'UPT Lab DLH', accreditation: 'LP-195-IDN' },
          ...{ method: 'SNI 6989.72:2009', parameter: 'bod5', value: 2, bound: 'below' },
          ...{ unit: 'mg/L', reported: '<2,0 mg/L', note: null },
        },
      },
    ])
  })

  test('English names and a letterhead above are understood, unknown columns told', () => {
    const english = [
      ...['site', 'depth', 'taken at', 'sampler', 'laboratory', 'method', 'parameter', 'value'],
      ...['unit', 'weather'],
    ]
    const row = [
      ...['Teluk Balige', 'surface', '2026-06-24T09:30:00+07:00', 'R.', 'Lab', 'SNI', 'pH', 7.25],
      ...['', 'sunny'],
    ]
    const { results, errors, ignoredColumns } = read(['UPT Lab'], [], english, row)

    assert.equal([errors, ignoredColumns], [[], ['weather']])
    assert.is(results[0]?.row, 4)
    const { takenAtMs, depthM, value, accreditation } = results[0]?.result ?? {}
    assert.equal(
      [takenAtMs, depthM, value, accreditation],
      [Date.UTC(2026, 5, 24, 2, 30), 0, 7.25, null],
    )
  })

  test('a unit is converted exactly, or the row refused', () => {
    const { results } = read(
      HEAD,
      changed({ Parameter: 'Total P', Hasil: '17,5', Satuan: 'µg/L' }),
      changed({ Parameter: 'Klorofil-a', Hasil: '0,0021', Satuan: 'mg/L' }),
    )
    assert.equal(
      results.map(({ result: { value, unit } }) => [value, unit]),
      [
        [0.0175, 'mg/L'],
        [2.1, 'µg/L'],
      ],
    )
    assert.equal(told(changed({ Satuan: 'ppm' })), [
      '2 Satuan: satuan tidak dapat diubah dengan tepat',
    ])
  })

  test('every error is told with its row and column, all of a row at once', () => {
    assert.equal(told(ROW, changed({ Lokasi: 'Parapat', Tanggal: '06/24/2026', Hasil: 'ttd' })), [
      '3 Lokasi: lokasi tidak dikenal',
      '3 Tanggal: bukan tanggal',
      '3 Hasil: bukan angka',
    ])
    assert.equal(told(changed({ 'Kedalaman (m)': '700' })), ['2 Kedalaman (m): bukan kedalaman'])
    assert.equal(told(changed({ Akreditasi: 'LP-1' })), [
      '2 Akreditasi: bukan nomor akreditasi KAN',
    ])
    assert.equal(told(changed({ Petugas: ' ' })), ['2 Petugas: kosong'])
    assert.equal(told(changed({ Parameter: 'Nitrat' })), ['2 Parameter: parameter tidak dikenal'])
    assert.equal(told(changed({ 'Jam (WIB)': '' })), ['2 Jam (WIB): bukan jam'])
    assert.equal(told(changed({ Tanggal: '02/07/2026' })), ['2 Tanggal: belum terjadi'])
    assert.equal(told(changed({ Parameter: 'pH', Hasil: '71', Satuan: '' })), [
      '2 Hasil: di luar rentang yang masuk akal; periksa satuan',
    ])
    assert.equal(told([...ROW, '5']), ['2 : lebih banyak sel daripada kolom'])
  })

  test('1.600 is sixteen hundred where the file writes decimal commas, and refused where nothing tells', () => {
    const many = changed({ Parameter: 'Fecal coliform', Hasil: '1.600', Satuan: 'MPN/100 mL' })

    assert.is(read(HEAD, ROW, many).results[1]?.result.value, 1600)
    assert.match(told(many)[0] ?? '', '2 Hasil: dapat berarti ribuan atau desimal')
  })

  test('a file without a line of names, or without a needed column, is refused with what is missing', () => {
    const none = readLabTable([ROW], context)
    const some = readLabTable([HEAD.filter((name) => name !== 'Satuan'), ROW], context)
    const twice = readLabTable([[...HEAD, 'hasil'], ROW], context)

    assert.match('error' in none ? none.error.id : '', 'tidak ada baris judul')
    assert.is('error' in some ? some.error.en : '', 'missing columns: units')
    assert.is('error' in twice ? twice.error.en : '', 'there are two columns result')
  })
})
