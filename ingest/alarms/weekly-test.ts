import { LOCAL_OFFSET_MS } from '../../shared/science/local-time.js'
import type { Clock } from '../clock.js'
import type { Database } from '../store/database.js'
import { notice } from '../store/notifications.js'

/** Monday from 9 to 17 o'clock, local time: somebody is there to miss it. */
const FROM_HOUR = 9
const TO_HOUR = 17
const DAY_MS = 86_400_000
const LOOK_EVERY_MS = 5 * 60_000

export interface WeeklyTestOptions {
  db: Database
  clock: Pick<Clock, 'now'>
  log: { warn(fields: object): void }
  /** There is something to deliver. */
  onNotification(): void
}

/** Once a week everybody on duty gets a message that it works, by the same way as an alarm: outbox, retry, give-up. */
export class WeeklyTest {
  readonly #options: WeeklyTestOptions
  #timer: NodeJS.Timeout | undefined

  constructor(options: WeeklyTestOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer = setInterval(() => void this.run(), LOOK_EVERY_MS)
    this.#timer.unref()
    void this.run()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Once each Monday, however many services and restarts there are. Never rejects. */
  async run(): Promise<void> {
    const { db, clock, log, onNotification } = this.#options
    const now = new Date(clock.now())
    const day = mondayIn(now)
    if (day === undefined) return
    try {
      const isNew = await db.transaction('write', (session) => notice(session, word(day, now)))
      if (isNew) onNotification()
    } catch (error) {
      log.warn({ event: 'weekly_test_failed', reason: String(error) })
    }
  }
}

/** The local date; undefined: not the time for it. */
function mondayIn(now: Date): string | undefined {
  const local = new Date(now.getTime() + LOCAL_OFFSET_MS)
  const hour = (local.getTime() % DAY_MS) / 3_600_000
  const isTime = local.getUTCDay() === 1 && hour >= FROM_HOUR && hour < TO_HOUR
  return isTime ? local.toISOString().slice(0, 10) : undefined
}

function word(day: string, createdAt: Date) {
  return {
    transition: 'test',
    key: `test ${day}`,
    createdAt,
    failedChannel: null,
    textId: `Uji mingguan Toba Sense, ${day}\nIni bukan alarm. Pesan peringatan sampai kepada Anda lewat jalur ini.`,
    textEn: `Weekly test of Toba Sense, ${day}\nThis is no alarm. Warnings reach you by this way.`,
  } as const
}
