import type { StoreKind } from '../../shared/schema/common.js'
import { DEFAULT_RULES } from '../../shared/science/alarms/default-rules.js'
import type { CommittedBatch } from '../pipeline/pipeline.js'
import { alarmProgress, arrivedSince, setAlarmProgress } from '../store/alarm-progress.js'
import { lockAlarms } from '../store/alarms.js'
import { type Database, reader } from '../store/database.js'
import { currentRules, type RuleRow, seedRules } from '../store/rules.js'
import { isCalm, look } from './look.js'
import { settle } from './settle.js'
import { Silence } from './silence.js'

export interface AlarmsOptions {
  db: Database
  kind: StoreKind
  clock: { now(): number }
  log: { info(fields: object): void; warn(fields: object): void }
  /** Public address of the page, for links. */
  origin: string | undefined
  /** There may be something new in the outbox. Must not throw; is not waited for. */
  onTold?: () => void
}

const TICK_MS = 15_000
/** What arrived so shortly before the last look may have been committed after it. */
const OVERLAP_MS = 60_000
/** At the first start with alarms: what is older than that would only be listed. */
const FIRST_LOOK_MS = 2 * 3_600_000
/** Older readings are no alarm's. */
const OLDEST_S = 30 * 86_400

/**
 * Told of what was committed, it looks at the nodes concerned, one after the other, and never keeps anybody waiting. A
 * node that is told of again while it waits is looked at once, from the oldest change on.
 */
export class Alarms {
  readonly #options: AlarmsOptions
  readonly #silence: Silence
  /** Nodes to look at, and the oldest measured time that changed (unix seconds). */
  readonly #waiting = new Map<number, number>()
  #rules: RuleRow[] = []
  #running: Promise<void> | undefined
  #ticking: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #isReady = false
  #isStopped = false

  constructor(options: AlarmsOptions) {
    this.#options = options
    this.#silence = new Silence(options)
  }

  start(): void {
    this.#timer = setInterval(() => void this.tick(), TICK_MS)
    this.#timer.unref()
    void this.tick()
  }

  /** Resolves after the node in hand. What waits is looked at after the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearInterval(this.#timer)
    await Promise.all([this.#running, this.#ticking])
  }

  /** After COMMIT. */
  noticed({ frames, stored, reflagged }: Pick<CommittedBatch, 'frames' | 'stored' | 'reflagged'>) {
    for (const { nodeId, receivedAt } of frames) this.#silence.heard(nodeId, receivedAt)
    this.changed([...stored, ...reflagged])
  }

  /** Readings that are new, or have another value or flag. Time in unix seconds. */
  changed(readings: readonly { nodeId: number; time: number }[]): void {
    const oldest = this.#options.clock.now() / 1000 - OLDEST_S
    for (const { nodeId, time } of readings) {
      if (time < oldest) continue
      this.#waiting.set(nodeId, Math.min(time, this.#waiting.get(nodeId) ?? time))
    }
    if (this.#isReady) void this.settled()
  }

  /** A rule is not what it was. */
  async rulesChanged(): Promise<void> {
    this.#rules = await currentRules(reader(this.#options.db))
  }

  /** Resolves when nothing waits that could be looked at now. Never rejects. */
  settled(): Promise<void> {
    this.#running ??= this.#lookAtAll().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /** What time alone brings: silence, what could not be done before, and how far all is seen. Never rejects. */
  tick(): Promise<void> {
    this.#ticking ??= this.#tick()
      .catch((error) => {
        this.#options.log.warn({ event: 'alarm_tick_failed', reason: String(error) })
      })
      .finally(() => {
        this.#ticking = undefined
      })
    return this.#ticking
  }

  async #tick(): Promise<void> {
    if (this.#isStopped) return
    const { db, clock } = this.#options
    if (!this.#isReady) await this.#prepare()
    else await this.rulesChanged()
    const beforeMs = clock.now()
    await this.settled()
    if (this.#waiting.size > 0 || this.#isStopped) return
    await db.run('maintenance', (session) => setAlarmProgress(session, new Date(beforeMs)))
    if (await this.#silence.look(this.#rules)) this.#options.onTold?.()
  }

  /** What arrived while no service looked. */
  async #prepare(): Promise<void> {
    const { db, clock } = this.#options
    const at = new Date(clock.now())
    await db.transaction('maintenance', (session) => seedRules(session, DEFAULT_RULES, at))
    await this.rulesChanged()
    const seen = (await alarmProgress(reader(db))) ?? new Date(clock.now() - FIRST_LOOK_MS)
    const since = new Date(seen.getTime() - OVERLAP_MS)
    const arrived = await arrivedSince(reader(db), since)
    this.#isReady = true
    const oldestS = clock.now() / 1000 - OLDEST_S
    this.changed(arrived.map(({ nodeId, fromS }) => ({ nodeId, time: Math.max(fromS, oldestS) })))
  }

  async #lookAtAll(): Promise<void> {
    const { log, onTold } = this.#options
    try {
      for (;;) {
        const [next] = this.#waiting
        if (next === undefined || this.#isStopped) return
        const [nodeId, fromS] = next
        this.#waiting.delete(nodeId)
        try {
          if (await this.#lookAt(nodeId, fromS)) onTold?.()
        } catch (error) {
          this.#again(nodeId, fromS)
          throw error
        }
      }
    } catch (error) {
      // The next tick tries again.
      log.warn({ event: 'alarm_look_failed', reason: String(error) })
    }
  }

  #again(nodeId: number, fromS: number): void {
    this.#waiting.set(nodeId, Math.min(fromS, this.#waiting.get(nodeId) ?? fromS))
  }

  /** Whether anything was written. */
  async #lookAt(nodeId: number, fromS: number): Promise<boolean> {
    const { db, clock, kind, origin } = this.#options
    const node = { nodeId, fromS }
    const seen = await look(reader(db), this.#rules, node)
    if (seen === undefined || isCalm(seen)) return false
    await db.transaction('maintenance', async (session) => {
      await lockAlarms(session, nodeId)
      // Again, now that no other service changes what is known of the node.
      const known = await look(session, this.#rules, node)
      const telling = { kind, nowMs: clock.now(), origin }
      if (known !== undefined) await settle(session, known, telling)
    })
    return true
  }
}
