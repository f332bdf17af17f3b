import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { generate, type IConnectPacket, type Packet, parser } from 'mqtt-packet'

/** A client of bare packets, for what no well-behaved one would send. */
export interface RawClient {
  socket: Socket
  send(packet: Packet): void
  /** The next packet of this kind; rejects when the connection ends first. */
  next(cmd: Packet['cmd']): Promise<Packet>
  /** Resolves when the connection is closed by either side. */
  closed: Promise<void>
  end(): void
}

/** Over TLS when there is the certificate of an authority to believe. */
export async function openSocket(port: number, ca?: Buffer): Promise<RawClient> {
  const host = '127.0.0.1'
  const socket = ca === undefined ? connect(port, host) : connectTls({ port, host, ca })
  socket.on('error', () => {})
  const received: Packet[] = []
  const waiting: { cmd: string; resolve: (packet: Packet) => void; reject: (e: Error) => void }[] =
    []
  const parse = parser()
  parse.on('packet', (packet) => {
    const index = waiting.findIndex(({ cmd }) => cmd === packet.cmd)
    if (index < 0) received.push(packet)
    else waiting.splice(index, 1)[0]?.resolve(packet)
  })
  socket.on('data', (chunk) => parse.parse(chunk))
  let isClosed = false
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      isClosed = true
      for (const { reject } of waiting) reject(new Error('connection closed'))
      resolve()
    })
  })
  await once(socket, ca === undefined ? 'connect' : 'secureConnect')
  return {
    socket,
    send: (packet) => socket.write(generate(packet)),
    next(cmd) {
      const index = received.findIndex((packet) => packet.cmd === cmd)
      if (index >= 0) return Promise.resolve(received.splice(index, 1)[0] as Packet)
      if (isClosed) return Promise.reject(new Error('connection closed'))
      return new Promise((resolve, reject) => waiting.push({ cmd, resolve, reject }))
    },
    closed,
    end: () => socket.destroy(),
  }
}

export function connectPacket(name: string, secret: string): IConnectPacket {
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    clientId: name,
    keepalive: 60,
    username: name,
    password: Buffer.from(secret),
  }
}

/** Logs in; `returnCode` of the CONNACK tells how it went. */
export async function login(
  port: number,
  name: string,
  secret: string,
  changes: Partial<IConnectPacket> = {},
  ca?: Buffer,
): Promise<RawClient & { returnCode: number }> {
  const client = await openSocket(port, ca)
  client.send({ ...connectPacket(name, secret), ...changes })
  const connack = await client.next('connack')
  return { ...client, returnCode: connack.cmd === 'connack' ? (connack.returnCode ?? 0) : -1 }
}

/** Publishes with QoS 1; resolves on its PUBACK, rejects when the connection is closed instead. */
export async function publish(
  client: RawClient,
  topic: string,
  payload: Uint8Array,
  messageId = 1,
): Promise<number> {
  client.send({
    cmd: 'publish',
    topic,
    payload: Buffer.from(payload),
    qos: 1,
    messageId,
    dup: false,
    retain: false,
  })
  const puback = await client.next('puback')
  return puback.messageId ?? 0
}
