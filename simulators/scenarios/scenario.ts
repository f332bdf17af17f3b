import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { exact } from '../faults/exact.js'
import { faultSchema, type LinkFault, needsLightNode, timeSchema } from '../faults/kinds.js'
import { UsageError } from '../terminal.js'
import type { WorldEvent } from '../world/events/event.js'
import type { WorldFault } from '../world/faults/fault.js'
import { parseEvent, parseFault } from '../world/happenings.js'
import { WORLD_SITES, type WorldSite } from '../world/sites.js'

/** A scenario file: what happens to whom and when, and how it must end. */

const count = z.int().min(0)
const boundSchema = z.union(
  [count, exact({ atLeast: count.optional(), atMost: count.optional() })],
  {
    error: 'write a whole number, or { "atLeast": N, "atMost": N } with one or both',
  },
)
export type Bound = z.output<typeof boundSchema>

const expectSchema = exact({
  missing: boundSchema
    .default(0)
    .describe('acknowledged readings that are neither stored nor kept'),
  twice: boundSchema.default(0).describe('readings stored more than once'),
  unsent: boundSchema.default(0).describe('readings stored that nobody sent'),
  lost: boundSchema.default(0).describe('frames made and not acknowledged in the end'),
  rejected: z.record(z.string(), boundSchema).default({}).describe('frames by reason, else 0'),
  acknowledged: boundSchema.optional().describe('frames, by the nodes'),
  repeated: boundSchema.optional().describe('frames, by the service'),
  refused: boundSchema.optional().describe('frames that the service could not take in time'),
  connections: boundSchema.optional().describe('of nodes, through all links'),
  broken: boundSchema.optional().describe('connections that faults broke or turned away'),
  acksDropped: boundSchema.optional(),
})
export type Expectations = z.output<typeof expectSchema>

const scenarioSchema = exact({
  about: z.string().min(1),
  nodes: z.array(z.string()).min(1).describe('sites, e.g. W-01'),
  boards: z.boolean().default(true).describe('false: light nodes at the lake too'),
  seed: z.int().min(0).max(0x7fffffff).default(1),
  // As in the fleet: faster, and the firmware's patience is shorter than a commit.
  speed: z.number().min(1).max(120).default(60),
  duration: timeSchema,
  interval: timeSchema.default(60).describe('between the frames of a light node'),
  events: z.array(z.string()).default([]).describe('as --event'),
  sensorFaults: z.array(z.string()).default([]).describe('as --fault'),
  faults: z.array(faultSchema).default([]),
  settings: z
    .record(z.enum(['QUEUE_MAX_FRAMES', 'QUEUE_MAX_BYTES']), z.string().optional())
    .optional()
    .describe('of the service'),
  expect: expectSchema,
})

export interface Scenario extends Omit<z.output<typeof scenarioSchema>, 'events' | 'faults'> {
  sites: readonly WorldSite[]
  events: readonly WorldEvent[]
  /** Of sensors, in the world. */
  sensorFaultsAt: readonly WorldFault[]
  faults: readonly { fault: LinkFault; sites: readonly WorldSite[] }[]
}

/** @throws UsageError of one line, naming file, place and what is allowed. */
export function readScenario(file: string): Scenario {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`${file}: ${error instanceof Error ? error.message : error}`)
  }
  return parseScenario(text, file)
}

export function parseScenario(text: string, file: string): Scenario {
  const { data, error } = scenarioSchema.safeParse(parseJson(text, file))
  if (error !== undefined) {
    const problems = error.issues.map(({ path, message }) => `${placeOf(path)}${message}`)
    throw new UsageError(`${file}: ${problems.join('; ')}`)
  }
  const at = (path: (string | number)[], problem: string) =>
    new UsageError(`${file}: ${placeOf(path)}${problem}`)
  const sites = data.nodes.map((name, index) => siteNamed(name, at.bind(null, ['nodes', index])))
  const world = <T>(key: 'events' | 'sensorFaults', parse: typeof parseEvent | typeof parseFault) =>
    data[key].map((each, index) => {
      try {
        return parse(each, sites) as T
      } catch (problem) {
        if (!(problem instanceof UsageError)) throw problem
        throw at([key, index], problem.message)
      }
    })
  const faults = data.faults.map((fault, index) => {
    const names = 'nodes' in fault ? fault.nodes : undefined
    const befallen = (names ?? data.nodes).map((name, n) => {
      const site = sites.find(({ code }) => code === name)
      if (site !== undefined) return site
      const path = ['faults', index, 'nodes', n]
      throw at(path, `${name} is not among the nodes ${data.nodes.join(', ')}`)
    })
    const board = befallen.find(({ kind }) => data.boards && kind === 'lake')
    if (board !== undefined && needsLightNode(fault)) {
      const why = `${board.code} runs the real firmware, which does no such thing`
      throw at(['faults', index], `${why}; name air and road sites, or say "boards": false`)
    }
    return { fault, sites: befallen }
  })
  return {
    ...data,
    sites,
    events: world<WorldEvent>('events', parseEvent),
    sensorFaultsAt: world<WorldFault>('sensorFaults', parseFault),
    faults,
  }
}

function siteNamed(name: string, problem: (text: string) => UsageError): WorldSite {
  const site = WORLD_SITES.find(({ code }) => code === name)
  if (site !== undefined) return site
  const codes = WORLD_SITES.map(({ code }) => code).join(', ')
  throw problem(`there is no site ${name}; there is ${codes}`)
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const line = text.slice(0, placeIn(text, message)).split('\n').length
    const what = message.replace(/, (\.\.\.)?".*/s, '').replace(/ in JSON at position.*/s, '')
    throw new UsageError(`${file}: line ${line}: no JSON: ${what}`)
  }
}

/** Where `JSON.parse` stopped: it names the position, or quotes what is around it, ten characters each way. */
function placeIn(text: string, message: string): number {
  const position = /position (\d+)/.exec(message)?.[1]
  if (position !== undefined) return Number(position)
  const [, isInside, quoted] = /, (\.\.\.)?"(.*?)"(?:\.\.\.)? is not valid/s.exec(message) ?? []
  if (quoted === undefined) return text.length
  return text.indexOf(quoted) + (isInside === undefined ? 0 : 10)
}

/** `faults[2].by: `, nothing for the whole. */
function placeOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return ''
  const parts = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
  return `${parts.join('').replace(/^\./, '')}: `
}
