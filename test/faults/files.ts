import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Line, told } from '../../simulators/scenarios/outcome.js'
import { runScenario } from '../../simulators/scenarios/run.js'
import { readScenario } from '../../simulators/scenarios/scenario.js'

const FOLDER = fileURLToPath(new URL('../../simulators/scenarios/', import.meta.url))
const FIRMWARE = new URL('../../firmware/dist/lake.js', import.meta.url)

export interface PlayedFile {
  name: string
  isMet: boolean
  lines: readonly Line[]
}

/** Every scenario file, one after the other, each with a service of its own. */
export async function playFiles(): Promise<PlayedFile[]> {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.json')).sort()
  const scenarios = files.map((name) => ({ name, scenario: readScenario(FOLDER + name) }))
  const firmware = await readFile(FIRMWARE, 'latin1')
  const played: PlayedFile[] = []
  for (const [index, { name, scenario }] of scenarios.entries()) {
    console.log(`${name} (${index + 1} of ${files.length}): ${scenario.about}`)
    const folder = await mkdtemp(join(tmpdir(), 'toba-scenario-'))
    try {
      const outcome = await runScenario(scenario, {
        environment: process.env,
        firmware,
        out: join(folder, 'run'),
        now: Date.now,
        signal: new AbortController().signal,
        print: console.log,
        show: () => {},
      })
      if (outcome === undefined) continue
      for (const line of told(outcome.lines)) console.log(`  ${line}`)
      played.push({ name, isMet: outcome.isMet, lines: outcome.lines })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  return played
}
