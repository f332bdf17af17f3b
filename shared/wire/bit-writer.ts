import { MAX_FRAME_BYTES } from './frame.js'

/* Runs on the board: see encode.ts for what that forbids. */

/** Bytes of the frame in the making. Only while it is made: on the board it takes as much memory as seven functions. */
let out = new Uint8Array(0)
let at = 0
/** Bits that do not fill a byte yet: the low `held` bits of `pending`. */
let pending = 0
let held = 0

/** Bits needed to write each value of six bits, so that no residual is measured bit by bit. */
const SIX_BITS = new Uint8Array(64)
for (let value = 1; value < 64; value++) SIX_BITS[value] = (SIX_BITS[value >> 1] as number) + 1

/** Begins a frame; whatever was written before is forgotten. */
export function startBytes(): void {
  out = new Uint8Array(MAX_FRAME_BYTES)
  at = 0
  // Not 0 where the frame before ran out of memory.
  held = 0
}

export function putByte(value: number): void {
  out[at++] = value
}

/** Seven bits a byte, low ones first; the top bit says that more follow. */
export function putVarint(value: number): void {
  while (value > 127) {
    putByte((value & 127) | 128)
    value >>= 7
  }
  putByte(value)
}

/** Writes the low `bits` (at most 24) of `value`, high bit first. */
export function putBits(value: number, bits: number): void {
  pending = (pending << bits) | value
  held += bits
  while (held > 7) {
    held -= 8
    out[at++] = pending >> held
  }
}

function putZeros(count: number): void {
  while (count > 24) {
    if (at > MAX_FRAME_BYTES) return
    putBits(0, 24)
    count -= 24
  }
  putBits(0, count)
}

export function bitLength(value: number): number {
  if (value < 64) return SIX_BITS[value] as number
  return 6 + bitLength((value / 64) | 0)
}

/** Exponential Golomb: `value` + 2^k in binary, behind as many zeros as it is longer than k + 1 bits. */
export function putGolomb(value: number, k: number): void {
  const word = value + (1 << k)
  const length = bitLength(word)
  const zeros = length - 1 - k
  if (zeros + length < 25) {
    putBits(word, zeros + length)
    return
  }
  putZeros(zeros)
  putBits((word / 4096) | 0, length - 12)
  putBits(word % 4096, 12)
}

/** Rice: as many zeros as 2^k fits into `value`, a one, and the low k bits. */
export function putRice(value: number, k: number): void {
  const zeros = value >>> k
  const word = (1 << k) | (value & ((1 << k) - 1))
  if (zeros + k < 24) {
    putBits(word, zeros + k + 1)
    return
  }
  putZeros(zeros)
  putBits(word, k + 1)
}

/** Fills the last byte and tells how many there are, more than the buffer holds where it was too small. */
export function endBytes(): number {
  if (held > 0) putBits(0, 8 - held)
  return at
}

/** The first `length` bytes, and forgets them. */
export function takeBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(out.subarray(0, length))
  out = new Uint8Array(0)
  return bytes
}
