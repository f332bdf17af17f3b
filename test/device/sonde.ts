import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** The registers that the lake station reads, in the sonde's own order of floats. */
export interface Reading {
  oxygen: number
  temperature: number
  ph: number
  conductivity: number
  turbidity: number
}

/** The sonde at the end of a UART that is a TCP connection; Modbus RTU, one request at a time. */
export class TcpSonde {
  /** Readings of pH that the station has asked for. */
  readings = 0
  readonly #server = createServer((socket) => this.#serve(socket))
  readonly #sockets = new Set<Socket>()
  readonly #of: (reading: number) => Reading

  /** @param of what the nth reading finds. */
  constructor(of: (reading: number) => Reading) {
    this.#of = of
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => {}) // the board lost its power
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('data', (request) => socket.write(this.#answer(request)))
  }

  #answer(request: Buffer): Buffer {
    const [address = 0, code = 0] = request
    const first = request.readUInt16BE(2)
    const count = request.readUInt16BE(4)
    // Writing registers is answered with where and how many.
    if (code === 16) return withCrc(request.subarray(0, 6))
    if (first <= 4 && first + count > 4) this.readings++
    const found = this.#of(this.readings)
    const values = [found.oxygen, found.temperature, found.ph, found.conductivity, found.turbidity]
    const floats = Buffer.alloc(4 * values.length)
    values.forEach((value, index) => void floats.writeFloatBE(value, 4 * index))
    const data = floats.subarray(2 * first, 2 * (first + count))
    return withCrc(Buffer.from([address, code, data.length, ...data]))
  }
}

function withCrc(bytes: Buffer): Buffer {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1
  }
  return Buffer.from([...bytes, crc & 0xff, crc >> 8])
}
