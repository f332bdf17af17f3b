import { fromBinary, toBinary } from './bytes.js'
import type { Life } from './life.js'
import { toInt } from './life.js'
import type { Address, Connection, Network } from './networks/network.js'

/** What one pass of the idle loop takes from a socket. */
const CHUNK_BYTES = 536
/** The stack gives up on an address that does not answer: its calls block until then. */
const UNREACHABLE_MS = 75_000
/** Error numbers of the ESP32's stack. */
const REFUSED = 104
const NO_ANSWER = 113
const NO_ROUTE = 118
const UNSENT_DATA = { code: -8, message: 'unsent data' }
const STREAM_BYTES = 512

export interface NetNeeds {
  readonly network: Network
  isOnline(): boolean
  /** A call that blocks: nothing runs meanwhile, and the watchdog is not fed. */
  block(ms: number): void
  print(text: string): void
}

interface Socket {
  readonly object: object
  connection: Connection | undefined
  /** Of the end of this life. */
  forget: () => void
  toSend: string
  /** No more writes: closed by either end. */
  isClosing: boolean
  isClosed: boolean
  kept: string
}

/** `require('net')`: TCP clients. What the stack tells the firmware is little: see `closed`. */
export function netModule(life: Life, needs: NetNeeds): object {
  const sockets = new WeakMap<object, Socket>()
  const Socket = life.realm.run('(function Socket() {})', 'net') as { prototype: object }
  const socketOf = (self: object) => sockets.get(self) ?? life.fail('not a socket')

  life.methods(Socket.prototype, {
    write: (self, data) => {
      send(life, socketOf(self), String(data))
      return false
    },
    end: (self, data) => {
      const socket = socketOf(self)
      if (data !== undefined) send(life, socket, String(data))
      if (socket.toSend === '') life.after(0, () => finish(life, socket))
      socket.isClosing = true
    },
    available: (self) => socketOf(self).kept.length,
    read: (self, count) => {
      const socket = socketOf(self)
      const wanted = toInt(count) <= 0 ? socket.kept.length : toInt(count)
      const taken = socket.kept.slice(0, wanted)
      socket.kept = socket.kept.slice(wanted)
      return taken
    },
  })

  const module = life.realm.object()
  life.functions(module, {
    connect: (options, callback) => {
      if (typeof options !== 'object' || options === null) {
        needs.print(`ERROR: Expecting Options to be an Object but it was ${typeof options}`)
        return undefined
      }
      const object = life.realm.object()
      Object.setPrototypeOf(object, Socket.prototype)
      const socket: Socket = {
        object,
        connection: undefined,
        forget: () => {},
        toSend: '',
        isClosing: false,
        isClosed: false,
        kept: '',
      }
      sockets.set(object, socket)
      if (typeof callback === 'function') {
        Reflect.apply((object as { on: (...args: unknown[]) => void }).on, object, [
          'connect',
          callback,
        ])
      }
      connect(life, socket, { needs, to: addressOf(options) })
      return object
    },
  })
  return module
}

function addressOf(options: object): Address {
  const { host, port } = options as { host?: unknown; port?: unknown }
  return { host: host === undefined ? '127.0.0.1' : String(host), port: toInt(port) & 0xffff }
}

export function isAddress(host: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(host)
}

/** Blocks; throws where the name is not known or nobody answers. */
function connect(
  life: Life,
  socket: Socket,
  { needs, to }: { needs: NetNeeds; to: Address },
): void {
  const { network } = needs
  if (!isAddress(to.host) && !(needs.isOnline() && network.resolves(to.host))) {
    life.fail('Unable to locate host', 'InternalError')
  }
  if (!needs.isOnline()) noSocket(life, needs, NO_ROUTE)
  const connection = network.connect(to, {
    opened: () => {
      life.after(0, () => {
        if (socket.isClosed) return
        life.emit(socket.object, 'connect', [socket.object])
        if (socket.toSend === '') life.emit(socket.object, 'drain', [socket.object])
      })
    },
    received: (bytes) => receive(life, socket, bytes),
    closed: () => life.after(0, () => closed(life, socket)),
  })
  if (connection === 'unreachable') {
    needs.block(UNREACHABLE_MS)
    noSocket(life, needs, NO_ANSWER)
  }
  if (connection === 'refused') noSocket(life, needs, REFUSED)
  socket.connection = connection
  socket.forget = life.onEnd(() => connection.abandon())
}

function noSocket(life: Life, needs: NetNeeds, code: number): never {
  needs.print(`ERROR: Connect failed (err ${code})`)
  return life.fail('Unable to create socket', 'InternalError')
}

function send(life: Life, socket: Socket, data: string): void {
  if (socket.isClosing) life.fail('This socket is closed')
  const isIdle = socket.toSend === ''
  socket.toSend += data
  if (isIdle && data !== '') life.after(0, () => flush(life, socket))
}

function flush(life: Life, socket: Socket): void {
  if (socket.isClosed) return
  socket.connection?.write(fromBinary(socket.toSend))
  socket.toSend = ''
  if (socket.isClosing) finish(life, socket)
  else life.emit(socket.object, 'drain', [socket.object])
}

function receive(life: Life, socket: Socket, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const chunk = toBinary(bytes.subarray(at, at + CHUNK_BYTES))
    life.after(0, () => {
      if (socket.isClosed) return
      const listeners = life.listeners(socket.object, 'data')
      if (listeners.length === 0) socket.kept = (socket.kept + chunk).slice(0, STREAM_BYTES)
      for (const listener of listeners) life.call(listener, socket.object, [chunk])
    })
  }
}

/** The board closes. */
function finish(life: Life, socket: Socket): void {
  if (socket.isClosed) return
  socket.isClosed = true
  socket.forget()
  socket.connection?.close()
  life.emit(socket.object, 'end')
  life.emit(socket.object, 'close', [false])
}

/** The other end closed. A reset is told like that too; only data not yet sent makes it an error. */
function closed(life: Life, socket: Socket): void {
  if (socket.isClosed) return
  const isUnsent = socket.toSend !== ''
  socket.isClosed = true
  socket.forget()
  socket.isClosing = true
  if (isUnsent) life.emit(socket.object, 'error', [life.realm.object(UNSENT_DATA)])
  life.emit(socket.object, 'end')
  life.emit(socket.object, 'close', [isUnsent])
}
