/**
 * MQTT 3.1.1 as far as a node needs it: one connection at a time, clean session, and one exchange at a time,
 * whose answer has to come within its limit or the connection is given up. Payloads are binary strings.
 */

/** What is used of a net socket; the modem's behaves alike. */
export interface Socket {
  /** Throws once the connection is gone. */
  write(data: string): void
  /** Closes when everything written is sent. */
  end(): void
  on(event: 'data', handler: (data: string) => void): void
  on(event: 'error', handler: (error: { message: string }) => void): void
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

/** First byte of each answer; the four lower bits are fixed, too [MQTT-2.2.2-2]. */
const ANSWERS = { connack: 0x20, puback: 0x40, suback: 0x90, pingresp: 0xd0 }
/** The largest message for a node is a configuration: 1,500 characters and its topic. */
const MAX_PACKET_BYTES = 2048
/** Told to the broker, which cuts after one and a half times as long [MQTT-3.1.2-24]. */
const KEEP_ALIVE_S = 120
/** Half of it: a lost network is noticed 20 s later, and few networks forget a quiet connection sooner. */
const PING_AFTER_S = 60
/** The service takes at most 10 s to acknowledge. */
const ANSWER_S = 20
const SUBACK_S = 10
const CLOSE_S = 3

let socket: Socket | undefined
let events: MqttEvents
/** Not yet understood: a packet may come in several chunks, and several in one. */
let received = ''
let awaited: keyof typeof ANSWERS | 'close' | undefined
let proceed: () => void
/** Set while it runs only: the interpreter gives a fired timer's id to the next one. */
let timer: ReturnType<typeof setTimeout> | undefined
let packetId = 0

export function openMqtt(opened: Socket, login: Login, handlers: MqttEvents): void {
  socket = opened
  events = handlers
  received = ''
  opened.on('data', (data) => {
    if (socket !== opened) return
    received += data
    while (socket === opened && awaited !== 'close' && takePacket());
  })
  opened.on('error', (error) => {
    if (socket === opened) finish(error.message)
  })
  opened.on('close', () => {
    if (socket === opened) finish(awaited === 'close' ? undefined : 'closed')
  })
  expect('connack', handlers.connected)
  const node = field(login.node)
  // Name, secret, a will of QoS 0 and a clean session. The will is the node's question, the one topic but its
  // readings where it may publish: nobody needs the answer [MQTT-3.1.2-8].
  const head = `${field('MQTT')}\x04\xc6${twoBytes(KEEP_ALIVE_S)}`
  const will = field(`toba/${login.node}/q`) + field('')
  send(0x10, head + node + will + node + field(login.secret))
}

/** Both topics or none: a broker that refuses one has another idea of who this is. */
export function subscribe(first: string, second: string, granted: () => void): void {
  expect('suback', granted)
  // Reserved bits are 0010 [MQTT-3.8.1-1]; QoS 1 for each.
  send(0x82, `${nextId()}${field(first)}\x01${field(second)}\x01`)
}

/** One at a time: the next one after `acked`. The broker may have kept a payload without our learning it. */
export function publish(topic: string, payload: string, acked: () => void): void {
  expect('puback', acked)
  send(0x32, field(topic) + nextId() + payload)
}

/** Says good-bye, so that the broker does not wait for more; then the socket closes and the events end. */
export function closeMqtt(): void {
  send(0xe0, '')
  if (socket === undefined) return
  // Nothing is sent after a DISCONNECT [MQTT-3.14.4-2].
  awaited = 'close'
  socket.end()
  limit(CLOSE_S, () => finish())
}

/** False when the next packet is not whole yet. */
function takePacket(): boolean {
  let size = 0
  let start = 1
  let byte = 128
  while (byte > 127) {
    // A third byte of length means more than anybody sends here [MQTT-2.2.3].
    if (start > 2) return lose('too-large')
    if (start >= received.length) return false
    byte = received.charCodeAt(start)
    size |= (byte & 127) << (7 * (start - 1))
    start++
  }
  if (size > MAX_PACKET_BYTES) return lose('too-large')
  if (received.length < start + size) return false
  const head = received.charCodeAt(0)
  const body = received.slice(start, start + size)
  received = received.slice(start + size)
  if (head >> 4 === 3) takeMessage(head, body)
  else takeAnswer(head, body)
  return true
}

function takeMessage(head: number, body: string): void {
  const qos = (head >> 1) & 3
  const end = 2 + numberOf(body)
  const start = end + 2 * qos
  // QoS 2 was not asked for, and 3 does not exist [MQTT-3.3.1-4].
  if (qos > 1 || start > body.length || awaited === 'connack') {
    finish('bad-packet')
    return
  }
  // Before it is acted on, as that may end the session: what is lost on the board is sent again next time.
  if (qos > 0) send(0x40, body.slice(end, start))
  if (socket !== undefined) events.message(body.slice(2, end), body.slice(start))
}

function takeAnswer(head: number, body: string): void {
  // The answer to a ping may come after a publish has taken its place.
  if (head === ANSWERS.pingresp && awaited !== 'pingresp' && awaited !== 'connack') return
  if (awaited === undefined || awaited === 'close' || head !== ANSWERS[awaited]) {
    finish('bad-packet')
    return
  }
  const fault = faultOf(awaited, body)
  if (fault !== undefined) {
    finish(fault)
    return
  }
  awaited = undefined
  limit(PING_AFTER_S, ping)
  proceed()
}

function faultOf(answer: keyof typeof ANSWERS, body: string): string | undefined {
  if (answer === 'connack') {
    const code = body.charCodeAt(1)
    if (code === 0) return undefined
    // 3: the service is there and its database is not [MQTT-3.2.2.3, table 3.1].
    return code === 3 ? 'login-later' : 'login-refused'
  }
  if (answer === 'pingresp') return undefined
  if (numberOf(body) !== packetId) return 'wrong-id'
  return body.indexOf('\x80', 2) < 0 ? undefined : 'subscribe-refused'
}

function ping(): void {
  expect('pingresp', () => {})
  send(0xc0, '')
}

function expect(answer: keyof typeof ANSWERS, then: () => void): void {
  awaited = answer
  proceed = then
  limit(answer === 'suback' ? SUBACK_S : ANSWER_S, () => finish(`no-${answer}`))
}

/** One timer for all of it: what was set before no longer counts. */
function limit(seconds: number, act: () => void): void {
  if (timer !== undefined) clearTimeout(timer)
  timer = setTimeout(() => {
    timer = undefined
    act()
  }, seconds * 1000)
}

function send(head: number, body: string): void {
  const size = body.length
  const length =
    size < 128 ? String.fromCharCode(size) : String.fromCharCode((size & 127) | 128, size >> 7)
  try {
    if (socket !== undefined) socket.write(String.fromCharCode(head) + length + body)
  } catch {
    // Closed, and its event has not arrived yet.
    finish('closed')
  }
}

/** The one way out: every event that comes later belongs to nobody. */
function finish(reason?: string): void {
  const ended = socket
  if (ended === undefined) return
  socket = undefined
  received = ''
  if (timer !== undefined) clearTimeout(timer)
  timer = undefined
  ended.end()
  events.ended(reason)
}

function lose(reason: string): boolean {
  finish(reason)
  return false
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
  return String.fromCharCode(value >> 8, value & 255)
}

function numberOf(text: string): number {
  return (text.charCodeAt(0) << 8) | text.charCodeAt(1)
}
