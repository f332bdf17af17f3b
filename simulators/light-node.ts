import { connect as connectTcp, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { generate, type Packet, parser } from 'mqtt-packet'
import {
  configTopic,
  readingsTopic,
  timeAnswerTopic,
  timeQuestionTopic,
} from '../shared/wire/topics.js'

/**
 * The MQTT half of a node, small enough to run a thousand times in one process: it holds frames until
 * they are acknowledged and sends the very same bytes again, in order, over every new connection. It
 * drops nothing and knows nothing of what is inside a frame.
 */

export interface LightNodeOptions {
  /** Client id, user name and topic level in one. */
  name: string
  secret: string
  host: string
  port: number
  /** Encrypts the connection when given. */
  tls?: ConnectionOptions
  /** Of the machine's own addresses the one to call from: a broker admits only so many sockets of each. */
  localAddress?: string
  /** Frames on their way at the same time; one, as on the board, unless told otherwise. */
  inFlight?: number
  /** How long a PUBACK may take before the connection counts as dead. Longer than the service's own 10 s. */
  ackTimeoutMs?: number
  /** Shortest and longest pause before connecting again, before jitter. */
  backOffMs?: readonly [first: number, longest: number]
  random?: () => number
  events?: LightNodeEvents
}

export interface LightNodeEvents {
  connected?(): void
  /** `reason` is for people: what the socket, the broker or this node's own patience said. */
  disconnected?(reason: string): void
  /** The broker answered the login with a CONNACK code other than 0 [MQTT-3.2.2-4]. */
  refused?(code: number): void
  /** Payload of the answer to the time question, or of the configuration. */
  time?(payload: string): void
  config?(payload: string): void
}

export interface Acknowledgement {
  /** From the frame's first byte on a socket to its PUBACK, re-sending included. */
  latencyMs: number
  /** 1 when the first attempt was acknowledged. */
  attempts: number
}

export interface LightNodeCounters {
  /** Frames put on a socket for the first time. */
  sent: number
  acknowledged: number
  /** Frames put on a socket again. */
  resent: number
  /** Logins answered with a refusal. */
  refused: number
}

interface Held {
  frame: Buffer
  firstSentAtMs: number
  sentAtMs: number
  attempts: number
  messageId: number
  resolve(acknowledgement: Acknowledgement): void
  reject(error: Error): void
}

const ACK_TIMEOUT_MS = 20_000
const BACK_OFF_MS = [1_000, 60_000] as const
const HANDSHAKE_TIMEOUT_MS = 10_000
const KEEPALIVE_S = 60
const MAX_MESSAGE_ID = 0xffff

export class LightNode {
  readonly name: string
  readonly counters: LightNodeCounters = { sent: 0, acknowledged: 0, resent: 0, refused: 0 }
  readonly #options: LightNodeOptions
  /** Everything not yet acknowledged, oldest first; the first `#onTheWay` of them are on the socket. */
  readonly #held: Held[] = []
  #onTheWay = 0
  #messageId = 0
  #socket: Socket | undefined
  #isConnected = false
  #isStopped = true
  #failures = 0
  #isPongDue = false
  #reason = ''
  #reconnectTimer: NodeJS.Timeout | undefined
  #patienceTimer: NodeJS.Timeout | undefined
  #keepaliveTimer: NodeJS.Timeout | undefined

  constructor(options: LightNodeOptions) {
    this.name = options.name
    this.#options = options
  }

  get isConnected(): boolean {
    return this.#isConnected
  }

  /** Frames handed over and not yet acknowledged. */
  get waiting(): number {
    return this.#held.length
  }

  start(): void {
    if (!this.#isStopped) return
    this.#isStopped = false
    this.#connect()
  }

  /**
   * Settles when the broker has acknowledged `frame`, however many connections that takes; rejects only
   * when the node is stopped first. The bytes must not be changed meanwhile.
   */
  publish(frame: Uint8Array): Promise<Acknowledgement> {
    return new Promise((resolve, reject) => {
      this.#held.push({
        frame: Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength),
        firstSentAtMs: 0,
        sentAtMs: 0,
        attempts: 0,
        messageId: 0,
        resolve,
        reject,
      })
      this.#sendHeld()
    })
  }

  /** Says goodbye and rejects what is still held: the caller's outbox keeps those frames. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#reconnectTimer)
    const socket = this.#socket
    if (socket !== undefined) {
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
      if (this.#isConnected) {
        this.#write({ cmd: 'disconnect' })
        socket.end()
      } else socket.destroy()
      const impatience = setTimeout(() => socket.destroy(), 1_000)
      await closed
      clearTimeout(impatience)
    }
    for (const held of this.#held.splice(0)) {
      held.reject(new Error(`${this.name} was stopped before its frame was acknowledged`))
    }
  }

  /** Cuts the connection without a goodbye, as a lost radio link does. The node then connects again. */
  cut(): void {
    this.#socket?.destroy()
  }

  #connect(): void {
    const { host, port, tls, localAddress } = this.#options
    const to = { host, port, ...(localAddress === undefined ? {} : { localAddress }) }
    const socket = tls ? connectTls({ ...to, ...tls }) : connectTcp(to)
    this.#socket = socket
    this.#reason = 'closed by the broker'
    socket.setNoDelay(true)
    const packets = parser({ protocolVersion: 4 })
    packets.on('packet', (packet) => this.#receive(packet))
    packets.on('error', (error: Error) => this.#giveUp(`unreadable packet: ${error.message}`))
    socket.on('data', (chunk) => packets.parse(chunk))
    socket.on('error', (error) => {
      this.#reason = error.message
    })
    socket.once('close', () => this.#closed())
    socket.once(tls ? 'secureConnect' : 'connect', () => this.#login())
    this.#wait(HANDSHAKE_TIMEOUT_MS, () => this.#giveUp('no answer to the login'))
  }

  #login(): void {
    this.#write({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      clientId: this.name,
      username: this.name,
      password: Buffer.from(this.#options.secret),
      keepalive: KEEPALIVE_S,
    })
  }

  #receive(packet: Packet): void {
    if (packet.cmd === 'connack') {
      const code = packet.returnCode ?? 0
      if (code === 0) this.#loggedIn()
      else this.#refused(code)
    } else if (packet.cmd === 'puback') {
      this.#acknowledged(packet.messageId ?? 0)
    } else if (packet.cmd === 'pingresp') {
      this.#isPongDue = false
      this.#failures = 0
    } else if (packet.cmd === 'publish') {
      if (packet.qos === 1) this.#write({ cmd: 'puback', messageId: packet.messageId ?? 0 })
      const payload = packet.payload.toString()
      if (packet.topic === timeAnswerTopic(this.name)) this.#options.events?.time?.(payload)
      if (packet.topic === configTopic(this.name)) this.#options.events?.config?.(payload)
    }
  }

  #refused(code: number): void {
    this.counters.refused++
    this.#options.events?.refused?.(code)
    this.#giveUp(`login refused with code ${code}`)
  }

  #loggedIn(): void {
    clearTimeout(this.#patienceTimer)
    this.#isConnected = true
    this.#isPongDue = false
    this.#keepaliveTimer = setInterval(() => {
      if (this.#isPongDue) this.#giveUp('no answer to a ping')
      this.#isPongDue = true
      this.#write({ cmd: 'pingreq' })
    }, KEEPALIVE_S * 500)
    this.#options.events?.connected?.()
    this.#write({
      cmd: 'subscribe',
      messageId: this.#nextMessageId(),
      subscriptions: [
        { topic: configTopic(this.name), qos: 0 },
        { topic: timeAnswerTopic(this.name), qos: 0 },
      ],
    })
    this.#write({
      cmd: 'publish',
      topic: timeQuestionTopic(this.name),
      payload: '',
      qos: 0,
      dup: false,
      retain: false,
    })
    this.#sendHeld()
  }

  #sendHeld(): void {
    if (!this.#isConnected) return
    const window = this.#options.inFlight ?? 1
    const wasIdle = this.#onTheWay === 0
    while (this.#onTheWay < Math.min(window, this.#held.length)) {
      const held = this.#held[this.#onTheWay]
      if (held === undefined) break
      held.sentAtMs = performance.now()
      if (held.attempts === 0) {
        held.firstSentAtMs = held.sentAtMs
        this.counters.sent++
      } else this.counters.resent++
      held.attempts++
      held.messageId = this.#nextMessageId()
      this.#onTheWay++
      this.#write({
        cmd: 'publish',
        topic: readingsTopic(this.name),
        payload: held.frame,
        qos: 1,
        messageId: held.messageId,
        // The session is clean, so even a frame sent before is a first delivery in it [MQTT-3.3.1-1].
        dup: false,
        retain: false,
      })
    }
    if (wasIdle) this.#awaitOldest()
  }

  #acknowledged(messageId: number): void {
    const index = this.#held.findIndex((held) => held.messageId === messageId)
    if (index < 0 || index >= this.#onTheWay) {
      this.#giveUp('acknowledged what was not sent')
      return
    }
    const [held] = this.#held.splice(index, 1)
    this.#onTheWay--
    this.#failures = 0
    this.counters.acknowledged++
    if (index === 0) this.#awaitOldest()
    held?.resolve({
      latencyMs: performance.now() - held.firstSentAtMs,
      attempts: held.attempts,
    })
    this.#sendHeld()
  }

  #awaitOldest(): void {
    clearTimeout(this.#patienceTimer)
    const oldest = this.#held[0]
    if (this.#onTheWay === 0 || oldest === undefined) return
    const timeoutMs = this.#options.ackTimeoutMs ?? ACK_TIMEOUT_MS
    const leftMs = oldest.sentAtMs + timeoutMs - performance.now()
    this.#wait(leftMs, () => this.#giveUp(`no acknowledgement within ${timeoutMs} ms`))
  }

  #closed(): void {
    clearTimeout(this.#patienceTimer)
    clearInterval(this.#keepaliveTimer)
    this.#socket = undefined
    this.#isConnected = false
    this.#onTheWay = 0
    this.#options.events?.disconnected?.(this.#reason)
    if (this.#isStopped) return
    const [firstMs, longestMs] = this.#options.backOffMs ?? BACK_OFF_MS
    const pauseMs = Math.min(longestMs, firstMs * 2 ** this.#failures)
    // Only a PUBACK or a PINGRESP ends the back-off: a broker that accepts and closes must not be stormed.
    this.#failures++
    // Half to one and a half of the pause, so that a thousand nodes do not come back at one moment.
    const jitter = 0.5 + (this.#options.random ?? Math.random)()
    this.#reconnectTimer = setTimeout(() => this.#connect(), pauseMs * jitter)
  }

  #giveUp(reason: string): void {
    this.#reason = reason
    this.#socket?.destroy()
  }

  #wait(ms: number, then: () => void): void {
    clearTimeout(this.#patienceTimer)
    this.#patienceTimer = setTimeout(then, ms)
  }

  #write(packet: Packet): void {
    this.#socket?.write(generate(packet))
  }

  #nextMessageId(): number {
    this.#messageId = (this.#messageId % MAX_MESSAGE_ID) + 1
    return this.#messageId
  }
}
