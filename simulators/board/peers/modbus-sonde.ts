import { oxygenSaturation } from '../../../shared/science/water/oxygen.js'
import { HPA_PER_ATM } from '../../../shared/science/water/pressure.js'
import type { Board, Peer } from '../board.js'

/** `garbage`: noise in place of each answer. `stuck`: its values no longer follow the water. */
export type SondeFault = 'silent' | 'bad-crc' | 'garbage' | 'exception' | 'stuck'

export interface Water {
  celsius: number
  ph: number
  /** True, whatever the sonde believes of temperature and pressure. */
  oxygenMgL: number
  /** µS/cm at the water's temperature. */
  conductivity: number
  turbidityNtu: number
  /** Of the air above, at the station. */
  pressureHpa: number
}

export interface SondeOptions {
  /** Where the board sends and receives. */
  readonly tx: number
  readonly rx: number
  /** High feeds it. */
  readonly power: number
  /** High while the board sends: the bus driver passes one direction at a time. */
  readonly direction?: number
  readonly address?: number
  readonly baud?: number
  readonly warmUpS?: number
  water(): Water
}

const READ_HOLDING = 3
const WRITE_MULTIPLE = 16
const ILLEGAL_FUNCTION = 1
const ILLEGAL_ADDRESS = 2
const DEVICE_FAILURE = 4
const REGISTERS = 36
/** Floats in two registers each, highest byte first. */
const OXYGEN = 0
const TEMPERATURE = 2
const PH = 4
const CONDUCTIVITY = 6
const TURBIDITY = 8
const COMPENSATION_CELSIUS = 32
const COMPENSATION_HPA = 34
const ANSWER_MS = 20

/**
 * An optical multi-parameter sonde on an RS-485 bus (Modbus RTU). What its oxygen cap feels is a fraction of
 * saturation; the milligrams that it says rest on the temperature and pressure written to it, and without
 * power it forgets them: 20 °C, sea level. Values settle during warm-up.
 */
export class ModbusSonde implements Peer {
  fault: SondeFault | undefined
  readonly #options: SondeOptions
  readonly #registers = new DataView(new ArrayBuffer(2 * REGISTERS))
  #board: Board | undefined
  #poweredMs: number | undefined
  #stuckAt: Water | undefined

  constructor(options: SondeOptions) {
    this.#options = options
    this.#forget()
  }

  attach(board: Board): void {
    this.#board = board
    board.pins.onChange(this.#options.power, (isHigh) => {
      this.#poweredMs = isHigh ? board.clock.nowMs : undefined
      if (isHigh) this.#forget()
    })
    board.serial.onBytes(this.#options.tx, (bytes, baud) => this.#hear(board, bytes, baud))
  }

  #forget(): void {
    this.#registers.setFloat32(2 * COMPENSATION_CELSIUS, 20)
    this.#registers.setFloat32(2 * COMPENSATION_HPA, HPA_PER_ATM)
  }

  #hear(board: Board, request: Uint8Array, baud: number): void {
    const { address = 1, direction, rx, baud: ownBaud = 9600 } = this.#options
    const isHeard = direction === undefined || board.pins.level(direction)
    if (this.#poweredMs === undefined || baud !== ownBaud || !isHeard) return
    if (request[0] !== address || crc16(request) !== 0 || this.fault === 'silent') return
    board.clock.after(ANSWER_MS, () => {
      if (this.#poweredMs === undefined) return
      // With the board still driving the bus nothing gets through.
      if (direction !== undefined && board.pins.level(direction)) return
      board.serial.send(rx, this.#spoilt(this.#answer(request)), ownBaud)
    })
  }

  #answer(request: Uint8Array): number[] {
    const [address = 0, code = 0, high = 0, low = 0, countHigh = 0, countLow = 0] = request
    const first = (high << 8) | low
    const count = (countHigh << 8) | countLow
    const refused = (reason: number) => [address, code | 0x80, reason]
    if (this.fault === 'exception') return refused(DEVICE_FAILURE)
    if (code !== READ_HOLDING && code !== WRITE_MULTIPLE) return refused(ILLEGAL_FUNCTION)
    if (count === 0 || first + count > REGISTERS) return refused(ILLEGAL_ADDRESS)
    if (code === WRITE_MULTIPLE) {
      if (first < COMPENSATION_CELSIUS) return refused(ILLEGAL_ADDRESS)
      const data = request.subarray(7, 7 + 2 * count)
      new Uint8Array(this.#registers.buffer).set(data, 2 * first)
      return [...request.subarray(0, 6)]
    }
    this.#measure()
    const bytes = new Uint8Array(this.#registers.buffer, 2 * first, 2 * count)
    return [address, code, 2 * count, ...bytes]
  }

  #measure(): void {
    const water = (this.fault === 'stuck' && this.#stuckAt) || { ...this.#options.water() }
    this.#stuckAt = water
    const { celsius, pressureHpa, oxygenMgL } = water
    const felt = oxygenMgL / saturationMgL(celsius, pressureHpa)
    const assumed = saturationMgL(
      this.#registers.getFloat32(2 * COMPENSATION_CELSIUS),
      this.#registers.getFloat32(2 * COMPENSATION_HPA),
    )
    // What cannot be is no compensation: it reads on as if nothing had been written.
    const said = felt * (Number.isNaN(assumed) ? saturationMgL(20, HPA_PER_ATM) : assumed)
    const settled = this.#settled()
    this.#registers.setFloat32(2 * OXYGEN, said * settled)
    this.#registers.setFloat32(2 * TEMPERATURE, celsius)
    this.#registers.setFloat32(2 * PH, 7 + (water.ph - 7) * settled)
    this.#registers.setFloat32(2 * CONDUCTIVITY, water.conductivity * settled)
    this.#registers.setFloat32(2 * TURBIDITY, water.turbidityNtu * settled)
  }

  /** From 0 to 1 during warm-up. */
  #settled(): number {
    const warmMs = (this.#board?.clock.nowMs ?? 0) - (this.#poweredMs ?? 0)
    return Math.min(1, warmMs / 1000 / (this.#options.warmUpS ?? 8))
  }

  #spoilt(answer: number[]): Uint8Array {
    const crc = crc16(Uint8Array.from(answer)) ^ (this.fault === 'bad-crc' ? 0x5555 : 0)
    const bytes = Uint8Array.from([...answer, crc & 0xff, crc >> 8])
    return this.fault === 'garbage' ? bytes.map((byte, index) => byte ^ (0xa5 + 31 * index)) : bytes
  }
}

/** NaN for what no water is. */
function saturationMgL(waterTempC: number, pressureHpa: number): number {
  const result = oxygenSaturation({ waterTempC, pressureHpa })
  return result.isComputable ? result.value : Number.NaN
}

function crc16(bytes: Uint8Array): number {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1
  }
  return crc
}
