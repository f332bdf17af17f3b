import { hide } from './language.js'
import { type Life, toInt } from './life.js'

/** A device on the I²C bus. */
export interface I2cDevice {
  readonly address: number
  write(bytes: Uint8Array): void
  read(count: number): Uint8Array
}

export class I2cBus {
  readonly #devices = new Map<number, I2cDevice>()

  add(device: I2cDevice): void {
    this.#devices.set(device.address, device)
  }

  at(address: number): I2cDevice | undefined {
    return this.#devices.get(address)
  }
}

export function installI2c(life: Life, bus: I2cBus): void {
  const i2c = life.realm.object()
  const device = (address: unknown, caller: string) => {
    const plain = (address as { address?: unknown } | undefined)?.address ?? address
    return bus.at(toInt(plain)) ?? life.fail(`${caller}: slave doesn't ACK the transfer`)
  }
  life.methods(i2c, {
    setup: () => undefined,
    writeTo: (_self, address, ...data) => {
      const bytes = data.flatMap((part) => [...(life.bytesOf(part) ?? [])])
      device(address, 'jshI2CWrite').write(Uint8Array.from(bytes))
    },
    readFrom: (_self, address, count) => {
      const wanted = toInt(count)
      const given = device(address, 'jshI2CRead').read(wanted)
      const bytes = new Uint8Array(wanted).fill(0xff)
      bytes.set(given.subarray(0, wanted))
      return life.realm.bytes(bytes)
    },
  })
  hide(life.realm.globals, 'I2C1', i2c)
}
