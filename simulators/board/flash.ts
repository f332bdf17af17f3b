export const PAGE_BYTES = 4096

/**
 * NOR flash: a page is erased to 0xFF as a whole, programming only clears bits. It counts what wears it, and
 * can lose power in the middle of a write.
 *
 * Where a write tears: after any byte of data; a word given as one (`programWord`) is written whole or not at
 * all, and so is the erasure of a page. That is an assumption about the flash controller: a torn size word
 * would make the real interpreter find its Storage corrupt and wipe it at the next start, and no firmware can
 * do anything about that.
 */
export class Flash {
  readonly bytes: Uint8Array
  programmedBytes = 0
  erasedPages = 0
  #unitsLeft = Number.POSITIVE_INFINITY
  #units = 0
  readonly #onCut: () => void

  constructor(pages: number, onCut: () => void) {
    this.bytes = new Uint8Array(pages * PAGE_BYTES).fill(0xff)
    this.#onCut = onCut
  }

  /** Units (bytes, words, page erasures) written so far: the places where power can be cut. */
  get units(): number {
    return this.#units
  }

  /** Power fails right after `units` more units are written. */
  cutAfter(units: number): void {
    this.#unitsLeft = units
  }

  program(at: number, data: Uint8Array): void {
    this.programmedBytes += data.length
    const isCut = this.#unitsLeft <= data.length
    const count = Math.min(data.length, this.#unitsLeft)
    for (let i = 0; i < count; i++) this.bytes[at + i] = (this.bytes[at + i] ?? 0) & (data[i] ?? 0)
    this.#spend(count, isCut)
  }

  programWord(at: number, word: number): void {
    this.programmedBytes += 4
    for (let i = 0; i < 4; i++) {
      this.bytes[at + i] = (this.bytes[at + i] ?? 0) & (word >>> (8 * i)) & 0xff
    }
    this.#spend(1, this.#unitsLeft <= 1)
  }

  erasePage(at: number): void {
    const start = at - (at % PAGE_BYTES)
    this.bytes.fill(0xff, start, start + PAGE_BYTES)
    this.erasedPages++
    this.#spend(1, this.#unitsLeft <= 1)
  }

  isErased(at: number, length: number): boolean {
    for (let i = at; i < at + length; i++) if (this.bytes[i] !== 0xff) return false
    return true
  }

  wordAt(at: number): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.bytes.subarray(at, at + 4)
    return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0
  }

  #spend(units: number, isCut: boolean): void {
    this.#units += units
    this.#unitsLeft -= units
    if (!isCut) return
    this.#unitsLeft = Number.POSITIVE_INFINITY
    this.#onCut()
  }
}
