import * as assert from 'uvu/assert'
import { readDate, readTime, unixTimeMs } from '../../../shared/science/laboratory/dates.js'
import {
  LAB_PARAMETERS,
  labParameterCalled,
} from '../../../shared/science/laboratory/parameters.js'
import { decimalMarkOf, readResult } from '../../../shared/science/laboratory/result-text.js'
import { powerOfTen } from '../../../shared/science/laboratory/units.js'
import { quantityByKey } from '../../../shared/wire/quantities.js'
import { suite } from '../../suite.js'

const at = (text: string): string => {
  const date = readDate(text)
  if ('error' in date) return date.error.en
  const time = readTime(date.value.rest)
  return 'error' in time
    ? time.error.en
    : new Date(unixTimeMs(date.value, time.value)).toISOString()
}
const result = (text: string, mark?: ',' | '.'): string => {
  const read = readResult(text, mark)
  return 'error' in read ? read.error.en : `${read.value.bound ?? ''} ${read.value.digits}`.trim()
}

suite('what a laboratory writes', (test) => {
  test('dates are read day first, in WIB where nothing else is said', () => {
    const half = '2026-06-24T02:30:00.000Z'
    for (const text of [
      '24/06/2026 09:30',
      '24-6-2026 09.30',
      '24 Juni 2026 09:30 WIB',
      '24 jun 2026, 09:30:00',
      '2026-06-24 09:30',
      '2026-06-24T09:30:00+07:00',
      '2026-06-24T02:30:00Z',
      '24/06/2026 10:30 WITA',
    ]) {
      assert.is(at(text), half, text)
    }
  })

  test('what is no date or no time is said to be none', () => {
    for (const text of ['06/24/2026 09:30', '31/06/2026 09:30', '24/06/26 09:30', 'kemarin', '']) {
      assert.is(at(text), 'not a date', text)
    }
    for (const text of ['24/06/2026', '24/06/2026 25:00', '24/06/2026 09:30 CET', '24/06/2026 9']) {
      assert.is(at(text), 'not a time of day', text)
    }
  })

  test('results are read with comma or point, and limits stay limits', () => {
    assert.is(result('0,012'), '0.012')
    assert.is(result('0.012'), '0.012')
    assert.is(result('< 0,01'), 'below 0.01')
    assert.is(result('>1600'), 'above 1600')
    assert.is(result('1.234,5'), '1234.5')
    assert.is(result('1,234.5'), '1234.5')
    assert.is(result('1.600.000'), '1600000')
    assert.is(result('1,6E+03'), '1.6E+03')
    assert.is(result('-120'), '-120')
  })

  test('thousands or decimals: the file decides, and nothing where it does not', () => {
    assert.match(result('1.600'), 'thousands or decimals')
    assert.is(result('1.600', ','), '1600')
    assert.is(result('1.600', '.'), '1.600')
    assert.is(decimalMarkOf(['7,2', '1.600', '<0,01']), ',')
    assert.is(decimalMarkOf(['7.2', '1.600']), '.')
    assert.is(decimalMarkOf(['7.2', '7,2', '1.600']), undefined)
    assert.is(decimalMarkOf(['1.600', '1.234']), undefined)
  })

  test('what is no number stays none', () => {
    for (const text of ['ttd', 'nd', '-', '1,2,3', '12.34,5', '<', '1.23.4', '0x10', 'Infinity']) {
      assert.is(result(text), 'not a number', text)
    }
  })

  test('units are converted by powers of ten only', () => {
    assert.is(powerOfTen('µg/L', 'mg/L'), -3)
    assert.is(powerOfTen('ug/l', 'mg/L'), -3)
    assert.is(powerOfTen('mg/m³', 'µg/L'), 0)
    assert.is(powerOfTen('mS/cm', 'µS/cm'), 3)
    assert.is(powerOfTen('cm', 'm'), -2)
    for (const [written, unit] of [
      ['ppm', 'mg/L'],
      ['CFU/100 mL', 'MPN/100 mL'],
      ['MS/cm', 'µS/cm'],
      ['', 'mg/L'],
      ['constructor', 'mg/L'],
      ['°F', '°C'],
    ] as const) {
      assert.is(powerOfTen(written, unit), undefined, written)
    }
  })

  test('parameters are known by what they are called here, and by their quantity’s unit', () => {
    const called = (name: string) => labParameterCalled(name)?.parameter
    assert.is(called('DO'), 'dissolved_oxygen')
    assert.is(called('Total  P'), 'total_phosphorus')
    assert.is(called('NO₃-N'), 'nitrate_n')
    assert.is(called('Koli Tinja'), 'fecal_coliform')
    for (const { parameter, unit } of LAB_PARAMETERS) {
      const quantity = quantityByKey(parameter)
      if (quantity !== undefined) assert.is(unit, quantity.symbol, parameter)
      assert.ok(powerOfTen(unit, unit) === 0, parameter)
    }
  })

  test('nitrate is not nitrate nitrogen, and phosphate is not phosphorus', () => {
    for (const name of ['Nitrat', 'NO3', 'Nitrit', 'NO2', 'Amonia', 'NH3', 'Fosfat', 'PO4']) {
      assert.is(labParameterCalled(name), undefined, name)
    }
  })
})
