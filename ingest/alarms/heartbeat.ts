import { exchange } from './channels/http.js'

/** A host elsewhere that expects to be asked, and tells people when it is not any more. */
export interface HeartbeatSettings {
  url: URL
  method: 'GET' | 'POST'
  everyMs: number
}

export interface HeartbeatOptions extends HeartbeatSettings {
  log: { info(fields: object): void; warn(fields: object): void }
  /** Silence is the message: a service that cannot store readings or reach its database does not ask. */
  isReady(): Promise<boolean>
}

const LIMIT_MS = 20_000

/** Asks while the service is ready. */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  #timer: NodeJS.Timeout | undefined
  #state: 'unknown' | 'ok' | 'not-ready' | 'failed' = 'unknown'
  #failures = 0

  constructor(options: HeartbeatOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer = setInterval(() => void this.beat(), this.#options.everyMs)
    this.#timer.unref()
    void this.beat()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Of the last beat: `failed` is one that the other host did not take. */
  state(): { state: 'unknown' | 'ok' | 'not-ready' | 'failed'; failures: number } {
    return { state: this.#state, failures: this.#failures }
  }

  /** Never rejects. */
  async beat(limit = AbortSignal.timeout(LIMIT_MS)): Promise<void> {
    const { url, method, isReady, log } = this.#options
    try {
      if (!(await isReady())) {
        this.#state = 'not-ready'
        return
      }
      await exchange({ url, method, headers: {}, secrets: [] }, limit)
      if (this.#state === 'failed') log.info({ event: 'heartbeat_back' })
      this.#state = 'ok'
    } catch (error) {
      this.#state = 'failed'
      this.#failures++
      const reason = error instanceof Error ? error.message : String(error)
      log.warn({ event: 'heartbeat_failed', reason })
    }
  }
}
