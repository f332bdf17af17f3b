import cliProgress from 'cli-progress'

/** What the commands of this room show: a bar on a terminal, a plain line now and then elsewhere. */

export interface Progress {
  /** @param note short, e.g. what has been acknowledged so far. */
  update(done: number, note: string): void
  stop(): void
}

/** A log file is not flooded, and still tells a slow run from a dead one. */
const PLAIN_EVERY_MS = 5_000

export function progressOf(total: number, label: string): Progress {
  return process.stderr.isTTY ? bar(total, label) : plainLines(total, label)
}

function bar(total: number, label: string): Progress {
  const shown = new cliProgress.SingleBar({
    format: `${label} {bar} {percentage} % {note}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
  })
  shown.start(total, 0, { note: '' })
  return {
    update: (done, note) => shown.update(Math.min(done, total), { note }),
    stop: () => shown.stop(),
  }
}

function plainLines(total: number, label: string): Progress {
  let lastMs = performance.now()
  return {
    update(done, note) {
      if (performance.now() - lastMs < PLAIN_EVERY_MS) return
      lastMs = performance.now()
      console.error(`${label} ${Math.floor((100 * done) / Math.max(1, total))} % ${note}`)
    },
    stop() {},
  }
}

/** Wrong input on the command line; the message is one line. */
export class UsageError extends Error {}

/** What `parse` gives. @throws UsageError with the first line of what is wrong. */
export function usageOf<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new UsageError(message.split('\n', 1)[0])
  }
}

/** 1234567 → 1,234,567. */
export function grouped(count: number): string {
  return count.toLocaleString('en-GB')
}

/**
 * Ends a command: an expected error is one line on stderr and exit code 1; anything else keeps its trace,
 * because it is a mistake of ours.
 */
export function failWith(error: unknown, isExpected: boolean): void {
  process.exitCode = 1
  if (isExpected && error instanceof Error) console.error(error.message)
  else console.error(error)
}
