import type { Around, Values } from '../node/station.js'
import { crcOf } from './crc.js'

/*
 * Water temperature by a DS18B20 alone on its bus (Maxim datasheet 19-7487). A probe that lost its power between
 * conversion and reading says 85 degC: that is passed on, the plausible range is the service's business.
 */

const CONVERT = 0x44
const READ_SCRATCHPAD = 0xbe
/** Longest conversion, at 12 bits. */
const CONVERSION_MS = 750
const PER_DEGREE = 16
/** The bus' CRC-8. */
const POLYNOMIAL = 0x8c

function readCelsius(wire: OneWire): number | null {
  wire.reset()
  wire.skip()
  wire.write(READ_SCRATCHPAD)
  const bytes = wire.read(9)
  // A bus that is pulled to ground reads as zeros, whose CRC is right; bits 5-7 of the fifth byte are never 0 there.
  if (crcOf(bytes, 0, POLYNOMIAL) || !(bytes[4] as number)) return null
  const raw = (bytes[0] as number) | ((bytes[1] as number) << 8)
  return (raw > 32767 ? raw - 65536 : raw) / PER_DEGREE
}

export function ds18b20(pin: Pin): (around: Around, done: (values: Values) => void) => void {
  return (_around, done) => {
    const wire = new OneWire(pin)
    if (!wire.reset()) {
      done([null])
      return
    }
    wire.skip()
    wire.write(CONVERT, true)
    setTimeout(() => done([readCelsius(wire)]), CONVERSION_MS)
  }
}
