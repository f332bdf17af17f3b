import {
  append,
  eachRecord,
  FILE_BYTES,
  fileOf,
  type Log,
  needsFile,
  open,
  openLog,
  PER_FILE,
  put,
  rest,
  storage,
  take,
  trim,
} from './records.js'

/*
 * The outbox (`o`): packed frames, oldest first, until the service has acknowledged them. The mark of a record is
 * written when its frame is acknowledged. A file goes when nothing in it waits any more, the oldest also when there are
 * too many: the samples in it are counted as dropped. A body is the samples in the frame, the numbers of `framed`, and
 * the frame, so the last record says where things stand, whatever was being written when the power went.
 */

/** Numbers that grow while a file is begun take a few bytes more. */
const GROWTH_BYTES = 4

/** Where things stand: `framed` by these. Boot and number of the last frame. */
export const FRAME_BOOT = 0
export const SEQ = 1
/** Samples in frames since installation. */
export const TOTAL = 2
/** Samples given up since installation. */
export const DROPPED = 3
/** Place up to which the journal's readings are framed; behind it that of the health samples. */
export const UP_TO = 4

export let framed: number[] = [0, 0, 0, 0, 0, 0]

let log: Log
let mostFiles: number
/** Nothing before it waits. */
let cursor = 0
/** The newest readings, which go before all that waits longer; -1 when they are through. */
let newest = -1
/** The frame that was given out last; -1 when it is acknowledged. Where its mark goes. */
let given = -1
let mark = 0
/** Head of the record that `readHead` read. */
let samples = 0
let head: number[] = framed

/** So many samples are given up. */
export function countDropped(count: number): void {
  framed[DROPPED] = (framed[DROPPED] as number) + count
}

export function setFramed(numbers: number[]): void {
  framed = numbers
}

function readHead(body: string): void {
  open(body)
  samples = take()
  head = framed.map(take)
}

/** Whether the record before the place `next` has no mark yet. */
function isWaiting(next: number): boolean {
  return (storage.read(fileOf(log, next), (next % PER_FILE) - 1, 1) as string).charCodeAt(0) === 255
}

/** Finds what an earlier life left. `files` is the most that may be there. */
export function openOutbox(files: number): void {
  mostFiles = files
  log = openLog('o')
  // The file before, too: power may have gone while the last one was begun.
  eachRecord(log, (log.last - 1) * PER_FILE, (body, place, next) => {
    readHead(body)
    newest = isWaiting(next) ? place : -1
    return false
  })
  framed = head.slice()
}

function waitingBefore(file: number): number {
  let count = 0
  eachRecord(log, 0, (body, place, next) => {
    if (place >= file * PER_FILE) return true
    readHead(body)
    if (isWaiting(next)) count += samples
    return false
  })
  return count
}

function eraseFirst(): void {
  storage.erase(log.letter + log.first)
  log.first++
}

/** Keeps a frame of which `framed` says the rest; `isFresh` when it goes first. Throws when Storage refuses it. */
export function keepFrame(count: number, frame: string, isFresh: boolean): void {
  const isTooMany =
    log.last - log.first + 1 >= mostFiles &&
    needsFile(log, bodyOf(count, frame).length + GROWTH_BYTES)
  if (isTooMany) {
    log.end = FILE_BYTES
    // Counted in the record that follows, gone after it: power may go in between.
    countDropped(waitingBefore(log.last + 2 - mostFiles))
  }
  const place = append(log, bodyOf(count, frame))
  if (isFresh) newest = place
  while (log.last - log.first >= mostFiles) eraseFirst()
}

function bodyOf(count: number, frame: string): string {
  return put(count) + framed.map(put).join('') + frame
}

/**
 * Does `keep`. A write that was refused ended its file, so the next one goes elsewhere; when that is refused too, Storage
 * is full, and the oldest frames make room. False when there was none to be had.
 */
export function withRoom(keep: () => void, isFull?: boolean): boolean {
  try {
    keep()
    return true
  } catch (error) {
    console.log('storage:', error)
    if (isFull) {
      if (log.first >= log.last) return false
      countDropped(waitingBefore(log.first + 1))
      eraseFirst()
    }
    return withRoom(keep, true)
  }
}

/** The frame of the record at `place` or the first one behind it that waits, at which `given` is then. */
function frameFrom(place: number): string | undefined {
  let frame: string | undefined
  given = -1
  eachRecord(log, place, (body, here, next) => {
    if (!isWaiting(next)) return false
    readHead(body)
    frame = rest()
    given = here
    mark = next - 1
    return true
  })
  return frame
}

/** The frame to send next: the newest first, then the oldest on. Undefined when none waits. */
export function nextFrame(): string | undefined {
  if (newest >= 0) {
    const frame = frameFrom(newest)
    if (given === newest) return frame
    newest = -1
  }
  const frame = frameFrom(cursor)
  cursor = given < 0 ? log.last * PER_FILE : given
  trim(log, cursor)
  return frame
}

/** The frame given out last is acknowledged: only now may it go. */
export function releaseFrame(): void {
  if (given < 0) return
  storage.write(fileOf(log, mark), '\0', mark % PER_FILE)
  if (given === newest) newest = -1
  given = -1
}

/** Samples in frames that wait; frames that overtook older ones are counted until those are through too. */
export function waitingSamples(): number {
  let count = 0
  eachRecord(log, cursor, (body, _place, next) => {
    if (!isWaiting(next)) return false
    readHead(body)
    count = (framed[TOTAL] as number) - (head[TOTAL] as number) + samples
    return true
  })
  return count
}
