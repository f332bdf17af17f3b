import * as assert from 'uvu/assert'
import { readCsv } from '../../ingest/api/tables/read-csv.js'
import { readXlsx } from '../../ingest/api/tables/read-xlsx.js'
import { AppError } from '../../ingest/errors.js'
import { suite } from '../suite.js'
import { workbook, xlsx, zip } from '../xlsx.js'

async function refusal(bytes: Buffer): Promise<string> {
  return readXlsx(bytes).then(
    () => 'read',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  )
}
const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'

suite('tables from files', (test) => {
  test('a workbook gives texts, numbers, dates and times as they are shown', async () => {
    // 46197 is 2026-06-24; 9:30 is 0.395833…
    const bytes = xlsx([
      ['Lokasi', 'Tanggal', 'Jam', 'Hasil'],
      ['Balige & Meat', { date: 46197 }, { time: 0.395833333333333 }, 7.25],
      ['x', { date: 46197.395833333336 }, '09.30', '<0,01'],
    ])

    assert.equal(await readXlsx(bytes), [
      ['Lokasi', 'Tanggal', 'Jam', 'Hasil'],
      ['Balige & Meat', '2026-06-24', '09:30:00', 7.25],
      ['x', '2026-06-24 09:30:00', '09.30', '<0,01'],
    ])
  })

  test('what is no workbook, or a broken one, is invalid', async () => {
    assert.is(await refusal(Buffer.from('Lokasi;Tanggal\n')), 'INVALID')
    assert.is(await refusal(zip({ 'letter.txt': 'x' })), 'INVALID')
    assert.is(await refusal(workbook('<worksheet><sheetData><row')), 'INVALID')
    assert.is(await refusal(xlsx([['x']]).subarray(0, 500)), 'INVALID')
  })

  test('a workbook that unpacks to very much is refused, whatever it says of itself', async () => {
    const zeros = '0'.repeat(40_000_000)

    assert.is(await refusal(zip({ 'xl/sheet.xml': zeros })), 'TOO_LARGE')
    assert.ok((await refusal(zip({ 'xl/sheet.xml': zeros }, 1000))) !== 'read')
  })

  test('cells far apart end the reading, not the service', async () => {
    const rows = Array.from(
      { length: 40_000 },
      (_, row) => `<row r="${row + 1}"><c r="A${row + 1}"><v>1</v></c></row>`,
    )
    const far = '<row r="40001"><c r="XFD40001"><v>1</v></c></row>'
    const bytes = workbook(
      `<worksheet ${MAIN}><sheetData>${rows.join('')}${far}</sheetData></worksheet>`,
    )

    assert.is(await refusal(bytes), 'TOO_LARGE')
  })

  test('CSV is read with the separator, and in the encoding, that the file was written in', () => {
    const rows = [
      ['Satuan', 'Hasil'],
      ['µg/L', '0,5'],
    ]
    const text = 'Satuan;Hasil\r\nµg/L;0,5\r\n'
    assert.equal(readCsv(Buffer.from(`\ufeff${text}`)), rows)
    assert.equal(readCsv(Buffer.from(text, 'latin1')), rows)
    assert.equal(readCsv(Buffer.from('Satuan\tHasil\nµg/L\t0,5\n')), rows)
    assert.equal(readCsv(Buffer.from('Satuan,Hasil\nµg/L,"0,5"\n')), rows)
    assert.throws(() => readCsv(Buffer.from('Satuan,Hasil\n"µg/L,0.5\n')), /not CSV/)
  })
})
