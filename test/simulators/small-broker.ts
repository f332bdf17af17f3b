import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { Aedes, type PublishPacket } from 'aedes'

/** A real broker on a free port, whose acknowledgements and connections the test holds in its hand. */
export interface SmallBroker {
  port: number
  /** Payloads of topics that end in /r, as hexadecimal, in order of arrival, acknowledged or not. */
  arrived: { node: string; hex: string }[]
  /** Topics of everything else that was published. */
  questions: string[]
  subscriptions: string[]
  logins: number
  /** Decides over each frame; the PUBACK is sent when its promise resolves, the socket cut when it rejects. */
  onFrame: (hex: string, index: number) => Promise<void>
  acceptsLogin: (name: string, secret: string) => boolean
  send(topic: string, payload: string): Promise<void>
  cutAll(): void
  /** Resolves when `condition` holds after a login, frame or subscription; never polls. */
  until(condition: () => boolean): Promise<void>
  close(): Promise<void>
}

/** @param tls makes it a broker that speaks TLS only. */
export async function smallBroker(port = 0, tls?: TlsOptions): Promise<SmallBroker> {
  const aedes = await Aedes.createBroker()
  const sockets = new Set<Socket>()
  const waiting: { condition: () => boolean; resolve: () => void }[] = []
  const changed = () => {
    for (const entry of waiting.filter(({ condition }) => condition())) {
      waiting.splice(waiting.indexOf(entry), 1)
      entry.resolve()
    }
  }
  const broker: SmallBroker = {
    port,
    arrived: [],
    questions: [],
    subscriptions: [],
    logins: 0,
    onFrame: async () => {},
    acceptsLogin: () => true,
    send: (topic, payload) =>
      new Promise((resolve, reject) =>
        aedes.publish(packet(topic, payload), (error) => (error ? reject(error) : resolve())),
      ),
    cutAll: () => {
      for (const socket of sockets) socket.destroy()
    },
    until: (condition) =>
      condition()
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push({ condition, resolve })),
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await new Promise<void>((resolve) => aedes.close(() => resolve()))
    },
  }
  aedes.authenticate = (_client, name, secret, done) => {
    broker.logins++
    done(null, broker.acceptsLogin(name ?? '', secret?.toString() ?? ''))
    changed()
  }
  aedes.authorizePublish = (client, { topic, payload }, done) => {
    if (!topic.endsWith('/r')) {
      broker.questions.push(topic)
      done(null)
      return changed()
    }
    const hex = Buffer.from(payload).toString('hex')
    broker.arrived.push({ node: client?.id ?? '', hex })
    broker.onFrame(hex, broker.arrived.length - 1).then(() => done(null), done)
    changed()
  }
  aedes.authorizeSubscribe = (_client, subscription, done) => {
    broker.subscriptions.push(subscription.topic)
    done(null, subscription)
    changed()
  }
  const serve = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    aedes.handle(socket)
  }
  const server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  broker.port = (server.address() as AddressInfo).port
  return broker
}

function packet(topic: string, payload: string): PublishPacket {
  return { cmd: 'publish', qos: 0, topic, payload, retain: false, dup: false }
}
