import type { ClientBase } from 'pg'
import pg from 'pg'
import { AppError } from '../errors.js'
import type { Lane } from './database.js'
import { engineFolder, keepEngine } from './embedded-folder.js'
import { type EmbeddedThread, startThread } from './embedded-thread.js'
import { createScheduler } from './scheduler.js'
import { type Engine, lend, type Tell } from './session.js'

/** Longer than this and somebody has noticed: reads and maintenance must be cut smaller. */
const LONG_CALL_MS = 500
/** As much of a statement as tells it from others in a log. */
const NAMED_BY = 100

export interface EmbeddedOptions {
  dataFolder: string
  powerSafe: boolean
  /** A call that holds the session longer is ended together with the engine, which is then reopened. */
  callLimitMs: number
  log: { warn(fields: object): void; error(fields: object): void }
}

/**
 * The engine inside this process: one session, so one job at a time, writes first. A query cannot be
 * cancelled here, so one that runs too long ends the engine's thread; its job is rejected with a temporary
 * STORE_BUSY and the folder is opened again, with every committed row.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedEngine> {
  const { folder, isNew } = await engineFolder(options.dataFolder)
  const engine = new EmbeddedEngine(options, folder)
  await engine.start({ isNew })
  if (isNew) await keepEngine(options.dataFolder)
  return engine
}

export class EmbeddedEngine implements Engine {
  readonly engine = 'embedded'
  readonly writers = 1
  readonly #options: EmbeddedOptions
  readonly #folder: string
  readonly #scheduler = createScheduler(() => performance.now())
  readonly #pool: pg.Pool
  #thread: EmbeddedThread | undefined
  #opening: Promise<EmbeddedThread> | undefined
  #isClosed = false

  constructor(options: EmbeddedOptions, folder: string) {
    this.#options = options
    this.#folder = folder
    this.#pool = new pg.Pool({ max: 1, idleTimeoutMillis: 0, stream: () => this.#socket() })
    // The end of the thread is reported where it is noticed; its sockets have nothing to add.
    this.#pool.on('error', () => {})
  }

  /** True when commits were seen to reach the disk. */
  get powerSafe(): boolean {
    return this.#thread?.powerSafe ?? false
  }

  async start({ isNew = false } = {}): Promise<void> {
    this.#opening = this.#open(isNew)
    await this.#opened()
  }

  /** Work before anybody else has the engine, with no limit: migrations. */
  prepare<T>(work: (client: ClientBase) => Promise<T>): Promise<T> {
    return this.#scheduler.schedule('write', () => lend(this.#pool, work))
  }

  borrow<T>(lane: Lane, work: (client: ClientBase, tell: Tell) => Promise<T>): Promise<T> {
    return this.#scheduler.schedule(lane, async () => {
      const thread = await this.#opened()
      const begun = performance.now()
      const call = { lane, statement: '' }
      const tell = (text: string) => {
        call.statement = text
      }
      try {
        return await this.#limited(call, thread, () =>
          lend(this.#pool, (client) => work(client, tell)),
        )
      } finally {
        const ms = Math.round(performance.now() - begun)
        if (lane !== 'write' && ms > LONG_CALL_MS) {
          this.#options.log.warn({ event: 'store_call_long', ...named(call), ms })
        }
      }
    })
  }

  async close(): Promise<void> {
    await this.#scheduler.schedule('write', async () => {
      if (this.#isClosed) return
      this.#isClosed = true
      await this.#pool.end()
      await (this.#thread ?? (await this.#opening))?.stop()
    })
  }

  async #limited<T>(call: Call, thread: EmbeddedThread, work: () => Promise<T>): Promise<T> {
    const { callLimitMs, log } = this.#options
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        log.error({ event: 'store_call_ended', ...named(call), ms: callLimitMs })
        void thread.kill().then(() => reject(busy(`not done after ${callLimitMs} ms`)))
      }, callLimitMs)
    })
    try {
      return await Promise.race([work(), limit])
    } finally {
      clearTimeout(timer)
    }
  }

  async #opened(): Promise<EmbeddedThread> {
    if (this.#isClosed) throw busy('the store is closed')
    if (this.#thread !== undefined) return this.#thread
    try {
      this.#opening ??= this.#open()
      return await this.#opening
    } catch (error) {
      throw busy(`the data folder does not open: ${error instanceof Error ? error.message : error}`)
    } finally {
      this.#opening = undefined
    }
  }

  async #open(isNew = false): Promise<EmbeddedThread> {
    const { powerSafe, log } = this.#options
    const thread = await startThread({ folder: this.#folder, isNew, powerSafe })
    this.#thread = thread
    void thread.ended.then((reason) => {
      this.#thread = undefined
      if (this.#isClosed) return
      if (reason !== undefined) log.error({ event: 'engine_ended', reason: reason.message })
      // Opened at once, not by the next job; if it fails, that job tries again and is told why.
      this.#opened().catch(() => {})
    })
    return thread
  }

  #socket() {
    if (this.#thread === undefined) throw busy('the engine is being opened again')
    return this.#thread.socket()
  }
}

interface Call {
  lane: Lane
  /** The last one it sent. */
  statement: string
}

/** For a log: the statement's beginning on one line. Its values are data, and stay out. */
function named({ lane, statement }: Call): Call {
  return { lane, statement: statement.replaceAll(/\s+/g, ' ').trim().slice(0, NAMED_BY) }
}

function busy(message: string): AppError {
  return new AppError('STORE_BUSY', message, { temporary: true })
}
