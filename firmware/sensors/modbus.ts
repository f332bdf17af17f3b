import type { Around, Values } from '../node/station.js'
import { start, stop, type Timer } from '../node/timer.js'

/*
 * Probes on an RS-485 bus that speak Modbus RTU ("MODBUS over Serial Line" 1.02): what is read and written is a map in
 * the station file. Two registers hold a 32-bit float, highest byte first.
 */

export interface Bus {
  serial: Serial
  /** High while this side sends. */
  direction?: Pin
}

export interface Write {
  register: number
  /** Null: not known, so the probe's reading would be wrong and is not taken. */
  value(around: Around): number | null
}

export interface Probe {
  bus: Bus
  address: number
  /** First register, and how many are read at once. */
  register: number
  count: number
  /** What is written before the reading: compensation that the probe forgets without power. */
  writes: Write[]
  /** Values in their units from the registers' bytes. */
  values(data: DataView, around: Around): Values
}

const READ_HOLDING = 3
const WRITE_MULTIPLE = 16
const ANSWER_S = 0.5
const ATTEMPTS = 3

let received = ''
const timer: Timer = { id: undefined }
/** Called with every piece that arrives; null while nothing is asked. */
let listen: (() => void) | null = null

function crc16(bytes: number[]): number {
  let crc = 0xffff
  for (let n = 0; n < bytes.length; n++) {
    crc ^= bytes[n] as number
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1
  }
  return crc
}

/** The answer of `length` bytes in `received`, wherever it begins behind noise; undefined while it is not there. */
function answerIn(address: number, code: number, length: number): Uint8Array | undefined {
  for (let at = 0; at + length <= received.length; at++) {
    if (received.charCodeAt(at) !== address || received.charCodeAt(at + 1) !== code) continue
    const bytes: number[] = []
    for (let n = 0; n < length; n++) bytes.push(received.charCodeAt(at + n))
    if (crc16(bytes) === 0) return new Uint8Array(bytes)
  }
  return undefined
}

function send(bus: Bus, bytes: number[]): void {
  const crc = crc16(bytes)
  bytes.push(crc & 255, crc >> 8)
  if (bus.direction) digitalWrite(bus.direction, 1)
  // Returns when the bytes are in the UART's hands; the driver chip needs the direction until they are out.
  bus.serial.write(bytes)
  if (bus.direction) {
    const direction = bus.direction
    setTimeout(() => digitalWrite(direction, 0), bytes.length + 1)
  }
}

/** Asks until an answer of `length` bytes comes; null after some attempts. */
function ask(
  probe: Probe,
  bytes: number[],
  length: number,
  done: (answer: Uint8Array | null) => void,
): void {
  let left = ATTEMPTS
  function attempt(): void {
    if (left-- === 0) {
      listen = null
      done(null)
      return
    }
    received = ''
    send(probe.bus, bytes.slice())
    start(timer, ANSWER_S, attempt)
  }
  listen = () => {
    const answer = answerIn(probe.address, bytes[1] as number, length)
    if (answer === undefined) return
    stop(timer)
    listen = null
    done(answer)
  }
  attempt()
}

function bytesOf(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setFloat32(0, value)
  return bytes
}

/** Starts listening on a bus; once for each. */
export function openBus(bus: Bus, baud: number, options: SerialOptions): Bus {
  bus.serial.setup(baud, options)
  bus.serial.on('data', (data) => {
    received += data
    if (listen) listen()
  })
  return bus
}

export function modbus(probe: Probe): (around: Around, done: (values: Values) => void) => void {
  return (around, done) => {
    function readValues(): void {
      const high = probe.register >> 8
      const request = [probe.address, READ_HOLDING, high, probe.register & 255, 0, probe.count]
      ask(probe, request, 5 + 2 * probe.count, (answer) => {
        // Behind address, code and count.
        done(answer ? probe.values(new DataView(answer.buffer, 3), around) : [])
      })
    }
    function writeNext(n: number): void {
      const write = probe.writes[n]
      if (write === undefined) {
        readValues()
        return
      }
      const value = write.value(around)
      if (value === null) {
        done([])
        return
      }
      const bytes = bytesOf(value)
      const request = [
        probe.address,
        WRITE_MULTIPLE,
        write.register >> 8,
        write.register & 255,
        0,
        2,
        4,
      ]
      for (let b = 0; b < 4; b++) request.push(bytes[b] as number)
      ask(probe, request, 8, (answer) => {
        if (answer) writeNext(n + 1)
        else done([])
      })
    }
    writeNext(0)
  }
}
