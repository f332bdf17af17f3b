import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { fromBinary, toBinary } from './bytes.js'
import { hide } from './language.js'
import type { Life } from './life.js'
import type { Watchdog } from './watchdog.js'

export interface SystemNeeds {
  readonly watchdog: Watchdog
  readonly modules: Record<string, object>
  readonly wakeupCause: number
  random(): number
  print(text: string): void
  /** In the unit that the firmware's `process.memory` tells. */
  usage(isExact: boolean): number
  reboot(): void
  deepSleep(us: number): void
}

const VERSION = '2v29'
/** JsVars of an ESP32 with Wi-Fi on, 14 bytes each; Espruino's own limit is 16383. */
const TOTAL_VARIABLES = 8000

/** `E`, `ESP32`, `process`, `require` and the rest that is no peripheral. */
export function installSystem(life: Life, needs: SystemNeeds): void {
  const { realm } = life
  installConsole(life, needs.print)
  installE(life, needs)
  installEsp32(life, needs)
  hide(realm.class('Math'), 'random', life.native(needs.random))

  const process = realm.object({
    version: VERSION,
    env: realm.object({ VERSION, BOARD: 'ESP32', SERIAL: '00000000-0000', CONSOLE: 'Serial1' }),
  })
  life.functions(process, {
    memory: (collect) => {
      const usage = needs.usage(collect !== false)
      return realm.object({
        free: TOTAL_VARIABLES - usage,
        usage,
        total: TOTAL_VARIABLES,
        history: 0,
        blocksize: 14,
      })
    },
  })
  hide(realm.globals, 'process', process)
  hide(realm.globals, 'global', realm.globals)
  life.functions(realm.globals, {
    require: (name) => needs.modules[String(name)] ?? life.fail(`Module "${name}" not found`),
    atob: (text) => Buffer.from(String(text), 'base64').toString('latin1'),
    btoa: (text) => Buffer.from(String(text), 'latin1').toString('base64'),
  })
}

export function cryptoModule(life: Life): object {
  const module = life.realm.object()
  life.functions(module, {
    SHA256: (data) => {
      const digest = createHash('sha256')
        .update(life.bytesOf(data) ?? new Uint8Array(0))
        .digest()
      return (life.realm.bytes(digest) as Uint8Array).buffer
    },
  })
  return module
}

function installConsole(life: Life, write: (text: string) => void): void {
  const print = (...values: unknown[]) => write(values.map((value) => shown(life, value)).join(' '))
  const console = life.realm.object()
  life.functions(console, { log: print, warn: print, error: print, info: print, debug: print })
  hide(life.realm.globals, 'console', console)
  life.functions(life.realm.globals, { print })
}

function shown(life: Life, value: unknown): string {
  const isObject = typeof value === 'object' && value !== null
  return isObject ? life.realm.stringify(value) : String(value)
}

function installE(life: Life, { watchdog, random, usage, reboot }: SystemNeeds): void {
  const bytes = (values: unknown[]) =>
    Uint8Array.from(values.flatMap((value) => [...(life.bytesOf(value) ?? [])]))
  const E = life.realm.object()
  life.functions(E, {
    CRC32: (data) => crc32(bytes([data])),
    toString: (...values) => toBinary(bytes(values)),
    toUint8Array: (...values) => life.realm.bytes(bytes(values)),
    toArrayBuffer: (text) => (life.realm.bytes(fromBinary(String(text))) as Uint8Array).buffer,
    getErrorFlags: () => life.realm.array([]),
    getSizeOf: () => usage(false),
    hwRand: () => Math.floor(random() * 2 ** 32) | 0,
    enableWatchdog: (seconds, isAutomatic) =>
      watchdog.enable(Number(seconds), isAutomatic === undefined || Boolean(isAutomatic)),
    kickWatchdog: () => watchdog.kick(),
    reboot,
  })
  hide(life.realm.globals, 'E', E)
}

function installEsp32(life: Life, { wakeupCause, reboot, deepSleep }: SystemNeeds): void {
  const ESP32 = life.realm.object()
  life.functions(ESP32, {
    reboot,
    // An int32 in microseconds, as the interpreter takes it.
    deepSleep: (us) => deepSleep(Number(us) | 0),
    getWakeupCause: () => wakeupCause,
    setAtten: () => undefined,
    getState: () => life.realm.object({ sdkVersion: 'v3.1', freeHeap: 60_000 }),
  })
  hide(life.realm.globals, 'ESP32', ESP32)
}
