import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import pino from 'pino'
import type { z } from 'zod'
import { problemSchema } from '../../shared/schema/problem.js'
import { limitsOf } from '../../shared/science/qartod/limits.js'
import { say } from '../alarms/send.js'
import { buildApi } from '../api/api.js'
import { LiveFeed } from '../api/live.js'
import { asOperator } from '../api/operator.js'
import { SystemClock } from '../clock.js'
import type { Config } from '../config.js'
import { AppError } from '../errors.js'
import { createMetrics } from '../metrics.js'
import { BalanceSheet } from '../pipeline/balance.js'
import { storedCorrection } from '../store/corrections.js'
import { openStore, type Store, type StoreKind } from '../store/open.js'

/** The API as the operator of this machine: of the running service, or of its folder while none runs. */
export interface Control {
  /** @throws AppError INVALID with what the API said, when it did not do it. */
  ask<T>(method: Method, path: string, schema: z.ZodType<T>, body?: object): Promise<T>
  close(): Promise<void>
}

export type Method = 'GET' | 'POST' | 'PATCH'

interface Answer {
  status: number
  text: string
}

type Transport = (method: Method, path: string, body?: string) => Promise<Answer>

const TIMEOUT_MS = 30_000

/** @throws AppError STORE_LOCKED when somebody else holds the folder and does not answer. */
export async function openControl(config: Config): Promise<Control> {
  const socketPath = join(config.dataDir, 'control.sock')
  if (await answers(socketPath)) {
    return { ask: asker(overSocket(socketPath)), close: async () => {} }
  }
  const store = await openAnyStore(config)
  try {
    const { transport, close } = await withoutService(store, config)
    return { ask: asker(transport), close: () => close().finally(() => store.close()) }
  } catch (error) {
    await store.close()
    throw error
  }
}

/** A socket file that nobody listens on is left over from a kill. */
export async function answers(socketPath: string): Promise<boolean> {
  const socket = connect(socketPath)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

function asker(transport: Transport): Control['ask'] {
  return async (method, path, schema, body) => {
    const content = body === undefined ? undefined : JSON.stringify(body)
    const { status, text } = await transport(method, path, content)
    if (status >= 200 && status < 300) return schema.parse(JSON.parse(text))
    throw new AppError('INVALID', problemText(status, text))
  }
}

function problemText(status: number, text: string): string {
  const problem = problemSchema.safeParse(text.startsWith('{') ? JSON.parse(text) : undefined).data
  const errors = (problem?.errors ?? []).map(({ path, message }) => `${path}: ${message}`)
  return [problem?.detail ?? `the API answered ${status}`, ...errors].join('; ')
}

function overSocket(socketPath: string): Transport {
  return async (method, path, body) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const outgoing = request({ socketPath, method, path, headers, timeout: TIMEOUT_MS })
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer from the service')))
    outgoing.end(body)
    try {
      const [response] = await once(outgoing, 'response')
      return await readAnswer(response)
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new AppError('CONFIG', `the service at ${socketPath} does not answer: ${reason}`, {
        cause,
      })
    }
  }
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }
}

/** The kind of a store that exists is its own; STORE_KIND decides only over a new one. */
async function openAnyStore(config: Config): Promise<Store> {
  const open = (kind: StoreKind) =>
    openStore({
      databaseUrl: config.databaseUrl,
      folder: config.dataDir,
      kind,
      retention: config.retention,
      log: silent,
      clock: new SystemClock(config.clockTrusted),
    })
  try {
    return await open(config.storeKind)
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'STORE_KIND')) throw error
    return open(config.storeKind === 'real' ? 'simulated' : 'real')
  }
}

const silent = pino({ level: 'silent' })

/** The same API without broker, pipeline or port: nothing is connected, nothing is in flight. */
async function withoutService(
  store: Store,
  config: Config,
): Promise<{ transport: Transport; close: () => Promise<void> }> {
  const clock = new SystemClock(config.clockTrusted)
  const sheet = new BalanceSheet()
  const balance = () => sheet.get()
  const app = await buildApi({
    store,
    clock,
    log: silent,
    config: config.http,
    live: new LiveFeed({ clock }),
    pipeline: { balance },
    replayer: { replay: async () => [] },
    rules: { limitsOf, correctionOf: storedCorrection },
    // The service does it when it starts.
    jobs: { wake: () => {} },
    alarms: { rulesChanged: async () => {} },
    links: { disconnect: () => {}, sendConfig: async () => {}, connected: () => new Set() },
    metrics: createMetrics({ balance, connected: () => 0 }),
    telling: {
      channels: new Map(),
      pushKey: undefined,
      say: (to, text) => say(new Map(), to, text),
      messages: () => [],
    },
  })
  const transport: Transport = async (method, path, body) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const answer = await asOperator(() =>
      app.inject({ method, url: path, headers, ...(body === undefined ? {} : { payload: body }) }),
    )
    return { status: answer.statusCode, text: answer.body }
  }
  return { transport, close: async () => void (await app.close()) }
}
