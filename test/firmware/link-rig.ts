import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { type Script, ScriptedBroker } from './scripted-broker.js'

const room = fileURLToPath(new URL('../../firmware/node/', import.meta.url))

/** One script, as the firmware's build makes it, of what `entry` imports from `firmware/node`. */
export async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: room, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'node',
    external: ['net', 'dgram', 'Wifi'],
    target: 'es2019',
    minify: true,
    // A station that does not sleep: whatever the link can do.
    define: { STAYS: 'true' },
    charset: 'ascii',
  })
  return outputFiles[0]?.text ?? ''
}

/** Timers on a clock that only a test moves; with the board's habit of giving a fired timer's id again. */
export class Timers {
  nowMs = 0
  readonly #board = new Map<number, Due>()
  readonly #world = new Map<number, Due>()
  #order = 0

  /** The board's own that have not fired. */
  get pending(): number {
    return this.#board.size
  }

  readonly set = (act: () => void, ms: number): number => {
    let id = 1
    while (this.#board.has(id)) id++
    this.#board.set(id, { atMs: this.nowMs + Math.max(0, ms), order: this.#order++, act })
    return id
  }

  readonly clear = (id: number | undefined): void => {
    if (id === undefined) throw new Error('clearTimeout(undefined) not allowed')
    this.#board.delete(id)
  }

  /** Something that happens outside the board. */
  after(ms: number, act: () => void): void {
    const order = this.#order++
    this.#world.set(order, { atMs: this.nowMs + ms, order, act })
  }

  /** Runs what is due in the next `seconds`, in order. */
  run(seconds: number): void {
    const untilMs = this.nowMs + seconds * 1000
    for (;;) {
      const next = this.#first()
      if (next === undefined || next.due.atMs > untilMs) break
      next.from.delete(next.id)
      this.nowMs = Math.max(this.nowMs, next.due.atMs)
      next.due.act()
    }
    this.nowMs = untilMs
  }

  #first(): { due: Due; from: Map<number, Due>; id: number } | undefined {
    let first: { due: Due; from: Map<number, Due>; id: number } | undefined
    for (const from of [this.#board, this.#world]) {
      for (const [id, due] of from) {
        const isEarlier =
          first === undefined ||
          due.atMs < first.due.atMs ||
          (due.atMs === first.due.atMs && due.order < first.due.order)
        if (isEarlier) first = { due, from, id }
      }
    }
    return first
  }
}

interface Due {
  atMs: number
  order: number
  act: () => void
}

type Handler = (value: unknown) => void

/** A net socket as the board sees it, and the wire behind it. */
export class FakeSocket {
  readonly #timers: Timers
  readonly #handlers = new Map<string, Handler>()
  isOpen = true
  /** Nothing arrives any more, on either side, and nobody is told. */
  isDead = false
  onBytes: (bytes: Buffer) => void = () => {}
  onClose: () => void = () => {}

  constructor(timers: Timers) {
    this.#timers = timers
  }

  write(data: string): void {
    if (!this.isOpen) throw new Error('This socket is closed')
    const bytes = Buffer.from(data, 'latin1')
    this.#later(() => this.onBytes(bytes))
  }

  end(): void {
    this.#timers.after(2, () => this.#close())
    this.#later(() => this.onClose())
  }

  on(event: string, handler: Handler): void {
    this.#handlers.set(event, handler)
  }

  /** From the other end. */
  send(bytes: Buffer): void {
    this.#later(() => this.#handlers.get('data')?.(bytes.toString('latin1')))
  }

  close(error?: string): void {
    this.#later(() => {
      if (error !== undefined) this.#handlers.get('error')?.({ code: -9, message: error })
      this.#close()
    })
  }

  #close(): void {
    if (!this.isOpen) return
    this.isOpen = false
    this.#handlers.get('close')?.(false)
  }

  #later(act: () => void): void {
    this.#timers.after(1, () => {
      if (!this.isDead) act()
    })
  }
}

export const LINK = `
import { openSession, startLink } from './link.js'
import { wifiTransport } from './wifi.js'
Object.assign(global, { openSession, startLink, wifiTransport })`

interface Network {
  up(done: (error?: string) => void): void
  down(done: () => void): void
  connect(
    host: string,
    port: number,
  ): {
    write(data: string): void
    end(): void
    on(event: string, handler: (data: string) => void): void
  }
  signal(): number | undefined
  time(done: (seconds: number | undefined) => void): void
}

export interface Globals {
  startLink(network: Network, needs: object): void
  openSession(isStaying: boolean): void
  wifiTransport(settings: object): Network
  modemTransport(serial: object, supply: object, to: object): Network
}

/** Where a script gets its timers and, unless it is not asked for, its time. */
interface BoardTimers {
  set(act: () => void, ms: number): unknown
  clear(id: never): void
  nowMs?: number
}

/** Modules by name; one that is missing cannot be required, as on the board. */
export type Modules = Record<string, unknown>

/** Runs a bundle where the board's globals are, and nothing of Node. */
export function runBundle(script: string, timers: BoardTimers, modules: Modules): Globals {
  const context = {
    setTimeout: timers.set,
    clearTimeout: timers.clear,
    getTime: () => (timers.nowMs ?? 0) / 1000,
    require(name: string) {
      if (name in modules) return modules[name]
      throw new Error(`Module "${name}" not found`)
    },
  }
  Object.assign(context, { global: context })
  runInContext(script, createContext(context))
  return context as unknown as Globals
}

/** A session's view from the rest of the node: what it was given and what it heard. */
export class FakeNode {
  /** To be sent, oldest first. */
  readonly frames: string[] = []
  readonly heard: string[] = []
  progressed = 0

  readonly needs = {
    identity: {
      node: 'toba-01',
      secret: '0123456789abcdef0123456789abcdef',
      host: 'broker.test',
      port: 1883,
    },
    next: () => this.frames[0],
    sent: () => void this.frames.shift(),
    time: (seconds: number) => void this.heard.push(`time ${seconds}`),
    config: (text: string) => void this.heard.push(`config ${text}`),
    ended: (reason?: string) => void this.heard.push(`ended ${reason ?? 'well'}`),
    progress: () => void this.progressed++,
  }

  /** How the sessions ended so far, in order. */
  get endings(): string[] {
    return this.heard.filter((line) => line.startsWith('ended ')).map((line) => line.slice(6))
  }
}

export interface LinkRig {
  timers: Timers
  node: FakeNode
  link: Globals
  network: Network
  sockets: FakeSocket[]
  brokers: ScriptedBroker[]
  /** Questions to the SNTP server. */
  datagrams: FakeDatagrams
}

export class FakeDatagrams {
  readonly asked: { question: Buffer; port: number; host: string }[] = []
  open = 0
  /** The answers to a question, none by default. */
  answer: (question: Buffer) => Buffer[] = () => []
  readonly #timers: Timers

  constructor(timers: Timers) {
    this.#timers = timers
  }

  readonly createSocket = () => {
    let onMessage: (message: string) => void = () => {}
    this.open++
    return {
      on: (_event: 'message', handler: (message: string) => void) => {
        onMessage = handler
      },
      send: (message: string, port: number, host: string) => {
        const question = Buffer.from(message, 'latin1')
        this.asked.push({ question, port, host })
        this.answer(question).forEach((bytes, index) => {
          this.#timers.after(40 + index, () => onMessage(bytes.toString('latin1')))
        })
      },
      close: () => void this.open--,
    }
  }
}

let linkBundle: Promise<string> | undefined

/** A node's link over Wi-Fi with a scripted broker behind every connection. */
export async function linkRig(
  script?: Script,
  changes: { modules?: Modules; onConnect?: () => void } = {},
): Promise<LinkRig> {
  linkBundle ??= bundle(LINK)
  const timers = new Timers()
  const datagrams = new FakeDatagrams(timers)
  const sockets: FakeSocket[] = []
  const brokers: ScriptedBroker[] = []
  const connect = () => {
    changes.onConnect?.()
    const socket = new FakeSocket(timers)
    const broker = new ScriptedBroker(socket, script)
    socket.onBytes = (bytes) => broker.receive(bytes)
    socket.onClose = () => {
      broker.isClosed = true
    }
    sockets.push(socket)
    brokers.push(broker)
    return socket
  }
  const modules = { net: { connect }, dgram: datagrams, ...changes.modules }
  const link = runBundle(await linkBundle, timers, modules)
  const node = new FakeNode()
  const settings = { ssid: 'toba', password: 'danau', sntp: 'ntp.test' }
  const network = link.wifiTransport(settings)
  link.startLink(network, node.needs)
  return { timers, node, link, network, sockets, brokers, datagrams }
}
