import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Page and firmware are built by whoever needs them, when they are missing or older than their sources. */

const PROJECT = fileURLToPath(new URL('..', import.meta.url))

const PARTS = [
  { output: 'ingest/web/dist/index.html', sources: ['ingest/web', 'shared', 'package-lock.json'] },
  { output: 'firmware/dist/wire.js', sources: ['firmware', 'shared/wire', 'package-lock.json'] },
]

const NOT_SOURCES = new Set(['dist', 'node_modules'])

/** The build did not work, and has said why itself. */
export class BuildError extends Error {}

/** Runs `npm run build` where it is needed. @throws BuildError when that fails. */
export async function buildIfOld(print: (line: string) => void): Promise<void> {
  const old = PARTS.filter(({ output, sources }) => isOld(PROJECT, output, sources))
  if (old.length === 0) return
  print(`building ${old.map(({ output }) => output).join(' and ')} …`)
  const build = spawn('npm', ['run', '--silent', 'build'], {
    cwd: PROJECT,
    // What it says must not get between the lines of a command that prints JSON.
    stdio: ['ignore', process.stderr, process.stderr],
  })
  const [code] = await once(build, 'close')
  if (code !== 0) throw new BuildError('npm run build failed; what it said is above')
}

/** Whether `output` is missing or something below `sources` changed after it. */
export function isOld(root: string, output: string, sources: readonly string[]): boolean {
  const builtMs = statSync(join(root, output), { throwIfNoEntry: false })?.mtimeMs
  if (builtMs === undefined) return true
  return sources.some((source) => newestMs(join(root, source)) > builtMs)
}

function newestMs(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return 0
  if (!found.isDirectory()) return found.mtimeMs
  const inside = readdirSync(path).filter((name) => !NOT_SOURCES.has(name))
  return Math.max(0, ...inside.map((name) => newestMs(join(path, name))))
}

/** The lake station's script, as it is flashed. */
export function lakeFirmware(): Promise<string> {
  return readFile(join(PROJECT, 'firmware/dist/lake.js'), 'latin1')
}
