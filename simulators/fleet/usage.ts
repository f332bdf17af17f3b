import type { ServiceClient } from '../service-client.js'
import { rest } from './clock.js'

/** What a run took of the machine: shares of one core, and the most memory. */
export interface Usage {
  fleetCores: number
  fleetBytes: number
  /** Undefined where others use the service too. */
  service: { cores: number; bytes: number } | undefined
}

interface ServiceSample {
  cpuS: number
  bytes: number
}

const LOOK_EVERY_MS = 2_000

/** Watches this process and the service from now on, until the signal. */
export class UsageMeter {
  readonly #client: ServiceClient | undefined
  readonly #startedMs = performance.now()
  readonly #ownCpu = process.cpuUsage()
  #ownBytes = 0
  #first: ServiceSample | undefined
  #last: ServiceSample | undefined
  #serviceBytes = 0

  constructor(client: ServiceClient | undefined) {
    this.#client = client
  }

  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look()
      await rest(LOOK_EVERY_MS, signal)
    }
  }

  async look(): Promise<void> {
    this.#ownBytes = Math.max(this.#ownBytes, process.memoryUsage.rss())
    // A service that has no time to answer is asked again.
    const text = await this.#client?.text('/metrics').catch(() => undefined)
    if (text === undefined) return
    const sample = serviceSample(text)
    this.#first ??= sample
    this.#last = sample
    this.#serviceBytes = Math.max(this.#serviceBytes, sample.bytes)
  }

  result(): Usage {
    const tookS = (performance.now() - this.#startedMs) / 1000
    const { user, system } = process.cpuUsage(this.#ownCpu)
    const service =
      this.#first === undefined || this.#last === undefined
        ? undefined
        : { cores: (this.#last.cpuS - this.#first.cpuS) / tookS, bytes: this.#serviceBytes }
    return { fleetCores: (user + system) / 1e6 / tookS, fleetBytes: this.#ownBytes, service }
  }
}

function serviceSample(metrics: string): ServiceSample {
  const value = (name: string) =>
    Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)?.[1] ?? Number.NaN)
  return {
    cpuS: value('process_cpu_seconds_total'),
    bytes: value('process_resident_memory_bytes'),
  }
}
