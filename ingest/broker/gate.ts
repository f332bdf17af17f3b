import type { BlockList, Socket } from 'node:net'
import { isIPv6 } from 'node:net'
import type { Client } from 'aedes'

/** Fixed header and body of the largest CONNECT of ours: 32-character names, a 64-character secret. */
const MAX_BYTES_BEFORE_LOGIN = 512
/** A frame of 1,024 bytes with its topic and packet id; a SUBSCRIBE to both own topics is smaller. */
const MAX_BYTES_AFTER_LOGIN = 1_100

/**
 * Refuses a packet by the length in its fixed header, before any of its body is kept. MQTT.js' parser has
 * no limit of its own, so its step `_parseLength` is wrapped: private, which is why the version of aedes is
 * pinned and a test sends 100 MB headers.
 */
export function guardPacketSize(client: Client, onRefused: (declared: number) => void): void {
  const parser = parserOf(client)
  const parseLength = parser._parseLength.bind(parser)
  parser._parseLength = () => {
    const isComplete = parseLength()
    const limit = client.connected ? MAX_BYTES_AFTER_LOGIN : MAX_BYTES_BEFORE_LOGIN
    const declared = parser.packet.length
    if (isComplete && declared > limit) {
      onRefused(declared)
      client.conn.destroy()
      // Ends the parser's loop; what follows in the buffer is dropped with the connection.
      parser.error = new Error(`packet of ${declared} bytes`)
      return false
    }
    return isComplete
  }
}

/** Takes no further packet from the client; those in hand are still answered. */
export function stopReading(client: Client): void {
  if ('pause' in client && typeof client.pause === 'function') client.pause()
}

interface Parser {
  _parseLength: () => boolean
  packet: { length: number }
  error: Error | null
}

function parserOf(client: Client): Parser {
  return (client as unknown as { _parser: Parser })._parser
}

/** Counts sockets in total and per address, so that no one can use up all of them. */
export class SocketLimits {
  readonly #total: number
  readonly #perAddress: number
  readonly #open = new Map<string, number>()
  #count = 0

  constructor(total: number, perAddress: number) {
    this.#total = total
    this.#perAddress = perAddress
  }

  /** True when the socket may stay; it is then counted until it closes. */
  admit(socket: Socket): boolean {
    const address = addressOf(socket)
    const open = this.#open.get(address) ?? 0
    if (this.#count >= this.#total || open >= this.#perAddress) return false
    this.#count++
    this.#open.set(address, open + 1)
    socket.once('close', () => this.#release(address))
    return true
  }

  #release(address: string): void {
    this.#count--
    const open = (this.#open.get(address) ?? 1) - 1
    if (open === 0) this.#open.delete(address)
    else this.#open.set(address, open)
  }
}

/** IPv4 addresses in their plain form, also on a socket that listens on IPv6. */
export function addressOf(socket: Socket): string {
  return (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '')
}

export function isWithin(networks: BlockList, address: string): boolean {
  return address !== '' && networks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}
