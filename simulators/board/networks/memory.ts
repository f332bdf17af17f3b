import { Duplex } from 'node:stream'
import { setImmediate as nextRound } from 'node:timers/promises'
import { Clock } from '../clock.js'
import type { Address, Connection, ConnectionEvents, DatagramSocket, Network } from './network.js'

/** Serves one connection. Bytes go both ways through a Node stream, so a real broker can sit behind it. */
export type Service = (stream: Duplex) => void
/** Answers a datagram, with nothing where it stays silent. */
export type DatagramService = (bytes: Uint8Array) => Uint8Array | undefined

/**
 * `refuse`: nobody listens. `unreachable`: not even that is answered. `half-open`: connections stay open, but
 * what is sent is lost. `stall`: it waits until the fault is over. `unnamed`: nobody knows the name any more, but
 * connections that are open stay so.
 */
export type Fault = 'refuse' | 'unreachable' | 'half-open' | 'stall' | 'unnamed'

const LATENCY_MS = 40
/** Rounds of the event loop without a byte after which nothing more will come by itself. */
const QUIET_ROUNDS = 5

interface Host {
  readonly services: Map<number, Service>
  readonly datagrams: Map<number, DatagramService>
  readonly links: Set<Link>
  fault: Fault | undefined
}

/** A network in memory: named hosts, virtual latency, faults. The same run every time. */
export class MemoryNetwork implements Network {
  readonly clock: Clock
  readonly #hosts = new Map<string, Host>()
  #isActive = false

  constructor(clock = new Clock()) {
    this.clock = clock
  }

  serve(name: string, port: number, service: Service): void {
    this.#host(name).services.set(port, service)
  }

  serveDatagrams(name: string, port: number, service: DatagramService): void {
    this.#host(name).datagrams.set(port, service)
  }

  /** The name is no longer known to anybody. */
  forget(name: string): void {
    this.#hosts.delete(name)
  }

  /** From now on, for open connections too; `undefined` ends it. */
  setFault(name: string, fault: Fault | undefined): void {
    const host = this.#host(name)
    host.fault = fault
    for (const link of host.links) link.flush()
  }

  /** Breaks every open connection of the host, as a reset does. */
  reset(name: string): void {
    for (const link of [...this.#host(name).links]) link.break()
  }

  openConnections(name: string): number {
    return this.#host(name).links.size
  }

  resolves(host: string): boolean {
    const known = this.#hosts.get(host)
    return known !== undefined && known.fault !== 'unnamed'
  }

  connect(to: Address, events: ConnectionEvents): Connection | 'refused' | 'unreachable' {
    const host = this.#hosts.get(to.host)
    if (host === undefined || !this.resolves(to.host)) return 'unreachable'
    if (host.fault === 'unreachable') return 'unreachable'
    const service = host.services.get(to.port)
    if (service === undefined || host.fault === 'refuse') return 'refused'
    const link = new Link(events, {
      clock: this.clock,
      fault: () => host.fault,
      onActivity: () => {
        this.#isActive = true
      },
      onEnd: () => host.links.delete(link),
    })
    host.links.add(link)
    events.opened()
    service(link.far)
    this.#isActive = true
    return link
  }

  datagrams(received: (bytes: Uint8Array, from: Address) => void): DatagramSocket {
    let isOpen = true
    return {
      send: (to, bytes) => {
        const host = this.#hosts.get(to.host)
        if (host === undefined || host.fault !== undefined) return
        const answer = host.datagrams.get(to.port)?.(bytes)
        if (answer === undefined) return
        this.clock.after(2 * LATENCY_MS, () => {
          if (isOpen) received(answer, to)
        })
      },
      close: () => {
        isOpen = false
      },
    }
  }

  settle(untilMs: number): number | Promise<number> {
    return this.#isActive ? this.#quieten() : untilMs
  }

  async #quieten(): Promise<number> {
    for (let quiet = 0; quiet < QUIET_ROUNDS; quiet++) {
      if (this.#isActive) quiet = 0
      this.#isActive = false
      await nextRound()
    }
    return this.clock.nowMs
  }

  #host(name: string): Host {
    const known = this.#hosts.get(name)
    if (known !== undefined) return known
    const host: Host = {
      services: new Map(),
      datagrams: new Map(),
      links: new Set(),
      fault: undefined,
    }
    this.#hosts.set(name, host)
    return host
  }
}

interface LinkNeeds {
  readonly clock: Clock
  fault(): Fault | undefined
  onActivity(): void
  onEnd(): void
}

/** One connection: the board writes here, the service at `far`. */
class Link implements Connection {
  readonly far: Duplex
  readonly #events: ConnectionEvents
  readonly #needs: LinkNeeds
  readonly #held: (() => void)[] = []
  #isOpen = true

  constructor(events: ConnectionEvents, needs: LinkNeeds) {
    this.#events = events
    this.#needs = needs
    this.far = new Duplex({
      allowHalfOpen: false,
      read() {},
      write: (chunk: Uint8Array, _encoding, done) => {
        needs.onActivity()
        const bytes = new Uint8Array(chunk)
        this.#carry(() => this.#events.received(bytes))
        done()
      },
      final: (done) => {
        this.#carry(() => this.#farEnded())
        done()
      },
      destroy: (_error, done) => {
        this.#carry(() => this.#farEnded())
        done(null)
      },
    })
    this.far.on('error', () => {})
  }

  write(bytes: Uint8Array): void {
    this.#carry(() => {
      this.#needs.onActivity()
      this.far.push(bytes)
    })
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#needs.onEnd()
    // What was sent before goes first; a lost connection does not even lose its end here.
    this.#needs.clock.after(LATENCY_MS, () => {
      this.#needs.onActivity()
      this.far.push(null)
      this.far.destroy()
    })
  }

  abandon(): void {
    this.#isOpen = false
    this.#needs.onEnd()
  }

  break(): void {
    this.far.destroy()
    this.#farEnded()
  }

  flush(): void {
    if (this.#needs.fault() === 'stall') return
    for (const act of this.#held.splice(0)) this.#needs.clock.after(LATENCY_MS, act)
  }

  #farEnded(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#needs.onEnd()
    this.#events.closed()
  }

  #carry(act: () => void): void {
    const fault = this.#needs.fault()
    if (fault === 'stall') this.#held.push(act)
    else if (fault !== 'half-open') this.#needs.clock.after(LATENCY_MS, act)
  }
}
