import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { encodeFrame } from '../../shared/wire/encode.js'
import type { WireErrorCode } from '../../shared/wire/errors.js'
import { type Frame, MAX_INTERVAL_S } from '../../shared/wire/frame.js'
import { standardSets } from '../../shared/wire/standard-sets.js'
import { fromHex, toHex } from './hex.js'
import { MALFORMED } from './malformed.js'

/**
 * `node --import tsx test/wire/make-vectors.ts` writes shared/wire/vectors.json anew. Vectors are only ever
 * added: bytes that change here are bytes that stations in the field no longer speak.
 */

export interface ValidVector {
  name: string
  hex: string
  frame: Frame
  /** Eight bytes in hex, or null. */
  trailer: string | null
}

export interface MalformedVector {
  name: string
  hex: string
  error: WireErrorCode
}

export interface Vectors {
  version: 1
  valid: ValidVector[]
  malformed: MalformedVector[]
}

export const VECTORS_PATH = fileURLToPath(
  new URL('../../shared/wire/vectors.json', import.meta.url),
)

const START = 1767225600

export function readVectors(): Vectors {
  return JSON.parse(readFileSync(VECTORS_PATH, 'utf8'))
}

export function makeVectors(): Vectors {
  return {
    version: 1,
    valid: [...headers(), ...times(), ...channelLists(), ...gaps(), ...series()],
    malformed: MALFORMED,
  }
}

interface Parts {
  boot?: number
  seq?: number
  undated?: boolean
  /** Quantities at position 0, or pairs of quantity and position. */
  channels?: (number | [number, number])[]
  times?: number[]
  /** One row a sample. */
  rows?: (number | null)[][]
}

function vector(name: string, parts: Parts, trailer: string | null = null): ValidVector {
  const { boot = 3, seq = 4711, undated = false, channels = [1], rows = [[2582]] } = parts
  const times = parts.times ?? rows.map((_, n) => START + 300 * n)
  const frame = {
    boot,
    seq,
    undated,
    channels: channels.map((channel) => {
      const [quantity, position] = typeof channel === 'number' ? [channel, 0] : channel
      return { quantity, position }
    }),
    samples: rows.map((values, n) => ({ time: times[n] ?? 0, values })),
  }
  const bytes = encodeFrame(frame, trailer === null ? undefined : () => fromHex(trailer))
  return { name, hex: toHex(bytes), frame, trailer }
}

const column = (values: (number | null)[]) => values.map((value) => [value])
const count = (length: number) => Array.from({ length }, (_, n) => n)

/** A reproducible 0 to 2^31 - 1 for every n. */
export function noise(n: number): number {
  let x = (n + 1) | 0
  for (const shift of [13, -17, 5, 13, -17, 5]) x ^= shift > 0 ? x << shift : x >>> -shift
  return x & 0x7fffffff
}

const LAKE = [1, 2, 3, 4, 5]
const lakeRows = (length: number) =>
  count(length).map((n) => [
    2582 + 3 * n,
    793 + (n % 3),
    684 + 2 * n,
    1684 - (n % 4),
    163 + (noise(n) % 9),
  ])

function headers(): ValidVector[] {
  return [
    vector('everything zero', { boot: 0, seq: 0, times: [0], rows: [[0]] }),
    vector('one sample of five', { channels: LAKE, rows: lakeRows(1) }),
    vector('twelve samples of five', { channels: LAKE, rows: lakeRows(12) }),
    vector('numbers of two bytes', { boot: 128, seq: 16383 }),
    vector('the largest numbers', { boot: 0x7fffffff, seq: 0x7fffffff, times: [0xffffffff] }),
    vector('undated', { undated: true, times: [60, 120], rows: [[2582], [2583]] }),
    vector('trailer', { rows: [[2582], [2583]] }, '00112233445566ff'),
    vector('undated with trailer', { undated: true, times: [7] }, 'ffffffffffffffff'),
  ]
}

function times(): ValidVector[] {
  const at = (...offsets: number[]) => ({
    times: offsets.map((offset) => START + offset),
    rows: offsets.map((_, n) => [2582 + n]),
  })
  return [
    vector('interval of one second', at(0, 1, 2)),
    vector('interval of ninety seconds', at(0, 90, 180)),
    vector('interval of a day', at(0, 86400, 172800)),
    vector('the longest interval', at(0, MAX_INTERVAL_S)),
    vector('an interval too long for the header', at(0, MAX_INTERVAL_S + 1)),
    vector('one missing sample', at(0, 300, 600, 1200, 1500)),
    vector('one late sample', at(0, 300, 600, 901)),
    vector('jitter', at(0, 301, 599, 900, 1202, 1500, 1799, 2101)),
    vector('the whole range of time', {
      times: [0, 1, 0x7fffffff, 0x80000000, 0xffffffff],
      rows: column([1, 2, 3, 4, 5]),
    }),
  ]
}

function channelLists(): ValidVector[] {
  const sets = standardSets().map((channels, n) =>
    vector(`standard set ${n}`, { channels, rows: [channels.map((id) => 10 * id), channels] }),
  )
  const chain = count(16).map((position): [number, number] => [1, position])
  const lanes = [70, 71, 72, 73].flatMap((id) =>
    count(16).map((position): [number, number] => [id, position]),
  )
  return [
    ...sets,
    vector('a set but for one position', { channels: [115, [116, 1]], rows: [[99, 40]] }),
    vector('sixteen thermistors', { channels: chain, rows: [chain.map((_, n) => 2600 - 9 * n)] }),
    vector('positions with holes', {
      channels: [[1, 3], [1, 4], [1, 15], 22, [22, 2], 116],
      rows: [[1, 2, 3, 4, 5, 6]],
    }),
    vector('sixty-four channels', { channels: lanes, rows: [lanes.map((_, n) => n % 7)] }),
  ]
}

function gaps(): ValidVector[] {
  return [
    vector('one sample lacks a channel', { channels: [1, 2], rows: [[2582, null]] }),
    vector('a channel without any value', {
      channels: [1, 2],
      rows: [
        [1, null],
        [2, null],
        [3, null],
      ],
    }),
    vector('a channel with one value', {
      channels: [1, 100],
      rows: [
        [1, null],
        [2, 370],
        [3, null],
      ],
    }),
    vector('samples that share no channel', {
      channels: [1, 2],
      rows: [
        [1, null],
        [null, 2],
      ],
    }),
    vector('scattered gaps', {
      channels: [1, 2, 3],
      rows: lakeRows(20).map((row, n) =>
        row.slice(0, 3).map((v, c) => ((n + c) % 5 === 0 ? null : v)),
      ),
    }),
    vector('gaps in irregular time', {
      channels: [1, 2],
      times: [START, START + 10, START + 700],
      rows: [
        [1, 2],
        [null, 3],
        [2, null],
      ],
    }),
  ]
}

function series(): ValidVector[] {
  const walk = (length: number, width: number) => {
    let value = 2500
    return column(count(length).map((n) => (value += (noise(n) % (2 * width + 1)) - width)))
  }
  const steps = count(120).map((n) => noise(n) % 2)
  let level = 900
  const lengths = count(32)
  const stairs = steps.map((step, n) => (level += n === 60 ? 20 : n === 90 ? 13 : -step))
  return [
    vector('255 equal values', { rows: column(count(255).map(() => 909)) }),
    vector('a straight line', { rows: column(count(30).map((n) => 100 + 7 * n)) }),
    vector('walk of small steps', { rows: walk(60, 1) }),
    vector('walk of middle steps', { rows: walk(60, 40) }),
    vector('walk of large steps', { rows: walk(60, 30000) }),
    vector('sentinels in a smooth series', {
      rows: column(count(24).map((n) => (n === 7 || n === 15 ? -999900 : 1337 - 2 * n))),
    }),
    vector('spikes', {
      rows: column(count(48).map((n) => (n % 16 === 9 ? 790000 : 240 + (n % 2)))),
    }),
    vector('a long run of zeros in a Rice code', { rows: column(stairs) }),
    vector('the ends of int32', {
      rows: column(count(12).map((n) => (n % 2 === 0 ? -0x80000000 : 0x7fffffff))),
    }),
    vector('noise of 32 bits', { rows: column(count(40).map((n) => noise(n) * (n % 2 ? 1 : -1))) }),
    vector('one huge value among zeros', {
      rows: column(count(40).map((n) => (n === 20 ? -0x80000000 : 0))),
    }),
    vector('values of every length', {
      channels: lengths.map((n): [number, number] => [1 + (n >> 4), n & 15]),
      rows: [lengths.map((n) => -(2 ** n)), lengths.map((n) => 2 ** n - 1)],
    }),
    vector('negative first value', { rows: column([-1, -1, -2, 0]) }),
    vector('two samples', { rows: column([2582, 2580]) }),
  ]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const line = (value: unknown) => JSON.stringify(value)
  const { valid, malformed } = makeVectors()
  const text = [
    '{"version": 1,',
    `"valid": [\n${valid.map(line).join(',\n')}\n],`,
    `"malformed": [\n${malformed.map(line).join(',\n')}\n]}\n`,
  ]
  writeFileSync(VECTORS_PATH, text.join('\n'))
  console.log(`${valid.length} valid, ${malformed.length} malformed`)
}
