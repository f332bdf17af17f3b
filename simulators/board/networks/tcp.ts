import { createSocket } from 'node:dgram'
import { connect as openSocket, type Socket } from 'node:net'
import { Clock } from '../clock.js'
import type { Address, Connection, ConnectionEvents, DatagramSocket, Network } from './network.js'

/** Virtual per real time while a socket is open and nothing is on its way. */
const SPEED = 60
/**
 * How long, in real time, virtual time keeps to the real one after bytes were sent, while nothing came back: a
 * busy service is given this before the firmware's time limits run at speed.
 */
const PATIENCE_MS = 2_000

/**
 * The computer's own network, for real services. Time leaps only while no socket is open; otherwise bytes in
 * flight hold it back: real time until the answer to what was sent arrives (or does not), `SPEED` times that
 * when the socket is quiet. Unlike on the board a refused connection is told later, by `close`, since Node
 * cannot wait for it.
 */
export class TcpNetwork implements Network {
  readonly clock = new Clock()
  readonly #sockets = new Set<Socket>()
  #datagramSockets = 0
  #sentAtMs: number | undefined
  #wake: (() => void) | undefined

  /** Names are left to the computer; what does not exist is told as a connection that closes. */
  resolves(): boolean {
    return true
  }

  connect({ host, port }: Address, events: ConnectionEvents): Connection {
    const socket = openSocket({ host, port, noDelay: true })
    this.#sockets.add(socket)
    this.#sent()
    const arrived = (act: () => void) => {
      this.#sentAtMs = undefined
      act()
      this.#wake?.()
    }
    socket.on('connect', () => arrived(() => events.opened()))
    socket.on('data', (bytes) => arrived(() => events.received(new Uint8Array(bytes))))
    socket.on('end', () => arrived(() => events.closed()))
    // Whatever was wrong, `close` follows.
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#sockets.delete(socket)
      arrived(() => events.closed())
    })
    return {
      write: (bytes) => {
        this.#sent()
        socket.write(bytes)
      },
      close: () => {
        socket.end()
      },
      abandon: () => {
        socket.destroy()
      },
    }
  }

  datagrams(received: (bytes: Uint8Array, from: Address) => void): DatagramSocket {
    const socket = createSocket('udp4')
    this.#datagramSockets++
    socket.on('error', () => {})
    socket.on('message', (bytes, { address, port }) => {
      this.#sentAtMs = undefined
      received(new Uint8Array(bytes), { host: address, port })
      this.#wake?.()
    })
    return {
      send: ({ host, port }, bytes) => {
        this.#sent()
        socket.send(bytes, port, host, () => {})
      },
      close: () => {
        this.#datagramSockets--
        socket.close()
      },
    }
  }

  settle(untilMs: number): number | Promise<number> {
    const isQuiet = this.#sockets.size === 0 && this.#datagramSockets === 0
    return isQuiet ? untilMs : this.#pace(untilMs)
  }

  #sent(): void {
    this.#sentAtMs = performance.now()
  }

  async #pace(untilMs: number): Promise<number> {
    const fromMs = this.clock.nowMs
    const startMs = performance.now()
    const patienceMs = this.#patienceMs(startMs)
    const speed = patienceMs > 0 ? 1 : SPEED
    const waitMs = (untilMs - fromMs) / speed
    await this.#pause(patienceMs > 0 ? Math.min(waitMs, patienceMs) : waitMs)
    const passedMs = (performance.now() - startMs) * speed
    return Math.min(untilMs, fromMs + passedMs)
  }

  #patienceMs(nowMs: number): number {
    return this.#sentAtMs === undefined ? 0 : this.#sentAtMs + PATIENCE_MS - nowMs
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
