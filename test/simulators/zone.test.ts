import * as assert from 'uvu/assert'
import { timeReader } from '../../simulators/replay/times.js'
import { wallClockOf } from '../../simulators/replay/zone.js'
import { suite } from '../suite.js'

const wallClock = (text: string) => Date.parse(`${text}Z`)
const utc = (times: number[]) => times.map((time) => new Date(time).toISOString().slice(0, 16))

suite('time zones', (test) => {
  test('Etc/GMT+7 lies seven hours west of Greenwich, as POSIX has it', () => {
    assert.equal(utc(wallClockOf('Etc/GMT+7')(wallClock('2019-07-20T00:00'))), ['2019-07-20T07:00'])
  })

  test('Asia/Jakarta lies seven hours east, and half an hour more in 1940', () => {
    const jakarta = wallClockOf('Asia/Jakarta')
    assert.equal(utc(jakarta(wallClock('2026-07-01T07:00'))), ['2026-07-01T00:00'])
    assert.equal(utc(jakarta(wallClock('1940-01-01T07:20'))), ['1939-12-31T23:50'])
  })

  test('a time that the clock skipped has no UTC', () => {
    const berlin = wallClockOf('Europe/Berlin')
    assert.equal(berlin(wallClock('2024-03-31T02:30')), [])
    assert.equal(utc(berlin(wallClock('2024-03-31T01:59'))), ['2024-03-31T00:59'])
    assert.equal(utc(berlin(wallClock('2024-03-31T03:00'))), ['2024-03-31T01:00'])
    assert.equal(wallClockOf('Pacific/Apia')(wallClock('2011-12-30T12:00')), [])
  })

  test('a time that the clock ran twice has two, the earlier first', () => {
    const twice = ['2024-10-27T00:30', '2024-10-27T01:30']
    assert.equal(utc(wallClockOf('Europe/Berlin')(wallClock('2024-10-27T02:30'))), twice)
    const halfHour = ['2024-04-06T14:45', '2024-04-06T15:15']
    assert.equal(utc(wallClockOf('Australia/Lord_Howe')(wallClock('2024-04-07T01:45'))), halfHour)
  })

  test('an unknown zone is refused', () => {
    assert.throws(() => wallClockOf('Asia/Balige'), RangeError)
  })
})

suite('times of a file', (test) => {
  const seconds = (text: string) => Date.parse(text) / 1000
  const read = (text: string, zone?: string, previous?: number) => {
    const result = timeReader(zone)(text, previous)
    return 'time' in result ? result.time : result.problem
  }

  test('a time that names its zone needs no other', () => {
    const expected = seconds('2026-07-01T00:00:00Z')
    for (const text of [
      '2026-07-01T00:00:00Z',
      '2026-07-01 07:00+07:00',
      '2026-06-30T17:00-0700',
      '2026/07/01 00:00:00 UTC',
      '1782864000',
      '1782864000000',
    ]) {
      assert.is(read(text), expected, text)
      assert.is(read(text, 'America/Denver'), expected, text)
    }
  })

  test('a time without a zone is read in the one that was named', () => {
    assert.is(read('2019-07-20 00:00'), 'no-zone')
    assert.is(read('2019-07-20 00:00', 'Etc/GMT+7'), seconds('2019-07-20T07:00Z'))
    assert.is(read('2019-7-20 0:00', 'Etc/GMT+7'), seconds('2019-07-20T07:00Z'))
    assert.is(read('2019-07-20', 'Asia/Jakarta'), seconds('2019-07-19T17:00Z'))
  })

  test('what is no time is not guessed at', () => {
    for (const text of [
      '',
      'soon',
      '20/07/2019 00:00',
      '2019-02-30 00:00',
      '2019-04-31',
      '2019-07-20 25:00',
      '2019-07-20 10:61',
      '2019-07-20 1',
    ]) {
      assert.is(read(text, 'Asia/Jakarta'), 'unreadable-time', text)
    }
    assert.is(read('2024-03-31 02:30', 'Europe/Berlin'), 'skipped-time')
  })

  test('in an hour that the clock ran twice the row before decides', () => {
    const first = seconds('2024-10-27T00:45Z')
    assert.is(read('2024-10-27 02:45', 'Europe/Berlin'), first)
    assert.is(read('2024-10-27 02:45', 'Europe/Berlin', first - 900), first)
    assert.is(read('2024-10-27 02:00', 'Europe/Berlin', first), seconds('2024-10-27T01:00Z'))
  })
})
