import { type Packet, parser } from 'mqtt-packet'
import { type DecodedFrame, decodeFrame } from '../../shared/wire/decode.js'
import { readingsTopic } from '../../shared/wire/topics.js'
import type { Address, ConnectionEvents, Network } from '../board/networks/network.js'

/** What a node said, and what was answered. */
export interface TapEvents {
  /** A frame went out for the first time or again. */
  sent(frame: DecodedFrame, bytes: Uint8Array): void
  acknowledged(bytes: Uint8Array): void
}

/** The network of one board with an ear in its cable: it changes nothing. */
export function tapped(network: Network, node: string, events: TapEvents): Network {
  return {
    clock: network.clock,
    resolves: (host) => network.resolves(host),
    datagrams: (received) => network.datagrams(received),
    settle: (untilMs) => network.settle(untilMs),
    connect: (to: Address, own: ConnectionEvents) => {
      const waiting = new Map<number, Uint8Array>()
      const up = listener((packet) => {
        if (packet.cmd !== 'publish' || packet.topic !== readingsTopic(node)) return
        const bytes = Buffer.from(packet.payload)
        waiting.set(packet.messageId ?? 0, bytes)
        events.sent(decodeFrame(bytes), bytes)
      })
      const down = listener((packet) => {
        if (packet.cmd !== 'puback') return
        const bytes = waiting.get(packet.messageId ?? 0)
        waiting.delete(packet.messageId ?? 0)
        if (bytes !== undefined) events.acknowledged(bytes)
      })
      const connection = network.connect(to, {
        ...own,
        opened: () => own.opened(),
        closed: () => own.closed(),
        received: (bytes) => {
          down(bytes)
          own.received(bytes)
        },
      })
      if (typeof connection === 'string') return connection
      return {
        close: () => connection.close(),
        abandon: () => connection.abandon(),
        write: (bytes) => {
          up(bytes)
          connection.write(bytes)
        },
      }
    },
  }
}

function listener(heard: (packet: Packet) => void): (bytes: Uint8Array) => void {
  const packets = parser({ protocolVersion: 4 })
  packets.on('packet', heard)
  // What is no MQTT is nothing to overhear; the ends judge it themselves.
  packets.on('error', () => {})
  return (bytes) => void packets.parse(Buffer.from(bytes))
}
