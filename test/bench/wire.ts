import { isDeepStrictEqual, parseArgs } from 'node:util'
import { decodeFrame } from '../../shared/wire/decode.js'
import { encodeFrame } from '../../shared/wire/encode.js'
import { isWireError } from '../../shared/wire/errors.js'
import type { Frame, Sample } from '../../shared/wire/frame.js'
import {
  detectorRecords,
  payloadSizes,
  RIVER_CHANNELS,
  riverRecord,
  type Sizes,
} from '../wire/records.js'

export const HELP = `npm run bench -- wire [--json]

How many bytes frames need: the sample set of ../shared/data/payload_sizes.json beside other encodings, and
recorded series whole. Steps are the registry's, sentinels are sent as values, headers are complete (boot 3,
frames numbered from 4711), and every frame is decoded and compared.`

/** What a station has after some months: both numbers in the size they usually are. */
const BOOT = 3
const FIRST_SEQ = 4711
const FRAME_SAMPLES = [12, 48, 96]

interface Measured {
  frames: number
  /** Frames that had to be halved to stay within 1,024 bytes. */
  halved: number
  bytes: number
  headerBytes: number
  largest: number
  values: number
}

export async function run(args: string[]): Promise<object> {
  parseArgs({ args })
  const { samples, neighbours } = payloadSizes()
  const twelve = measure(RIVER_CHANNELS, samples, 12).bytes
  const one = measure(RIVER_CHANNELS, samples.slice(0, 1), 1).bytes
  printSizes([...neighbours, { name: 'frame v1', one, twelve }])

  const river = riverRecord()
  const bits: Record<string, number> = {}
  console.log('\nrecord               samples  frames  halved  largest  bits/value  of it header')
  for (const length of FRAME_SAMPLES) {
    const measured = measure(RIVER_CHANNELS, river, length)
    printRecord('Logan River, 5', length, measured)
    bits[length] = round(bitsPerValue(measured))
  }
  for (const { name, quantity, samples } of detectorRecords()) {
    for (const length of FRAME_SAMPLES)
      printRecord(name, length, measure([quantity], samples, length))
  }
  console.log(
    `\nencode ${microseconds(samples, 'encode')} us, decode ${microseconds(samples, 'decode')} us (12 x 5)`,
  )
  return { bench_12x5_bytes: twelve, bench_1x5_bytes: one, lro_bits_per_value: bits }
}

/** Encodes the samples in frames of `length`, and proves each frame by decoding it. */
function measure(quantities: number[], samples: Sample[], length: number): Measured {
  const channels = quantities.map((quantity) => ({ quantity, position: 0 }))
  const total: Measured = { frames: 0, halved: 0, bytes: 0, headerBytes: 0, largest: 0, values: 0 }
  const queue: Sample[][] = []
  for (let at = 0; at < samples.length; at += length) queue.push(samples.slice(at, at + length))
  for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
    const seq = FIRST_SEQ + total.frames
    const frame = { boot: BOOT, seq, undated: false, channels, samples: part }
    const bytes = tryEncode(frame)
    if (bytes === undefined) {
      total.halved++
      queue.unshift(part.slice(0, part.length >> 1), part.slice(part.length >> 1))
      continue
    }
    if (!isDeepStrictEqual(decodeFrame(bytes), { ...frame, trailer: null })) {
      throw new Error(`frame ${seq} does not decode to what was encoded`)
    }
    total.frames++
    total.bytes += bytes.length
    total.headerBytes += headerBytes(frame)
    total.largest = Math.max(total.largest, bytes.length)
    total.values += part.flatMap(({ values }) => values).filter((value) => value !== null).length
  }
  return total
}

function tryEncode(frame: Frame): Uint8Array | undefined {
  try {
    return encodeFrame(frame)
  } catch (error) {
    if (isWireError(error) && error.code === 'too-long') return undefined
    throw error
  }
}

/** The bytes before the bits: the same header with one value that is known to take ten bits. */
function headerBytes(frame: Frame): number {
  const zeros = frame.samples.map(({ time }) => ({ time, values: frame.channels.map(() => 0) }))
  const isOne = zeros.length === 1
  // A first value of 0 takes ten bits, a constant model six.
  const bodyBits = frame.channels.length * (isOne ? 10 : 16)
  return encodeFrame({ ...frame, samples: zeros }).length - Math.ceil(bodyBits / 8)
}

function bitsPerValue({ bytes, values }: Measured): number {
  return (8 * bytes) / values
}

function printSizes(rows: Sizes[]): void {
  console.log('bytes of              1 x 5   12 x 5')
  for (const { name, one, twelve } of rows.sort((a, b) => b.twelve - a.twelve)) {
    console.log(`${name.padEnd(20)} ${String(one ?? '').padStart(6)} ${String(twelve).padStart(8)}`)
  }
}

function printRecord(name: string, length: number, measured: Measured): void {
  const { frames, halved, largest, headerBytes, values } = measured
  const cells: [string | number, number][] = [
    [length, 7],
    [frames, 8],
    [halved, 8],
    [largest, 9],
    [bitsPerValue(measured).toFixed(2), 12],
    [((8 * headerBytes) / values).toFixed(2), 14],
  ]
  console.log(name.padEnd(21) + cells.map(([cell, width]) => String(cell).padStart(width)).join(''))
}

function microseconds(samples: Sample[], what: 'encode' | 'decode'): string {
  const channels = RIVER_CHANNELS.map((quantity) => ({ quantity, position: 0 }))
  const frame = { boot: BOOT, seq: FIRST_SEQ, undated: false, channels, samples }
  const bytes = encodeFrame(frame)
  const act = what === 'encode' ? () => encodeFrame(frame) : () => decodeFrame(bytes)
  const rounds = Array.from({ length: 20 }, () => {
    const startMs = performance.now()
    for (let n = 0; n < 500; n++) act()
    return (performance.now() - startMs) * 2
  })
  return Math.min(...rounds).toFixed(1)
}

function round(value: number): number {
  return Math.round(1000 * value) / 1000
}
