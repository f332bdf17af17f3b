import { Duplex } from 'node:stream'
import {
  byteLength,
  CANCEL_REQUEST,
  GSS_REQUEST,
  int32,
  join,
  SSL_REQUEST,
} from './postgres-protocol.js'

/** Where a socket's bytes go. */
export interface Wire {
  /** A client has introduced itself: it wants a clean session. */
  hello(): void
  /** Whole protocol messages. The buffer is the receiver's. */
  bytes(messages: Uint8Array<ArrayBuffer>): void
}

const TERMINATE = 'X'.charCodeAt(0)

/**
 * What `pg` takes for its TCP socket. It collects what pg writes until whole messages are there and
 * passes them on in one piece; what the engine answers is given to `push`.
 */
export class EmbeddedSocket extends Duplex {
  readonly #wire: Wire
  #isGreeted = false
  #pending: Uint8Array[] = []

  constructor(wire: Wire) {
    super()
    this.#wire = wire
  }

  connect(): this {
    queueMicrotask(() => this.emit('connect'))
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#take([chunk])
    done()
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.#take(chunks.map(({ chunk }) => chunk))
    done()
  }

  override _final(done: () => void): void {
    this.push(null)
    done()
  }

  #take(chunks: Uint8Array[]): void {
    const bytes = join([...this.#pending, ...chunks])
    const end = this.#isGreeted ? this.#wholeMessages(bytes) : this.#introduction(bytes)
    this.#pending = end < bytes.length ? [bytes.subarray(end)] : []
  }

  /** The first message has no type: an offer of encryption, somebody else's cancel, or a startup. */
  #introduction(bytes: Uint8Array): number {
    if (bytes.length < 8 || bytes.length < int32(bytes, 0)) return 0
    const code = int32(bytes, 4)
    if (code === SSL_REQUEST || code === GSS_REQUEST) this.push('N')
    else if (code === CANCEL_REQUEST) this.destroy()
    else {
      this.#isGreeted = true
      this.#wire.hello()
    }
    return int32(bytes, 0)
  }

  /** A goodbye is kept from the engine: it would take it as its own end. */
  #wholeMessages(bytes: Uint8Array<ArrayBuffer>): number {
    let end = 0
    let length = byteLength(bytes, 0)
    while (end + length <= bytes.length) {
      end += length
      length = byteLength(bytes, end)
    }
    if (end > 0 && bytes[0] !== TERMINATE) this.#wire.bytes(bytes.slice(0, end))
    return end
  }
}
