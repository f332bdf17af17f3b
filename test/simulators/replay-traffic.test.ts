import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { nodeAnswerSchema } from '../../shared/schema/api.js'
import { readingsAnswerSchema } from '../../shared/schema/reading.js'
import { quantityById } from '../../shared/wire/quantities.js'
import { ColumnError, mapColumns } from '../../simulators/replay/columns.js'
import { openFiles } from '../../simulators/replay/join.js'
import { readOptions } from '../../simulators/replay/options.js'
import { withPeriod } from '../../simulators/replay/period.js'
import { replay } from '../../simulators/replay/replay.js'
import type { Row, SeriesOptions } from '../../simulators/replay/series.js'
import { type ServiceClient, serviceClient } from '../../simulators/service-client.js'
import { startServiceProcess } from '../service-process.js'
import { sharedDataPath } from '../shared-data.js'
import { withStore } from '../store-fixture.js'
import { suite } from '../suite.js'

const refuses = async (work: () => unknown, message: string) => {
  let problem: unknown
  try {
    await work()
  } catch (error) {
    problem = error
  }
  assert.instance(problem, ColumnError)
  assert.match(String(problem), message)
}

suite('columns of a traffic record', (test) => {
  /** As `key@position`, or `-` where a column is not recognised. */
  const known = (...headers: string[]) =>
    headers.map((header) => {
      const { mapped } = mapColumns(['time', 'ph', header], [])
      const { quantity = 0, position } = mapped.find((column) => column.header === header) ?? {}
      return position === undefined ? '-' : `${quantityById(quantity)?.key}@${position}`
    })

  test('classes are known in both languages', () => {
    assert.equal(known('SM', 'kendaraan ringan', 'hv', 'KTB', 'okupansi (%)', 'periode'), [
      'motorcycle_count@0',
      'light_vehicle_count@0',
      'heavy_vehicle_count@0',
      'non_motor_count@0',
      'occupancy@0',
      'counting_period@0',
    ])
  })

  test('the number of a lane or direction is the position', () => {
    assert.equal(known('sm_lajur_1', 'Lane 2 cars', 'KR arah 3', 'occupancy direction 15'), [
      'motorcycle_count@1',
      'light_vehicle_count@2',
      'light_vehicle_count@3',
      'occupancy@15',
    ])
    assert.equal(known('cars lane 16', 'temp lane 1', 'lane 1'), ['-', '-', '-'])
  })

  test('a speed is known when it says km/h, and left to the user when not', () => {
    const kmPerH = ['Speed (km/h)', 'kecepatan [km/jam]', 'speed_kmh_lane_2', 'v85 km/h']
    assert.equal(known(...kmPerH, 'mean_speed'), [
      'mean_speed@0',
      'mean_speed@0',
      'mean_speed@2',
      'speed_v85@0',
      'mean_speed@0',
    ])
    assert.equal(known('speed', 'Speed (mph)', 'mean_speed (mph)', 'v85'), ['-', '-', '-', '-'])
  })
})

suite('files of one station', (test, hooks) => {
  let folder = ''
  hooks.before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'toba-traffic-'))
  })
  hooks.after(() => rm(folder, { recursive: true }))

  async function open(texts: Record<string, string>, options: Partial<SeriesOptions> = {}) {
    const paths = []
    for (const [name, text] of Object.entries(texts)) {
      paths.push(join(folder, name))
      await writeFile(join(folder, name), text)
    }
    return openFiles(paths, { maps: [], ...options })
  }

  async function rowsOf(series: { rows(): AsyncGenerator<Row> }) {
    const rows: Row[] = []
    for await (const row of series.rows()) rows.push(row)
    return rows.map(({ time, values }) => [time, ...values])
  }

  const speed = 'time,value\n1790000000,50\n1790000300,60\n1790000900,70\n'
  const occupancy = 'time,value\n1789999700,1.5\n1790000300,2.5\n'
  const maps = ['speed:value=mean_speed*2', 'occ:value=occupancy']

  test('stand side by side, a row for each time that any of them has', async () => {
    const series = await open({ 'speed.csv': speed, 'occ.csv': occupancy }, { maps })

    assert.equal(await rowsOf(series), [
      [1_789_999_700, null, 15],
      [1_790_000_000, 1000, null],
      [1_790_000_300, 1200, 25],
      [1_790_000_900, 1400, null],
    ])
    assert.equal(
      series.columns.mapped.map(({ header }) => header),
      ['speed:value', 'occ:value'],
    )
    assert.is(series.report.rowsGood, 5)
    assert.is(series.report.readings, 5)
  })

  test('are shifted by the same time, that of the earliest row', async () => {
    const options = { maps, shiftTo: 1_795_000_000 }
    const series = await open({ 'speed.csv': speed, 'occ.csv': occupancy }, options)

    const rows = await rowsOf(series)
    assert.equal(
      rows.map(([time]) => time),
      [1_795_000_000, 1_795_000_300, 1_795_000_600, 1_795_001_200],
    )
  })

  test('are named where a line of theirs cannot be sent', async () => {
    const series = await open({ 'speed.csv': `${speed}soon,1\n`, 'occ.csv': occupancy }, { maps })

    await rowsOf(series)
    assert.match(series.report.problems.lines().join(), 'line 5 (speed: soon)')
  })

  test('need a --map that says of which file, and channels of their own', async () => {
    const files = { 'speed.csv': speed, 'occ.csv': occupancy }

    await refuses(() => open(files, { maps: ['value=occupancy'] }), 'say of which file')
    await refuses(() => open(files, { maps: maps.slice(0, 1) }), 'occ.csv: no column is known')
    await refuses(
      () => open(files, { maps: ['speed:value=occupancy', 'occ:value=occupancy'] }),
      'are the same quantity at the same position',
    )
  })

  test('counts travel with their period, in each lane that counted', async () => {
    const text = 'time,sm lane 1,sm lane 2\n1790000000,12,\n1790000300,9,4\n'
    const series = withPeriod(await open({ 'count.csv': text }), 300)

    assert.equal(await rowsOf(series), [
      [1_790_000_000, 12, null, 300, null],
      [1_790_000_300, 9, 4, 300, 300],
    ])
    assert.equal(
      series.columns.mapped.map(({ quantity, position }) => [quantity, position]),
      [
        [70, 1],
        [70, 2],
        [77, 1],
        [77, 2],
      ],
    )
  })

  test('counts without a period are refused, and so is a second one', async () => {
    const counts = await open({ 'count.csv': 'time,sm\n1790000000,12\n' })
    const own = await open({ 'own.csv': 'time,sm,periode\n1790000000,12,60\n' })
    const none = await open({ 'none.csv': 'time,okupansi\n1790000000,12\n' })

    await refuses(() => withPeriod(counts, undefined), 'add --period')
    await refuses(() => withPeriod(own, 300), 'leave one of them out')
    await refuses(() => withPeriod(none, 300), 'no column counts vehicles')
    assert.is(withPeriod(own, undefined), own)
    assert.is(withPeriod(none, undefined), none)
  })
})

const DETECTOR = ['nab_speed_6005.csv', 'nab_occupancy_6005.csv'].map(sharedDataPath)

suite('the road detector against the service', (test, hooks) => {
  const [speedPath, occupancyPath] = DETECTOR
  const wholeTest = 'is replayed as a road node, exact to the step'
  if (speedPath === undefined || occupancyPath === undefined) {
    test.skip(wholeTest, 'the recordings are not beside the project')
    return
  }
  let folder = ''
  let running: Awaited<ReturnType<typeof startServiceProcess>>
  let service: ServiceClient

  hooks.before(async () => {
    const prepared = await withStore('embedded')
    await prepared.store.close()
    folder = prepared.folder
    running = await startServiceProcess({ folder })
    service = serviceClient({ dataDir: folder })
  })
  hooks.after(async () => {
    await running?.end()
    await rm(folder, { recursive: true, force: true })
  })

  async function run(...extra: string[]): Promise<string> {
    const maps = [
      'nab_speed_6005:value=mean_speed*1.609344',
      'nab_occupancy_6005:value=occupancy',
    ].flatMap((map) => ['--map', map])
    const at = ['--data', folder, '--mqtt', `127.0.0.1:${running.mqttPort}`]
    const zone = ['--zone', 'America/Chicago', '--node', 'road-6005']
    const options = readOptions(
      [speedPath ?? '', occupancyPath ?? '', ...maps, ...zone, ...at, ...extra],
      {},
    )
    if (options === 'help') throw new Error('no help was asked for')
    const lines: string[] = []
    const signal = new AbortController().signal
    await replay(options, service, signal, (line) => lines.push(line))
    return lines.join('\n')
  }

  /** Unix seconds and number of each row; Minnesota was 5 h behind UTC in September. */
  async function rowsOf(path: string): Promise<[number, number][]> {
    const [, ...lines] = (await readFile(path, 'utf8')).trim().split(/\r?\n/)
    return lines.map((line) => {
      const [time = '', value = ''] = line.split(',')
      return [Date.parse(`${time.replace(' ', 'T')}-05:00`) / 1000, Number(value)]
    })
  }

  test(
    wholeTest,
    async () => {
      const first = await run()
      const second = await run()

      assert.match(first, 'readings      4,880 new, 0 repeated, 0 rejected')
      assert.match(second, 'readings      0 new, 4,880 repeated, 0 rejected')
      const node = await service.get('/api/v1/nodes/road-6005', nodeAnswerSchema)
      assert.is(node.kind, 'road')
      const span = 'from=2015-08-01T00:00:00Z&to=2015-10-01T00:00:00Z&resolution=raw'
      const path = `/api/v1/readings?node=road-6005&${span}`
      const { series } = await service.get(path, readingsAnswerSchema)
      const stored = (key: string) =>
        (series.find(({ quantity }) => quantity === key)?.readings ?? []).map(
          ({ time, value }): [number, number] => [Date.parse(time) / 1000, Math.round(value * 10)],
        )
      const written = async (path: string, factor: number) =>
        (await rowsOf(path)).map(([time, value]) => [time, Math.round(value * factor * 10)])
      assert.equal(stored('mean_speed'), await written(speedPath, 1.609344))
      assert.equal(stored('occupancy'), await written(occupancyPath, 1))
    },
    { limitMs: 120_000 },
  )
})
