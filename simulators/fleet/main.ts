import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { BuildError, buildIfOld, lakeFirmware } from '../build-if-old.js'
import { ServiceError } from '../service-client.js'
import { failWith, UsageError } from '../terminal.js'
import { runFleet } from './fleet.js'
import { readFleetOptions, USAGE } from './options.js'
import { headline, LiveTable, type Moment, type Row, table } from './table.js'

/** A log is not flooded, and still tells a slow run from a dead one. */
const PLAIN_EVERY_MS = 10_000

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort())

try {
  const options = readFleetOptions(process.argv.slice(2), process.env)
  if (options === 'help') console.log(USAGE)
  else {
    const out = outFolder(options.out)
    await buildIfOld(console.error)
    const firmware = await lakeFirmware()
    await runFleet(options, {
      environment: process.env,
      firmware,
      out,
      command: ['npm run simulate --', ...process.argv.slice(2)].join(' '),
      report: options.report === undefined ? undefined : typed(options.report),
      now: Date.now,
      signal: stop.signal,
      print: console.log,
      show: process.stdout.isTTY ? live(options) : plain(),
    })
    if (stop.signal.aborted) {
      console.log('stopped by you')
      process.exitCode = 130
    }
  }
} catch (error) {
  const isOfFiles = error instanceof Error && 'syscall' in error
  const kinds = [UsageError, ServiceError, BuildError]
  failWith(error, isOfFiles || kinds.some((kind) => error instanceof kind))
  if (error instanceof UsageError) console.error('npm run simulate -- --help lists the options')
}

/** `npm run` changes to the project's folder; a path is meant as it was typed. */
function typed(path: string): string {
  return resolve(process.env.INIT_CWD ?? '.', path)
}

function outFolder(named: string | undefined): string {
  if (named === undefined) {
    return resolve('.data/fleet', new Date().toISOString().slice(0, 19).replace(/:/g, '-'))
  }
  const out = typed(named)
  if (existsSync(out))
    throw new UsageError(`--out ${named}: it exists already; a run has a folder of its own`)
  return out
}

function live(options: Parameters<typeof table>[1]) {
  const drawn = new LiveTable(process.stdout)
  return (rows: readonly Row[], moment: Moment) => drawn.draw(table(rows, options, moment))
}

function plain() {
  let lastMs = Number.NEGATIVE_INFINITY
  return (rows: readonly Row[], moment: Moment) => {
    if (performance.now() - lastMs < PLAIN_EVERY_MS) return
    lastMs = performance.now()
    console.log(headline(rows, moment))
  }
}
