// biome-ignore-all lint/suspicious/noShadowRestrictedNames: the compiler knows them from here only
/*
 * The language and board that the firmware is compiled against: `noLib` with this file alone, so whatever
 * Espruino lacks or gets wrong does not compile. It declares what the firmware uses and grows with it. Checked
 * against Espruino 2v29; "ESP32 only" is missing on the Linux build.
 */

// What the build puts in ------------------------------------------------------------------------

/** Number of the build. */
declare const BUILD: number
/** Whether this station may keep a session open: it does not sleep. */
declare const STAYS: boolean

// The language ----------------------------------------------------------------------------------

type Partial<T> = { [K in keyof T]?: T[K] }
type ReturnType<F extends (...args: never[]) => unknown> = F extends (...args: never[]) => infer R
  ? R
  : never
type Record<K extends string | number, T> = { [P in K]: T }

/** Only so that the compiler knows `for … of`; the board has no Symbol. */
interface SymbolConstructor {
  readonly iterator: unique symbol
}
declare const Symbol: SymbolConstructor
interface IteratorResult<T> {
  done: boolean
  value: T
}
interface Iterator<T> {
  next(): IteratorResult<T>
}
interface Iterable<T> {
  [Symbol.iterator](): Iterator<T>
}
interface IterableIterator<T> extends Iterator<T>, Iterable<T> {}

interface Object {
  hasOwnProperty(key: string): boolean
  toString(): string
}
declare const Object: {
  create<T extends object>(prototype: T): T
  keys(object: object): string[]
  assign<T, U>(target: T, source: U): T & U
  assign<T, U, V>(target: T, source: U, over: V): T & U & V
}

interface Function {
  apply(self: unknown, args: readonly unknown[]): unknown
  call(self: unknown, ...args: unknown[]): unknown
}
interface CallableFunction extends Function {}
interface NewableFunction extends Function {}
interface IArguments {
  readonly length: number
  [index: number]: unknown
}

interface Boolean {
  valueOf(): boolean
}

interface Number {
  toFixed(digits: number): string
  /** The board's own has no other radix than 2 to 36. */
  toString(radix?: number): string
}

interface String {
  readonly length: number
  readonly [index: number]: string
  charAt(index: number): string
  charCodeAt(index: number): number
  endsWith(search: string): boolean
  includes(search: string): boolean
  indexOf(search: string, from?: number): number
  match(regex: RegExp): RegExpMatch | null
  padStart(length: number, fill?: string): string
  repeat(count: number): string
  replace(search: string | RegExp, replacement: string): string
  slice(start: number, end?: number): string
  split(separator: string): string[]
  startsWith(search: string, from?: number): boolean
  substr(start: number, length?: number): string
  substring(start: number, end?: number): string
  toLowerCase(): string
  toUpperCase(): string
  trim(): string
  [Symbol.iterator](): IterableIterator<string>
}
declare const String: {
  (value: unknown): string
  fromCharCode(...codes: number[]): string
}

/** Groups, alternation, classes and greedy repeats only; what else there is never matches. */
interface RegExp {
  lastIndex: number
  exec(text: string): RegExpMatch | null
  test(text: string): boolean
}
interface RegExpMatch {
  readonly index: number
  readonly length: number
  readonly [group: number]: string | undefined
}

interface Array<T> {
  /** Read it: writing throws. `splice(0)` empties an array. */
  readonly length: number
  [index: number]: T
  concat(...items: (T | readonly T[])[]): T[]
  every(test: (item: T, index: number) => boolean): boolean
  fill(value: T, start?: number, end?: number): T[]
  filter(test: (item: T, index: number) => boolean): T[]
  find(test: (item: T, index: number) => boolean): T | undefined
  findIndex(test: (item: T, index: number) => boolean): number
  forEach(act: (item: T, index: number) => void): void
  includes(item: T): boolean
  indexOf(item: T): number
  join(separator?: string): string
  map<U>(make: (item: T, index: number) => U): U[]
  pop(): T | undefined
  push(...items: T[]): number
  reduce<U>(add: (sum: U, item: T, index: number) => U, start: U): U
  reverse(): T[]
  shift(): T | undefined
  slice(start?: number, end?: number): T[]
  some(test: (item: T, index: number) => boolean): boolean
  sort(compare?: (a: T, b: T) => number): T[]
  splice(start: number, deleteCount?: number, ...items: T[]): T[]
  unshift(...items: T[]): number
  [Symbol.iterator](): IterableIterator<T>
}
interface ReadonlyArray<T> {
  readonly length: number
  readonly [index: number]: T
  every(test: (item: T, index: number) => boolean): boolean
  filter(test: (item: T, index: number) => boolean): T[]
  find(test: (item: T, index: number) => boolean): T | undefined
  forEach(act: (item: T, index: number) => void): void
  includes(item: T): boolean
  indexOf(item: T): number
  join(separator?: string): string
  map<U>(make: (item: T, index: number) => U): U[]
  reduce<U>(add: (sum: U, item: T, index: number) => U, start: U): U
  slice(start?: number, end?: number): T[]
  some(test: (item: T, index: number) => boolean): boolean
  [Symbol.iterator](): IterableIterator<T>
}
declare const Array: {
  new <T>(length: number): T[]
  isArray(value: unknown): value is unknown[]
}
interface TemplateStringsArray extends ReadonlyArray<string> {
  readonly raw: readonly string[]
}

interface ArrayBuffer {
  readonly byteLength: number
}
declare const ArrayBuffer: new (length: number) => ArrayBuffer

interface TypedArray {
  readonly buffer: ArrayBuffer
  readonly length: number
  [index: number]: number
  fill(value: number, start?: number, end?: number): this
  forEach(act: (value: number, index: number) => void): void
  indexOf(value: number): number
  set(source: ArrayLike<number>, offset?: number): void
  slice(start?: number, end?: number): number[]
  subarray(start: number, end?: number): this
  [Symbol.iterator](): IterableIterator<number>
}
interface TypedArrayConstructor<T> {
  new (lengthOrSource: number | ArrayLike<number> | ArrayBuffer): T
  new (buffer: ArrayBuffer, byteOffset: number, length?: number): T
}
interface ArrayLike<T> {
  readonly length: number
  readonly [index: number]: T
}
interface Uint8Array extends TypedArray {}
interface Int16Array extends TypedArray {}
interface Uint16Array extends TypedArray {}
interface Int32Array extends TypedArray {}
interface Uint32Array extends TypedArray {}
interface Float32Array extends TypedArray {}
declare const Uint8Array: TypedArrayConstructor<Uint8Array>
declare const Int16Array: TypedArrayConstructor<Int16Array>
declare const Uint16Array: TypedArrayConstructor<Uint16Array>
declare const Int32Array: TypedArrayConstructor<Int32Array>
declare const Uint32Array: TypedArrayConstructor<Uint32Array>
declare const Float32Array: TypedArrayConstructor<Float32Array>

interface DataView {
  getFloat32(offset: number, littleEndian?: boolean): number
  getInt16(offset: number, littleEndian?: boolean): number
  getInt32(offset: number, littleEndian?: boolean): number
  getUint8(offset: number): number
  getUint16(offset: number, littleEndian?: boolean): number
  getUint32(offset: number, littleEndian?: boolean): number
  setFloat32(offset: number, value: number, littleEndian?: boolean): void
  setInt16(offset: number, value: number, littleEndian?: boolean): void
  setInt32(offset: number, value: number, littleEndian?: boolean): void
  setUint8(offset: number, value: number): void
  setUint16(offset: number, value: number, littleEndian?: boolean): void
  setUint32(offset: number, value: number, littleEndian?: boolean): void
}
declare const DataView: new (buffer: ArrayBuffer, offset?: number, length?: number) => DataView

interface Error {
  message: string
  name: string
}
declare const Error: new (message: string) => Error

interface Date {
  getTime(): number
  toISOString(): string
}
declare const Date: {
  new (ms: number | string): Date
  /** Milliseconds; UTC where a zone is said. */
  parse(text: string): number
}

/** No round: the board's gives -2 for -1.5. `Math.floor(x + 0.5)` is right everywhere. */
declare const Math: {
  readonly PI: number
  abs(x: number): number
  ceil(x: number): number
  exp(x: number): number
  floor(x: number): number
  log(x: number): number
  max(a: number, b: number): number
  min(a: number, b: number): number
  pow(x: number, y: number): number
  random(): number
  sign(x: number): number
  sqrt(x: number): number
}

/** One argument: a replacer or a reviver would be ignored without a word. */
declare const JSON: {
  parse(text: string): unknown
  stringify(value: unknown): string
}

declare const NaN: number
declare const Infinity: number
declare function isNaN(value: unknown): boolean
declare function isFinite(value: unknown): boolean
declare function parseInt(text: string, radix?: number): number
declare function parseFloat(text: string): number
declare function atob(base64: string): string
declare function btoa(binary: string): string

// The board -------------------------------------------------------------------------------------

/** What is set here is a global for every script that follows. */
declare const global: Record<string, unknown>
declare const console: { log(...values: unknown[]): void }
declare function print(...values: unknown[]): void

/** Clearing `undefined` throws, so ids are kept where that cannot happen. */
declare function setTimeout(act: () => void, ms: number): number
declare function setInterval(act: () => void, ms: number): number
declare function clearTimeout(id: number): void
declare function clearInterval(id: number): void
/** Throws when the interval is gone. */
declare function changeInterval(id: number, ms: number): void
/** Seconds since 1970 by the system's clock, with fractions; seconds of uptime until somebody sets it. */
declare function getTime(): number

interface Pin {
  mode(mode: PinMode): void
  read(): boolean
  write(value: boolean | 0 | 1): void
}
type PinMode = 'analog' | 'input' | 'input_pullup' | 'input_pulldown' | 'output' | 'opendrain'
declare function digitalWrite(pin: Pin, value: boolean | 0 | 1): void
declare function digitalRead(pin: Pin): 0 | 1
/** 0 to 1. On ESP32 D32-D39 only while Wi-Fi is on. */
declare function analogRead(pin: Pin): number
declare function pinMode(pin: Pin, mode: PinMode): void
interface WatchEvent {
  state: boolean
  /** Seconds, as `getTime`. */
  time: number
  lastTime: number
  pin: Pin
}
interface WatchOptions {
  repeat: boolean
  edge: 'rising' | 'falling' | 'both'
  /** Milliseconds. */
  debounce?: number
}
/** Never fires on the Linux build. */
declare function setWatch(act: (event: WatchEvent) => void, pin: Pin, options: WatchOptions): number
declare function clearWatch(id: number): void

interface SerialOptions {
  rx?: Pin
  tx?: Pin
  bytesize?: 7 | 8
  parity?: 'none' | 'odd' | 'even'
  stopbits?: 1 | 2
  /** Linux only: the device to open. */
  path?: string
}
interface Serial {
  setup(baud: number, options: SerialOptions): void
  unsetup(): void
  write(data: string | ArrayLike<number>): void
  print(text: string): void
  on(event: 'data', act: (data: string) => void): void
  removeAllListeners(event?: 'data'): void
}
declare const Serial1: Serial
declare const Serial2: Serial
declare const Serial3: Serial

interface OneWire {
  /** Whether anything answered. */
  reset(): boolean
  /** `rom` is 16 hex digits, as `search` gives them. */
  select(rom: string): void
  skip(): void
  write(data: number | ArrayLike<number>, leavePowerOn?: boolean): void
  read(count: number): Uint8Array
  search(): string[]
}
/** On the Linux build nothing ever answers. */
declare const OneWire: new (pin: Pin) => OneWire

interface I2C {
  setup(options: { scl: Pin; sda: Pin; bitrate?: number }): void
  writeTo(address: number, data: number | ArrayLike<number>): void
  readFrom(address: number, count: number): Uint8Array
}
declare const I2C1: I2C

/** The pins of an ESP32. Where a constant is missing (Linux has none), reading it throws. */
declare const D0: Pin
declare const D2: Pin
declare const D4: Pin
declare const D5: Pin
declare const D12: Pin
declare const D13: Pin
declare const D14: Pin
declare const D15: Pin
declare const D16: Pin
declare const D17: Pin
declare const D18: Pin
declare const D19: Pin
declare const D21: Pin
declare const D22: Pin
declare const D23: Pin
declare const D25: Pin
declare const D26: Pin
declare const D27: Pin
declare const D32: Pin
declare const D33: Pin
declare const D34: Pin
declare const D35: Pin
declare const D36: Pin
declare const D39: Pin

declare const E: {
  /** Same as zlib's. */
  CRC32(data: string | ArrayLike<number> | ArrayBuffer): number
  /** The bytes as a binary string; undefined when memory is short. */
  toString(bytes: ArrayLike<number> | ArrayBuffer): string | undefined
  toUint8Array(data: string | ArrayLike<number>): Uint8Array
  /** Reboots after `seconds` without a kick; where `automatic`, the idle loop kicks. Does nothing on Linux. */
  enableWatchdog(seconds: number, automatic: boolean): void
  kickWatchdog(): void
  getErrorFlags(): string[]
  getSizeOf(value: unknown): number
  /** 32 random bits of the hardware. */
  hwRand(): number
  reboot(): void
  on(event: 'init' | 'kill', act: () => void): void
}

/** ESP32 only. */
declare const ESP32: {
  /** An int32: at most 2,147 s. Wakes as a reboot. */
  deepSleep(us: number): void
  getWakeupCause(): number
  reboot(): void
}

declare const process: {
  /** Runs the garbage collector first unless told not to. Counts are of variables, not bytes. */
  memory(collect?: boolean): { free: number; usage: number; total: number }
  readonly env: { readonly VERSION: string; readonly BOARD: string; readonly SERIAL: string }
  on(event: 'uncaughtException', act: (error: unknown) => void): void
}

interface Storage {
  /** Bytes as a string that stays in flash; undefined where there is no such file. */
  read(name: string, offset?: number, length?: number): string | undefined
  /**
   * Offset 0 begins the file anew, with `size` bytes where that is more; another one fills bytes that are
   * still 0xFF. Throws when there is no room, false when it could not.
   */
  write(name: string, data: string | ArrayLike<number>, offset?: number, size?: number): boolean
  erase(name: string): void
  list(regex?: RegExp, filter?: { sf: boolean }): string[]
  compact(): void
  getFree(): number
  getStats(): {
    totalBytes: number
    freeBytes: number
    fileBytes: number
    fileCount: number
    trashBytes: number
    trashCount: number
  }
}

interface WifiDetails {
  status: string
  /** dBm. */
  rssi: number
}
/** ESP32 only. */
interface Wifi {
  /** `done` gets an error text or null, and is not always called. */
  connect(ssid: string, options: { password: string }, done: (error: string | null) => void): void
  disconnect(done?: () => void): void
  stopAP(done?: () => void): void
  getDetails(done?: (details: WifiDetails) => void): WifiDetails
  /** On ESP32 the signal is here, and only while connected. */
  getStatus(): { rssi?: number }
  getIP(done?: (error: string | null, ip: { ip: string }) => void): { ip: string }
  on(event: 'disconnected', act: (details: { reason: string }) => void): void
  removeAllListeners(event?: 'disconnected'): void
}

/** TCP, with binary strings. */
interface Socket {
  write(data: string): boolean
  end(): void
  on(event: 'data', act: (data: string) => void): void
  on(event: 'close', act: (hadError: boolean) => void): void
  on(event: 'error', act: (error: { code: number; message: string }) => void): void
  removeAllListeners(event?: 'data' | 'close' | 'error'): void
}
interface Net {
  /** Throws at once, or reports through the socket's events. */
  connect(to: { host: string; port: number }, connected?: (socket: Socket) => void): Socket
}

interface DatagramSocket {
  bind(port: number, bound?: () => void): DatagramSocket
  send(message: string, port: number, host: string): void
  close(): void
  on(
    event: 'message',
    act: (message: string, from: { address: string; port: number }) => void,
  ): void
  on(event: 'close' | 'error', act: (error: unknown) => void): void
}
interface Dgram {
  createSocket(type: 'udp4'): DatagramSocket
}

interface Crypto {
  SHA256(data: string | ArrayLike<number>): ArrayBuffer
}

declare function require(name: 'Storage'): Storage
declare function require(name: 'Wifi'): Wifi
declare function require(name: 'net'): Net
declare function require(name: 'dgram'): Dgram
declare function require(name: 'crypto'): Crypto
