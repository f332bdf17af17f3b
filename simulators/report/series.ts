import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { type Point as Reading, readingsAnswerSchema } from '../../shared/schema/reading.js'
import { type Quantity, quantityByKey } from '../../shared/wire/quantities.js'
import type { ServiceClient } from '../service-client.js'
import type { WorldSite } from '../world/sites.js'
import type { ReportRun } from './run.js'

export interface Point {
  timeMs: number
  value: number
}

export interface StoredPoint extends Point {
  flag: Reading['flag']
  why: Reading['why']
}

/** What was true and what is stored of one quantity of a node. */
export interface Series {
  site: WorldSite
  node: string
  quantity: Quantity
  truth: Point[]
  stored: StoredPoint[]
  /** Sent, with a date, and not in the store. */
  missing: Point[]
  sent: number
  /** Sent before the node knew the time: the service may have dated it. */
  undated: number
}

/** What the service may have dated a little before or after the run. */
const AROUND_MS = 3_600_000

/** From the ledger of the run and, through the API, from the store; in the order of sites and quantities. */
export async function readSeries(
  truthPath: string,
  service: ServiceClient,
  run: ReportRun,
): Promise<Series[]> {
  const found = await readTruth(truthPath, run)
  const series = [...found.values()].map(({ series }) => series)
  for (const { name } of run.nodes) {
    const stored = await storedOf(service, name, run)
    for (const one of series) {
      if (one.node === name) one.stored = stored.get(one.quantity.key) ?? []
    }
  }
  for (const { series: one, sent } of found.values()) {
    const there = new Set(one.stored.map(({ timeMs }) => timeMs))
    one.missing = sent.filter(({ timeMs }) => !there.has(timeMs))
    one.truth.sort((a, b) => a.timeMs - b.timeMs)
  }
  const order = (one: Series) => run.nodes.findIndex(({ name }) => name === one.node)
  return series.sort((a, b) => order(a) - order(b) || a.quantity.id - b.quantity.id)
}

interface Ledgered {
  series: Series
  sent: Point[]
}

async function readTruth(path: string, run: ReportRun): Promise<Map<string, Ledgered>> {
  const found = new Map<string, Ledgered>()
  const lines = createInterface({ input: createReadStream(path, 'utf8') })
  for await (const line of lines) {
    const [time = '', , node = '', key = '', isTrue = '', , sent = ''] = line.split(',')
    const quantity = quantityByKey(key)
    const site = run.nodes.find(({ name }) => name === node)?.site
    // The header, and what a node says of itself.
    if (quantity === undefined || site === undefined || quantity.group === 'node') continue
    const id = `${node} ${key}`
    const none = { truth: [], stored: [], missing: [], sent: 0, undated: 0 }
    const entry = found.get(id) ?? { series: { site, node, quantity, ...none }, sent: [] }
    found.set(id, entry)
    const timeMs = Date.parse(time)
    if (sent !== '') entry.series.sent++
    if (Number.isNaN(timeMs)) entry.series.undated++
    else {
      if (isTrue !== '') entry.series.truth.push({ timeMs, value: Number(isTrue) })
      if (sent !== '') entry.sent.push({ timeMs, value: Number(sent) })
    }
  }
  return found
}

async function storedOf(
  service: ServiceClient,
  node: string,
  { startMs, endMs }: ReportRun,
): Promise<Map<string, StoredPoint[]>> {
  const from = new Date(startMs - AROUND_MS).toISOString()
  const to = new Date(endMs + AROUND_MS).toISOString()
  const path = `/api/v1/readings?node=${node}&from=${from}&to=${to}&resolution=raw`
  const { series } = await service.get(path, readingsAnswerSchema)
  return new Map(
    series
      .filter(({ position }) => position === 0)
      .map(({ quantity, readings = [] }) => [
        quantity,
        readings.map(({ time, value, flag, why }) => ({
          ...{ timeMs: Date.parse(time), value, flag, why },
        })),
      ]),
  )
}
