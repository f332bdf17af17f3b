import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { ServiceError } from '../service-client.js'

/** The service as a child, with its log in its data folder. */

export interface ServiceProcess {
  httpPort: number
  mqttPort: number
  /** Settles when the process has ended, for whatever reason. */
  ended: Promise<void>
  /** Asks it to stop, and insists after 8 s: its own limit is longer than a person at Ctrl-C waits. */
  stop(): Promise<void>
}

const MAIN = fileURLToPath(new URL('../../ingest/main.ts', import.meta.url))
const STOP_LIMIT_MS = 8_000

const startedSchema = z.object({ event: z.literal('started'), http: z.int(), mqtt: z.int() })

/**
 * Starts the service and waits until it works.
 * @returns undefined when the signal came first.
 * @throws ServiceError when it ends before that, with what it said.
 */
export async function startService(
  dataDir: string,
  environment: Record<string, string | undefined>,
  signal: AbortSignal,
): Promise<ServiceProcess | undefined> {
  await mkdir(dataDir, { recursive: true })
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    env: { ...environment, DATA_DIR: dataDir },
    // A group of its own: Ctrl-C reaches it through `stop` alone, after the nodes have said goodbye.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close').then(() => {})
  const said: string[] = []
  const listen = (chunk: Buffer) => said.push(chunk.toString())
  child.stderr.on('data', listen)
  const stop = () => stopChild(child, ended)
  const onAbort = () => void stop()
  signal.addEventListener('abort', onAbort, { once: true })
  const ports = await Promise.race([startedPorts(child, dataDir), ended])
  signal.removeEventListener('abort', onAbort)
  if (ports === undefined && signal.aborted) return undefined
  if (ports === undefined) throw new ServiceError(0, said.join('').trim() || 'the service ended')
  process.stderr.write(said.join(''))
  child.stderr.off('data', listen).pipe(process.stderr)
  return { ...ports, ended, stop }
}

function startedPorts(
  child: ChildProcess,
  dataDir: string,
): Promise<{ httpPort: number; mqttPort: number }> {
  const log = createWriteStream(join(dataDir, 'service.log'), { mode: 0o600 })
  const { stdout } = child
  return new Promise((resolve) => {
    if (stdout === null) return
    createInterface({ input: stdout }).on('line', (line) => {
      log.write(`${line}\n`)
      if (!line.includes('"started"')) return
      const started = startedSchema.safeParse(JSON.parse(line)).data
      if (started !== undefined) resolve({ httpPort: started.http, mqttPort: started.mqtt })
    })
  })
}

async function stopChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
  const insist = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
  await ended
  clearTimeout(insist)
}
