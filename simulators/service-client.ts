import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { join } from 'node:path'
import type { z } from 'zod'
import { problemSchema } from '../shared/schema/problem.js'

/** The service's HTTP API as a simulator sees it: over the control socket beside its data, or by URL. */

export type ServiceAddress = { dataDir: string } | { url: string; token?: string }

/** The service answered with a problem, or not at all; the message is fit for the command line. */
export class ServiceError extends Error {
  /** HTTP status, 0 when nobody answered. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'ServiceError'
    this.status = status
  }
}

export interface ServiceClient {
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>
  post<T>(path: string, body: object, schema: z.ZodType<T>): Promise<T>
  put<T>(path: string, body: object, schema: z.ZodType<T>): Promise<T>
  patch<T>(path: string, body: object, schema: z.ZodType<T>): Promise<T>
  /** The body as it came, e.g. of /metrics. */
  text(path: string): Promise<string>
}

const TIMEOUT_MS = 30_000

export function serviceClient(address: ServiceAddress): ServiceClient {
  const ask = (method: string, path: string, body?: object) => send(address, method, path, body)
  const json = async <T>(schema: z.ZodType<T>, answer: Promise<string>): Promise<T> =>
    schema.parse(JSON.parse(await answer))
  return {
    get: (path, schema) => json(schema, ask('GET', path)),
    post: (path, body, schema) => json(schema, ask('POST', path, body)),
    put: (path, body, schema) => json(schema, ask('PUT', path, body)),
    patch: (path, body, schema) => json(schema, ask('PATCH', path, body)),
    text: (path) => ask('GET', path),
  }
}

async function send(
  address: ServiceAddress,
  method: string,
  path: string,
  body: object | undefined,
): Promise<string> {
  const outgoing = open(address, method, path)
  outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)))
  if (body !== undefined) outgoing.setHeader('content-type', 'application/json')
  outgoing.end(body === undefined ? undefined : JSON.stringify(body))
  let answer: { status: number; text: string }
  try {
    const [response] = await once(outgoing, 'response')
    answer = await read(response)
  } catch (error) {
    throw unreachable(address, error instanceof Error ? error.message : String(error))
  }
  if (answer.status >= 200 && answer.status < 300) return answer.text
  throw new ServiceError(answer.status, problemText(method, path, answer))
}

function open(address: ServiceAddress, method: string, path: string): ClientRequest {
  const headers: Record<string, string> = { accept: 'application/json, text/plain' }
  if ('token' in address && address.token !== undefined) {
    headers.authorization = `Bearer ${address.token}`
  }
  const options = { method, headers, timeout: TIMEOUT_MS }
  if ('dataDir' in address) {
    return requestHttp({ ...options, path, socketPath: controlSocket(address.dataDir) })
  }
  const url = new URL(path, address.url)
  return url.protocol === 'https:' ? requestHttps(url, options) : requestHttp(url, options)
}

async function read(response: IncomingMessage): Promise<{ status: number; text: string }> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }
}

function controlSocket(dataDir: string): string {
  return join(dataDir, 'control.sock')
}

function unreachable(address: ServiceAddress, reason: string): ServiceError {
  if (!('dataDir' in address)) {
    return new ServiceError(0, `no service answers at ${address.url}: ${reason}`)
  }
  const why = existsSync(controlSocket(address.dataDir)) ? reason : 'no control socket there'
  return new ServiceError(
    0,
    `no service is running on ${address.dataDir} (${why}); start it with npm start, or name its folder with --data`,
  )
}

function problemText(
  method: string,
  path: string,
  { status, text }: { status: number; text: string },
): string {
  const problem = parseProblem(text)
  const errors = (problem?.errors ?? []).map((error) => `${error.path}: ${error.message}`)
  const detail = problem?.detail ?? text.slice(0, 200)
  return [`${method} ${path}: ${status} ${detail}`, ...errors].join('; ')
}

function parseProblem(text: string): z.infer<typeof problemSchema> | undefined {
  try {
    return problemSchema.safeParse(JSON.parse(text)).data
  } catch {
    // A proxy in between answers in HTML.
    return undefined
  }
}
