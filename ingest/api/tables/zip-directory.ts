/** What an archive says of itself, before anything of it is unpacked (PKWARE APPNOTE 4.3.12, 4.3.16). */

export interface ZipSize {
  entries: number
  /** Of all entries, as the directory declares it. */
  unpackedBytes: number
}

const END = 0x06054b50
const ENTRY = 0x02014b50
const END_BYTES = 22
const ENTRY_BYTES = 46
const LONGEST_COMMENT = 0xffff

/** undefined: it is no archive, or one with more than 4 GB or 65,534 entries. */
export function zipSize(bytes: Buffer): ZipSize | undefined {
  const end = endOf(bytes)
  if (end === undefined) return undefined
  const entries = bytes.readUInt16LE(end + 10)
  let at = bytes.readUInt32LE(end + 16)
  let unpackedBytes = 0
  for (let entry = 0; entry < entries; entry++) {
    if (at + ENTRY_BYTES > bytes.length || bytes.readUInt32LE(at) !== ENTRY) return undefined
    const size = bytes.readUInt32LE(at + 24)
    // The sign of a 64-bit size elsewhere.
    if (size === 0xffffffff) return undefined
    unpackedBytes += size
    at +=
      ENTRY_BYTES +
      bytes.readUInt16LE(at + 28) +
      bytes.readUInt16LE(at + 30) +
      bytes.readUInt16LE(at + 32)
  }
  return { entries, unpackedBytes }
}

function endOf(bytes: Buffer): number | undefined {
  const lowest = Math.max(0, bytes.length - END_BYTES - LONGEST_COMMENT)
  for (let at = bytes.length - END_BYTES; at >= lowest; at--) {
    if (bytes.readUInt32LE(at) === END) return at
  }
  return undefined
}
