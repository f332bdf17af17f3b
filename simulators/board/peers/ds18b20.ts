import type { Board, Peer } from '../board.js'
import type { Clock } from '../clock.js'
import type { OneWireDevice } from '../one-wire.js'

/**
 * `absent`: no presence. `grounded`: water in the cable, the bus is low all the time. `no-conversion`: says 85 °C, as
 * after power came back. `bad-crc`, `stuck`: one value.
 */
export type Ds18b20Fault = 'absent' | 'grounded' | 'no-conversion' | 'bad-crc' | 'stuck'

export interface Ds18b20Options {
  readonly pin: number
  /** Twelve hex digits between family code and CRC. */
  readonly serial?: string
  celsius(): number
}

const FAMILY = 0x28
const SEARCH_ROM = 0xf0
const MATCH_ROM = 0x55
const SKIP_ROM = 0xcc
const READ_ROM = 0x33
const CONVERT = 0x44
const READ_SCRATCHPAD = 0xbe
const CONVERSION_MS = 750
const STEPS_PER_DEGREE = 16
const POWER_UP_CELSIUS = 85

type State = 'idle' | 'command' | 'match' | 'search' | 'function' | 'answer'

/** A water thermometer on a 1-Wire bus (Maxim DS18B20 datasheet 19-7487), at 12 bits. */
export class Ds18b20 implements Peer, OneWireDevice {
  fault: Ds18b20Fault | undefined
  readonly rom: string
  readonly #options: Ds18b20Options
  readonly #address: Uint8Array
  #clock: Clock | undefined
  #celsius = POWER_UP_CELSIUS
  #readyMs = 0
  #state: State = 'idle'
  #bits = 0
  #incoming = 0n
  #answer: Uint8Array = new Uint8Array(0)

  constructor(options: Ds18b20Options) {
    this.#options = options
    const address = [FAMILY, ...Buffer.from(options.serial ?? '0102030405aa', 'hex')]
    this.#address = Uint8Array.from([...address, crc8(address)])
    this.rom = Buffer.from(this.#address).toString('hex')
  }

  attach(board: Board): void {
    this.#clock = board.clock
    board.oneWire.add(this.#options.pin, this)
  }

  reset(): boolean {
    this.#expect('command')
    return this.fault !== 'absent'
  }

  writeBit(bit: 0 | 1): void {
    if (this.fault === 'absent') return
    if (this.#state === 'search') {
      // The two readings of a bit and its complement came before.
      if (bit !== this.#addressBit((this.#bits >> 1) - 1)) this.#expect('idle')
      return
    }
    this.#incoming |= BigInt(bit) << BigInt(this.#bits++)
    if (this.#state === 'command' && this.#bits === 8) this.#romCommand(Number(this.#incoming))
    else if (this.#state === 'match' && this.#bits === 64) this.#matched()
    else if (this.#state === 'function' && this.#bits === 8) this.#do(Number(this.#incoming))
  }

  readBit(): 0 | 1 {
    if (this.fault === 'absent') return 1
    if (this.fault === 'grounded') return 0
    if (this.#state === 'search') {
      const bit = this.#addressBit(this.#bits >> 1)
      return this.#bits++ % 2 === 0 ? bit : bit === 1 ? 0 : 1
    }
    // Silent before anything is asked; low while it converts.
    if (this.#state !== 'answer') return this.#nowMs() < this.#readyMs ? 0 : 1
    const byte = this.#answer[this.#bits >> 3] ?? 0xff
    return (byte >> (this.#bits++ % 8)) & 1 ? 1 : 0
  }

  #romCommand(command: number): void {
    if (command === MATCH_ROM) this.#expect('match')
    else if (command === SKIP_ROM) this.#expect('function')
    else if (command === SEARCH_ROM) this.#expect('search')
    else if (command === READ_ROM) this.#say(this.#address)
    else this.#expect('idle')
  }

  #matched(): void {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(this.#incoming)
    this.#expect(bytes.equals(this.#address) ? 'function' : 'idle')
  }

  #do(command: number): void {
    if (command === READ_SCRATCHPAD) this.#say(this.#scratchpad())
    else if (command === CONVERT) this.#convert()
    else this.#expect('idle')
  }

  #convert(): void {
    this.#expect('idle')
    this.#readyMs = this.#nowMs() + CONVERSION_MS
    if (this.fault === 'no-conversion') this.#celsius = POWER_UP_CELSIUS
    else if (this.fault !== 'stuck') this.#celsius = this.#options.celsius()
  }

  /** Read before the conversion is over, it still says the value before. */
  #scratchpad(): Uint8Array {
    const raw = Math.round(this.#celsius * STEPS_PER_DEGREE) & 0xffff
    const bytes = [raw & 0xff, raw >> 8, 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10]
    const crc = crc8(bytes) ^ (this.fault === 'bad-crc' ? 0xff : 0)
    return Uint8Array.from([...bytes, crc])
  }

  #say(answer: Uint8Array): void {
    this.#answer = answer
    this.#expect('answer')
  }

  #expect(state: State): void {
    this.#state = state
    this.#bits = 0
    this.#incoming = 0n
  }

  #addressBit(bit: number): 0 | 1 {
    return ((this.#address[bit >> 3] ?? 0) >> (bit % 8)) & 1 ? 1 : 0
  }

  #nowMs(): number {
    return this.#clock?.nowMs ?? 0
  }
}

/** The bus' CRC-8. */
export function crc8(bytes: readonly number[]): number {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8c : crc >> 1
  }
  return crc
}
