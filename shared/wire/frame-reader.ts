import { WireError } from './errors.js'

/** Reads the bytes `from` (inclusive) to `to` (exclusive) of a frame; past the end everything is `truncated`. */
export class FrameReader {
  readonly #bytes: Uint8Array
  readonly #to: number
  #at: number
  /** Bits of the byte at `#at` that are read already. */
  #used = 0

  constructor(bytes: Uint8Array, from: number, to: number) {
    this.#bytes = bytes
    this.#at = from
    this.#to = to
  }

  byte(): number {
    const value = this.#at < this.#to ? this.#bytes[this.#at] : undefined
    if (value === undefined) throw truncated()
    this.#at++
    return value
  }

  uint32(): number {
    return ((this.byte() << 24) | (this.byte() << 16) | (this.byte() << 8) | this.byte()) >>> 0
  }

  /** 0 to 2^31 - 1 in one to five bytes, none more than needed. */
  varint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte()
      if (shift === 28 && byte > 7) break
      value |= (byte & 127) << shift
      if (byte < 128) {
        if (byte === 0 && shift > 0) break
        return value
      }
    }
    throw new WireError('bad-number', 'a number is longer than needed or above 2^31 - 1')
  }

  /** The next `count` bits (at most 24), high bit first. */
  bits(count: number): number {
    let value = 0
    let missing = count
    while (missing > 0) {
      const byte = this.#at < this.#to ? this.#bytes[this.#at] : undefined
      if (byte === undefined) throw truncated()
      const left = 8 - this.#used
      const take = Math.min(missing, left)
      value = (value << take) | ((byte >> (left - take)) & ((1 << take) - 1))
      missing -= take
      this.#used += take
      if (this.#used === 8) {
        this.#used = 0
        this.#at++
      }
    }
    return value
  }

  /** Counts the zeros before the next one and steps over it; bounded by the length of the frame. */
  zeros(): number {
    let count = 0
    for (;;) {
      const byte = this.#at < this.#to ? this.#bytes[this.#at] : undefined
      if (byte === undefined) throw truncated()
      const rest = byte & (0xff >> this.#used)
      const leading = Math.clz32(rest) - 24
      if (rest !== 0) {
        count += leading - this.#used
        this.#used = leading + 1
        if (this.#used === 8) {
          this.#used = 0
          this.#at++
        }
        return count
      }
      count += 8 - this.#used
      this.#used = 0
      this.#at++
    }
  }

  /** To be called after the last value: nothing may follow the byte that holds its last bit. */
  end(): void {
    const next = this.#used > 0 ? this.#at + 1 : this.#at
    if (next < this.#to) throw new WireError('trailing-bytes', 'bytes follow the last value')
  }
}

function truncated(): WireError {
  return new WireError('truncated', 'the frame ends inside itself')
}
