import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Bundle, bundle, describeStation, isStation, PROJECT } from './bundle.js'
import { checkScript } from './check.js'
import { declaredGlobals } from './globals.js'
import { type Manifest, manifestOf } from './manifest.js'
import { problemReport, sizeReport } from './report.js'
import { type Revision, revisionOf } from './revision.js'
import { rename, squeeze } from './squeeze.js'

const HELP = `npm run firmware [-- STATION …]

Builds what runs on the board: every station of firmware/stations, or those named, into
firmware/dist/STATION.js and its manifest STATION.json; without names the frame encoder alone into wire.js
too. Fails when the script holds anything that Espruino lacks or gets wrong. Prints the bytes of every module.`

const ROOM = join(PROJECT, 'firmware')
const STATIONS = join(ROOM, 'stations')
const DIST = join(ROOM, 'dist')

/** The script holds what the board cannot run; the message says what and where, a line each. */
export class ScriptError extends Error {}

/** One checked script from the source file at `entry`. @throws ScriptError */
async function buildScript(entry: string, { build }: Revision): Promise<Bundle> {
  const globals = declaredGlobals()
  const requireClean = (script: Bundle) => {
    const problems = checkScript(script.code, globals)
    if (problems.length > 0) throw new ScriptError(problemReport(problems, script).join('\n'))
  }
  const built = await bundle(entry, build)
  requireClean(built)
  const code = await (isStation(entry) ? squeeze(built.code) : rename(built.code))
  requireClean({ ...built, code, map: '' })
  return { ...built, code }
}

/** The frame encoder alone, for whoever wants to try it on a board. */
export async function buildWire(outFile = join(DIST, 'wire.js')): Promise<string> {
  const { code } = await buildScript(join(ROOM, 'wire.ts'), revisionOf(PROJECT))
  write(outFile, code)
  return outFile
}

/** Writes script and manifest of the station at `entry` into `folder`. @throws ScriptError */
export async function buildStation(
  entry: string,
  folder = DIST,
): Promise<Bundle & { manifest: Manifest }> {
  const revision = revisionOf(PROJECT)
  const built = await buildScript(entry, revision)
  const name = basename(entry, '.ts')
  const manifest = manifestOf(name, await describeStation(entry), { code: built.code, revision })
  write(join(folder, `${name}.js`), built.code)
  write(join(folder, `${name}.json`), `${JSON.stringify(manifest, null, 2)}\n`)
  return { ...built, manifest }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** Source files of all stations. */
export function stationFiles(folder = STATIONS): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
    .filter(isStation)
    .sort()
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  if (values.help) {
    console.log(HELP)
    return
  }
  const all = stationFiles()
  const names = all.map((path) => basename(path, '.ts'))
  const unknown = positionals.filter((name) => !names.includes(name))
  if (unknown.length > 0) {
    throw new Error(`no station ${unknown.join(', ')}; there are ${names.join(', ')}`)
  }
  const wanted = positionals.length === 0 ? names : positionals
  for (const path of all.filter((_, index) => wanted.includes(names[index] ?? ''))) {
    const built = await buildStation(path)
    console.log(sizeReport(built.manifest, built).join('\n'))
  }
  // Last, and of a whole build only: its age tells whether everything here is of today.
  if (positionals.length === 0) await buildWire()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(`firmware: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  })
}
