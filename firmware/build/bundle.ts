import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import type { Description } from '../node/description.js'
import { declaredGlobals, declaredNames } from './globals.js'
import { shrink } from './shrink.js'

/** TypeScript to one script, as the board can read it. */

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

export interface Bundle {
  code: string
  /** Source map of `code`, version 3. */
  map: string
  /** Bytes of the script by source file, largest first; the rest is the bundler's. */
  modules: { path: string; bytes: number }[]
}

/** es2019 lowers what can be lowered; the sources leave out the rest, and `checkScript` has the last word. */
const OPTIONS = {
  absWorkingDir: PROJECT,
  bundle: true,
  format: 'iife',
  target: 'es2019',
  // Leaves `require` alone: the board has it, and what it requires is built in.
  platform: 'node',
  external: ['Storage', 'Wifi'],
  // The minifier would turn Math.pow into it.
  supported: { 'exponent-operator': false },
  charset: 'ascii',
  legalComments: 'none',
  logLevel: 'silent',
  write: false,
} satisfies BuildOptions

const TRUSTING = fileURLToPath(new URL('../node/trust.ts', import.meta.url))

/** Names in messages and files that are JSON: a configuration, an answer to `q`, `node.json`, a codec's error. */
const JSON_NAMES = [
  ...['revision', 'intervalS', 'samplesPerFrame', 'sendIntervalS', 'urgentIntervalS', 'settings'],
  ...['channels', 'quantity', 'position', 'enabled', 'urgentBelow', 'urgentAbove', 'urgentChange'],
  ...['t', 'node', 'secret', 'host', 'port', 'ssid', 'password', 'sntp', 'apn', 'code'],
]

/** @param buildNumber what the script knows as BUILD. */
export async function bundle(entry: string, buildNumber: number): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    ...OPTIONS,
    entryPoints: [entry],
    outfile: 'bundle.js',
    minify: true,
    define: { BUILD: String(buildNumber) },
    ...(isStation(entry) ? closedWorld() : {}),
    sourcemap: 'external',
    metafile: true,
  })
  const text = (suffix: string) =>
    outputFiles?.find(({ path }) => path.endsWith(suffix))?.text.trim() ?? ''
  const modules = Object.entries(metafile.outputs['bundle.js']?.inputs ?? {})
    .map(([path, { bytesInOutput }]) => ({ path, bytes: bytesInOutput }))
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes)
  return { ...(await shrink(text('bundle.js'), text('bundle.js.map'))), modules }
}

/** A station is all there is: nobody else calls it. */
function closedWorld(): Pick<BuildOptions, 'format' | 'mangleProps' | 'reserveProps' | 'plugins'> {
  return {
    // No function around it all: on the board every function would keep a reference to that, a variable each.
    format: 'cjs',
    // Short names for what only the firmware itself knows: every letter is a byte, every four a variable.
    mangleProps: /./,
    reserveProps: new RegExp(`^(?:${[...declaredNames(), ...JSON_NAMES].join('|')})$`),
    plugins: [trustFrames()],
  }
}

/** The samples come from the journal, so what the codec checks for strangers cannot happen. */
function trustFrames(): Plugin {
  return {
    name: 'trust-frames',
    setup({ onResolve }) {
      onResolve({ filter: /^\.\/check\.js$/ }, ({ importer }) =>
        importer.endsWith('shared/wire/encode.ts') ? { path: TRUSTING } : undefined,
      )
    },
  }
}

/** Whether a source file is one that a technician flashes, and not a part of some. */
export function isStation(path: string): boolean {
  return /^startNode\(/m.test(readFileSync(path, 'utf8'))
}

/** What the station file at `entry` hands to `startNode`, without a board: what it touches does nothing. */
export async function describeStation(entry: string): Promise<Description> {
  const plugins = [catchStartNode()]
  const { outputFiles } = await build({ ...OPTIONS, entryPoints: [entry], plugins })
  const board: Record<string, unknown> = {}
  const builtIns = runInNewContext('globalThis') as object
  for (const name of declaredGlobals()) if (!(name in builtIns)) board[name] = anything()
  const caught: Description[] = []
  board.caught = caught
  runInNewContext(outputFiles[0]?.text ?? '', board)
  const [station] = caught
  if (station === undefined) throw new Error(`${relative('.', entry)} starts no node`)
  return station
}

function catchStartNode(): Plugin {
  return {
    name: 'catch-start-node',
    setup({ onLoad }) {
      onLoad({ filter: /firmware\/node\/node\.ts$/ }, () => ({
        contents: 'export function startNode(station) { caught.push(station) }',
      }))
    },
  }
}

/** May be called, constructed and read, and gives itself. */
function anything(): unknown {
  const self: unknown = new Proxy(() => {}, {
    get: (_, key) => (key === Symbol.toPrimitive ? () => 0 : self),
    apply: () => self,
    construct: () => self as object,
  })
  return self
}
