import type { Socket } from 'node:net'
import { Aedes, type AedesOptions, type AuthenticateError, type Client } from 'aedes'
import { configTopic, parseTopic, timeAnswerTopic } from '../../shared/wire/topics.js'
import type { Clock } from '../clock.js'
import type { BrokerConfig } from '../config.js'
import type { Sender } from '../pipeline/accept.js'
import { DEADLINE_MS, type Pipeline } from '../pipeline/pipeline.js'
import type { Database } from '../store/database.js'
import { disabledAmong, downlinkOf } from '../store/links.js'
import { CONNECT_TIMEOUT_MS, type DoorRefusal, Doors } from './doors.js'
import { addressOf, guardPacketSize, stopReading } from './gate.js'
import { type LoginRefusal, logIn } from './login.js'
import { within } from './within.js'

export interface BrokerOptions {
  config: BrokerConfig
  db: Database
  clock: Clock
  pipeline: Pipeline
  log: { info(fields: object): void; warn(fields: object): void }
  /** Counts what was turned away, by reason. */
  onRefused: (reason: Refusal) => void
}

export type Refusal =
  | LoginRefusal
  | DoorRefusal
  | 'packet-too-large'
  | 'clean-session-required'
  | 'foreign-topic'
  | 'qos-2'
  | 'store-away'
  | 'keepalive'

/** A node that does not take what is sent to it is cut; it asks again when it is back. */
const DRAIN_TIMEOUT_MS = 3_000
/** Seconds. A node sleeps by disconnecting; a socket silent for longer than half an hour is dead. */
const KEEPALIVE_LIMIT_S = 1_200
/** Another process may have disabled a node that is connected here. */
const REVIEW_EVERY_MS = 5_000

/** Who a connection is, and the end of the chain of its acknowledgements. */
interface Link {
  sender: Sender
  acknowledged: Promise<void>
  /** Revision of the last configuration that was sent. */
  revision: number
}

/**
 * The door for nodes: Aedes with our identity, limits and topic rights. PUBACK is written after the hook
 * `authorizePublish` calls back, so the pipeline runs inside that hook. Deny by default: a node publishes
 * only its own `r` and `q`, subscribes only to its own `c` and `t`, and nobody else is let in. Aedes keeps
 * nothing: no session, no will, no retained message.
 */
export class Broker {
  readonly #options: BrokerOptions
  readonly #doors: Doors
  readonly #links = new WeakMap<Client, Link>()
  /** Those that are logged in, by name. */
  readonly #clients = new Map<string, Client>()
  /** All of them, also those that are still logging in. */
  readonly #present = new Set<Client>()
  readonly #acknowledging = new Set<Promise<void>>()
  #aedes: Aedes | undefined
  #review: NodeJS.Timeout | undefined

  constructor(options: BrokerOptions) {
    this.#options = options
    this.#doors = new Doors(options.config, (reason, fields) => this.#refused(reason, fields))
  }

  async start(): Promise<void> {
    this.#aedes = await Aedes.createBroker(this.#hooks())
    this.#aedes.on('clientReady', (client) => this.#ready(client))
    this.#aedes.on('clientDisconnect', (client) => this.#forget(client))
    this.#aedes.on('clientError', (client, error) => this.#failed(client, error))
    this.#aedes.on('connectionError', (client, error) => this.#failed(client, error))
    this.#aedes.on('subscribe', (subscriptions, client) => this.#subscribed(subscriptions, client))
    await this.#doors.open((socket) => this.#handle(socket))
    this.#review = setInterval(() => void this.#cutDisabled(), REVIEW_EVERY_MS)
    this.#review.unref()
  }

  /** Port of the listener without TLS. */
  get port(): number {
    return this.#doors.port ?? 0
  }

  get tlsPort(): number | undefined {
    return this.#doors.tlsPort
  }

  /** Names of the nodes that are connected to this process. */
  connected(): ReadonlySet<string> {
    return new Set(this.#clients.keys())
  }

  /** Cuts a node off at once, also one that was found to be in order but is not in yet. */
  disconnect(node: string): void {
    for (const client of this.#present) if (client.id === node) client.conn.destroy()
  }

  /** Tells a connected node its configuration; one that is away asks when it is back. */
  async sendConfig(node: string): Promise<void> {
    const client = this.#clients.get(node)
    const topic = configTopic(node)
    if (client !== undefined && subscribesTo(client, topic)) await this.#answer(client, topic)
  }

  /** First half of the stop: no new socket, no new packet; frames in hand go on. */
  stopAccepting(): void {
    clearInterval(this.#review)
    this.#doors.close()
    for (const client of this.#clients.values()) stopReading(client)
  }

  /** Second half, once the pipeline is empty: writes the acknowledgements, then closes the connections. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#acknowledging)
    // What was written in this turn reaches the system at its end.
    await new Promise((resolve) => setImmediate(resolve))
    const aedes = this.#aedes
    if (aedes !== undefined) await new Promise<void>((resolve) => aedes.close(() => resolve()))
    this.#doors.cutAll()
  }

  #handle(socket: Socket): void {
    const client = this.#aedes?.handle(socket)
    if (client === undefined) return
    this.#present.add(client)
    socket.once('close', () => this.#present.delete(client))
    guardPacketSize(client, (declared) => {
      this.#refused('packet-too-large', { node: client.id, address: addressOf(socket), declared })
    })
  }

  #refused(reason: Refusal, fields: object): void {
    this.#options.onRefused(reason)
    this.#options.log.warn({ event: 'refused', reason, ...fields })
  }

  #hooks(): AedesOptions {
    return {
      connectTimeout: CONNECT_TIMEOUT_MS,
      drainTimeout: DRAIN_TIMEOUT_MS,
      keepaliveLimit: KEEPALIVE_LIMIT_S,
      maxClientsIdLength: 32,
      maxTopicLevels: 3,
      preConnect: (_client, packet, done) => {
        // A will would be published after the node is gone, with nobody to receive it.
        delete packet.will
        if (packet.clean === false || packet.clientId === '') {
          this.#refused('clean-session-required', { node: packet.clientId })
          return done(new Error('clean session required'), false)
        }
        done(null, true)
      },
      authenticate: (client, username, password, done) => {
        this.#authenticate(client, username, password).then(
          (refusal) =>
            refusal === undefined ? done(null, true) : done(connackError(refusal), null),
          (error) => {
            this.#refused('store-away', { node: username, detail: String(error) })
            done(connackError('store-away'), null)
          },
        )
      },
      authorizePublish: (client, packet, done) => {
        if (client === null) return done(new Error('nobody publishes here but nodes'))
        // Retained messages would be kept in memory without end.
        packet.retain = false
        const acknowledging = this.#publish(client, packet.topic, packet.qos, packet.payload)
          .then(
            () => done(null),
            (error) => done(error),
          )
          .finally(() => this.#acknowledging.delete(acknowledging))
        this.#acknowledging.add(acknowledging)
      },
      authorizeSubscribe: (client, subscription, done) => {
        const topic = parseTopic(subscription.topic)
        const isOwn = topic?.node === client.id && (topic?.kind === 'c' || topic?.kind === 't')
        if (isOwn) return done(null, subscription)
        this.#refused('foreign-topic', { node: client.id, topic: subscription.topic })
        // Granted 0x80: the node learns it and stays connected [MQTT-3.9.3-2].
        done(null, null)
      },
    }
  }

  async #authenticate(
    client: Client,
    username: string | undefined,
    password: Uint8Array | undefined,
  ): Promise<LoginRefusal | undefined> {
    const { db, clock } = this.#options
    const secret = Buffer.from(password ?? []).toString()
    const credentials = { clientId: client.id, username, secret }
    const result = await within(DEADLINE_MS, logIn(db, clock.now(), credentials))
    if ('refused' in result) {
      const address = addressOf(client.conn as Socket)
      this.#refused(result.refused, { node: username, address })
      return result.refused
    }
    const { sender } = result
    this.#links.set(client, { sender, acknowledged: Promise.resolve(), revision: 0 })
    return undefined
  }

  /**
   * Resolves when the packet may be acknowledged; a rejection closes the connection. Acknowledgements of a
   * connection follow the order of its packets, and after one that failed there is none [MQTT-4.6.0-2].
   */
  #publish(client: Client, topic: string, qos: number, payload: string | Buffer): Promise<void> {
    const link = this.#links.get(client)
    const kind = link === undefined ? undefined : this.#rightTo(link, topic, qos)
    if (link === undefined || kind === undefined) return Promise.reject(new Error('not allowed'))
    const before = link.acknowledged
    const done =
      kind === 'r'
        ? this.#options.pipeline.submit(link.sender, Buffer.from(payload))
        : within(
            DEADLINE_MS,
            before.then(() => this.#answer(client, timeAnswerTopic(link.sender.name))),
          )
    link.acknowledged = done.then(() => before)
    // Whoever waits on the chain handles its rejection; the last link may have nobody.
    link.acknowledged.catch(() => {})
    return link.acknowledged
  }

  #rightTo(link: Link, topic: string, qos: number): 'r' | 'q' | undefined {
    const parsed = parseTopic(topic)
    const node = link.sender.name
    if (qos === 2) {
      this.#refused('qos-2', { node })
      return undefined
    }
    if (parsed?.node === node && (parsed.kind === 'r' || parsed.kind === 'q')) return parsed.kind
    this.#refused('foreign-topic', { node, topic })
    return undefined
  }

  #subscribed(subscriptions: { topic: string }[], client: Client): void {
    for (const { topic } of subscriptions) {
      if (parseTopic(topic)?.kind !== 'c' || !subscribesTo(client, topic)) continue
      this.#answer(client, topic).catch((error) => {
        this.#options.log.warn({ event: 'config_not_sent', node: client.id, reason: String(error) })
        client.conn.destroy()
      })
    }
  }

  /** Sends what the database says now; the time only while the server's clock can be trusted. */
  async #answer(client: Client, topic: string): Promise<void> {
    const { db, clock } = this.#options
    const link = this.#links.get(client)
    const row = link && (await downlinkOf(db, link.sender.id))
    if (link === undefined || row === undefined || !subscribesTo(client, topic)) return
    const { config, revision, rejected } = row
    const isConfig = parseTopic(topic)?.kind === 'c'
    // Of two readings at the same time the older may come last.
    if (isConfig && revision < link.revision) return
    if (isConfig) link.revision = revision
    const time = clock.synchronised() ? { t: Math.floor(clock.now() / 1000) } : {}
    const message = isConfig ? { ...config, revision } : { ...time, c: revision, x: rejected }
    client.publish(
      {
        cmd: 'publish',
        topic,
        payload: JSON.stringify(message),
        qos: 1,
        dup: false,
        retain: false,
      },
      () => {},
    )
  }

  #ready(client: Client): void {
    // One that was cut off meanwhile is gone already, and nothing more will be heard of it.
    if (!client.closed) this.#clients.set(client.id, client)
  }

  #forget(client: Client): void {
    if (this.#clients.get(client.id) === client) this.#clients.delete(client.id)
  }

  #failed(client: Client, error: Error): void {
    const refusal = refusalBehind(error)
    if (refusal === undefined) {
      this.#options.log.info({ event: 'connection_failed', node: client.id, reason: error.message })
    } else {
      this.#refused(refusal, { address: addressOf(client.conn as Socket) })
    }
  }

  async #cutDisabled(): Promise<void> {
    try {
      for (const name of await disabledAmong(this.#options.db, [...this.#clients.keys()])) {
        this.disconnect(name)
      }
    } catch (error) {
      this.#options.log.warn({ event: 'review_failed', reason: String(error) })
    }
  }
}

function subscribesTo(client: Client, topic: string): boolean {
  return 'subscriptions' in client && Object.hasOwn(client.subscriptions as object, topic)
}

/** What Aedes turns away by itself, known only by its error (its lib/client.js and lib/handlers/connect.js). */
function refusalBehind(error: Error): Refusal | undefined {
  if ('errorCode' in error && error.errorCode === 6) return 'keepalive'
  return error.message === 'connect did not arrive in time' ? 'connect-timeout' : undefined
}

/** What a node is told: 3 try later, 4 wrong name or secret, 5 not allowed [MQTT-3.2.2.3, table 3.1]. */
function connackError(reason: LoginRefusal | 'store-away'): AuthenticateError {
  const returnCode = reason === 'store-away' ? 3 : reason === 'disabled' ? 5 : 4
  return Object.assign(new Error(reason), { returnCode })
}
