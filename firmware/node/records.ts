import { chr } from './bytes.js'

/*
 * Logs of records in Storage: numbered files of one letter (`o0`, `o1` …) that get their size when they are created and
 * are written front to back, because Storage cannot write a byte twice. A file is a page of the flash with its header:
 * where power fails while files are moved, one page is blank, and the chain of files goes on behind it. A record is
 *
 *   length (2, low first) · body · CRC-32 of length and body (4, low first) · mark (1)
 *
 * The mark is left unwritten, so that one more thing can be said about the record later. Power may end inside any
 * write: a torn record fails its CRC, and the next one goes behind it. A place in a log is 4096 x file + offset.
 */

export const storage = require('Storage')

export interface Log {
  letter: string
  /** Numbers of the oldest and the newest file; without any the newest is one less. */
  first: number
  last: number
  /** Offset in the newest file at which the next record goes. */
  end: number
}

/** A page of the flash, and what of it is a file's header. */
export const PER_FILE = 4096
const HEADER = 32
export const FILE_BYTES = PER_FILE - HEADER
/** Bytes of a record beside its body. */
const FRAMING = 7
/** What is read first: nearly every record is shorter, and each reading looks for the file anew. */
const AT_ONCE = 128
/** Longest body: a frame of 1,024 bytes and what is noted beside it. */
const LONGEST = 1100
const UNWRITTEN = 0xffff

/** What `take` reads from. */
let text = ''
let at = 0

export function open(source: string): void {
  text = source
  at = 0
}

export function isDone(): boolean {
  return at >= text.length
}

/** Unsigned, seven bits a byte, low ones first: what `put` wrote. */
export function take(): number {
  let value = 0
  let scale = 1
  let byte = 128
  while (byte > 127 && !isDone()) {
    byte = text.charCodeAt(at++)
    value += (byte & 127) * scale
    scale *= 128
  }
  return value
}

export function rest(): string {
  return text.substr(at)
}

/** 0 to 2^53: no shifts, they would cut at 32 bits. */
export function put(value: number): string {
  return value > 127 ? chr((value % 128) + 128) + put(Math.floor(value / 128)) : chr(value)
}

/** The low `count` bytes of `value`, lowest first. */
function low(value: number, count: number): string {
  return count ? chr(value & 255) + low(value >> 8, count - 1) : ''
}

export function fileOf(log: Log, place: number): string {
  return log.letter + Math.floor(place / PER_FILE)
}

/** Length of the body of the record that begins so: 0 where none was written yet, -1 where none can be. */
function lengthIn(head: string | undefined): number {
  if (!head || head.length < 2) return -1
  const length = head.charCodeAt(0) | (head.charCodeAt(1) << 8)
  if (length === UNWRITTEN) return 0
  return length > LONGEST ? -1 : length
}

/**
 * Gives `visit` the records from `place` on, in order, until it returns true: body, place, place of the next one.
 * Records that are torn or have rotted are left out.
 */
export function eachRecord(
  log: Log,
  place: number,
  visit: (body: string, place: number, next: number) => boolean | undefined,
): void {
  let here = Math.max(place, log.first * PER_FILE)
  while (here < (log.last + 1) * PER_FILE) {
    const file = fileOf(log, here)
    const offset = here % PER_FILE
    let record = storage.read(file, offset, AT_ONCE) as string
    const length = lengthIn(record)
    if (length > 0) {
      const next = here + length + FRAMING
      if (length + FRAMING > AT_ONCE)
        record = storage.read(file, offset, length + FRAMING) as string
      const sized = record.substr(0, length + 2)
      if (
        record.substr(length + 2, 4) === low(E.CRC32(sized), 4) &&
        visit(sized.substr(2), here, next)
      )
        return
      here = next
    } else {
      const number = Math.floor(here / PER_FILE)
      if (number === log.last) log.end = length ? FILE_BYTES : Math.max(log.end, offset)
      here = (number + 1) * PER_FILE
    }
  }
}

/** Finds the files of a log. Its end is known once it has been read to there. */
export function openLog(letter: string): Log {
  const log = { letter, first: 0, last: -1, end: FILE_BYTES }
  storage.list().forEach((name) => {
    const number = parseInt(name.substr(1), 10)
    if (name !== letter + number) return
    log.first = log.end ? number : Math.min(log.first, number)
    log.last = Math.max(log.last, number)
    log.end = 0
  })
  return log
}

/** Whether a body of so many bytes goes into a new file. */
export function needsFile(log: Log, bytes: number): boolean {
  return log.end + bytes + FRAMING > FILE_BYTES
}

/** Writes a record and returns its place. Throws when Storage refuses it. */
export function append(log: Log, body: string): number {
  const isNew = needsFile(log, body.length)
  const file = isNew ? log.last + 1 : log.last
  const offset = isNew ? 0 : log.end
  const sized = low(body.length, 2) + body
  // When the write fails, the file has ended: a gap that was left unwritten would hide what came behind it.
  if (!isNew) log.end = FILE_BYTES
  // The size creates the file, and only where offset is 0.
  storage.write(log.letter + file, sized + low(E.CRC32(sized), 4), offset, FILE_BYTES)
  log.last = file
  log.end = offset + body.length + FRAMING
  return file * PER_FILE + offset
}

/** Erases the files before the one of `place`, but never the last two. */
export function trim(log: Log, place: number): void {
  while (log.first < log.last - 1 && (log.first + 1) * PER_FILE <= place) {
    storage.erase(log.letter + log.first)
    log.first++
  }
}

/** Power that failed while files were moved leaves some twice; the first one may be torn. */
export function eraseTwins(): void {
  const names = storage.list()
  names.forEach((name, n) => {
    if (names.indexOf(name) < n) storage.erase(name)
  })
}

/** Whoever wrote the script and `node.json` left a page half full: fills it, so that every later file has its own. */
export function padPage(): void {
  const stats = storage.getStats()
  const over = (stats.totalBytes - stats.freeBytes) % PER_FILE
  if (over) storage.write('pad', '\0', 0, PER_FILE - ((over + HEADER) % PER_FILE))
}
