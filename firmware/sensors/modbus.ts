import type { Around, Values } from '../node/station.js'
import { start, stop, type Timer } from '../node/timer.js'
import { crcOf } from './crc.js'

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
  /** Its address on the bus, 1 to 247. */
  unit: number
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

/** The bus' CRC-16. */
function crc16(bytes: Uint8Array): number {
  return crcOf(bytes, 0xffff, 0xa001)
}

/** The answer of `length` bytes in `received`, wherever it begins behind noise; undefined while it is not there. */
function answerIn(unit: number, code: number, length: number): Uint8Array | undefined {
  for (let at = 0; at + length <= received.length; at++) {
    const bytes = E.toUint8Array(received.substr(at, length))
    if (bytes[0] === unit && bytes[1] === code && !crc16(bytes)) return bytes
  }
  return undefined
}

function send(bus: Bus, bytes: number[]): void {
  const crc = crc16(E.toUint8Array(bytes))
  const direction = bus.direction
  if (direction) digitalWrite(direction, 1)
  // Returns when the bytes are in the UART's hands; the driver chip needs the direction until they are out.
  bus.serial.write(bytes.concat([crc & 255, crc >> 8]))
  if (direction) setTimeout(() => digitalWrite(direction, 0), bytes.length + 3)
}

/** Asks until an answer of `length` bytes comes; null after some attempts. */
function ask(
  probe: Probe,
  bytes: number[],
  length: number,
  done: (answer: Uint8Array | null) => void,
): void {
  let left = ATTEMPTS
  const attempt = () => {
    if (left-- > 0) {
      received = ''
      send(probe.bus, bytes)
      start(timer, ANSWER_S, attempt)
    } else {
      listen = null
      done(null)
    }
  }
  listen = () => {
    const answer = answerIn(probe.unit, bytes[1] as number, length)
    if (!answer) return
    stop(timer)
    listen = null
    done(answer)
  }
  attempt()
}

/** Of `count` registers, less than 256. */
function requestOf(probe: Probe, code: number, register: number, count: number): number[] {
  return [probe.unit, code, register >> 8, register & 255, 0, count]
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
    /** Writes what there is to write from the n-th on, then reads. */
    const goOn = (n: number) => {
      const write = probe.writes[n]
      if (!write) {
        ask(
          probe,
          requestOf(probe, READ_HOLDING, probe.register, probe.count),
          5 + 2 * probe.count,
          (answer) => {
            // Behind address, code and count.
            done(answer ? probe.values(new DataView(answer.buffer, 3), around) : [])
          },
        )
        return
      }
      const value = write.value(around)
      if (value === null) {
        done([])
        return
      }
      const bytes = new Uint8Array(4)
      new DataView(bytes.buffer).setFloat32(0, value)
      const request = requestOf(probe, WRITE_MULTIPLE, write.register, 2)
      request.push(4)
      bytes.forEach((byte) => {
        request.push(byte)
      })
      ask(probe, request, 8, (answer) => {
        if (answer) goOn(n + 1)
        else done([])
      })
    }
    goOn(0)
  }
}
