import { isFlag, whyWords } from '../../shared/schema/flags.js'
import type { LiveReading } from '../../shared/schema/reading.js'
import { fromSteps, quantityById } from '../../shared/wire/quantities.js'
import type { NewReading } from '../store/batches.js'
import { iso } from './answers.js'
import { Backlog } from './backlog.js'

/** Seconds between signs of life: the page says that the connection is lost after 10 s. */
export const HEARTBEAT_S = 5
/** What arrives within this time is told together. */
const FLUSH_MS = 250
/** Values in one event: 2,000 a second is more than a page can show, and 50 clients stay cheap. */
const EVENT_VALUES = 500
/** Values that wait, for all clients and for each. */
const MOST_WAITING = 5_000
/** A client that has not taken anything for this long is cut off; its page connects again. */
export const STUCK_MS = 30_000
/** Each client costs a socket and at most MOST_WAITING values. */
const MOST_CLIENTS = 500

/** The part of an HTTP response that is used. */
export interface EventSink {
  write(data: Uint8Array): boolean
  end(): void
  destroy(): void
  on(event: 'drain' | 'close' | 'error', listener: () => void): unknown
}

/** Of a reading, what is told. */
export type LiveValue = Omit<NewReading, 'raw'>

/** A reading as it is told, and what clients choose by. */
export interface LiveItem {
  series: string
  node: string
  quantityId: number
  position: number
  json: string
}

interface Client {
  sink: EventSink
  /** Undefined: everything. */
  wants: ((item: LiveItem) => boolean) | undefined
  /** Holds something only while the client is slow. */
  waiting: Backlog<LiveItem>
  /** unix ms since which the client takes nothing; undefined while it does */
  stuckSince: number | undefined
}

/** Where the names of nodes come from, and whether simulated ones are told. */
export interface LiveSource {
  namesOf(ids: readonly number[]): Promise<{ id: number; name: string; simulated: boolean }[]>
  includeSimulated: boolean
  log: { warn(fields: object): void }
}

/**
 * What was committed, told to browsers as it comes. Bounded everywhere: a client that is slow gets the newest
 * values of each series, one that is stuck is cut off, and nobody else waits for it. Values may be left out:
 * the page asks for what it needs whenever it connects.
 */
export class LiveFeed {
  readonly #clock: { now(): number }
  readonly #clients = new Set<Client>()
  readonly #fresh = new Backlog<LiveValue>(MOST_WAITING)
  /** Names never change and nodes are never deleted, so what is known stays known. */
  readonly #names = new Map<number, { name: string; simulated: boolean }>()
  #source: LiveSource | undefined
  #flushTimer: NodeJS.Timeout | undefined
  #heartbeat: NodeJS.Timeout | undefined

  constructor({ clock }: { clock: { now(): number } }) {
    this.#clock = clock
  }

  start(source: LiveSource): void {
    this.#source = source
    this.#heartbeat = setInterval(() => this.beat(), HEARTBEAT_S * 1000)
    this.#heartbeat.unref()
  }

  /** Ends every stream; the pages connect again when somebody listens. */
  stop(): void {
    clearInterval(this.#heartbeat)
    clearTimeout(this.#flushTimer)
    for (const { sink } of this.#clients) sink.end()
    this.#clients.clear()
  }

  get clients(): number {
    return this.#clients.size
  }

  /** Called after a commit with what was new or has another flag now, oldest first. Never waits, never throws. */
  publish(readings: readonly LiveValue[]): void {
    if (this.#clients.size === 0) return
    for (const reading of readings) this.#fresh.add(seriesOf(reading), reading)
    this.#flushLater()
  }

  /** False when there are too many clients. `hello` is the data of the first event. */
  open(sink: EventSink, hello: object, wants?: (item: LiveItem) => boolean): boolean {
    if (this.#clients.size >= MOST_CLIENTS) return false
    const client: Client = {
      sink,
      wants,
      waiting: new Backlog(MOST_WAITING),
      stuckSince: undefined,
    }
    const forget = () => this.#clients.delete(client)
    sink.on('close', forget)
    sink.on('error', forget)
    sink.on('drain', () => {
      client.stuckSince = undefined
      this.#sendWaiting(client)
    })
    this.#clients.add(client)
    this.#write(client, event('hello', JSON.stringify(hello)))
    return true
  }

  /** Tells what has come since the last time. */
  async flush(): Promise<void> {
    this.#flushTimer = undefined
    const readings = this.#fresh.take(EVENT_VALUES)
    try {
      await this.#learnNames(readings)
    } catch (error) {
      this.#source?.log.warn({ event: 'live_names_failed', reason: String(error) })
      return
    }
    const items = readings.flatMap((reading) => this.#toItem(reading))
    const forAll = readingsEvent(items)
    for (const client of this.#clients) {
      const { wants, waiting, stuckSince } = client
      if (wants === undefined && stuckSince === undefined && waiting.size === 0) {
        if (items.length > 0) this.#write(client, forAll)
        continue
      }
      for (const item of items) if (wants?.(item) ?? true) waiting.add(item.series, item)
      this.#sendWaiting(client)
    }
    if (this.#fresh.size > 0) this.#flushLater()
  }

  /** A sign of life to everybody who listens; the end for those who have not for long. */
  beat(): void {
    const now = this.#clock.now()
    const data = event('heartbeat', JSON.stringify({ now: iso(now) }))
    for (const client of this.#clients) {
      if (client.stuckSince === undefined) this.#write(client, data)
      else if (now - client.stuckSince > STUCK_MS) {
        this.#clients.delete(client)
        client.sink.destroy()
      }
    }
  }

  #flushLater(): void {
    this.#flushTimer ??= setTimeout(() => void this.flush(), FLUSH_MS)
  }

  async #learnNames(readings: readonly LiveValue[]): Promise<void> {
    const unknown = new Set<number>()
    for (const { nodeId } of readings) if (!this.#names.has(nodeId)) unknown.add(nodeId)
    if (unknown.size === 0) return
    const names = (await this.#source?.namesOf([...unknown])) ?? []
    for (const { id, name, simulated } of names) this.#names.set(id, { name, simulated })
  }

  #toItem(reading: LiveValue): LiveItem[] {
    const node = this.#names.get(reading.nodeId)
    if (node === undefined || (node.simulated && !this.#source?.includeSimulated)) return []
    const told = toLiveReading(node.name, reading)
    if (told === undefined) return []
    const { quantityId, position } = reading
    const json = JSON.stringify(told)
    return [{ series: seriesOf(reading), node: node.name, quantityId, position, json }]
  }

  #sendWaiting(client: Client): void {
    if (client.stuckSince !== undefined || client.waiting.size === 0) return
    this.#write(client, readingsEvent(client.waiting.take(EVENT_VALUES)))
  }

  #write(client: Client, data: Uint8Array): void {
    if (!client.sink.write(data)) client.stuckSince ??= this.#clock.now()
  }
}

function seriesOf({ nodeId, quantityId, position }: LiveValue): string {
  return `${nodeId}/${quantityId}/${position}`
}

function toLiveReading(node: string, reading: LiveValue): LiveReading | undefined {
  const quantity = quantityById(reading.quantityId)
  if (quantity === undefined || !isFlag(reading.flag)) return undefined
  return {
    node,
    quantity: quantity.key,
    position: reading.position,
    time: iso(reading.time * 1000),
    value: fromSteps(quantity, reading.value),
    unit: quantity.ucum,
    flag: reading.flag,
    why: whyWords(reading.why),
  }
}

function readingsEvent(items: readonly LiveItem[]): Uint8Array {
  return event('readings', `[${items.map(({ json }) => json).join(',')}]`)
}

function event(name: string, data: string): Uint8Array {
  return Buffer.from(`event: ${name}\ndata: ${data}\n\n`)
}
