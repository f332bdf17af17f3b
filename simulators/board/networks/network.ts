import type { Clock } from '../clock.js'

export interface Address {
  readonly host: string
  readonly port: number
}

/** The board's end of a connection. */
export interface Connection {
  write(bytes: Uint8Array): void
  close(): void
  /** The board is gone without a word: the other end is left with an open connection. */
  abandon(): void
}

export interface ConnectionEvents {
  opened(): void
  received(bytes: Uint8Array): void
  /** By the other end, by a reset or by a failed attempt: the board cannot tell them apart. */
  closed(): void
}

export interface DatagramSocket {
  send(to: Address, bytes: Uint8Array): void
  close(): void
}

/** What is behind the board's `net` and `dgram`. Several boards on one network share its clock. */
export interface Network {
  readonly clock: Clock
  /** Whether the name or address is known to anybody. */
  resolves(host: string): boolean
  /** `refused` at once; `unreachable` after the board's stack has tried for long. */
  connect(to: Address, events: ConnectionEvents): Connection | 'refused' | 'unreachable'
  datagrams(received: (bytes: Uint8Array, from: Address) => void): DatagramSocket
  /**
   * Lets bytes in flight arrive before time moves on: how far it may move, at most to `untilMs`. Less than
   * that when something may have happened that is due earlier.
   */
  settle(untilMs: number): number | Promise<number>
}
