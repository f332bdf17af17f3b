import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { latestAnswerSchema, nodesAnswerSchema } from '../../../shared/schema/api.js'
import { runFleet } from '../../../simulators/fleet/fleet.js'
import { readFleetOptions } from '../../../simulators/fleet/options.js'
import type { Row } from '../../../simulators/fleet/table.js'
import { ServiceError, serviceClient } from '../../../simulators/service-client.js'
import { stationBundle } from '../../firmware/node-rig.js'
import { spawnService } from '../../service-process.js'
import { withStore } from '../../store-fixture.js'
import { suite } from '../../suite.js'

interface TruthRow {
  timeMs: number
  site: string
  quantity: string
  isTrue: number | undefined
  sensed: number
  sent: number | undefined
}

suite('a fleet', (test, hooks) => {
  let folder = ''
  let firmware = ''
  hooks.before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'toba-fleet-'))
    firmware = await stationBundle('lake')
  })
  hooks.after(() => rm(folder, { recursive: true, force: true }))

  /** Runs to its end, or until `isEnough`. */
  async function run(
    name: string,
    args: string[],
    isEnough: (rows: readonly Row[]) => boolean = () => false,
  ) {
    const options = readFleetOptions(args, {})
    if (options === 'help') throw new Error('asked for help')
    const stop = new AbortController()
    const lines: string[] = []
    await runFleet(options, {
      environment: process.env,
      firmware,
      out: join(folder, name),
      command: `npm run simulate -- ${args.join(' ')}`,
      report: options.report,
      now: Date.now,
      signal: stop.signal,
      print: (line) => void lines.push(line),
      show: (rows) => {
        if (isEnough(rows)) stop.abort()
      },
    })
    return { text: lines.join('\n'), rows: await truth(join(folder, name, 'truth.csv')) }
  }

  test(
    'twenty minutes in twenty seconds: what was true, sensed and sent, all of it stored',
    async () => {
      const { text, rows } = await run('twenty-minutes', [
        ...['--nodes', '4', '--speed', '60', '--for', '20m', '--seed', '7'],
        ...['--fault', 'calibration-step:ph@W-02', '--fault', 'stuck:dissolved_oxygen@W-01'],
        ...['--event', 'road-closure@T-01', '--event', 'haze@A-01'],
      ])
      const sent = (site: string, quantity: string) =>
        rows.filter(
          (row) =>
            row.site === site &&
            row.quantity === quantity &&
            row.sent !== undefined &&
            row.isTrue !== undefined,
        )
      const numbers = (pattern: RegExp) => Number(pattern.exec(text)?.[1]?.replaceAll(',', ''))

      for (const site of ['W-01', 'W-02', 'A-01', 'T-01']) {
        assert.ok(
          rows.some((row) => row.site === site && row.sent !== undefined),
          site,
        )
      }
      assert.ok(sent('W-02', 'ph').length > 0)
      for (const { isTrue = 0, sent: value = 0 } of sent('W-02', 'ph')) {
        assert.ok(Math.abs(value - isTrue - 0.3) < 0.1, `${value} where ${isTrue} is true`)
      }
      for (const { sensed, sent: value } of sent('W-02', 'conductivity_25')) {
        assert.ok(Math.abs((value ?? 0) - sensed) < 0.6, `sent ${value}, sensed ${sensed}`)
      }
      // The first period began before the road was closed.
      assert.ok(
        sent('T-01', 'motorcycle_count')
          .slice(1)
          .every((row) => row.sent === 0),
      )
      assert.ok(rows.every(({ timeMs }) => Number.isNaN(timeMs) || timeMs <= Date.now()))
      assert.is(numbers(/readings +([\d,]+) stored/), numbers(/frames, ([\d,]+) readings/))
      assert.match(text, ' 0 rejected')
      assert.is(numbers(/sent +([\d,]+) frames/), numbers(/acknowledged +([\d,]+) frames/))
      const client = serviceClient({ dataDir: join(folder, 'twenty-minutes/store') })
      await refused(() => client.get('/api/v1/nodes', nodesAnswerSchema))
    },
    { limitMs: 180_000 },
  )

  test(
    'it joins a service that runs, in real time, with nodes that it made by itself, until the signal',
    async () => {
      const prepared = await withStore('embedded', { kind: 'simulated' })
      await prepared.store.close()
      const service = spawnService({
        folder: prepared.folder,
        environment: { STORE_KIND: 'simulated' },
      })
      const { mqttPort } = await service.started
      const broker = ['--data', prepared.folder, '--mqtt', `127.0.0.1:${mqttPort}`]

      const { text, rows } = await run(
        'joined',
        [...broker, '--nodes', '1'],
        ([node]) => (node?.ledger.acknowledged ?? 0) > 0,
      )

      const client = serviceClient({ dataDir: prepared.folder })
      const { nodes } = await client.get('/api/v1/nodes', nodesAnswerSchema)
      const { latest } = await client.get('/api/v1/latest', latestAnswerSchema)
      await service.end('SIGTERM')
      await rm(prepared.folder, { recursive: true, force: true })
      assert.equal(
        nodes.map(({ name, simulated }) => [name, simulated]),
        [['sim-balige', true]],
      )
      assert.ok(
        latest.some(({ quantity }) => quantity === 'dissolved_oxygen'),
        text,
      )
      assert.ok(rows.length > 0)
    },
    { limitMs: 180_000 },
  )

  test('nobody at the other end is one clear line', async () => {
    const message = await refused(() => run('nobody', ['--data', join(folder, 'empty')]))

    assert.match(message, /no service is running on/)
    assert.not.match(message, '\n')
  })
})

async function refused(act: () => Promise<unknown>): Promise<string> {
  try {
    await act()
  } catch (error) {
    if (error instanceof ServiceError) return error.message
    throw error
  }
  throw new Error('it worked')
}

async function truth(path: string): Promise<TruthRow[]> {
  const [header, ...lines] = (await readFile(path, 'utf8')).trim().split('\n')
  assert.is(header, 'time,site,node,quantity,true,sensed,sent')
  return lines.map((line) => {
    const [time = '', site = '', , quantity = '', isTrue, sensed, sent] = line.split(',')
    return {
      timeMs: Date.parse(time),
      site,
      quantity,
      isTrue: isTrue === '' ? undefined : Number(isTrue),
      sensed: Number(sensed),
      sent: sent === '' ? undefined : Number(sent),
    }
  })
}
