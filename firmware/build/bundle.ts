import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { standardSets } from '../../shared/wire/standard-sets.js'
import type { Built, Description } from '../node/description.js'
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

/** Quantities that every node tells of itself, as node/health.ts does. */
const HEALTH_IDS = [100, 101, 102, 103, 104, 105, 106, 107, 108, 109]

const TRUSTING = fileURLToPath(new URL('../node/trust.ts', import.meta.url))

/** Names in messages and files that are JSON: a configuration, an answer to `q`, `node.json`, a codec's error. */
const JSON_NAMES = [
  ...['revision', 'intervalS', 'settings'],
  ...['channels', 'quantity', 'position', 'enabled', 'urgentBelow', 'urgentAbove', 'urgentChange'],
  ...['t', 'node', 'secret', 'host', 'port', 'ssid', 'password', 'sntp', 'apn', 'code'],
]

/** @param buildNumber what the script knows as BUILD. */
export async function bundle(entry: string, buildNumber: number): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    ...OPTIONS,
    entryPoints: [entry],
    outfile: 'bundle.js',
    // Not the names: with short ones the next pass inlines less, and every function left is several variables.
    minifySyntax: true,
    minifyWhitespace: true,
    ...(isStation(entry) ? closedWorld(await describeStation(entry), buildNumber) : {}),
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
function closedWorld({ station, built }: Described, buildNumber: number): BuildOptions {
  return {
    define: { BUILD: String(buildNumber), STAYS: String(!built.sleeps) },
    // No function around it all: on the board every function would keep a reference to that, a variable each.
    format: 'cjs',
    // Short names for what only the firmware itself knows: every letter is a byte, every four a variable.
    mangleProps: /./,
    reserveProps: new RegExp(`^(?:${[...declaredNames(), ...JSON_NAMES].join('|')})$`),
    plugins: [trustFrames(), nameOwnSets(station)],
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

/** A standard set of which the station lacks a channel is never sent: only its number is kept, by an empty set. */
function nameOwnSets(station: Description): Plugin {
  const own = new Set([...station.channels.map(({ id }) => id), ...HEALTH_IDS])
  const lists = standardSets().map((ids) => (ids.every((id) => own.has(id)) ? ids : []))
  const numbers = lists.flatMap((ids) => [ids.length, ...ids])
  return {
    name: 'name-own-sets',
    setup({ onLoad }) {
      onLoad({ filter: /shared\/wire\/standard-lists\.ts$/ }, () => ({
        contents: `export const STANDARD_LISTS = new Uint8Array([${numbers}])`,
      }))
    },
  }
}

/** Whether a source file is one that a technician flashes, and not a part of some. */
export function isStation(path: string): boolean {
  return /^startNode\(/m.test(readFileSync(path, 'utf8'))
}

/** What a station file hands to `startNode`. */
export interface Described {
  station: Description
  built: Built
}

/** Runs the station file at `entry` without a board: what it touches does nothing. */
export async function describeStation(entry: string): Promise<Described> {
  const plugins = [catchStartNode()]
  const { outputFiles } = await build({ ...OPTIONS, entryPoints: [entry], plugins })
  const board: Record<string, unknown> = {}
  const builtIns = runInNewContext('globalThis') as object
  for (const name of declaredGlobals()) if (!(name in builtIns)) board[name] = anything()
  const caught: Described[] = []
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
        contents:
          'export function startNode(station, transport, built) { caught.push({ station, built }) }',
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
