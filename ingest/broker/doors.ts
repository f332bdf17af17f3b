import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls'
import type { BrokerConfig } from '../config.js'
import { AppError } from '../errors.js'
import { addressOf, isWithin, SocketLimits } from './gate.js'

/** Why a socket is not let through to the broker. */
export type DoorRefusal =
  | 'plain-network'
  | 'too-many-sockets'
  | 'connect-timeout'
  | 'protocol'
  | 'accept-failed'

/** A CONNECT is one packet: a socket that has not sent it by now is not a node of ours. */
export const CONNECT_TIMEOUT_MS = 5_000

/** The listening sockets, with TLS and without: who may come in is decided before a byte is read. */
export class Doors {
  readonly #config: BrokerConfig
  readonly #onRefused: (reason: DoorRefusal, fields: object) => void
  readonly #limits: SocketLimits
  readonly #sockets = new Set<Socket>()
  readonly #servers: Server[] = []

  constructor(config: BrokerConfig, onRefused: (reason: DoorRefusal, fields: object) => void) {
    this.#config = config
    this.#onRefused = onRefused
    this.#limits = new SocketLimits(config.maxConnections, config.maxConnectionsPerAddress)
  }

  /** `onSocket` gets every socket that is admitted, after its TLS handshake where there is one. */
  async open(onSocket: (socket: Socket) => void): Promise<void> {
    const { host, port, tls } = this.#config
    await this.#listen(host, port, (socket) => {
      if (this.#admit(socket, false)) onSocket(socket)
    })
    if (tls === undefined) return
    const handshakes = this.#handshakes(tls, onSocket)
    await this.#listen(host, tls.port, (socket) => {
      if (this.#admit(socket, true)) handshakes.emit('connection', socket)
    })
  }

  get port(): number | undefined {
    return portOf(this.#servers[0])
  }

  get tlsPort(): number | undefined {
    return portOf(this.#servers[1])
  }

  /** Takes no further socket; those that are in stay. */
  close(): void {
    for (const server of this.#servers) server.close()
  }

  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async #listen(host: string, port: number, onSocket: (socket: Socket) => void): Promise<void> {
    const server = createServer(onSocket)
    this.#servers.push(server)
    server.listen(port, host)
    try {
      await once(server, 'listening')
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new AppError('CONFIG', `the broker cannot listen on ${host}:${port}: ${reason}`, {
        cause,
      })
    }
    server.on('error', (error) => this.#onRefused('accept-failed', { detail: error.message }))
  }

  /** Listens nowhere: it is handed sockets that are counted already, for a handshake may never come. */
  #handshakes(
    { cert, key }: { cert: Buffer; key: Buffer },
    onSocket: (socket: Socket) => void,
  ): TlsServer {
    const server = createTlsServer({ cert, key, handshakeTimeout: CONNECT_TIMEOUT_MS })
    server.on('secureConnection', onSocket)
    server.on('tlsClientError', (error, socket) => {
      const isLate = 'code' in error && error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT'
      this.#onRefused(isLate ? 'connect-timeout' : 'protocol', { address: addressOf(socket) })
      socket.destroy()
    })
    return server
  }

  /** True when the socket may stay; it is destroyed otherwise. */
  #admit(socket: Socket, isTls: boolean): boolean {
    // Errors of a socket end it; 'close' follows and is what counts.
    socket.on('error', () => {})
    const reason = this.#reasonAgainst(socket, isTls)
    if (reason !== undefined) {
      this.#onRefused(reason, { address: addressOf(socket) })
      socket.destroy()
      return false
    }
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    return true
  }

  #reasonAgainst(socket: Socket, isTls: boolean): DoorRefusal | undefined {
    if (!this.#limits.admit(socket)) return 'too-many-sockets'
    const isAllowed = isTls || isWithin(this.#config.plainNetworks, addressOf(socket))
    return isAllowed ? undefined : 'plain-network'
  }
}

function portOf(server: Server | undefined): number | undefined {
  const address = server?.address()
  return typeof address === 'object' && address !== null ? address.port : undefined
}
