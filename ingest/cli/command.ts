import cliProgress from 'cli-progress'
import { type Config, readConfig } from '../config.js'
import { AppError } from '../errors.js'
import type { Progress } from '../store/backup-files.js'
import { UsageError } from './arguments.js'

/** What `backup`, `restore` and `upgrade` have in common: one line when they fail, and a Ctrl-C that cleans up. */

/** Without a terminal a line now and then tells a slow run from a dead one. */
const PLAIN_EVERY_MS = 5_000

export async function runCommand(
  name: string,
  work: (signal: AbortSignal) => Promise<string[]>,
): Promise<void> {
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () =>
      interrupted.abort(new AppError('BACKUP', 'interrupted: everything is as it was')),
    )
  }
  try {
    for (const line of await work(interrupted.signal)) console.log(line)
  } catch (error) {
    if (!(error instanceof AppError || error instanceof UsageError)) throw error
    console.error(`${name}: ${error.message}`)
    if (error instanceof UsageError) console.error(`npm run ${name} -- --help says how`)
    process.exitCode = error instanceof UsageError ? 2 : 1
  }
}

/** What `parse` gives. @throws UsageError with the first line of what is wrong. */
export function usageOf<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message.split('\n', 1)[0] : String(error))
  }
}

/** The settings, with the data folder that `--data` names. */
export function configFor(dataDir: string | undefined): Config {
  return readConfig({ ...process.env, ...(dataDir === undefined ? {} : { DATA_DIR: dataDir }) })
}

/** `work` with a bar on a terminal, and plain lines elsewhere. */
export async function withProgress<T>(
  label: string,
  work: (onProgress: (progress: Progress) => void) => Promise<T>,
): Promise<T> {
  if (!process.stderr.isTTY) return work(plainLines(label))
  const bar = new cliProgress.SingleBar({
    format: `${label} {bar} {percentage} %`,
    hideCursor: true,
    clearOnComplete: true,
  })
  bar.start(1, 0)
  try {
    return await work(({ doneBytes, totalBytes }) => {
      bar.setTotal(totalBytes)
      bar.update(doneBytes)
    })
  } finally {
    bar.stop()
  }
}

function plainLines(label: string): (progress: Progress) => void {
  let lastMs = performance.now()
  return ({ doneBytes, totalBytes }) => {
    if (performance.now() - lastMs < PLAIN_EVERY_MS) return
    lastMs = performance.now()
    console.error(`${label} ${Math.floor((100 * doneBytes) / Math.max(1, totalBytes))} %`)
  }
}

/** As a name that sorts by time and that every file system takes. */
export function stamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replaceAll(':', '')
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
