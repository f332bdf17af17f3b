import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../ingest/main.ts', import.meta.url))

export interface ServiceOptions {
  folder: string
  databaseUrl?: string | undefined
  environment?: Record<string, string>
  /** Modules loaded into the process before the service, e.g. a mutant. */
  preload?: string[]
}

export interface ServiceProcess {
  child: ChildProcess
  /** Resolves with its ports once its doors are open; rejects when it ends before that. */
  started: Promise<{ httpPort: number; mqttPort: number }>
  /** Resolves with its exit code, null after a signal. */
  exited: Promise<number | null>
  /** The last of what it said. */
  output(): string
  /** Ends it and waits until it is gone; SIGKILL unless told otherwise. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

/** The real service in a process of its own, on free ports unless the environment names some. */
export function spawnService(options: ServiceOptions): ServiceProcess {
  const child = fork(main, [], {
    execArgv: ['--import', 'tsx', ...(options.preload ?? []).flatMap((path) => ['--import', path])],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: environmentOf(options),
  })
  let output = ''
  const keep = (chunk: Buffer) => {
    output = (output + chunk).slice(-100_000)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  const started = new Promise<{ httpPort: number; mqttPort: number }>((resolve, reject) => {
    child.stdout?.on('data', () => {
      const line = output.split('\n').find((text) => text.includes('"event":"started"'))
      if (line === undefined) return
      const { http, mqtt } = JSON.parse(line) as { http: number; mqtt: number }
      resolve({ httpPort: http, mqttPort: mqtt })
    })
    void exited.then((code) => reject(new Error(`the service ended with code ${code}:\n${output}`)))
  })
  started.catch(() => {}) // whoever wants it started waits for it
  return {
    child,
    started,
    exited,
    output: () => output,
    end(signal = 'SIGKILL') {
      child.kill(signal)
      return exited
    },
  }
}

/** As `spawnService`, once its doors are open. */
export async function startServiceProcess(
  options: ServiceOptions,
): Promise<ServiceProcess & { httpPort: number; mqttPort: number }> {
  const service = spawnService(options)
  return { ...service, ...(await service.started) }
}

function environmentOf({ folder, databaseUrl, environment }: ServiceOptions): NodeJS.ProcessEnv {
  const { DATABASE_URL: _ofTheTests, ...inherited } = process.env
  return {
    ...inherited,
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    DATA_DIR: folder,
    STORE_KIND: 'simulated',
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: '0',
    MQTT_HOST: '127.0.0.1',
    MQTT_PORT: '0',
    MQTT_MAX_CONNECTIONS_PER_ADDRESS: '20000',
    CLOCK_TRUSTED: 'yes',
    ...environment,
  }
}
