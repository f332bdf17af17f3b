import type { BrokerAddress } from '../addresses.js'
import { rest } from '../fleet/clock.js'
import { LightNode } from '../light-node.js'
import { ServiceError } from '../service-client.js'
import { progressOf, UsageError } from '../terminal.js'
import { encodeLoadFrame, type FrameShape, SAMPLE_STEP_S } from './frames.js'
import type { Login } from './nodes.js'

/** Frames of a node on their way at once: enough that a wrong order of acknowledgements would show. */
const IN_FLIGHT = 8
/** A service admits 500 sockets of one address unless told otherwise; a node that comes back may be counted twice. */
const NODES_PER_ADDRESS = 400
/** After the ramp: a node that was turned away tries again for about so long. */
const LAST_LOGIN_MS = 30_000
/** Files of the process that are no nodes' sockets. */
const OTHER_FILES = 64
const LOOK_EVERY_MS = 50

export interface CrowdOptions {
  logins: readonly Login[]
  broker: BrokerAddress
  frame: FrameShape
  boot: number
  /** Unix second of the first sample of every node. */
  startS: number
}

export interface Delivery {
  /** From the moment the frame was meant to leave, and from its first byte on a socket, to its PUBACK. */
  fromDueMs: number
  fromSocketMs: number
}

/** One node and what its sequence numbers say. */
export class LoadNode {
  readonly light: LightNode
  readonly index: number
  /** Of the next frame: so many have been handed over. */
  seq = 0
  /** Sequence numbers that are not acknowledged. */
  readonly open = new Set<number>()
  /** Acknowledgements that came after that of a later frame. */
  reordered = 0
  #lastAcknowledged = -1

  constructor(index: number, light: LightNode) {
    this.index = index
    this.light = light
  }

  handedOver(): number {
    this.open.add(this.seq)
    return this.seq++
  }

  acknowledged(seq: number): void {
    this.open.delete(seq)
    if (seq < this.#lastAcknowledged) this.reordered++
    else this.#lastAcknowledged = seq
  }
}

/** All nodes of a load, connected or on the way to be. */
export class Crowd {
  readonly nodes: readonly LoadNode[]
  readonly frame: FrameShape
  readonly startS: number
  /** Connections lost after they had worked. */
  cuts = 0
  readonly #boot: number
  /** Why nodes could not connect, as sockets and broker said it. */
  readonly #reasons = new Map<string, number>()
  #turn = 0
  #isStopping = false

  constructor(options: CrowdOptions) {
    const { frame, startS, boot, logins, broker } = options
    this.frame = frame
    this.startS = startS
    this.#boot = boot
    this.nodes = logins.map(({ name, secret }, index) => {
      let isIn = false
      const events = {
        connected: () => {
          isIn = true
        },
        disconnected: (reason: string) => {
          if (isIn && !this.#isStopping) this.cuts++
          else this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1)
          isIn = false
        },
      }
      const from = sourceAddress(broker.host, index)
      const light = { name, secret, ...broker, ...from, inFlight: IN_FLIGHT, events }
      return new LoadNode(index, new LightNode(light))
    })
  }

  get connected(): number {
    return this.nodes.filter(({ light }) => light.isConnected).length
  }

  /** Frames handed over and not acknowledged. */
  get open(): number {
    return this.nodes.reduce((sum, { open }) => sum + open.size, 0)
  }

  /** Connects all, evenly over the ramp. @throws ServiceError when some cannot be connected. */
  async connect(rampS: number, signal: AbortSignal): Promise<void> {
    const progress = progressOf(this.nodes.length, 'connect')
    const startMs = performance.now()
    const everyMs = (rampS * 1000) / this.nodes.length
    let started = 0
    try {
      while (!signal.aborted && this.connected < this.nodes.length) {
        const sinceMs = performance.now() - startMs
        for (; started < this.nodes.length && started * everyMs <= sinceMs; started++) {
          this.nodes[started]?.light.start()
        }
        // Where not even the first one gets in, no other will.
        const isHopeless = this.connected === 0 && this.#reasons.size > 0
        if (isHopeless || sinceMs > rampS * 1000 + LAST_LOGIN_MS) throw this.#incomplete()
        progress.update(this.connected, `${this.connected} of ${this.nodes.length}`)
        await rest(LOOK_EVERY_MS, signal)
      }
    } finally {
      progress.stop()
    }
  }

  /** The next node in turn sends its next frame; `done` is called when that is acknowledged, if ever. */
  send(dueMs: number, done: (delivery: Delivery) => void): void {
    const node = this.nodes[this.#turn++ % this.nodes.length]
    if (node === undefined) return
    const seq = node.handedOver()
    const startS = this.sampleS(seq)
    const frame = encodeLoadFrame(this.frame, { node: node.index, boot: this.#boot, seq, startS })
    node.light.publish(frame).then(
      ({ latencyMs }) => {
        node.acknowledged(seq)
        done({ fromDueMs: performance.now() - dueMs, fromSocketMs: latencyMs })
      },
      // The node was stopped first; the frame stays open.
      () => {},
    )
  }

  /** Unix second of the first sample of each node's frame with this number. */
  sampleS(seq: number): number {
    return this.startS + seq * this.frame.samples * SAMPLE_STEP_S
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    await Promise.all(this.nodes.map(({ light }) => light.stop()))
  }

  #incomplete(): ServiceError {
    const [reason = 'no answer'] = [...this.#reasons].sort((a, b) => b[1] - a[1])[0] ?? []
    return new ServiceError(
      0,
      `only ${this.connected} of ${this.nodes.length} nodes could connect (most said: ${reason}); ` +
        'a service admits MQTT_MAX_CONNECTIONS sockets, and MQTT_MAX_CONNECTIONS_PER_ADDRESS of one address',
    )
  }
}

/** @throws UsageError when this process may not open a socket for each node. */
export function requireFiles(nodes: number, limit = openFilesLimit()): void {
  const needed = nodes + OTHER_FILES
  if (needed <= limit) return
  throw new UsageError(
    `--nodes ${nodes}: each node needs a socket, and a process here may open ${limit} files; ` +
      `say ulimit -n ${needed} first, or take fewer nodes`,
  )
}

function openFilesLimit(): number {
  const report: { userLimits?: { open_files?: { soft?: unknown } } } = process.report.getReport()
  const soft = report.userLimits?.open_files?.soft
  return typeof soft === 'number' ? soft : Number.POSITIVE_INFINITY
}

/** On Linux every address of 127.0.0.0/8 is this machine, so nodes need not all come from one. */
function sourceAddress(host: string, index: number): { localAddress?: string } {
  if (process.platform !== 'linux' || host !== '127.0.0.1') return {}
  return { localAddress: `127.0.1.${1 + Math.floor(index / NODES_PER_ADDRESS)}` }
}
