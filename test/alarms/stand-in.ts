import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { DeliveryError, type Message } from '../../ingest/alarms/channels/channel.js'

/** The other end of a channel, on this machine: what it was asked, and answers that a test chooses. */

export interface Asked {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: string
  bytes: Buffer
}

export interface Answer {
  status: number
  headers?: Record<string, string>
  body?: string
}

export interface StandIn {
  url: string
  asked: Asked[]
  /** Of all further requests; 'none' keeps them waiting. */
  answer: Answer | 'none'
  /** Resolves with the next request. */
  next(): Promise<Asked>
  close(): Promise<void>
}

export async function standIn(): Promise<StandIn> {
  const waiting: ((asked: Asked) => void)[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const bytes = Buffer.concat(chunks)
    const { method = '', url: path = '', headers } = request
    const asked = { method, path, headers, bytes, body: bytes.toString() }
    self.asked.push(asked)
    for (const resolve of waiting.splice(0)) resolve(asked)
    if (self.answer === 'none') return
    response.writeHead(self.answer.status, self.answer.headers).end(self.answer.body)
  })
  const port = await listening(server)
  const self: StandIn = {
    url: `http://127.0.0.1:${port}`,
    asked: [],
    answer: { status: 200 },
    next: () => new Promise((resolve) => waiting.push(resolve)),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return self
}

/** Speaks no protocol at all. */
export async function babbler(): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}) // the client may hang up first
    socket.end('\0\x01 no protocol at all\r\n\r\n')
  })
  const port = await listening(server)
  const close = async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  }
  return { port, close }
}

/** Where nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createTcpServer()
  const port = await listening(server)
  server.close()
  await once(server, 'close')
  return port
}

async function listening(server: ReturnType<typeof createTcpServer>): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

export const aMessage: Message = {
  id: 'n-17',
  title: 'SIAGA: Haranggaol, oksigen 3,8 mg/L',
  text: 'Turun dari 5,2 mg/L dalam 3 jam. "Kurangi pakan" & siapkan aerator; hubungi DLH {to}.',
  link: 'https://toba.example.id/a/17',
  language: 'id',
  urgency: 'high',
}

/** What a sending ends with: `taken`, or the error and whether it is worth another try. */
export async function outcome(
  sending: Promise<void>,
): Promise<'taken' | { temporary: boolean; message: string; retryAfterMs: number | undefined }> {
  try {
    await sending
    return 'taken'
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error
    const { temporary, message, retryAfterMs } = error
    if (error.cause !== undefined) throw new Error('an error of a channel has no cause')
    return { temporary, message, retryAfterMs }
  }
}

export const never = () => new AbortController().signal
