import type { Flash } from '../../simulators/board/flash.js'

/** What can happen to files on a flash while nobody looks: bytes that rot, a file that is cut short. */

const HEADER_BYTES = 32
const NAME_BYTES = 28
const UNSET = 0xffffffff

export interface FileOnFlash {
  name: string
  /** Where its data begins. */
  at: number
  size: number
}

/** The files of a log, or of both, where they lie. */
export function logFilesOn(flash: Flash, letters: string): FileOnFlash[] {
  const files: FileOnFlash[] = []
  const { bytes } = flash
  let at = 0
  while (at + HEADER_BYTES < bytes.length && flash.wordAt(at) !== UNSET) {
    const size = flash.wordAt(at) & 0xffffff
    const name = Buffer.from(bytes.subarray(at + 4, at + 4 + NAME_BYTES)).toString('latin1')
    const [text = ''] = name.split('\0', 1)
    const isOfLog = letters.includes(text.charAt(0)) && /^.\d+$/.test(text)
    if (isOfLog) files.push({ name: text, at: at + HEADER_BYTES, size })
    at = (at + HEADER_BYTES + size + 3) & ~3
  }
  return files
}

/** A byte of a file becomes 0. */
export function rot(flash: Flash, file: FileOnFlash, offset: number): void {
  flash.program(file.at + offset, Uint8Array.of(0))
}
