import { fromBinary, toBinary } from './bytes.js'
import type { Clock } from './clock.js'
import { hide } from './language.js'
import type { Life } from './life.js'
import { toInt } from './life.js'
import type { PinOf } from './pins.js'

/** Start bit, 8 data bits, stop bit. */
const BITS_PER_BYTE = 10
/** Bytes that arrive come to the firmware in pieces of at most this long. */
const PIECE_MS = 8
/** What a stream without a listener keeps. */
const STREAM_BYTES = 512
/** The UART's queue of input, shared with the pins' events. */
const DEFAULT_BAUD = 9600

interface Line {
  baud: number
  rx: number | undefined
  tx: number | undefined
  receive(bytes: Uint8Array): void
}

type Listener = (bytes: Uint8Array, baud: number) => void

/**
 * The serial lines: what the board sends on a pin is heard by whoever listens there once the last bit is out,
 * and what the world sends to a pin reaches the UART that has it as its rx, byte by byte at its speed. Ends
 * that disagree about the speed hear noise.
 */
export class SerialLines {
  readonly #clock: Clock
  readonly #listeners = new Map<number, Listener[]>()
  readonly #ports = new Map<string, Line>()
  /** Until when a pin is busy sending. */
  readonly #busyUntil = new Map<number, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  onBytes(pin: number, listener: Listener): void {
    this.#listeners.set(pin, [...(this.#listeners.get(pin) ?? []), listener])
  }

  open(name: string, line: Line): void {
    this.#ports.set(name, line)
  }

  close(name: string): void {
    this.#ports.delete(name)
  }

  closeAll(): void {
    this.#ports.clear()
    this.#busyUntil.clear()
  }

  /** The board sends. */
  transmit(pin: number, bytes: Uint8Array, baud: number): void {
    const atMs = this.#occupy(pin, bytes.length, baud)
    this.#clock.after(atMs - this.#clock.nowMs, () => {
      for (const listener of this.#listeners.get(pin) ?? []) listener(bytes, baud)
    })
  }

  /** The world sends to the board's rx pin. */
  send(pin: number, bytes: Uint8Array, baud: number): void {
    const perPiece = Math.max(1, Math.floor((PIECE_MS * baud) / BITS_PER_BYTE / 1000))
    for (let at = 0; at < bytes.length; at += perPiece) {
      const piece = bytes.subarray(at, at + perPiece)
      const atMs = this.#occupy(pin, piece.length, baud)
      this.#clock.after(atMs - this.#clock.nowMs, () => this.#arrive(pin, piece, baud))
    }
  }

  #arrive(pin: number, bytes: Uint8Array, baud: number): void {
    for (const line of this.#ports.values()) {
      if (line.rx === pin) line.receive(line.baud === baud ? bytes : noise(bytes))
    }
  }

  #occupy(pin: number, bytes: number, baud: number): number {
    const startMs = Math.max(this.#clock.nowMs, this.#busyUntil.get(pin) ?? 0)
    const endMs = startMs + (bytes * BITS_PER_BYTE * 1000) / baud
    this.#busyUntil.set(pin, endMs)
    return endMs
  }
}

/** What a receiver at the wrong speed makes of it. */
export function noise(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => (byte * 167 + 13) & 0xff)
}

/** `Serial1` to `Serial3`. Serial1 is the console unless it was moved, and keeps its text for itself. */
export function installSerial(life: Life, lines: SerialLines, pinOf: PinOf): void {
  for (const name of ['Serial1', 'Serial2', 'Serial3']) {
    const serial = life.realm.object()
    hide(life.realm.globals, name, serial)
    addPort(life, { name, serial, lines, pinOf })
  }
}

interface Port {
  readonly name: string
  readonly serial: object
  readonly lines: SerialLines
  readonly pinOf: PinOf
}

function addPort(life: Life, { name, serial, lines, pinOf }: Port): void {
  let line: Line | undefined
  let kept = ''

  const receive = (bytes: Uint8Array) => {
    const text = toBinary(bytes)
    const listeners = life.listeners(serial, 'data')
    if (listeners.length === 0) kept = (kept + text).slice(0, STREAM_BYTES)
    for (const listener of listeners) life.call(listener, serial, [text])
  }
  const write = (bytes: Uint8Array) => {
    if (line?.tx !== undefined) lines.transmit(line.tx, bytes, line.baud)
  }
  const bytesOf = (value: unknown) => life.bytesOf(value) ?? new Uint8Array(0)

  life.methods(serial, {
    setup: (_self, baud, options) => {
      const { rx, tx } = (options ?? {}) as { rx?: unknown; tx?: unknown }
      line = {
        baud: baud === undefined ? DEFAULT_BAUD : toInt(baud),
        rx: rx === undefined ? undefined : pinOf(rx),
        tx: tx === undefined ? undefined : pinOf(tx),
        receive: (bytes) => life.enter(() => receive(bytes)),
      }
      lines.open(name, line)
    },
    unsetup: () => {
      line = undefined
      lines.close(name)
    },
    write: (_self, ...data) => {
      for (const part of data) write(bytesOf(part))
    },
    print: (_self, text) => write(fromBinary(String(text))),
    println: (_self, text) => write(fromBinary(`${text}\r\n`)),
    available: () => kept.length,
    read: (_self, count) => {
      const wanted = toInt(count) <= 0 ? kept.length : toInt(count)
      const taken = kept.slice(0, wanted)
      kept = kept.slice(wanted)
      return taken
    },
    flush: () => undefined,
    setConsole: () => undefined,
  })
}
