import { fileURLToPath } from 'node:url'
import { bundle } from '../../firmware/build/bundle.js'
import { decodeFrame } from '../../shared/wire/decode.js'
import type { Frame } from '../../shared/wire/frame.js'
import { Board } from '../../simulators/board/board.js'
import { MemoryNetwork } from '../../simulators/board/networks/memory.js'
import { Ds18b20 } from '../../simulators/board/peers/ds18b20.js'
import { ModbusSonde, type Water } from '../../simulators/board/peers/modbus-sonde.js'
import { type Script, ScriptedBroker } from './scripted-broker.js'

/** A lake station's built bundle on an emulated board, with its sensors, and a service that says what it stored. */

/** Wall time at the board's clock 0, unix seconds: a whole hour. */
export const EPOCH_S = 1_795_000_000 - (1_795_000_000 % 3600)
export const NODE = 'toba-01'
export const SECRET = '0123456789abcdef0123456789abcdef'
const HOST = 'broker.test'

/** One value that the service acknowledged; `time` in unix seconds, or of uptime in an undated frame. */
export interface Stored {
  time: number
  quantity: number
  value: number
  frame: Frame
}

export class FakeService {
  /** Frames in the order of their first arrival, without those that came again. */
  readonly frames: Frame[] = []
  readonly brokers: ScriptedBroker[] = []
  repeats = 0
  /** The configuration that is told; set it between sessions. */
  config: Record<string, unknown> = { revision: 0 }
  /** Tells no time. */
  isClockless = false
  /** What the service's clock is ahead of the truth, seconds. */
  clockErrorS = 0
  script: Script = () => false
  /** Virtual ms of each acknowledged frame. */
  readonly acknowledgedAtMs: number[] = []
  readonly #seen = new Set<string>()

  constructor(network: MemoryNetwork) {
    network.serve(HOST, 1883, (stream) => {
      const broker = new ScriptedBroker(
        {
          send: (bytes) => void stream.write(bytes),
          close: () => void stream.destroy(),
        },
        (packet, own) => {
          Object.assign(own.answers, { config: this.config })
          own.answers.t = this.isClockless
            ? undefined
            : Math.floor(EPOCH_S + network.clock.nowMs / 1000 + this.clockErrorS)
          if (this.script(packet, own)) return true
          if (packet.cmd === 'publish' && packet.topic === `toba/${NODE}/r`) {
            this.#store(Buffer.from(packet.payload), network.clock.nowMs)
          }
          return false
        },
      )
      this.brokers.push(broker)
      stream.on('data', (bytes: Buffer) => broker.receive(bytes))
      stream.on('error', () => {})
    })
  }

  #store(bytes: Buffer, nowMs: number): void {
    const key = bytes.toString('hex')
    this.acknowledgedAtMs.push(nowMs)
    if (this.#seen.has(key)) {
      this.repeats++
      return
    }
    this.#seen.add(key)
    this.frames.push(decodeFrame(bytes))
  }

  /** Every value of a quantity, in the order of arrival. */
  stored(quantity: number): Stored[] {
    return this.frames.flatMap((frame) => {
      const c = frame.channels.findIndex((channel) => channel.quantity === quantity)
      return frame.samples.flatMap(({ time, values }) => {
        const value = values[c]
        return value === undefined || value === null ? [] : [{ time, quantity, value, frame }]
      })
    })
  }
}

export interface NodeRig {
  board: Board
  network: MemoryNetwork
  service: FakeService
  water: Water
  sonde: ModbusSonde
  thermometer: Ds18b20
  /** Battery volts. */
  setBattery(volts: number): void
}

const built = new Map<string, Promise<string>>()

export function stationBundle(name: string): Promise<string> {
  let code = built.get(name)
  if (code === undefined) {
    const entry = fileURLToPath(new URL(`../../firmware/stations/${name}.ts`, import.meta.url))
    code = bundle(entry, 7).then((made) => made.code)
    built.set(name, code)
  }
  return code
}

export async function nodeRig(
  options: {
    storageKb?: number
    files?: Record<string, string>
    code?: string
    seed?: number
  } = {},
): Promise<NodeRig> {
  const network = new MemoryNetwork()
  const service = new FakeService(network)
  const identity = {
    node: NODE,
    secret: SECRET,
    host: HOST,
    port: 1883,
    ssid: 'toba',
    password: 'danau',
    sntp: 'ntp.test',
  }
  const board = new Board({
    network,
    storageKb: options.storageKb ?? 896,
    accessPoints: [{ ssid: 'toba', password: 'danau', rssi: -67 }],
    seed: options.seed ?? 1,
    files: {
      '.bootcde': options.code ?? (await stationBundle('lake')),
      'node.json': JSON.stringify(identity),
      ...options.files,
    },
  })
  const water: Water = {
    celsius: 26.02,
    ph: 7.8,
    oxygenMgL: 6.5,
    conductivity: 168.4,
    turbidityNtu: 1.5,
    pressureHpa: 909.15,
  }
  const sonde = board.attach(
    new ModbusSonde({ tx: 17, rx: 16, power: 25, direction: 4, water: () => water }),
  )
  const thermometer = board.attach(new Ds18b20({ pin: 27, celsius: () => water.celsius }))
  const setBattery = (volts: number) => board.pins.setAnalog(34, volts / (3.3 * (122 / 22)))
  setBattery(12.7)
  return { board, network, service, water, sonde, thermometer, setBattery }
}
