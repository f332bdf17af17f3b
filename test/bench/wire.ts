import { parseArgs } from 'node:util'
import { decodeFrame } from '../../shared/wire/decode.js'
import { encodeFrame } from '../../shared/wire/encode.js'
import type { Sample } from '../../shared/wire/frame.js'
import { BOOT, bitsPerValue, FIRST_SEQ, type Measured, measure } from '../wire/measure.js'
import {
  detectorRecords,
  payloadSizes,
  RIVER_CHANNELS,
  riverRecord,
  type Sizes,
} from '../wire/records.js'

export const HELP = `npm run bench -- wire [--json]

How many bytes frames need: the sample set of ../shared/data/payload_sizes.json beside other encodings, and
recorded series whole. Bits per value count everything; headers are also given apart. Steps are the registry's, sentinels are sent as values, headers are complete (boot 3,
frames numbered from 4711), and every frame is decoded and compared.`

const FRAME_SAMPLES = [12, 48, 96]

export async function run(args: string[]): Promise<object> {
  parseArgs({ args })
  const { samples, neighbours } = payloadSizes()
  const twelve = measure(RIVER_CHANNELS, samples, 12).bytes
  const one = measure(RIVER_CHANNELS, samples.slice(0, 1), 1).bytes
  printSizes([...neighbours, { name: 'frame v1', one, twelve }])

  const river = riverRecord()
  const bits: Record<string, number> = {}
  console.log(
    '\nrecord               samples  frames  halved  largest  bits/value  of it header, times',
  )
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
    [((8 * headerBytes) / values).toFixed(2), 21],
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
