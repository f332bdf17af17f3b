import type { Socket } from 'node:net'
import { generate, type Packet, parser } from 'mqtt-packet'
import { parseTopic } from '../../shared/wire/topics.js'
import { type Conditions, Direction, type Timer } from './direction.js'

export interface PipeNeeds {
  timer: Timer
  conditions(): Conditions
  onAckDropped(): void
  onClosed(): void
}

/** One connection through the proxy. */
export class Pipe {
  readonly #near: Socket
  readonly #far: Socket
  readonly #up: Direction
  readonly #down: Direction
  /** Message ids of frames whose acknowledgement has not come. */
  readonly #frames = new Set<number>()
  #isOpen = true

  constructor(near: Socket, far: Socket, needs: PipeNeeds) {
    this.#near = near
    this.#far = far
    const way = (to: Socket) => {
      const receiver = {
        bytes: (bytes: Uint8Array) => void to.write(bytes),
        end: () => {
          to.end()
          this.#close(needs)
        },
      }
      return new Direction(receiver, needs.conditions, needs.timer)
    }
    this.#up = way(far)
    this.#down = way(near)
    this.#listen(needs)
  }

  /** The conditions are others now. */
  pump(): void {
    this.#up.pump()
    this.#down.pump()
  }

  /** Both ends are told, as by a router that closes what it knows. */
  cut(): void {
    this.#near.destroy()
    this.#far.destroy()
  }

  /** Both ends get an RST. */
  reset(): void {
    this.#near.resetAndDestroy()
    this.#far.resetAndDestroy()
  }

  #listen(needs: PipeNeeds): void {
    const asked = parser({ protocolVersion: 4 })
    asked.on('packet', (packet) => this.#overhear(packet))
    // What is no MQTT is passed on; the broker judges it.
    asked.on('error', () => {})
    const answered = parser({ protocolVersion: 4 })
    answered.on('packet', (packet) => {
      const isAck = packet.cmd === 'puback' && this.#frames.delete(packet.messageId ?? 0)
      if (isAck && needs.conditions().dropsAcks) needs.onAckDropped()
      else this.#down.push(generate(packet))
    })
    this.#near.on('data', (bytes) => {
      asked.parse(bytes)
      this.#up.push(bytes)
    })
    this.#far.on('data', (bytes) => answered.parse(bytes))
    // An end waits its turn behind what was sent before it, and as long as nothing passes.
    for (const [socket, way] of [
      [this.#near, this.#up],
      [this.#far, this.#down],
    ] as const) {
      socket.setNoDelay(true)
      socket.on('error', () => {}) // `close` follows
      socket.once('close', () => way.push(undefined))
    }
  }

  #overhear(packet: Packet): void {
    if (packet.cmd !== 'publish' || packet.qos !== 1) return
    if (parseTopic(packet.topic)?.kind === 'r') this.#frames.add(packet.messageId ?? 0)
  }

  #close(needs: PipeNeeds): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#up.drop()
    this.#down.drop()
    this.#near.end()
    this.#far.end()
    needs.onClosed()
  }
}
