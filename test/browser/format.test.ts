import * as assert from 'uvu/assert'
import { timeLabels, valueLabels } from '../../ingest/web/chart/labels.js'
import {
  formatAge,
  formatClock,
  formatDateTime,
  formatDay,
  formatNumber,
  formatSpan,
  withUnit,
} from '../../ingest/web/format.js'
import { hexLines } from '../../ingest/web/hex.js'
import { suite } from '../suite.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

suite('numbers and times of the page', (test) => {
  test('a number has the decimals of its quantity, with the mark of its language', () => {
    assert.is(formatNumber(6.9, 2, 'id'), '6,90')
    assert.is(formatNumber(6.9, 2, 'en'), '6.90')
    assert.is(formatNumber(1234567, 0, 'id'), '1.234.567')
    assert.is(formatNumber(-9999, 1, 'id'), '−9.999,0')
  })

  test('a unit follows after a space, degrees of direction without, none where there is none', () => {
    assert.is(withUnit('6,90', 'mg/L'), '6,90 mg/L')
    assert.is(withUnit('180', '°'), '180°')
    assert.is(withUnit('26,10', '°C'), '26,10 °C')
    assert.is(withUnit('7,90', ''), '7,90')
  })

  test('a time is told in WIB, whatever the zone of the device', () => {
    const evening = Date.UTC(2026, 10, 23, 17, 0, 5)

    assert.is(formatClock(evening, 'id'), '00.00')
    assert.is(formatDateTime(evening, 'id'), '24 Nov 2026 00.00.05 WIB')
    assert.is(formatDateTime(evening, 'en'), '24 Nov 2026 00:00:05 WIB')
    assert.is(formatDay(Date.UTC(2026, 4, 1), 'id'), '1 Mei')
  })

  test('a span names its day once, or both days', () => {
    const noon = Date.UTC(2026, 10, 24, 5)

    assert.is(formatSpan(noon, noon + HOUR, 'id'), '24 Nov 2026 12.00.00–13.00.00 WIB')
    assert.is(
      formatSpan(noon, noon + DAY, 'id'),
      '24 Nov 2026 12.00.00 WIB – 25 Nov 2026 12.00.00 WIB',
    )
  })

  test('an age is told in its largest full unit', () => {
    assert.is(formatAge(0, 'id'), '0 detik lalu')
    assert.is(formatAge(59_999, 'id'), '59 detik lalu')
    assert.is(formatAge(MINUTE, 'id'), '1 menit lalu')
    assert.is(formatAge(HOUR - 1, 'en'), '59 min ago')
    assert.is(formatAge(3 * HOUR, 'id'), '3 jam lalu')
    assert.is(formatAge(DAY, 'en'), '1 day ago')
    assert.is(formatAge(2 * DAY, 'id'), '2 hari lalu')
  })

  test('a time slightly ahead is now; one that is further ahead says so', () => {
    assert.is(formatAge(-3000, 'id'), '0 detik lalu')
    assert.is(formatAge(-90_000, 'id'), '1 menit di depan jam server')
    assert.is(formatAge(-90_000, 'en'), '1 min ahead of the server')
  })

  test('the labels of an axis are exact, and tell the day at midnight in WIB', () => {
    const midnight = Date.UTC(2026, 10, 23, 17) / 1000

    assert.equal(valueLabels([6.5, 6.75], 0.25, 'id'), ['6,50', '6,75'])
    assert.equal(valueLabels([6.5, 7], 0.5, 'en'), ['6.5', '7.0'])
    assert.equal(valueLabels([-2000, 0], 2000, 'id'), ['−2.000', '0'])
    assert.equal(timeLabels([midnight - 3600, midnight], 3600, 'id'), ['23.00', '24 Nov'])
    assert.equal(timeLabels([midnight + 3600], 86_400, 'en'), ['24 Nov'])
  })

  test('a hex dump shows every byte once, with the offset of each line', () => {
    const hex = Array.from({ length: 19 }, (_, byte) => byte.toString(16).padStart(2, '0')).join('')

    assert.equal(hexLines(hex, 16), [
      { offset: '0000', bytes: '00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f' },
      { offset: '0010', bytes: '10 11 12' },
    ])
    assert.equal(hexLines('', 16), [])
    assert.is(hexLines(hex, 8).length, 3)
  })
})
