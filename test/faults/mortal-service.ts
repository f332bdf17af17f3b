import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type ServiceProcess, spawnService } from '../service-process.js'
import type { KillPlan, KillPoint } from './kill-points.js'

const KILL_POINTS = fileURLToPath(new URL('kill-points.ts', import.meta.url))
/** A planned point that is not reached by then was no part of this life; the kill comes all the same. */
const PATIENCE_MS = 6_000

/** A service that is started and killed again and again, always on the same port and folder. */
export class MortalService {
  readonly port: number
  readonly #folder: string
  readonly #databaseUrl: string | undefined
  readonly #preload: string[]
  /** Undefined while it is dead. */
  #current: ServiceProcess | undefined
  /** From the process' start to its open doors, ms, one for each life. */
  readonly startsMs: number[] = []
  /** Of that, from the folder found to the store open, as the service says it, ms. */
  readonly reopeningsMs: number[] = []

  constructor(options: {
    port: number
    folder: string
    databaseUrl: string | undefined
    preload: string[]
  }) {
    this.port = options.port
    this.#folder = options.folder
    this.#databaseUrl = options.databaseUrl
    this.#preload = options.preload
  }

  /** One life: up, some work, dead. */
  async live(point: KillPoint | 'anywhere', random: () => number): Promise<void> {
    const plan: KillPlan | null =
      point === 'anywhere'
        ? null
        : { point, occurrence: 1 + Math.floor(random() * 40), delayMs: random() * 8 }
    if (plan !== null && (point === 'checkpoint' || point === 'refresh')) plan.occurrence = 1
    const service = await this.start(plan)
    const untilKill = plan === null ? 100 + random() * 1_200 : PATIENCE_MS
    const timer = setTimeout(() => service.child.kill('SIGKILL'), untilKill)
    await service.exited
    clearTimeout(timer)
  }

  /** Starts it unless it lives. */
  async start(plan: KillPlan | null = null): Promise<ServiceProcess> {
    if (this.#current !== undefined) return this.#current
    const startedAt = performance.now()
    const service = spawnService({
      folder: this.#folder,
      databaseUrl: this.#databaseUrl,
      preload: [...this.#preload, KILL_POINTS],
      environment: {
        MQTT_PORT: String(this.port),
        FAULT_PLAN: JSON.stringify(plan),
        LOG_LEVEL: 'info',
      },
    })
    this.#current = service
    void service.exited.then(() => {
      this.#current = undefined
    })
    await service.started.catch(async (error) => {
      // Killed by its plan before its doors were open: that is a life too.
      if ((await service.exited) !== null) throw error
    })
    this.startsMs.push(performance.now() - startedAt)
    const opened = service.output().match(/"event":"store_opened","engine":"\w+","ms":(\d+)/)
    if (opened !== null) this.reopeningsMs.push(Number(opened[1]))
    return service
  }

  /** Ends what runs, as an operator would. */
  async stop(): Promise<void> {
    await this.#current?.end('SIGTERM')
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
