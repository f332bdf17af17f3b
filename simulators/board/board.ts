import { fromBinary, toBinary } from './bytes.js'
import type { Clock, Due } from './clock.js'
import { dgramModule } from './dgram.js'
import { FileSystem } from './file-system.js'
import { Flash, PAGE_BYTES } from './flash.js'
import { I2cBus, installI2c } from './i2c.js'
import { Life, LifeEnd } from './life.js'
import { Meter } from './meter.js'
import { netModule } from './net.js'
import { MemoryNetwork } from './networks/memory.js'
import type { Network } from './networks/network.js'
import { countObjects } from './object-count.js'
import { installOneWire, OneWireBuses } from './one-wire.js'
import { installPins, installWatches, Pins } from './pins.js'
import { seededRandom } from './random.js'
import { installSerial, SerialLines } from './serial.js'
import { storageModule } from './storage.js'
import { cryptoModule, installSystem } from './system.js'
import { installDate, installTimers } from './time.js'
import { Watchdog } from './watchdog.js'
import { type AccessPoint, Air, Wifi } from './wifi.js'

export interface BoardOptions {
  /** What is in Storage before the first start, `.bootcde` among it. */
  files?: Record<string, string | Uint8Array>
  /** 896 on the ESP32. */
  storageKb?: number
  network?: Network
  accessPoints?: readonly AccessPoint[]
  seed?: number
  /** `process.memory()` counts live objects, which collects garbage each time and takes milliseconds. */
  isMemoryExact?: boolean
}

/** Plugged into a board: listens and answers on its pins and buses. */
export interface Peer {
  attach(board: Board): void
}

export type BootCause = 'power-on' | 'deep-sleep' | 'reboot' | 'watchdog'

export interface BoardStats {
  /** Deep sleep and power off are not awake; starting is. */
  readonly awakeS: number
  /** Wi-Fi or a modem on. */
  readonly radioS: number
  readonly boots: Readonly<Record<BootCause, number>>
  readonly uncaught: number
  readonly programmedBytes: number
  readonly erasedPages: number
}

/** From reset to the first line of the firmware, judged from the ESP32's log of a start. */
export const BOOT_MS = 400
const CONSOLE_LINES = 500
/** As the ESP32 numbers it; 0 for everything that is no wake. */
const WAKEUP_TIMER = 4
const BOOT_FILES = ['.boot0', '.boot1', '.boot2', '.boot3', '.bootcde']
/** Said for `process.memory` where counting was not asked for. */
const UNCOUNTED = 1000

/**
 * An ESP32 with Espruino on it. It runs a built bundle unchanged, in a realm that has what Espruino has, on a
 * clock of its own. Flash, pins, wiring and clock outlive the lives of the firmware.
 */
export class Board {
  readonly clock: Clock
  readonly network: Network
  readonly flash: Flash
  readonly storage: FileSystem
  readonly air = new Air()
  readonly pins: Pins
  readonly serial: SerialLines
  readonly oneWire = new OneWireBuses()
  readonly i2c = new I2cBus()
  readonly radio: Meter
  /** The last lines of output. */
  readonly console: string[] = []
  readonly #awake: Meter
  readonly #watchdog: Watchdog
  readonly #random: () => number
  readonly #isMemoryExact: boolean
  readonly #boots = { 'power-on': 0, 'deep-sleep': 0, reboot: 0, watchdog: 0 }
  #uncaught = 0
  #isTellingError = false
  #life: Life | undefined
  #starting: Due | undefined
  #poweredOnMs = 0

  constructor(options: BoardOptions = {}) {
    this.network = options.network ?? new MemoryNetwork()
    this.clock = this.network.clock
    const nowMs = () => this.clock.nowMs
    this.#awake = new Meter(nowMs)
    this.radio = new Meter(nowMs)
    this.pins = new Pins(nowMs)
    this.serial = new SerialLines(this.clock)
    this.#watchdog = new Watchdog(this.clock, () => this.#restart('watchdog', 0))
    this.#random = seededRandom(options.seed ?? 1)
    this.#isMemoryExact = options.isMemoryExact ?? false
    this.flash = new Flash(((options.storageKb ?? 896) * 1024) / PAGE_BYTES, () => {
      this.cutPower()
      throw new LifeEnd()
    })
    this.storage = new FileSystem(this.flash, () => this.#print('Compacting...'))
    for (const point of options.accessPoints ?? []) this.air.add(point)
    for (const [name, data] of Object.entries(options.files ?? {})) this.writeFile(name, data)
  }

  get stats(): BoardStats {
    return {
      awakeS: this.#awake.seconds,
      radioS: this.radio.seconds,
      boots: { ...this.#boots },
      uncaught: this.#uncaught,
      programmedBytes: this.flash.programmedBytes,
      erasedPages: this.flash.erasedPages,
    }
  }

  /** Whether the firmware runs: not in deep sleep, not without power. */
  get isAwake(): boolean {
    return this.#life !== undefined
  }

  attach<P extends Peer>(peer: P): P {
    peer.attach(this)
    return peer
  }

  /** As a flasher does, from outside. */
  writeFile(name: string, data: string | Uint8Array): void {
    const bytes = typeof data === 'string' ? fromBinary(data) : data
    const result = this.storage.write(name, bytes, { offset: 0, size: 0 })
    if (result !== true) throw new Error(`${name}: ${result}`)
  }

  readFile(name: string): string | undefined {
    const bytes = this.storage.read(name, 0, 0)
    return bytes === undefined ? undefined : toBinary(bytes)
  }

  /** A variable of the firmware, for tests that run a script of their own. */
  evaluate(expression: string): unknown {
    let value: unknown
    this.#life?.enter(() => {
      value = this.#life?.realm.run(expression, 'evaluate')
    })
    return value
  }

  /** Until the firmware has started. The clock begins at 0, as on a board that nobody told the time. */
  async powerOn(): Promise<void> {
    this.cutPower()
    this.#poweredOnMs = this.clock.nowMs
    this.#restart('power-on', 0)
    await this.advance(BOOT_MS)
  }

  /** The board's own clock leaps, as a disturbed oscillator's does; timers and wake-ups keep theirs. */
  leapClock(seconds: number): void {
    this.#poweredOnMs -= seconds * 1000
  }

  /** Nothing of what was going on happens any more. Flash keeps what was programmed. */
  cutPower(): void {
    this.#endLife()
    this.#starting?.cancel()
  }

  /** Virtual time passes: everything that is due runs in order, and the network settles in between. */
  async advance(ms: number): Promise<void> {
    const endMs = this.clock.nowMs + ms
    for (;;) {
      while (this.clock.runNext()) await undefined
      const dueMs = Math.min(this.clock.nextMs() ?? endMs, endMs)
      const settled = this.network.settle(Math.max(dueMs, this.clock.nowMs))
      const reachedMs = typeof settled === 'number' ? settled : await settled
      if (reachedMs >= endMs && this.clock.nowMs >= endMs) {
        if ((this.clock.nextMs() ?? Number.POSITIVE_INFINITY) > endMs) return
      }
      this.clock.moveTo(reachedMs)
    }
  }

  /**
   * Objects of the running firmware that are alive after a collection: every function, array and plain object
   * of the realm, its built-ins and closures' included, but no numbers and strings. It is no count of JsVars:
   * what it is good for is to see whether a day, or ten thousand samples, leave something behind.
   */
  countObjects(): number {
    if (this.#life === undefined) return 0
    return countObjects(this.#life.realm.name)
  }

  /** A reset: RAM, timers and sockets are gone, the clock runs on. */
  #restart(cause: BootCause, afterMs: number): void {
    this.#endLife()
    this.#starting = this.clock.after(afterMs, () => {
      this.#awake.set('cpu', true)
      this.#boots[cause]++
      this.#starting = this.clock.after(BOOT_MS, () => this.#boot(cause))
    })
  }

  #endLife(): void {
    this.#life?.end()
    this.#life = undefined
    this.#watchdog.stop()
    this.serial.closeAll()
    this.pins.release()
    this.radio.set('wifi', false)
    this.#awake.set('cpu', false)
  }

  #deepSleep(us: number): void {
    // A negative time becomes an endless one.
    if (us >= 0) this.#restart('deep-sleep', us / 1000)
    else this.#endLife()
  }

  #boot(cause: BootCause): void {
    if (this.storage.eraseIfCorrupt()) this.#print('Storage is corrupt.')
    const life = new Life(this.clock, (error) => this.#uncaughtError(life, error))
    this.#life = life
    const wifi = new Wifi(life, { air: this.air, radio: this.radio })
    this.#install(life, { wifi, cause })
    for (const name of BOOT_FILES) {
      const code = this.readFile(name === '.bootcde' ? this.#mainFile() : name)
      if (code !== undefined) life.enter(() => life.realm.run(code, name))
    }
    for (const listener of life.listeners(life.realm.class('E'), 'init')) {
      life.call(listener, undefined, [])
    }
    life.call(life.realm.globals.onInit, undefined, [])
  }

  #mainFile(): string {
    return this.readFile('.bootrst') === undefined ? '.bootcde' : '.bootrst'
  }

  #install(life: Life, { wifi, cause }: { wifi: Wifi; cause: BootCause }): void {
    const wall = { nowMs: () => this.clock.nowMs - this.#poweredOnMs }
    const print = (text: string) => this.#print(text)
    const pinOf = installPins(life, this.pins, () => wifi.isRadioOn)
    installWatches(life, this.pins, pinOf)
    installTimers(life, this.clock)
    installDate(life, wall)
    installSerial(life, this.serial, pinOf)
    installOneWire(life, this.oneWire, pinOf)
    installI2c(life, this.i2c)
    const net = {
      network: this.network,
      isOnline: () => wifi.isOnline,
      block: (ms: number) => this.#watchdog.block(ms),
      print,
    }
    installSystem(life, {
      watchdog: this.#watchdog,
      modules: {
        Storage: storageModule(life, this.storage),
        Wifi: wifi.module,
        net: netModule(life, net),
        dgram: dgramModule(life, net),
        crypto: cryptoModule(life),
      },
      wakeupCause: cause === 'deep-sleep' ? WAKEUP_TIMER : 0,
      random: this.#random,
      print,
      usage: (isExact) => (isExact && this.#isMemoryExact ? this.countObjects() : UNCOUNTED),
      reboot: () => this.#restart('reboot', 0),
      deepSleep: (us) => this.#deepSleep(us),
    })
  }

  #uncaughtError(life: Life, error: unknown): void {
    this.#uncaught++
    const { stack } = (error ?? {}) as { stack?: unknown }
    this.#print(`Uncaught ${error}${typeof stack === 'string' ? `\n${stack}` : ''}`)
    if (this.#isTellingError) return
    this.#isTellingError = true
    const process = life.realm.class('process')
    for (const listener of life.listeners(process, 'uncaughtException')) {
      life.call(listener, process, [error])
    }
    this.#isTellingError = false
  }

  #print(text: string): void {
    this.console.push(...text.split('\n'))
    this.console.splice(0, this.console.length - CONSOLE_LINES)
  }
}
