import { createSocket, type Socket as Datagrams } from 'node:dgram'
import { connect as openSocket, type Socket } from 'node:net'
import { Clock } from '../clock.js'
import type { Address, Connection, ConnectionEvents, DatagramSocket, Network } from './network.js'

export interface Pace {
  /** Virtual per real time while a socket is open and nothing is on its way. */
  readonly speed: number
  /**
   * How long, in real time, virtual time keeps to the real one after bytes were sent and nothing came back: a
   * busy service is given this before the firmware's time limits run at speed.
   */
  readonly patienceMs: number
}

/**
 * The computer's own network, for real services. Time leaps only while no socket is open; otherwise bytes in
 * flight hold it back: real time until the answer to what was sent arrives (or does not), `speed` times that
 * when the socket is quiet. Unlike on the board a refused connection is told later, by `close`, since Node
 * cannot wait for it.
 */
export class TcpNetwork implements Network {
  readonly clock = new Clock()
  /** Open sockets, and since when each waits for an answer in real time. */
  readonly #waiting = new Map<Socket | Datagrams, number | undefined>()
  #wake: (() => void) | undefined
  readonly #given: Pace

  constructor(pace: Pace = { speed: 60, patienceMs: 2_000 }) {
    this.#given = pace
  }

  /** Names are left to the computer; what does not exist is told as a connection that closes. */
  resolves(): boolean {
    return true
  }

  connect({ host, port }: Address, events: ConnectionEvents): Connection {
    const socket = openSocket({ host, port, noDelay: true })
    this.#sent(socket)
    const arrived = (act: () => void) => {
      if (this.#waiting.has(socket)) this.#waiting.set(socket, undefined)
      act()
      this.#wake?.()
    }
    socket.on('connect', () => arrived(() => events.opened()))
    socket.on('data', (bytes) => arrived(() => events.received(new Uint8Array(bytes))))
    socket.on('end', () => arrived(() => events.closed()))
    // Whatever was wrong, `close` follows.
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#waiting.delete(socket)
      arrived(() => events.closed())
    })
    return {
      write: (bytes) => {
        this.#sent(socket)
        socket.write(bytes)
      },
      // Nothing that still comes concerns the board, so time is free again.
      close: () => {
        this.#waiting.delete(socket)
        socket.end()
      },
      abandon: () => {
        this.#waiting.delete(socket)
        socket.destroy()
      },
    }
  }

  datagrams(received: (bytes: Uint8Array, from: Address) => void): DatagramSocket {
    const socket = createSocket('udp4')
    socket.on('error', () => {})
    socket.on('message', (bytes, { address, port }) => {
      if (this.#waiting.has(socket)) this.#waiting.set(socket, undefined)
      received(new Uint8Array(bytes), { host: address, port })
      this.#wake?.()
    })
    return {
      send: ({ host, port }, bytes) => {
        this.#sent(socket)
        socket.send(bytes, port, host, () => {})
      },
      close: () => {
        this.#waiting.delete(socket)
        socket.close()
      },
    }
  }

  settle(untilMs: number): number | Promise<number> {
    return this.#waiting.size === 0 ? untilMs : this.#pace(untilMs)
  }

  #sent(socket: Socket | Datagrams): void {
    this.#waiting.set(socket, performance.now())
  }

  async #pace(untilMs: number): Promise<number> {
    const fromMs = this.clock.nowMs
    const startMs = performance.now()
    const patienceMs = this.#patienceMs(startMs)
    const speed = patienceMs > 0 ? 1 : this.#given.speed
    const waitMs = (untilMs - fromMs) / speed
    await this.#pause(patienceMs > 0 ? Math.min(waitMs, patienceMs) : waitMs)
    const passedMs = (performance.now() - startMs) * speed
    return Math.min(untilMs, fromMs + passedMs)
  }

  #patienceMs(nowMs: number): number {
    const sent = [...this.#waiting.values()].filter((atMs) => atMs !== undefined)
    return Math.max(Number.NEGATIVE_INFINITY, ...sent) + this.#given.patienceMs - nowMs
  }

  /** Until the time is over or something arrives. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms)
      const immediate = ms < 1 ? setImmediate(done) : undefined
      this.#wake = done
      function done(): void {
        clearTimeout(timer)
        if (immediate !== undefined) clearImmediate(immediate)
        resolve()
      }
    })
  }
}
