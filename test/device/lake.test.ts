import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { buildStation } from '../../firmware/build/build.js'
import { PROJECT } from '../../firmware/build/bundle.js'
import { readingsAnswerSchema } from '../../shared/schema/reading.js'
import { ensureNode } from '../../simulators/provision.js'
import { type ServiceClient, serviceClient } from '../../simulators/service-client.js'
import { INTERPRETER, WHY } from '../firmware/interpreter.js'
import { journaledValues } from '../firmware/node-ledger.js'
import { type ServiceProcess, spawnService } from '../service-process.js'
import { suite } from '../suite.js'
import { PINS_AND_ADC, uartOver } from './boot0.js'
import { LinuxBoard } from './linux-board.js'
import { TcpSonde } from './sonde.js'

/** The unchanged lake bundle on the real interpreter, against the real service. */

const NODE = 'toba-01'
const NAMES = [
  'sends what it measured, with the values and the times of it',
  'loses nothing when its power is cut while the service is away',
]
const LIMIT = { limitMs: 240_000 }
/** Between samples: longer than the sonde's warm-up. */
const INTERVAL_S = 12
const POLL_MS = 200

/** pH says which reading it is. */
const phOf = (reading: number) => (700 + reading) / 100
const PH = 2
const readingOf = ({ value }: { value: number }) => Math.round(100 * value) - 700
const readingsUpTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

suite('lake station on the interpreter for Linux', (test, { after }) => {
  if (INTERPRETER === undefined) {
    for (const name of NAMES) test.skip(name, WHY)
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'toba-device-'))
  const dataDir = join(folder, 'service')
  const board = new LinuxBoard(join(folder, 'board'))
  const sonde = new TcpSonde((reading) => ({
    oxygen: 7.2,
    temperature: 25.4,
    ph: phOf(reading),
    conductivity: 181,
    turbidity: 1.25,
  }))
  let service: ServiceProcess
  let client: ServiceClient
  let mqttPort = 0

  async function startService(port: number): Promise<void> {
    const environment = { MQTT_PORT: String(port) }
    service = spawnService({ folder: dataDir, environment })
    mqttPort = (await service.started).mqttPort
    client = serviceClient({ dataDir })
  }

  /** Not a hook: on a busy machine it takes longer than one may. */
  async function install(): Promise<void> {
    await startService(0)
    const wish = { name: NODE, title: NODE, kind: 'lake', simulated: true } as const
    const { secret } = await ensureNode(client, wish, () => {})
    await configure({ intervalS: INTERVAL_S, samplesPerFrame: 2, sendIntervalS: INTERVAL_S })
    const { code } = await buildStation(join(PROJECT, 'firmware/stations/lake.ts'), folder)
    const network = { host: '127.0.0.1', port: mqttPort, sntp: '127.0.0.1', ssid: '', password: '' }
    await board.write({
      '.boot0': PINS_AND_ADC + uartOver(await sonde.listen()),
      '.bootcde': code,
      'node.json': JSON.stringify({ node: NODE, secret, ...network }),
    })
  }
  after(async () => {
    await board.cutPower()
    await service.end()
    await sonde.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function configure(configuration: object): Promise<void> {
    const outgoing = request({
      socketPath: join(dataDir, 'control.sock'),
      method: 'PUT',
      path: `/api/v1/nodes/${NODE}/config`,
      headers: { 'content-type': 'application/json' },
    })
    outgoing.end(JSON.stringify(configuration))
    const [answer] = await once(outgoing, 'response')
    assert.is(answer.statusCode, 200)
    answer.resume()
  }

  async function stored(quantity: string) {
    const from = new Date(Date.now() - 3_600_000).toISOString()
    const path = `/api/v1/readings?node=${NODE}&quantity=${quantity}&resolution=raw&from=${from}`
    const { series } = await client.get(path, readingsAnswerSchema)
    return series.flatMap(({ readings = [] }) => readings)
  }

  /** Numbers of the readings that are in the journal on the board's flash. */
  function journaled(): number[] {
    return journaledValues(board.flash(), PH).map((steps) => readingOf({ value: steps / 100 }))
  }

  /**
   * What is stored of pH when a reading beyond `last` is, and everything before it that was kept: the newest goes first,
   * so what waited may come later than what was measured later.
   */
  async function storedBeyond(last: number, unkept: number[] = []) {
    for (;;) {
      const ph = await stored('ph')
      const there = ph.map(readingOf)
      const newest = Math.max(0, ...there)
      const missing = readingsUpTo(newest).filter((one) => ![...there, ...unkept].includes(one))
      if (newest > last && missing.length === 0) return ph
      await pause(POLL_MS)
    }
  }

  async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
    while (!(await condition())) await pause(POLL_MS)
  }

  test(
    NAMES[0] ?? '',
    async () => {
      await install()
      const startedMs = Date.now()

      board.start()
      const ph = await storedBeyond(2)

      assert.equal(ph.map(readingOf), readingsUpTo(ph.length))
      const times = ph.map(({ time }) => Date.parse(time))
      for (const time of times) assert.ok(time > startedMs - 1_000 && time <= Date.now())
      // The first sample is taken at once, the others on the grid of the interval.
      for (const time of times.slice(1)) assert.is(time % (INTERVAL_S * 1000), 0)
      assert.equal(times, [...new Set(times)].sort())
      assert.ok((await stored('turbidity')).every(({ value }) => value === 1.25))
      // Nothing answers on the thermometer's bus, so oxygen has no compensation: that stops nobody else.
      assert.equal(await stored('water_temperature'), [])
      assert.equal(await stored('dissolved_oxygen'), [])
    },
    LIMIT,
  )

  test(
    NAMES[1] ?? '',
    async () => {
      await service.end()
      const taken = sonde.readings
      await until(() => journaled().some((reading) => reading > taken))

      await board.cutPower()
      // A reading that the sonde gave, but that was not written yet, went with the power.
      const kept = journaled()
      const unkept = readingsUpTo(sonde.readings).filter(
        (reading) => reading > taken && !kept.includes(reading),
      )
      await startService(mqttPort)
      board.start()
      const last = sonde.readings
      const ph = await storedBeyond(last, unkept)

      const expected = readingsUpTo(Math.max(...ph.map(readingOf)))
      assert.equal(
        ph.map(readingOf),
        expected.filter((reading) => !unkept.includes(reading)),
      )
    },
    LIMIT,
  )
})
