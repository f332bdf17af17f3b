import { hide } from './language.js'
import { type Life, toInt } from './life.js'
import type { PinOf } from './pins.js'

/** A device on a 1-Wire bus: it sees the bits that the master sends and pulls the line down to answer. */
export interface OneWireDevice {
  /** True where it answers with its presence. */
  reset(): boolean
  writeBit(bit: 0 | 1): void
  /** 1 where it leaves the line alone. */
  readBit(): 0 | 1
}

const SEARCH = 0xf0
const MATCH_ROM = 0x55
const SKIP_ROM = 0xcc

/** The buses by pin: the line is down when any device pulls it down. */
export class OneWireBuses {
  readonly #devices = new Map<number, OneWireDevice[]>()

  add(pin: number, device: OneWireDevice): void {
    this.#devices.set(pin, [...this.#on(pin), device])
  }

  reset(pin: number): boolean {
    return this.#on(pin).filter((device) => device.reset()).length > 0
  }

  writeBits(pin: number, bits: number, value: bigint): void {
    for (let bit = 0; bit < bits; bit++) {
      const level = (value >> BigInt(bit)) & 1n ? 1 : 0
      for (const device of this.#on(pin)) device.writeBit(level)
    }
  }

  readBits(pin: number, bits: number): number {
    let value = 0
    for (let bit = 0; bit < bits; bit++) {
      const levels = this.#on(pin).map((device) => device.readBit())
      if (!levels.includes(0)) value |= 1 << bit
    }
    return value
  }

  #on(pin: number): readonly OneWireDevice[] {
    return this.#devices.get(pin) ?? []
  }
}

export function installOneWire(life: Life, buses: OneWireBuses, pinOf: PinOf): void {
  const pins = new WeakMap<object, number>()
  const pin = (self: object) => pins.get(self) ?? life.fail('Invalid pin')
  const OneWire = life.native((self, value) => {
    pins.set(self, pinOf(value))
  })
  OneWire.prototype = life.realm.object()
  hide(life.realm.globals, 'OneWire', OneWire)

  const writeByte = (at: number, byte: number) => buses.writeBits(at, 8, BigInt(byte & 0xff))
  const select = (at: number, rom: unknown) => {
    if (typeof rom !== 'string' || rom.length !== 16) {
      life.fail(`Invalid OneWire device address ${JSON.stringify(rom)}`, 'TypeError')
    }
    buses.reset(at)
    writeByte(at, MATCH_ROM)
    for (const byte of Buffer.from(String(rom), 'hex')) writeByte(at, byte)
  }

  life.methods(OneWire.prototype, {
    reset: (self) => buses.reset(pin(self)),
    select: (self, rom) => select(pin(self), rom),
    skip: (self) => writeByte(pin(self), SKIP_ROM),
    write: (self, data) => {
      for (const byte of life.bytesOf(data) ?? []) writeByte(pin(self), byte)
    },
    read: (self, count) => {
      if (typeof count !== 'number') return buses.readBits(pin(self), 8)
      const bytes = new Uint8Array(Math.max(0, toInt(count)))
      return life.realm.bytes(bytes.map(() => buses.readBits(pin(self), 8)))
    },
    search: (self, command) => {
      const code = toInt(command)
      const isOne = code > 0 && code <= 255
      return life.realm.array(search(buses, pin(self), isOne ? code : SEARCH))
    },
  })
}

/** Walks the tree of addresses: at each bit where devices differ, first the branch of zeros. */
function search(buses: OneWireBuses, pin: number, command: number): string[] {
  const found: string[] = []
  let branches: number[] = []
  do {
    const path = nextPath(buses, pin, { command, branches })
    if (path === undefined) break
    found.push(romOf(path.bits))
    branches = path.branches
  } while (branches.length > 0)
  return found
}

interface Path {
  readonly bits: bigint
  /** Bits at which the zero branch was taken and the one branch is still to be walked. */
  readonly branches: number[]
}

function nextPath(
  buses: OneWireBuses,
  pin: number,
  { command, branches }: { command: number; branches: readonly number[] },
): Path | undefined {
  if (!buses.reset(pin)) return undefined
  buses.writeBits(pin, 8, BigInt(command))
  const turn = branches.at(-1)
  const left = branches.slice(0, -1)
  const open: number[] = []
  let bits = 0n
  for (let at = 0; at < 64; at++) {
    const bit = buses.readBits(pin, 1)
    const complement = buses.readBits(pin, 1)
    if (bit === 1 && complement === 1) return undefined
    let direction = bit
    if (bit === complement) {
      direction = at === turn || (turn !== undefined && at < turn && !left.includes(at)) ? 1 : 0
      if (direction === 0) open.push(at)
    }
    buses.writeBits(pin, 1, BigInt(direction))
    if (direction === 1) bits |= 1n << BigInt(at)
  }
  return { bits, branches: open }
}

function romOf(bits: bigint): string {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(bits)
  return bytes.toString('hex')
}
