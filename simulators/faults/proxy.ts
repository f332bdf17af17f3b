import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { CLEAR, type Conditions, type Timer } from './direction.js'
import { Pipe } from './pipe.js'

export interface ProxyCounters {
  connections: number
  /** Connections that were broken, or turned away, by the proxy. */
  broken: number
  acksDropped: number
}

/** A faulty line between a node and the broker. Without a condition it passes everything on. */
export class FaultProxy {
  readonly counters: ProxyCounters = { connections: 0, broken: 0, acksDropped: 0 }
  readonly #broker: { host: string; port: number }
  readonly #timer: Timer
  readonly #server: Server
  readonly #pipes = new Set<Pipe>()
  /** Of every fault that lasts; together they make the conditions. */
  readonly #lasting = new Map<object, Partial<Conditions>>()
  #conditions = CLEAR

  constructor(broker: { host: string; port: number }, timer: Timer) {
    this.#broker = broker
    this.#timer = timer
    this.#server = createServer((socket) => this.#accept(socket))
  }

  /** @returns its address, for the node. */
  async start(): Promise<{ host: string; port: number }> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('a proxy without a port')
    return { host: '127.0.0.1', port: address.port }
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const pipe of this.#pipes) pipe.cut()
    this.#lasting.clear()
    this.#change()
    await closed
  }

  /** From now until the function that it returns is called. Several hold together, the worst of each. */
  impose(conditions: Partial<Conditions>): () => void {
    const key = {}
    this.#lasting.set(key, conditions)
    this.#change()
    return () => {
      this.#lasting.delete(key)
      this.#change()
    }
  }

  cut(): void {
    this.#break((pipe) => pipe.cut())
  }

  reset(): void {
    this.#break((pipe) => pipe.reset())
  }

  #break(how: (pipe: Pipe) => void): void {
    this.counters.broken += this.#pipes.size
    for (const pipe of this.#pipes) how(pipe)
  }

  #accept(near: Socket): void {
    this.counters.connections++
    if (this.#conditions.isRefusing) {
      this.counters.broken++
      near.on('error', () => {})
      near.resetAndDestroy()
      return
    }
    const pipe: Pipe = new Pipe(near, connect(this.#broker), {
      timer: this.#timer,
      conditions: () => this.#conditions,
      onAckDropped: () => void this.counters.acksDropped++,
      onClosed: () => this.#pipes.delete(pipe),
    })
    this.#pipes.add(pipe)
  }

  #change(): void {
    const all = [CLEAR, ...this.#lasting.values()]
    this.#conditions = {
      isStalled: all.some(({ isStalled }) => isStalled),
      isRefusing: all.some(({ isRefusing }) => isRefusing),
      dropsAcks: all.some(({ dropsAcks }) => dropsAcks),
      delayMs: Math.max(...all.map(({ delayMs = 0 }) => delayMs)),
      bytesPerS: Math.min(...all.map(({ bytesPerS = CLEAR.bytesPerS }) => bytesPerS)),
    }
    for (const pipe of this.#pipes) pipe.pump()
  }
}
