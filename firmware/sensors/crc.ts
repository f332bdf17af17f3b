/** The CRC, bit-reversed, of bytes: begins at `crc`, by `polynomial`. 0 over data followed by their own. */
export function crcOf(bytes: Uint8Array, crc: number, polynomial: number): number {
  for (let n = 0; n < bytes.length; n++) {
    crc ^= bytes[n] as number
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ polynomial : crc >> 1
  }
  return crc
}
