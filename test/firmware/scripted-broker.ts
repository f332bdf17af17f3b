import { generate, type Packet, parser } from 'mqtt-packet'

/** The broker's end of a connection to a board, in memory or over TCP. */
export interface Wire {
  /** Bytes to the board, as one chunk. */
  send(bytes: Buffer): void
  /** Closes from the broker's side; with a message, as a connection that breaks. */
  close(error?: string): void
}

/** Takes a packet and answers in its own way; false leaves it to the well-behaved broker. */
export type Script = (packet: Packet, broker: ScriptedBroker) => boolean

export interface Answers {
  /** Unix seconds that the time answer tells; undefined for a service without a clock. */
  t: number | undefined
  config: object
}

/**
 * One connection of a broker that does what a service does, except where a script says otherwise. It reads
 * with MQTT.js' parser, which is not ours: what the node writes has to be right.
 */
export class ScriptedBroker {
  readonly packets: Packet[] = []
  readonly answers: Answers = { t: 1_795_000_000, config: { revision: 0 } }
  /** Why the board's bytes were no MQTT. */
  fault: Error | undefined
  isClosed = false
  readonly #wire: Wire
  readonly #parser = parser({ protocolVersion: 4 })
  #messageId = 0

  constructor(wire: Wire, script: Script = () => false) {
    this.#wire = wire
    this.#parser.on('packet', (packet) => {
      this.packets.push(packet)
      if (!script(packet, this)) this.#answer(packet)
    })
    this.#parser.on('error', (error) => {
      this.fault = error
    })
  }

  /** Bytes from the board. */
  receive(bytes: Buffer): void {
    this.#parser.parse(bytes)
  }

  send(packet: Packet): void {
    this.raw(generate(packet))
  }

  raw(bytes: Buffer): void {
    this.#wire.send(bytes)
  }

  close(error?: string): void {
    this.#wire.close(error)
  }

  message(topic: string, payload: string | Buffer, qos: 0 | 1 = 1): Packet {
    const messageId = qos === 0 ? {} : { messageId: ++this.#messageId }
    return { cmd: 'publish', topic, payload, qos, dup: false, retain: false, ...messageId }
  }

  /** Payloads that were published to the topic, in order. */
  published(topic: string): string[] {
    return this.packets.flatMap((packet) =>
      packet.cmd === 'publish' && packet.topic === topic
        ? [Buffer.from(packet.payload).toString('latin1')]
        : [],
    )
  }

  count(cmd: Packet['cmd']): number {
    return this.packets.filter((packet) => packet.cmd === cmd).length
  }

  #answer(packet: Packet): void {
    if (packet.cmd === 'connect') {
      this.send({ cmd: 'connack', returnCode: 0, sessionPresent: false })
    } else if (packet.cmd === 'subscribe') {
      const granted = packet.subscriptions.map(() => 1)
      this.send({ cmd: 'suback', messageId: packet.messageId ?? 0, granted })
      const topic = packet.subscriptions.find(({ topic }) => topic.endsWith('/c'))?.topic
      if (topic !== undefined) this.send(this.message(topic, JSON.stringify(this.answers.config)))
    } else if (packet.cmd === 'publish') {
      if (packet.topic.endsWith('/q')) {
        const { t } = this.answers
        const text = JSON.stringify({ ...(t === undefined ? {} : { t }), c: 0, x: 0 })
        this.send(this.message(packet.topic.replace(/q$/, 't'), text))
      }
      this.send({ cmd: 'puback', messageId: packet.messageId ?? 0 })
    } else if (packet.cmd === 'pingreq') {
      this.send({ cmd: 'pingresp' })
    }
  }
}
