import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import type { Frame } from '../../shared/wire/frame.js'
import { fromSteps, quantityById, quantityByKey, toSteps } from '../../shared/wire/quantities.js'
import type { WorldSite } from '../world/sites.js'
import type { World } from '../world/world.js'

/** What was true and what a sensor said, at the moment it was asked. */
export interface Measured {
  timeMs: number
  /** By quantity: true and sensed, in the unit. */
  values: ReadonlyMap<string, readonly [isTrue: number | null, sensed: number | null]>
}

/** What is true at a station and what its sensors say. */
export function measure(
  { world, site }: { world: World; site: WorldSite },
  keys: readonly string[],
  { timeMs, ...where }: { timeMs: number; periodS?: number },
): Measured {
  const pair = (key: string): readonly [number | null, number | null] => [
    world.truth(site, key, timeMs, where),
    world.sensed(site, key, timeMs, where),
  ]
  return { timeMs, values: new Map(keys.map((key) => [key, pair(key)])) }
}

const HEADER = 'time,site,node,quantity,true,sensed,sent\n'
/** A station reads its sensors within seconds of each other, and samples once a minute at most. */
const ONE_SAMPLE_MS = 45_000
/** Half an interval: a node whose clock is a little wrong means the nearest. */
const CLOCK_ERROR_MS = 150_000
/** Frames that are known again when they are sent again: a year of hourly ones. */
const MOST_SEEN = 10_000

/** Ground truth: `truth.csv`, a row for each reading that a node sent, and for each that it measured and did not. */
export class Ledger {
  readonly #file: WriteStream

  constructor(path: string) {
    this.#file = createWriteStream(path)
    this.#file.write(HEADER)
  }

  account(site: string, node: string): NodeLedger {
    return new NodeLedger((cells) =>
      this.#file.write(`${[cells[0], site, node, ...cells.slice(1)].join()}\n`),
    )
  }

  async close(): Promise<void> {
    this.#file.end()
    await once(this.#file, 'close')
  }
}

/** The pages of one node. */
export class NodeLedger {
  /** Samples taken, and frames and readings that left for the first time. */
  samples = 0
  frames = 0
  readings = 0
  acknowledged = 0
  /** The latest values sensed, by quantity. */
  latest: Measured | undefined
  readonly #write: (cells: readonly (string | number)[]) => void
  #unsent: Measured[] = []
  readonly #seen = new Set<string>()

  constructor(write: (cells: readonly (string | number)[]) => void) {
    this.#write = write
  }

  /** Sensors asked within one sample are one entry: each quantity as it was asked last. */
  measured(found: Measured): void {
    this.latest = { ...found, values: new Map([...(this.latest?.values ?? []), ...found.values]) }
    const last = this.#unsent.at(-1)
    if (last === undefined || found.timeMs - last.timeMs > ONE_SAMPLE_MS) {
      this.samples++
      this.#unsent.push(found)
      return
    }
    const values = new Map([...last.values, ...found.values])
    this.#unsent[this.#unsent.length - 1] = { timeMs: last.timeMs, values }
  }

  sent({ boot, seq, undated, channels, samples }: Frame): void {
    if (this.#seen.has(`${boot} ${seq}`)) return
    this.#seen.add(`${boot} ${seq}`)
    const [oldest] = this.#seen
    if (this.#seen.size > MOST_SEEN && oldest !== undefined) this.#seen.delete(oldest)
    this.frames++
    for (const { time, values } of samples) {
      const found = undated ? undefined : this.#take(time * 1000)
      for (const [index, steps] of values.entries()) {
        const quantity = quantityById(channels[index]?.quantity ?? 0)
        if (steps === null || quantity === undefined) continue
        this.readings++
        const known = found?.values.get(quantity.key)
        const when = undated ? '' : iso(time * 1000)
        this.#write([when, quantity.key, ...told(quantity.key, known), fromSteps(quantity, steps)])
      }
    }
  }

  /** What was measured and never left. */
  finish(): void {
    for (const { timeMs, values } of this.#unsent) {
      for (const [key, pair] of values) this.#write([iso(timeMs), key, ...told(key, pair), ''])
    }
    this.#unsent = []
  }

  /** The entry of a sample; it is not looked for again. */
  #take(timeMs: number): Measured | undefined {
    const away = (entry: Measured | undefined) =>
      Math.abs((entry?.timeMs ?? Number.POSITIVE_INFINITY) - timeMs)
    let nearest = 0
    for (const [index, entry] of this.#unsent.entries()) {
      if (away(entry) < away(this.#unsent[nearest])) nearest = index
    }
    if (away(this.#unsent[nearest]) > CLOCK_ERROR_MS) return undefined
    return this.#unsent.splice(nearest, 1)[0]
  }
}

function told(key: string, pair: readonly [number | null, number | null] | undefined) {
  return [pair?.[0], pair?.[1]].map((value) =>
    value === null || value === undefined ? '' : inStep(key, value),
  )
}

/** As exact as the quantity's step. */
function inStep(key: string, value: number): number {
  const quantity = quantityByKey(key)
  return quantity === undefined ? value : fromSteps(quantity, toSteps(quantity, value))
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('.000Z', 'Z')
}
