import type { DecodedFrame } from '../../shared/wire/decode.js'
import { Board } from '../board/board.js'
import type { Network } from '../board/networks/network.js'
import { Ds18b20 } from '../board/peers/ds18b20.js'
import { ModbusSonde, type Water } from '../board/peers/modbus-sonde.js'
import { numberOf } from '../world/noise.js'
import type { WorldSite } from '../world/sites.js'
import type { World } from '../world/world.js'
import { measure, type NodeLedger } from './ledger.js'
import { tapped } from './tap.js'

/** A lake station: the built firmware on an emulated board, with its thermometer, sonde and battery in the world. */

export interface LakeNodeOptions {
  site: WorldSite
  name: string
  secret: string
  /** `.bootcde`. */
  firmware: string
  broker: { host: string; port: number }
  network: Network
  /** Unix ms at the network's clock 0. */
  startMs: number
  world: World
  ledger: NodeLedger
  seed: number
  /** After which it is switched on; ten boards that wake at one moment would wait for each other. */
  delayMs: number
  /** What an earlier run left in its flash. */
  flash?: Uint8Array | undefined
}

const POINT = { ssid: 'toba', password: 'danau', rssi: -67 }
/** README of the firmware, "Wiring of the lake stations". */
const WIRING = { thermometer: 27, tx: 17, rx: 16, power: 25, direction: 4, battery: 34 }
const FULL_SCALE_V = 3.3 * (122 / 22)
/** The world's battery is one lithium cell; this one is a lead battery, 12.6 V where that has 3.97. */
const VOLTS_PER_CELL = 12.6 / 3.97
/** A wet connector flickers; what says nothing for this long is dead. */
const DEAD_AFTER_MS = 10 * 60_000
/** APHA 2510, as the firmware undoes it. */
const PER_DEGREE = 0.0191

export class LakeNode {
  readonly site: WorldSite
  readonly name: string
  readonly ledger: NodeLedger
  readonly #options: LakeNodeOptions
  readonly #board: Board
  readonly #thermometer: Ds18b20
  #isPowered = false
  #silentSinceMs: number | undefined

  constructor(options: LakeNodeOptions) {
    const { site, name, secret, broker, network, firmware, seed, ledger } = options
    this.site = site
    this.name = name
    this.ledger = ledger
    this.#options = options
    this.#board = new Board({
      network: tapped(network, name, {
        sent: (frame: DecodedFrame) => ledger.sent(frame),
        acknowledged: () => void ledger.acknowledged++,
      }),
      accessPoints: [POINT],
      seed: seed + numberOf(site.code),
    })
    if (options.flash !== undefined) this.#board.flash.bytes.set(options.flash)
    // What is there already is not written again.
    this.#board.writeFile('.bootcde', firmware)
    const { host, port } = broker
    const identity = { node: name, secret, host, port, ...POINT, sntp: '' }
    this.#board.writeFile('node.json', JSON.stringify(identity))
    const { tx, rx, power, direction } = WIRING
    this.#board.attach(new ModbusSonde({ tx, rx, power, direction, water: () => this.#water() }))
    this.#thermometer = this.#board.attach(
      new Ds18b20({ pin: WIRING.thermometer, celsius: () => this.#celsius() }),
    )
  }

  get state(): string {
    if (!this.#isPowered) return 'no power'
    return this.#board.isAwake ? 'awake' : 'asleep'
  }

  /** Errors that nobody in the firmware caught. */
  get uncaught(): number {
    return this.#board.stats.uncaught
  }

  /** As it is now; `flashWrites` counts up whenever that changes. */
  get flash(): Uint8Array {
    return this.#board.flash.bytes
  }

  get flashWrites(): number {
    return this.#board.flash.units
  }

  get console(): readonly string[] {
    return this.#board.console
  }

  /** Battery and power as they are now. */
  async tick(): Promise<void> {
    if (this.#nowMs() < this.#options.startMs + this.#options.delayMs) return
    const volts = this.#options.world.sensed(this.site, 'battery_voltage', this.#nowMs())
    if (volts === null) {
      this.#silentSinceMs ??= this.#nowMs()
      if (this.#nowMs() - this.#silentSinceMs >= DEAD_AFTER_MS) this.powerOff()
      return
    }
    this.#silentSinceMs = undefined
    this.#board.pins.setAnalog(WIRING.battery, (volts * VOLTS_PER_CELL) / FULL_SCALE_V)
    if (this.#isPowered) return
    this.#isPowered = true
    await this.#board.powerOn()
  }

  /** Moves the clock that all boards share. */
  advance(ms: number): Promise<void> {
    return this.#board.advance(ms)
  }

  /** Its own clock is ahead by so much more. */
  leapClock(seconds: number): void {
    this.#board.leapClock(seconds)
  }

  /** The next tick switches it on again. */
  powerOff(): void {
    this.#isPowered = false
    this.#board.cutPower()
  }

  stop(): void {
    this.powerOff()
    this.ledger.finish()
  }

  #nowMs(): number {
    return this.#options.startMs + this.#board.clock.nowMs
  }

  #celsius(): number {
    const [, sensed] = this.#measure(['water_temperature']).get('water_temperature') ?? []
    this.#thermometer.fault = typeof sensed === 'number' ? undefined : 'bad-crc'
    return sensed ?? 0
  }

  /** NaN is what a sonde says of a sensor that does not answer. */
  #water(): Water {
    const { world } = this.#options
    const found = this.#measure(['ph', 'dissolved_oxygen', 'conductivity_25', 'turbidity'])
    const sensed = (key: string) => found.get(key)?.[1] ?? Number.NaN
    const celsius = world.truth(this.site, 'water_temperature', this.#nowMs()) ?? Number.NaN
    return {
      celsius,
      ph: sensed('ph'),
      oxygenMgL: sensed('dissolved_oxygen'),
      conductivity: sensed('conductivity_25') * (1 + PER_DEGREE * (celsius - 25)),
      turbidityNtu: sensed('turbidity'),
      pressureHpa: world.truth(this.site, 'air_pressure', this.#nowMs()) ?? Number.NaN,
    }
  }

  #measure(keys: readonly string[]) {
    const found = measure(this.#options, keys, { timeMs: this.#nowMs() })
    this.ledger.measured(found)
    return found.values
  }
}
