import { execFile } from 'node:child_process'
import { access } from 'node:fs/promises'

/** The only source of the present time. Tests and simulators pass their own. */
export interface Clock {
  /** Unix time in milliseconds. */
  now(): number
  /** Whether the present time may be handed out to nodes. */
  synchronised(): boolean
}

export interface ClockScale {
  /** The machine's time at which the clock showed `ownMs`. */
  realMs: number
  ownMs: number
  speed: number
}

/** Runs `speed` times as fast as the machine's, for a past that is simulated; it never passes the present. */
export class ScaledClock implements Clock {
  readonly #scale: ClockScale

  constructor(scale: ClockScale) {
    this.#scale = scale
  }

  now(): number {
    const { realMs, ownMs, speed } = this.#scale
    const presentMs = Date.now()
    return Math.min(presentMs, Math.floor(ownMs + (presentMs - realMs) * speed))
  }

  synchronised(): boolean {
    return true
  }
}

const CHECK_EVERY_MS = 30_000

/**
 * The machine's clock. Node has no call for the kernel's "unsynchronised" flag, so whoever keeps the clock
 * is asked: systemd-timesyncd by its marker file, systemd by timedatectl, chrony by chronyc. Where none of
 * them answers (most containers) the clock counts as unsynchronised unless the operator vouches for it.
 */
export class SystemClock implements Clock {
  #trusted: boolean
  #synchronised: boolean
  #timer: NodeJS.Timeout | undefined

  constructor(trusted: boolean) {
    this.#trusted = trusted
    this.#synchronised = trusted
  }

  async start(): Promise<void> {
    if (this.#trusted) return
    await this.#check()
    this.#timer = setInterval(() => void this.#check(), CHECK_EVERY_MS)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  now(): number {
    return Date.now()
  }

  synchronised(): boolean {
    return this.#synchronised
  }

  async #check(): Promise<void> {
    this.#synchronised =
      (await exists('/run/systemd/timesync/synchronized')) ||
      (await says('timedatectl', ['show', '-p', 'NTPSynchronized', '--value'], /^yes/)) ||
      (await says('chronyc', ['-n', 'tracking'], /Leap status\s*:\s*Normal/))
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false, // absent: this keeper is not the one in use
  )
}

function says(command: string, args: string[], expected: RegExp): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: 2_000 }, (error, stdout) => {
      resolve(error === null && expected.test(stdout))
    })
  })
}
