import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { seededRandom } from '../../simulators/board/random.js'
import { buildIfOld } from '../../simulators/build-if-old.js'
import { withDatabase } from '../store-fixture.js'
import { type PlayedFile, playFiles } from './files.js'
import {
  collide,
  killBackends,
  killFirstStart,
  killService,
  mutant,
  type Result,
  stopUnderLoad,
  type Trouble,
} from './scenarios.js'

const HELP = `npm run faults [-- --kills N] [--nodes N] [--seed N] [--only kills|files] [--json]

Kills the service, its database connections and its first start while nodes publish, and compares what was
acknowledged with what is stored: missing, twice and unsent must be 0. A mutant that acknowledges before it
stores must come out with readings missing. A server is used as well when DATABASE_URL names one (databases
are created there and dropped). Then every file of simulators/scenarios is played: each must end as it says.
Options: --kills 50, --nodes 50, --seed 7; --only leaves out the files or the kills.`

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    nodes: { type: 'string', default: '50' },
    seed: { type: 'string', default: '7' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}
await main().catch((error) => {
  console.error(`faults: ${error instanceof Error ? error.message : error}`)
  process.exit(1)
})

async function main(): Promise<void> {
  const kills = wholeNumber('--kills', values.kills)
  const nodes = wholeNumber('--nodes', values.nodes)
  const seed = wholeNumber('--seed', values.seed)
  if (values.only !== undefined && !['kills', 'files'].includes(values.only)) {
    throw new Error(`--only needs kills or files, not "${values.only}"`)
  }
  await buildIfOld(console.log)
  const results = values.only === 'files' ? [] : await killEverything({ kills, nodes, seed })
  const played = values.only === 'kills' ? [] : await playFiles()
  judge(results, played)
}

async function killEverything(options: {
  kills: number
  nodes: number
  seed: number
}): Promise<Result[]> {
  const { kills, nodes, seed } = options
  const few = Math.max(1, Math.round(kills / 8))
  const results: Result[] = []
  const onEngine = async (
    scenario: (trouble: Trouble) => Promise<Result>,
    count: number,
    databaseUrl?: string,
  ) => {
    const engine = databaseUrl === undefined ? 'embedded' : 'server'
    const result = await inFolder(async (folder) =>
      scenario({
        folder,
        databaseUrl,
        kills: count,
        nodes,
        random: seededRandom(seed),
        say: (line) => console.log(`  ${engine}: ${line}`),
      }),
    )
    results.push({ ...result, name: `${result.name} (${engine})` })
    print(result)
  }
  await onEngine(killService, kills)
  await onEngine(killFirstStart, few)
  await onEngine(stopUnderLoad, few)
  await onEngine(mutant, few)
  const { DATABASE_URL: base } = process.env
  if (base === undefined) console.log('server: skipped, DATABASE_URL names no server')
  else {
    for (const scenario of [killService, killBackends, collide]) {
      await withDatabase((url) =>
        onEngine(scenario, scenario === killService ? few * 2 : kills, url),
      )
    }
  }
  return results
}

function print(result: Result): void {
  console.log(
    `${result.name}: ${result.acknowledged_frames} frames acknowledged; missing ${result.acked_missing}, twice ${result.stored_twice}, unsent ${result.stored_unsent}; slowest start ${result.slowest_start_ms} ms (of it the store ${result.slowest_reopening_ms} ms), largest log ${Math.round(result.largest_wal_bytes / 1e6)} MB`,
  )
}

/** The mutant's readings must be missing, nobody else's may. It is no scenario of the product's own. */
function judge(results: Result[], played: PlayedFile[]): void {
  const isMutant = (result: Result) => result.name.startsWith('mutant')
  const scenarios = results.filter((result) => !isMutant(result))
  const bad = scenarios.filter((r) => r.acked_missing + r.stored_twice + r.stored_unsent > 0)
  const missed = results.filter((result) => isMutant(result) && result.acked_missing === 0)
  for (const { name } of bad) console.error(`FAIL: ${name} lost, doubled or invented readings`)
  for (const { name } of missed)
    console.error(`FAIL: ${name} was not found out: this run shows nothing`)
  const unmet = played.filter(({ isMet }) => !isMet)
  for (const { name } of unmet) console.error(`FAIL: ${name} ended otherwise than it says`)
  const failures = bad.length + missed.length + unmet.length
  console.log(failures === 0 ? 'nothing lost, doubled or invented' : 'failed')
  if (failures > 0) process.exitCode = 1
  if (values.json) console.log(JSON.stringify({ scenarios, files: played }))
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'toba-faults-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function wholeNumber(flag: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${flag} needs a whole number above 0, not "${text}"`)
  return value
}
