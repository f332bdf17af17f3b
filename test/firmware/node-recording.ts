import type { Flash } from '../../simulators/board/flash.js'
import { flashOf } from './node-ledger.js'
import type { NodeRig } from './node-rig.js'

/** What reached a flash, write by write, so that the flash of any moment can be had again, a torn write included. */

type Write =
  | { kind: 'bytes'; at: number; data: Uint8Array; atMs: number }
  | { kind: 'word'; at: number; word: number; atMs: number }
  | { kind: 'page'; at: number; atMs: number }

export interface Recording {
  /** The flash before the first write. */
  readonly image: Uint8Array
  readonly writes: Write[]
}

export function recordWrites({ board }: NodeRig): Recording {
  const { flash } = board
  const recording: Recording = { image: flash.bytes.slice(), writes: [] }
  const now = () => board.clock.nowMs
  const { program, programWord, erasePage } = flash
  flash.program = (at, data) => {
    recording.writes.push({ kind: 'bytes', at, data: data.slice(), atMs: now() })
    program.call(flash, at, data)
  }
  flash.programWord = (at, word) => {
    recording.writes.push({ kind: 'word', at, word, atMs: now() })
    programWord.call(flash, at, word)
  }
  flash.erasePage = (at) => {
    recording.writes.push({ kind: 'page', at, atMs: now() })
    erasePage.call(flash, at)
  }
  return recording
}

/** Bytes after which a write can tear; a word and an erasure are whole or not at all. */
export function placesIn(write: Write): number {
  return write.kind === 'bytes' ? write.data.length : 1
}

/** The flash write by write: `before(n)` goes on to just before write n. */
export class Playback {
  readonly flash: Flash
  readonly #recording: Recording
  #next = 0

  constructor(recording: Recording) {
    this.#recording = recording
    this.flash = flashOf(recording.image)
  }

  before(n: number): Uint8Array {
    for (; this.#next < n; this.#next++) apply(this.flash, this.#recording.writes[this.#next])
    return this.flash.bytes
  }

  /** The flash when power goes after `places` places of write n. */
  torn(n: number, places: number): Uint8Array {
    const flash = flashOf(this.before(n))
    const write = this.#recording.writes[n]
    if (places === 0 || write === undefined) return flash.bytes
    if (write.kind === 'bytes') flash.program(write.at, write.data.subarray(0, places))
    else apply(flash, write)
    return flash.bytes
  }
}

function apply(flash: Flash, write: Write | undefined): void {
  if (write === undefined) return
  if (write.kind === 'bytes') flash.program(write.at, write.data)
  else if (write.kind === 'word') flash.programWord(write.at, write.word)
  else flash.erasePage(write.at)
}
