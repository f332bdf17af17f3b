import { fromBinary, toBinary } from './bytes.js'
import { type Flash, PAGE_BYTES } from './flash.js'

const HEADER_BYTES = 32
export const NAME_BYTES = 28
const UNSET = 0xffffffff
const STORAGE_FILE = 64
const COMPRESSED = 128

interface Header {
  readonly at: number
  /** Size in the lower 24 bits, flags above. */
  readonly word: number
}

export interface Stats {
  totalBytes: number
  freeBytes: number
  fileBytes: number
  fileCount: number
  trashBytes: number
  trashCount: number
}

/**
 * The files in flash, byte for byte as Espruino's jsflash.c keeps them: a header (size, then the name padded
 * with zeros), data up to the next word, the next header. Nothing is ever changed in place: a replaced file
 * has the first word of its name zeroed and its successor follows at the end. Room comes back only by moving
 * everything behind the first page with erased files.
 */
export class FileSystem {
  readonly #flash: Flash
  readonly #end: number
  readonly #onCompact: () => void

  constructor(flash: Flash, onCompact: () => void = () => {}) {
    this.#flash = flash
    this.#end = flash.bytes.length
    this.#onCompact = onCompact
  }

  /** As at power-up: a broken chain of headers costs everything. */
  eraseIfCorrupt(): boolean {
    if (this.#isValid()) return false
    this.eraseAll()
    return true
  }

  eraseAll(): void {
    for (let at = 0; at < this.#end; at += PAGE_BYTES) this.#flash.erasePage(at)
  }

  list(): { name: string; isStorageFile: boolean }[] {
    const files: { name: string; isStorageFile: boolean }[] = []
    for (const header of this.#headers()) {
      if (!this.#isReal(header)) continue
      const isStorageFile = flags(header) === STORAGE_FILE
      const name = this.#name(header).split('\0', 1)[0] ?? ''
      if (!isStorageFile || name.endsWith('\x01')) files.push({ name, isStorageFile })
    }
    return files
  }

  read(name: string, offset: number, length: number): Uint8Array | undefined {
    const header = this.#find(padded(name))
    if (header === undefined) return undefined
    const from = Math.min(Math.max(offset, 0), size(header))
    const count = Math.min(length <= 0 ? size(header) : length, size(header) - from)
    const start = header.at + HEADER_BYTES + from
    return this.#flash.bytes.slice(start, start + count)
  }

  /** An error text, or whether it was written. */
  write(name: string, data: Uint8Array, where: { offset: number; size: number }): boolean | string {
    const { offset } = where
    if (offset < 0 || where.size < 0) return false
    const wanted = where.size === 0 ? data.length : where.size
    if (wanted === 0) return "Can't create zero length file"
    const fileName = padded(name)
    let file = this.#find(fileName)
    if (offset === 0 && (file === undefined || !this.#isUnwritten(file, wanted))) {
      if (file !== undefined && data.length === wanted && this.#holds(file, data)) return true
      if (file !== undefined) this.#markErased(file)
      file = this.#create(fileName, wanted)
    }
    if (file === undefined) return 'Unable to find or create file'
    if (offset + data.length > size(file)) return 'Too much data for file size'
    const at = file.at + HEADER_BYTES + offset
    if (!this.#flash.isErased(at, data.length)) {
      return 'File already written with different data'
    }
    this.#flash.program(at, data)
    return true
  }

  erase(name: string): void {
    const header = this.#find(padded(name))
    if (header !== undefined) this.#markErased(header)
  }

  stats(): Stats {
    const stats = { fileBytes: 0, fileCount: 0, trashBytes: 0, trashCount: 0 }
    let last = 0
    for (const header of this.#headers()) {
      const bytes = aligned(size(header)) + HEADER_BYTES
      last = header.at + bytes
      if (this.#isErasedFile(header)) {
        stats.trashBytes += bytes
        stats.trashCount++
      } else {
        stats.fileBytes += bytes
        stats.fileCount++
      }
    }
    return { totalBytes: this.#end, freeBytes: this.#end - last, ...stats }
  }

  /** Whether room was made. */
  compact(): boolean {
    const start = this.#firstPageWithErasedFiles()
    if (start === undefined) return false
    this.#onCompact()
    const pieces: { bytes: Uint8Array; isWord: boolean }[] = []
    let after = start
    for (const header of this.#headers(start)) {
      after = this.#nextPage(header.at + HEADER_BYTES + aligned(size(header)))
      if (!this.#isReal(header)) continue
      const end = header.at + HEADER_BYTES + aligned(size(header))
      pieces.push({ bytes: this.#flash.bytes.slice(header.at, header.at + 4), isWord: true })
      pieces.push({ bytes: this.#flash.bytes.slice(header.at + 4, end), isWord: false })
    }
    let at = start
    for (const { bytes, isWord } of pieces) at = this.#writeMoved(at, bytes, isWord)
    const rest = at % PAGE_BYTES === 0 ? at : this.#nextPage(at)
    for (let page = rest; page < Math.min(after, this.#end); page += PAGE_BYTES)
      this.#flash.erasePage(page)
    return true
  }

  /** Each page is erased just before the first byte goes into it: power lost in between loses that page. */
  #writeMoved(from: number, bytes: Uint8Array, isWord: boolean): number {
    let at = from
    let done = 0
    while (done < bytes.length) {
      if (at % PAGE_BYTES === 0) this.#flash.erasePage(at)
      const count = Math.min(bytes.length - done, PAGE_BYTES - (at % PAGE_BYTES))
      const part = bytes.subarray(done, done + count)
      if (isWord) this.#flash.programWord(at, wordOf(part))
      else this.#flash.program(at, part)
      at += count
      done += count
    }
    return at
  }

  #firstPageWithErasedFiles(): number | undefined {
    let page = 0
    for (const header of this.#headers()) {
      if (header.at % PAGE_BYTES === 0) page = header.at
      if (this.#isErasedFile(header)) return page
    }
    return undefined
  }

  #create(name: Uint8Array, bytes: number): Header | undefined {
    const needed = aligned(bytes) + HEADER_BYTES
    let at = this.#freePlace(needed)
    if (typeof at !== 'number') {
      if (needed >= at.couldBeFree || !this.compact()) return undefined
      at = this.#freePlace(needed)
      if (typeof at !== 'number') return undefined
    }
    this.#flash.programWord(at, bytes)
    this.#flash.program(at + 4, name)
    return { at, word: bytes }
  }

  /** A place, or how many bytes could be free after compaction. */
  #freePlace(needed: number): number | { couldBeFree: number } {
    let couldBeFree = 0
    let at: number | undefined = 0
    while (at !== undefined && at < this.#end) {
      let header = this.#headerAt(at)
      while (header !== undefined) {
        if (this.#isErasedFile(header)) couldBeFree += size(header)
        at = this.#behind(header)
        header = at === undefined ? undefined : this.#headerAt(at)
      }
      if (at === undefined) break
      const room = this.#roomAt(at)
      if (room >= needed) return at
      couldBeFree += room
      at = this.#nextPage(at)
    }
    return { couldBeFree }
  }

  /** Up to the next page that begins with a file. */
  #roomAt(at: number): number {
    const next = this.#nextPage(at)
    const isTaken = next < this.#end && this.#headerAt(next) !== undefined
    return (isTaken ? next : this.#end) - at
  }

  #markErased(header: Header): void {
    this.#flash.programWord(header.at + 4, 0)
  }

  #find(name: Uint8Array): Header | undefined {
    const first = wordOf(name)
    const wanted = toBinary(name)
    for (const header of this.#headers()) {
      if (this.#flash.wordAt(header.at + 4) === first && this.#name(header) === wanted)
        return header
    }
    return undefined
  }

  *#headers(from = 0): Generator<Header> {
    let header = this.#headerAt(from)
    while (header !== undefined) {
      yield header
      const at = this.#behind(header)
      if (at === undefined) return
      // Where a page has room left but the file did not fit, the next one begins with a header.
      header = this.#headerAt(at) ?? this.#headerAt(this.#nextPage(at))
    }
  }

  #headerAt(at: number): Header | undefined {
    if (at + HEADER_BYTES > this.#end) return undefined
    const word = this.#flash.wordAt(at)
    const header = { at, word }
    const isOne = word !== UNSET && word !== 0 && at + HEADER_BYTES + size(header) <= this.#end
    return isOne ? header : undefined
  }

  /** Where the next header would be, if there is room for one. */
  #behind(header: Header): number | undefined {
    const at = aligned(header.at + size(header) + HEADER_BYTES)
    return at + HEADER_BYTES > this.#end ? undefined : at
  }

  #nextPage(at: number): number {
    return at - (at % PAGE_BYTES) + PAGE_BYTES
  }

  #name(header: Header): string {
    return toBinary(this.#flash.bytes.subarray(header.at + 4, header.at + HEADER_BYTES))
  }

  #isErasedFile(header: Header): boolean {
    return this.#flash.wordAt(header.at + 4) === 0
  }

  #isReal(header: Header): boolean {
    return !this.#isErasedFile(header) && [0, STORAGE_FILE, COMPRESSED].includes(flags(header))
  }

  #isUnwritten(header: Header, bytes: number): boolean {
    return (
      flags(header) === 0 &&
      size(header) === bytes &&
      this.#flash.isErased(header.at + HEADER_BYTES, bytes)
    )
  }

  #holds(header: Header, data: Uint8Array): boolean {
    if (flags(header) !== 0 || size(header) !== data.length) return false
    const start = header.at + HEADER_BYTES
    return data.every((byte, index) => this.#flash.bytes[start + index] === byte)
  }

  #isValid(): boolean {
    let last: Header | undefined
    for (const header of this.#headers()) last = header
    if (last === undefined) return this.#flash.isErased(0, this.#end)
    const behind = aligned(last.at + size(last) + HEADER_BYTES)
    if (behind + HEADER_BYTES > this.#end) return true
    const next = this.#nextPage(behind)
    // Looked for last: a header at the next page, or in the last page right behind the last file.
    return this.#flash.isErased(next < this.#end ? next : behind, HEADER_BYTES)
  }
}

function size(header: Header): number {
  return header.word & 0x00ffffff
}

function flags(header: Header): number {
  return header.word >>> 24
}

function aligned(bytes: number): number {
  return (bytes + 3) & ~3
}

function wordOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
}

/** Names are cut at 28 bytes without a word; a drive letter goes. */
function padded(name: string): Uint8Array {
  const cut = name.slice(0, NAME_BYTES)
  const bytes = new Uint8Array(NAME_BYTES)
  bytes.set(fromBinary(cut.charAt(1) === ':' ? cut.slice(2) : cut))
  return bytes
}
