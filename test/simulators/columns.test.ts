import * as assert from 'uvu/assert'
import { ColumnError, mapColumns } from '../../simulators/replay/columns.js'
import { suite } from '../suite.js'

const brief = (headers: string[], maps: string[] = []) => {
  const { time, mapped, ignored } = mapColumns(headers, maps)
  return {
    time,
    mapped: mapped.map(({ header, quantity, position, factor }) =>
      [header, quantity, position, factor].join(' '),
    ),
    ignored,
  }
}

suite('columns of a file', (test) => {
  test('the names of the river record are known; corrected and qualifier columns are not sent', () => {
    assert.equal(
      brief(['datetime', 'temp', 'temp_cor', 'temp_qual', 'cond', 'ph', 'do', 'turb', 'stage']),
      {
        time: 0,
        mapped: ['temp 1 0 1', 'cond 4 0 1', 'ph 2 0 1', 'do 3 0 1', 'turb 5 0 1'],
        ignored: ['temp_cor', 'temp_qual', 'stage'],
      },
    )
  })

  test('registry keys, units in brackets and Indonesian names are known', () => {
    assert.equal(brief(['Waktu', 'Suhu (°C)', 'pm2_5', 'Kekeruhan [NTU]', 'mean_speed']), {
      time: 0,
      mapped: ['Suhu (°C) 1 0 1', 'pm2_5 43 0 1', 'Kekeruhan [NTU] 5 0 1', 'mean_speed 74 0 1'],
      ignored: [],
    })
  })

  test('--map names quantity, position and factor, the time column, or nothing', () => {
    const headers = ['when', 'value', 'temp', 'deep=temp']
    const maps = [
      'when=time',
      'value=mean_speed*1.609344',
      'temp=none',
      'deep=temp=water_temperature@2',
    ]
    assert.equal(brief(headers, maps), {
      time: 0,
      mapped: ['value 74 0 1.609344', 'deep=temp 1 2 1'],
      ignored: ['temp'],
    })
  })

  const refusals: [string, string[], string[], RegExp][] = [
    ['no time column', ['a', 'temp'], [], /looks like a time among a, temp/],
    ['no known column', ['time', 'a'], [], /no column is known among time, a/],
    ['a mapping of an absent column', ['time', 'temp'], ['x=ph'], /no column "x"/],
    ['an unknown quantity', ['time', 'a'], ['a=phosphor'], /no quantity is called "phosphor"/],
    ['a position above 15', ['time', 'a'], ['a=ph@16'], /positions are 0 to 15/],
    ['a factor of no number', ['time', 'a'], ['a=ph*1e'], /factor is no number/],
    ['a mapping of another form', ['time', 'a'], ['a:ph'], /expected column=quantity/],
    [
      'two columns of one channel',
      ['time', 'do', 'odo'],
      [],
      /"do" and "odo" are the same quantity/,
    ],
  ]
  for (const [what, headers, maps, message] of refusals) {
    test(`${what} is refused by name`, () => {
      assert.throws(
        () => mapColumns(headers, maps),
        (error: unknown) => error instanceof ColumnError && message.test(error.message),
      )
    })
  }
})
