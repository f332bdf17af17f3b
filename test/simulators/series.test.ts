import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { decodeFrame } from '../../shared/wire/decode.js'
import { MAX_FRAME_BYTES } from '../../shared/wire/frame.js'
import { framesOf } from '../../simulators/replay/frames.js'
import {
  openSeries,
  type Row,
  SeriesError,
  type SeriesOptions,
} from '../../simulators/replay/series.js'
import { sharedDataPath } from '../shared-data.js'
import { suite } from '../suite.js'

const seconds = (text: string) => Date.parse(text) / 1000

suite('recorded series', (test, hooks) => {
  let folder = ''
  hooks.before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'toba-series-'))
  })
  hooks.after(() => rm(folder, { recursive: true }))

  async function read(text: string, options: Partial<SeriesOptions> = {}) {
    const path = join(folder, 'series.csv')
    await writeFile(path, text)
    const series = await openSeries(path, { maps: [], ...options })
    const rows: Row[] = []
    for await (const row of series.rows()) rows.push(row)
    return { rows, report: series.report, lines: series.report.problems.lines() }
  }

  test('rows become samples in steps of their quantities, channels in the order of the registry', async () => {
    const { rows } = await read(
      'time,do,temp\n2026-07-01T00:00Z,6.84,25.82\n2026-07-01T00:15Z,7,-0.5\n',
    )
    assert.equal(rows, [
      { time: seconds('2026-07-01T00:00Z'), values: [2582, 684] },
      { time: seconds('2026-07-01T00:15Z'), values: [-50, 700] },
    ])
  })

  test('a file of semicolons may write numbers with a comma', async () => {
    const { rows } = await read('\uFEFFwaktu;suhu;pH\r\n2026-07-01 07:00;25,82;7,9\r\n', {
      zone: 'Asia/Jakarta',
    })
    assert.equal(rows, [{ time: seconds('2026-07-01T00:00Z'), values: [2582, 790] }])
  })

  test('empty cells and their usual words are absent, sentinels are values', async () => {
    const { rows, report } = await read(
      'time,temp,ph,do\n1782864000,-9999,,NA\n1782864060,NaN,7999,7\n',
    )
    assert.equal(
      rows.map(({ values }) => values),
      [
        [-999900, null, null],
        [null, 799900, 700],
      ],
    )
    assert.is(report.missingCells, 3)
    assert.is(report.readings, 3)
  })

  test('each kind of bad row is counted and named by its line', async () => {
    const { rows, report, lines } = await read(
      [
        'time,temp,ph',
        '2026-07-01 00:00,25,7',
        'yesterday,25,7',
        '2026-07-01 00:00,26,7',
        '2026-06-30 23:00,26,7',
        '2026-07-01 00:05,2x5,7',
        '2026-07-01 00:10,25',
        '2026-07-01 00:15,,',
        '',
        '2026-07-01 00:20,1e12,7',
      ].join('\n'),
      { zone: 'Asia/Jakarta' },
    )
    assert.equal(report.problems.counts, {
      'unreadable-time': 1,
      'repeated-time': 1,
      'backwards-time': 1,
      'no-number': 1,
      'wrong-cells': 1,
      'no-value': 1,
      'too-large': 1,
    })
    assert.equal(
      rows.map(({ values }) => values),
      [
        [2500, 700],
        [null, 700],
        [null, 700],
      ],
    )
    const text = lines.join('\n')
    for (const [line, detail] of [
      [3, 'yesterday'],
      [4, '2026-07-01 00:00'],
      [5, '2026-06-30 23:00'],
      [6, 'temp: 2x5'],
      [7, '2 instead of 3'],
      [10, 'temp: 1e12'],
    ]) {
      assert.match(text, `line ${line} (${detail})`)
    }
    assert.match(text, 'line 8')
    assert.is(report.rowsRead, 8)
    assert.is(report.rowsGood, 3)
  })

  test('only the first lines of a kind are named, all are counted', async () => {
    const { lines } = await read(`time,temp\n1782864000,1\n${'never,1\n'.repeat(9)}`)
    assert.is(lines.length, 1)
    assert.match(lines[0] ?? '', /^9 × .*line 3 .*line 7 .* and 4 more$/)
  })

  test('the hour that the clock ran twice is kept whole, the one it skipped is reported', async () => {
    const autumn = await read(
      'time,temp\n2024-10-27 02:00,1\n2024-10-27 02:30,2\n2024-10-27 02:00,3\n2024-10-27 02:30,4\n',
      { zone: 'Europe/Berlin' },
    )
    assert.equal(
      autumn.rows.map(({ time }) => new Date(time * 1000).toISOString().slice(11, 16)),
      ['00:00', '00:30', '01:00', '01:30'],
    )
    assert.is(autumn.report.ambiguousTimes, 4)
    const spring = await read('time,temp\n2024-03-31 01:30,1\n2024-03-31 02:30,2\n', {
      zone: 'Europe/Berlin',
    })
    assert.equal(spring.report.problems.counts, { 'skipped-time': 1 })
  })

  test('shifting moves the first row to the anchor and the rest by as much', async () => {
    const { rows } = await read('time,temp\n2019-07-20 00:00,1\n2019-07-20 00:15,2\n', {
      zone: 'Etc/GMT+7',
      shiftTo: seconds('2026-07-01T00:00Z'),
    })
    assert.equal(
      rows.map(({ time }) => time),
      [seconds('2026-07-01T00:00Z'), seconds('2026-07-01T00:15Z')],
    )
  })

  test('fractions of a second and digits below the step are counted when cut', async () => {
    const { rows, report } = await read('time,temp\n2026-07-01T00:00:00.5Z,25.8251\n')
    assert.equal(rows, [{ time: seconds('2026-07-01T00:00Z'), values: [2583] }])
    assert.is(report.cutTimes, 1)
    assert.is(report.roundedCells, 1)
  })

  test('a time without a zone and no --zone ends the run with its line', async () => {
    try {
      await read('time,temp\n2019-07-20 00:00,1\n')
      assert.unreachable()
    } catch (error) {
      assert.instance(error, SeriesError)
      assert.match(String(error), /line 2: .* names no zone/)
    }
  })

  test('a quote that is never closed is one clear line', async () => {
    try {
      await read('time,temp\n2026-07-01T00:00Z,20\n2026-07-01T00:15Z,"21\n')
      assert.unreachable()
    } catch (error) {
      assert.instance(error, SeriesError)
      assert.match(String(error), /series.csv is no CSV: .*line 3/)
    }
  })

  const record = sharedDataPath('lro_mainstreet_2019-07-20_2019-08-31.csv')
  const recordTest = 'the river record becomes the same frames twice, holding every raw value'
  if (record === undefined) test.skip(recordTest, 'the record is not beside the project')
  else {
    test(recordTest, async () => {
      const encode = async () => {
        const series = await openSeries(record, { maps: [], zone: 'Etc/GMT+7' })
        const channels = series.columns.mapped.map(({ quantity, position }) => ({
          quantity,
          position,
        }))
        const frames = []
        const options = { channels, boot: 7, samplesPerFrame: 12 }
        for await (const { bytes } of framesOf(series.rows(), options)) frames.push(bytes)
        return { frames, report: series.report }
      }
      const { frames, report } = await encode()
      assert.equal((await encode()).frames, frames)
      assert.is(report.readings, 5 * 4126)
      assert.is(report.problems.total, 0)
      const decoded = frames.map(decodeFrame)
      assert.equal(
        decoded.map(({ seq }) => seq),
        [...frames.keys()],
      )
      const samples = decoded.flatMap((frame) => frame.samples)
      assert.is(samples.length, 4126)
      assert.equal(samples[0], {
        time: seconds('2019-07-20T07:00Z'),
        values: [1337, 887, 868, 3457, 287],
      })
      const all = samples.flatMap(({ values }) => values)
      assert.ok(all.includes(-999900) && all.includes(79990))
    })
  }

  test('a frame that would be too long is parted, in order', async () => {
    const rows = async function* () {
      let state = 1
      for (let n = 0; n < 400; n++) {
        // Values that jump over the whole of int32 cannot be packed.
        state = (Math.imul(state, 1664525) + 1013904223) | 0
        yield { time: 1_782_864_000 + n * 60, values: [state, ~state] }
      }
    }
    const channels = [1, 2].map((quantity) => ({ quantity, position: 0 }))
    const frames = []
    const options = { channels, boot: 0, samplesPerFrame: 255 }
    for await (const frame of framesOf(rows(), options)) frames.push(frame)
    assert.ok(frames.length > 1)
    assert.ok(frames.every(({ bytes }) => bytes.length <= MAX_FRAME_BYTES))
    const decoded = frames.map(({ bytes }) => decodeFrame(bytes))
    assert.equal(
      decoded.map(({ seq }) => seq),
      [...frames.keys()],
    )
    const samples = decoded.flatMap((frame) => frame.samples)
    const expected = []
    for await (const row of rows()) expected.push(row)
    assert.equal(samples, expected)
  })
})
