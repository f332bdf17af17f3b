import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { buildStation } from '../../firmware/build/build.js'
import { PROJECT } from '../../firmware/build/bundle.js'
import { decodeFrame } from '../../shared/wire/decode.js'
import { encodeMs, variablesOf } from '../bench/firmware/interpreter.js'
import { INTERPRETER, WHY } from '../firmware/interpreter.js'
import { ScriptedBroker } from '../firmware/scripted-broker.js'
import { suite } from '../suite.js'
import { FROM_RAM, HASTY_CLOCK, LOW_BATTERY, PINS_AND_ADC, SENSORS } from './boot0.js'
import { LinuxBoard } from './linux-board.js'

const NAMES = [
  'starts from flash in 1,200 variables',
  'takes 10,000 samples without using more of them',
]
const LIMIT = { limitMs: 2_700_000 }
const MOST_VARIABLES = 1200
const SAMPLES = 10_000
/** A temperature every ten seconds, the sonde less often, small frames: what costs the interpreter little time. */
const CONFIG = {
  revision: 1,
  intervalS: 600,
  samplesPerFrame: 4,
  sendIntervalS: 3600,
  channels: [{ quantity: 'water_temperature', intervalS: 10 }],
}
/** By then everything that is made once has been made: sessions, a configuration, full logs. */
const SETTLED = 2000
/** The least of so many looks is what is in use at rest. */
const LOOKS = 25
const LOOK_MS = 40
/** Seldom: on a computer a thread reads the console, and now and then a question is garbled by a race. */
const ASKING_MS = 10_000
/** A number that grew over 2^31 takes another variable; a leak of one a hundred samples would be 80. */
const SLACK = 8

suite('memory of the interpreter for Linux', (test, { before, after }) => {
  if (INTERPRETER === undefined) {
    for (const name of NAMES) test.skip(name, WHY)
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'toba-memory-'))
  const board = new LinuxBoard(join(folder, 'board'))
  const frames = new Set<string>()
  let code = ''

  const server = createServer((socket) => {
    const wire = { send: (bytes: Buffer) => socket.write(bytes), close: () => socket.destroy() }
    const broker = new ScriptedBroker(wire, (packet) => {
      if (packet.cmd === 'publish' && packet.topic.endsWith('/r')) {
        frames.add(Buffer.from(packet.payload).toString('hex'))
      }
      return false
    })
    // Its own time would be far behind that of a board in haste.
    broker.answers.t = undefined
    broker.answers.config = CONFIG
    socket.on('data', (bytes) => broker.receive(bytes))
    socket.on('error', () => {}) // the board lost its power
  })

  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const entry = join(PROJECT, 'firmware/stations/lake.ts')
    code = (await buildStation(entry, folder)).code
    const network = { host: '127.0.0.1', port, sntp: '127.0.0.1', ssid: '', password: '' }
    await board.write({
      '.boot0': PINS_AND_ADC + LOW_BATTERY + HASTY_CLOCK + SENSORS,
      '.bootcde': FROM_RAM,
      app: code,
      'node.json': JSON.stringify({ node: 'toba-01', secret: '0'.repeat(32), ...network }),
    })
  })
  after(async () => {
    await board.cutPower()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test(NAMES[0] ?? '', async () => {
    const variables = await variablesOf(code)

    console.log(
      `  ${variables} variables; 60 values encoded in ${(await encodeMs()).toFixed(1)} ms`,
    )
    assert.ok(variables <= MOST_VARIABLES, `${variables} variables`)
  })

  let said = 0
  async function usageAfter(samples: number): Promise<number> {
    for (let taken = 0; taken < samples; taken = Number(await board.ask('samples'))) {
      if (taken >= said + SAMPLES / 10) console.log(`  ${taken} samples`)
      said = taken - (taken % (SAMPLES / 10))
      await pause(ASKING_MS)
    }
    let least = Number.POSITIVE_INFINITY
    for (let look = 0; look < LOOKS; look++) {
      least = Math.min(least, Number(await board.ask('process.memory().usage')))
      await pause(LOOK_MS)
    }
    return least
  }

  test(
    NAMES[1] ?? '',
    async () => {
      board.start()

      const early = await usageAfter(SETTLED)
      const late = await usageAfter(SAMPLES)

      const sent = [...frames]
        .map((hex) => decodeFrame(Buffer.from(hex, 'hex')))
        .filter(({ channels }) => channels.some(({ quantity }) => quantity === 1))
        .reduce((sum, frame) => sum + frame.samples.length, 0)
      console.log(`  ${early} variables, then ${late}; ${sent} samples sent`)
      assert.ok(late <= early + SLACK, `${early} variables grew to ${late}`)
      assert.ok(sent > 0.9 * SAMPLES, `${sent} samples sent`)
    },
    LIMIT,
  )
})
