/*
 * MQTT 3.1.1 as far as a node needs it: one connection at a time with a clean session, and one exchange at a
 * time, whose answer comes within its limit or the connection is given up. Payloads are binary strings.
 */

import { timeQuestionTopic } from '../../shared/wire/topics.js'
import { chr } from './bytes.js'
import { start, stop, type Timer } from './timer.js'

/**
 * What is used of a net socket; the modem's behaves alike. Its `error` event tells nothing: the board calls every
 * end of a connection a close, and `close` follows.
 */
export interface Socket {
  /** Throws once the connection is gone. */
  write(data: string): void
  /** Closes when everything written is sent. */
  end(): void
  on(event: 'data', handler: (data: string) => void): void
  on(event: 'close', handler: () => void): void
}

export interface Login {
  node: string
  secret: string
}

export interface MqttEvents {
  /** The login is accepted. */
  connected(): void
  message(topic: string, payload: string): void
  /** Once for each connection: closed on our own word, or why it is lost. */
  ended(reason?: string): void
}

// First bytes of the answers; the four lower bits are fixed, too [MQTT-2.2.2-2].
const CONNACK = 0x20
const PUBACK = 0x40
const SUBACK = 0x90
const PINGRESP = 0xd0
/** After a DISCONNECT nothing is sent and nothing is heard [MQTT-3.14.4-2]. */
const CLOSING = 1

/** Protocol name and level; name, secret, a will of QoS 0 and a clean session; keep alive: 120 s. */
const CONNECT = '\0\x04MQTT\x04\xc6\0\x78'
/** Half the keep alive [MQTT-3.1.2-23]: a dead connection is noticed 20 s later. */
const PING_AFTER_S = 60
/** The service acknowledges within 10 s or not at all. */
const ANSWER_S = 20
const CLOSE_S = 5
/** The largest message is a configuration: 1,500 characters and its topic. */
const MAX_PACKET_BYTES = 2048

let socket: Socket | undefined
let events: MqttEvents
/** Not yet understood: a packet may come in several chunks, and several in one. */
let received = ''
/** First byte of the answer that is waited for, 0 or CLOSING. */
let awaited = 0
let takeAnswer: (body: string) => void
/** For the answer, and between two exchanges for the next ping. */
const timer: Timer = { id: undefined }
let packetId = 0

export function openMqtt(opened: Socket, login: Login, handlers: MqttEvents): void {
  socket = opened
  events = handlers
  opened.on('data', (data) => {
    if (socket !== opened) return
    received += data
    while (socket === opened && awaited !== CLOSING && takePacket());
  })
  opened.on('close', () => {
    if (socket === opened) finish(awaited === CLOSING ? undefined : 'closed')
  })
  expect(CONNACK, 'no-connack', (body) => {
    const code = body.charCodeAt(1)
    if (code === 0) handlers.connected()
    // 3: the service is there, and its database is not [MQTT-3.2.2.3, table 3.1].
    else finish(code === 3 ? 'login-later' : 'login-refused')
  })
  const name = field(login.node)
  // The will asks for the time: a node may publish nothing else without a frame, and nobody needs the answer.
  const will = field(timeQuestionTopic(login.node)) + field('')
  send(0x10, CONNECT + name + will + name + field(login.secret))
}

/** Both or none: a broker that refuses one of them takes this node for another. */
export function subscribe(first: string, second: string, granted: () => void): void {
  const id = nextId()
  expect(SUBACK, 'no-suback', (body) => {
    if (body === `${id}\x01\x01`) granted()
    else finish('subscribe-refused')
  })
  // The reserved bits are 2 [MQTT-3.8.1-1]; each topic with QoS 1.
  send(0x82, `${id}${field(first)}\x01${field(second)}\x01`)
}

/** With QoS 1, and one at a time: the next one after `acked`. */
export function publish(topic: string, payload: string, acked: () => void): void {
  const id = nextId()
  expect(PUBACK, 'no-puback', (body) => {
    if (body === id) acked()
    else finish('wrong-id')
  })
  send(0x32, field(topic) + id + payload)
}

/** Says good-bye, so that the broker does not wait for more. The events end when the socket has closed. */
export function closeMqtt(): void {
  send(0xe0, '')
  if (!socket) return
  awaited = CLOSING
  start(timer, CLOSE_S, finish)
  socket.end()
}

/** False when the next packet is not whole yet. */
function takePacket(): boolean {
  // Two bytes of length are enough for what anybody sends here [MQTT-2.2.3].
  const low = received.charCodeAt(1)
  const high = low > 127 ? received.charCodeAt(2) : 0
  const size = (low & 127) | (high << 7)
  const start = low > 127 ? 3 : 2
  const end = start + size
  const isWhole = received.length >= end
  if (high > 127 || size > MAX_PACKET_BYTES) {
    finish('too-large')
  } else if (isWhole) {
    const head = received.charCodeAt(0)
    const body = received.slice(start, end)
    received = received.slice(end)
    take(head, body)
  }
  return isWhole
}

function take(head: number, body: string): void {
  if (head >> 4 === 3) {
    takeMessage((head >> 1) & 3, body)
  } else if (head === awaited) {
    awaited = 0
    if (STAYS) start(timer, PING_AFTER_S, ping)
    else stop(timer)
    takeAnswer(body)
  } else if (!STAYS || head !== PINGRESP) {
    // That one may be late: a publish takes the place of a ping.
    finish('bad-packet')
  }
}

function takeMessage(qos: number, body: string): void {
  const end = 2 + ((body.charCodeAt(0) << 8) | body.charCodeAt(1))
  const start = end + 2 * qos
  // QoS 2 was not asked for, and 3 does not exist [MQTT-3.3.1-4].
  if (qos > 1 || start > body.length) {
    finish('bad-packet')
    return
  }
  // First, as what the message says may end the session: what is lost on the board is sent again next time.
  if (qos > 0) send(PUBACK, body.slice(end, start))
  if (socket) events.message(body.slice(2, end), body.slice(start))
}

function ping(): void {
  expect(PINGRESP, 'no-pingresp', () => {})
  send(0xc0, '')
}

function expect(head: number, missing: string, then: (body: string) => void): void {
  awaited = head
  takeAnswer = then
  start(timer, ANSWER_S, () => finish(missing))
}

function send(head: number, body: string): void {
  const size = body.length
  const length = size < 128 ? chr(size) : chr((size & 127) | 128, size >> 7)
  try {
    if (socket) socket.write(chr(head) + length + body)
  } catch {
    // It has closed, and the event is on its way.
    finish('closed')
  }
}

/** The one way out: whatever happens on this socket later belongs to nobody. */
function finish(reason?: string): void {
  const ended = socket
  if (!ended) return
  socket = undefined
  received = ''
  stop(timer)
  ended.end()
  events.ended(reason)
}

/** 1 to 65,535 [MQTT-2.3.1-1]. */
function nextId(): string {
  packetId = (packetId % 65535) + 1
  return twoBytes(packetId)
}

function field(text: string): string {
  return twoBytes(text.length) + text
}

function twoBytes(value: number): string {
  return chr(value >> 8, value & 255)
}
