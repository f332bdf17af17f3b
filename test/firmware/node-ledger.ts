import { crc32 } from 'node:zlib'
import { decodeFrame } from '../../shared/wire/decode.js'
import type { Frame } from '../../shared/wire/frame.js'
import { FileSystem } from '../../simulators/board/file-system.js'
import { Flash, PAGE_BYTES } from '../../simulators/board/flash.js'
import { EPOCH_S, type NodeRig } from './node-rig.js'

/**
 * What really happened to a node, to hold against what the service has. The water tells when it was measured: its
 * turbidity in steps is the true second, so a value that is lost, wrong or under a wrong time shows by itself.
 */

const TURBIDITY = 5
export const FRAMING = 7
/** A sample may begin half a minute behind its place on the grid; from there to its last reading. */
const SLOWEST_S = 30 + 15
/** What a clock that was told may be off. */
const CLOCK_S = 3

/** A board without a chip that sleeps: one life, in which nothing may pile up. */
export const SLEEPLESS = { '.boot0': 'ESP32 = undefined' }

export function tellTimeByWater({ board, water }: NodeRig): void {
  Object.defineProperty(water, 'turbidityNtu', {
    enumerable: true,
    get: () => Math.floor(board.clock.nowMs / 1000) / 100,
  })
}

/** Bodies of the whole records in a file of a log, and whether each is marked. */
export function wholeRecords(file: Uint8Array): { body: Uint8Array; isMarked: boolean }[] {
  const records: { body: Uint8Array; isMarked: boolean }[] = []
  const view = Buffer.from(file)
  let at = 0
  while (at + 2 <= view.length) {
    const length = view.readUInt16LE(at)
    if (length === 0xffff || at + length + FRAMING > view.length) break
    const sized = view.subarray(at, at + 2 + length)
    const isWhole = view.readUInt32LE(at + 2 + length) === crc32(sized)
    const isMarked = view[at + length + FRAMING - 1] !== 0xff
    if (isWhole) records.push({ body: sized.subarray(2), isMarked })
    at += length + FRAMING
  }
  return records
}

/** The numbers of a journal record, seven bits a byte. */
function numbersOf(body: Uint8Array): number[] {
  const numbers: number[] = []
  let value = 0
  let scale = 1
  for (const byte of body) {
    value += (byte & 127) * scale
    scale *= 128
    if (byte > 127) continue
    numbers.push(value)
    value = 0
    scale = 1
  }
  return numbers
}

/** True seconds of the readings in a flash image: whole in the journal, in frames that wait, in those marked as sent. */
export function keptSeconds(bytes: Uint8Array): Record<'journaled' | 'waiting' | 'sent', number[]> {
  const framed = (wanted: boolean) =>
    recordsIn(bytes, 'o')
      .filter(({ isMarked }) => isMarked === wanted)
      .flatMap(({ body }) => secondsOf(frameOf(body)).map(({ second }) => second))
  return {
    journaled: journaledValues(bytes, TURBIDITY),
    waiting: framed(false),
    sent: framed(true),
  }
}

/** Every reading of a quantity at position 0 that is whole in the journal, in steps; none is negative. */
export function journaledValues(bytes: Uint8Array, quantity: number): number[] {
  return recordsIn(bytes, 'j').flatMap(({ body }) => {
    const [kind, , ...pairs] = numbersOf(body)
    const at = kind === 1 ? pairs.findIndex((n, i) => i % 2 === 0 && n === 16 * quantity) : -1
    return at < 0 ? [] : [(pairs[at + 1] ?? 0) / 2]
  })
}

function recordsIn(bytes: Uint8Array, letter: string): ReturnType<typeof wholeRecords> {
  const files = new FileSystem(flashOf(bytes))
  return files.list().flatMap(({ name }) => {
    const isOfLog = name[0] === letter && /^\d+$/.test(name.slice(1))
    return isOfLog ? wholeRecords(files.read(name, 0, 0) ?? new Uint8Array()) : []
  })
}

/** Behind the count and the six numbers of where things stand. */
export function frameOf(body: Uint8Array): Frame {
  let at = 0
  for (let numbers = 0; numbers < 7; at++) if ((body[at] ?? 0) < 128) numbers++
  return decodeFrame(body.subarray(at))
}

export function flashOf(bytes: Uint8Array): Flash {
  const flash = new Flash(bytes.length / PAGE_BYTES, () => {})
  flash.bytes.set(bytes)
  return flash
}

export interface Measured {
  /** When the water was really measured, on the board's clock. */
  second: number
  /** What the frame says, unix or uptime. */
  time: number
}

/** The readings of a frame. Health frames have none. */
export function secondsOf(frame: Frame): Measured[] {
  const c = frame.channels.findIndex(({ quantity }) => quantity === TURBIDITY)
  return frame.samples.flatMap(({ time, values }) => {
    const second = values[c]
    return typeof second === 'number' ? [{ second, time }] : []
  })
}

/** What is wrong with what the service has, in words; `starts` are the true seconds at which the board got power. */
export function faultsOf(frames: readonly Frame[], starts: readonly number[]): string[] {
  const faults: string[] = []
  const identities = new Map<string, string>()
  const numbers = new Map<string, string>()
  const startOf = new Map<number, number>()
  for (const frame of frames) {
    const text = JSON.stringify(frame)
    const number = `${frame.boot}/${frame.seq}`
    if ((numbers.get(number) ?? text) !== text) faults.push(`frame ${number} twice, different`)
    numbers.set(number, text)
    for (const { time, values } of frame.samples) {
      for (const [c, { quantity, position }] of frame.channels.entries()) {
        const boot = frame.undated ? frame.boot : ''
        const identity = `${quantity}/${position}@${boot}+${time}`
        const value = String(values[c] ?? null)
        if (value === 'null') continue
        if ((identities.get(identity) ?? value) !== value) {
          faults.push(`${identity}: ${value} after ${identities.get(identity)}`)
        }
        identities.set(identity, value)
      }
    }
    for (const { second, time } of secondsOf(frame)) {
      const lateS = frame.undated ? undatedLateness() : second - (time - EPOCH_S)
      if (!(lateS >= -CLOCK_S && lateS <= SLOWEST_S + CLOCK_S)) {
        faults.push(`second ${second} under ${frame.undated ? 'uptime' : 'time'} ${time}: ${lateS}`)
      }
      function undatedLateness(): number {
        const before = starts.filter((start) => start + time <= second)
        const start = startOf.get(frame.boot) ?? before[before.length - 1] ?? Number.NaN
        startOf.set(frame.boot, start)
        return second - start - time
      }
    }
  }
  return faults
}

/**
 * Everything that a node in one life sampled is stored, dropped or waiting, and the node's own count of the dropped is
 * exact: `stored`, which counts what waits, and `dropped` are `sampled` together. `moreHealth`: samples of its health
 * beside the hourly ones and the two of its start. No sample may be under way.
 */
export function balance(
  { board, service }: NodeRig,
  moreHealth = 0,
): { sampled: number; stored: number; dropped: number } {
  const nowS = board.clock.nowMs / 1000
  const stored = new Set(service.frames.flatMap(secondsOf).map(({ second }) => second))
  const kept = keptSeconds(board.flash.bytes)
  const waiting = new Set([...kept.journaled, ...kept.waiting].filter((s) => !stored.has(s)))
  const health = service.stored(106)
  return {
    sampled: 3 + Math.floor(nowS / 300) + moreHealth + Math.floor(nowS / 3600),
    stored: stored.size + health.length + waiting.size,
    dropped: health[health.length - 1]?.value ?? Number.NaN,
  }
}

/** Seconds that should be there and are not. */
export function missingFrom(frames: readonly Frame[], expected: Iterable<number>): number[] {
  const there = new Set(frames.flatMap((frame) => secondsOf(frame).map(({ second }) => second)))
  return [...expected].filter((second) => !there.has(second))
}
