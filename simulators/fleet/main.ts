import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { BuildError, buildIfOld, lakeFirmware } from '../build-if-old.js'
import { told } from '../scenarios/outcome.js'
import { runScenario } from '../scenarios/run.js'
import { readScenario } from '../scenarios/scenario.js'
import { ServiceError } from '../service-client.js'
import { failWith, UsageError } from '../terminal.js'
import { runFleet } from './fleet.js'
import { readFleetOptions, readScenarioOptions, type ScenarioOptions, USAGE } from './options.js'
import { type Happenings, headline, LiveTable, type Moment, type Row, table } from './table.js'

/** A log is not flooded, and still tells a slow run from a dead one. */
const PLAIN_EVERY_MS = 10_000

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort())

try {
  const args = process.argv.slice(2)
  const scenario = readScenarioOptions(args)
  if (scenario === undefined) await playFleet(args)
  else await playScenario(scenario)
  if (stop.signal.aborted) {
    console.log('stopped by you')
    process.exitCode = 130
  }
} catch (error) {
  const isOfFiles = error instanceof Error && 'syscall' in error
  const kinds = [UsageError, ServiceError, BuildError]
  failWith(error, isOfFiles || kinds.some((kind) => error instanceof kind))
  if (error instanceof UsageError) console.error('npm run simulate -- --help lists the options')
}

async function playFleet(args: string[]): Promise<void> {
  const options = readFleetOptions(args, process.env)
  if (options === 'help') return console.log(USAGE)
  await runFleet(options, {
    ...(await surroundings(options.out, options)),
    command: ['npm run simulate --', ...args].join(' '),
    report: options.report === undefined ? undefined : typed(options.report),
  })
}

/** Exit code 1 where something ended otherwise than expected. */
async function playScenario({ file, out }: ScenarioOptions): Promise<void> {
  const scenario = readScenario(resolve(process.env.INIT_CWD ?? '.', file))
  const { events, sensorFaultsAt: faults } = scenario
  const around = await surroundings(out, { events, faults })
  console.log(scenario.about)
  const outcome = await runScenario(scenario, around)
  if (outcome === undefined) return
  for (const line of ['', ...told(outcome.lines), `frames ${outcome.digest}`]) console.log(line)
  if (!outcome.isMet) process.exitCode = 1
}

async function surroundings(out: string | undefined, happenings: Happenings) {
  const folder = outFolder(out)
  await buildIfOld(console.error)
  return {
    environment: process.env,
    firmware: await lakeFirmware(),
    out: folder,
    now: Date.now,
    signal: stop.signal,
    print: console.log,
    show: process.stdout.isTTY ? live(happenings) : plain(),
  }
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

function live(happenings: Happenings) {
  const drawn = new LiveTable(process.stdout)
  return (rows: readonly Row[], moment: Moment) => drawn.draw(table(rows, happenings, moment))
}

function plain() {
  let lastMs = Number.NEGATIVE_INFINITY
  return (rows: readonly Row[], moment: Moment) => {
    if (performance.now() - lastMs < PLAIN_EVERY_MS) return
    lastMs = performance.now()
    console.log(headline(rows, moment))
  }
}
