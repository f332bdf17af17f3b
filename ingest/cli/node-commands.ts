import {
  nodeAnswerSchema,
  nodesAnswerSchema,
  siteAnswerSchema,
  sitesAnswerSchema,
} from '../../shared/schema/api.js'
import { nodeKindSchema, siteKindSchema } from '../../shared/schema/common.js'
import { type Node, nodeSchema, nodeWithSecretSchema } from '../../shared/schema/node.js'
import { placementSchema, siteSchema } from '../../shared/schema/site.js'
import { channelOf, exactly, nameOf, numberOf, oneOf, timeOf, UsageError } from './arguments.js'
import type { Control } from './control.js'
import { table } from './table.js'

export interface Options {
  kind?: string | undefined
  title?: string | undefined
  simulated?: boolean | undefined
  trailer?: boolean | undefined
  depth?: string | undefined
  direction?: string | undefined
  from?: string | undefined
  data?: string | undefined
  json?: boolean | undefined
  help?: boolean | undefined
}

export interface Result {
  json: object
  lines: string[]
}

/** Checks what was typed and returns the work to be done with it. */
type Command = (args: string[], options: Options) => (control: Control) => Promise<Result>

export const COMMANDS = new Map<string, Command>([
  ['add', add],
  ['list', list],
  ['rotate', rotate],
  ['disable', switchTo('disable')],
  ['enable', switchTo('enable')],
  ['site', site],
  ['sites', sites],
  ['place', place],
])

function add(args: string[], options: Options): (control: Control) => Promise<Result> {
  const [name] = exactly(args, 'NAME')
  const body = {
    name: nameOf(name),
    kind: oneOf(nodeKindSchema.options, '--kind', options.kind),
    ...(options.title === undefined ? {} : { title: options.title }),
    simulated: options.simulated ?? false,
    trailerRequired: options.trailer ?? false,
  }
  return async (control) => {
    const node = await control.ask('POST', '/api/v1/nodes', nodeWithSecretSchema, body)
    return withSecret(`node ${node.name} is ready`, node)
  }
}

function list(args: string[]): (control: Control) => Promise<Result> {
  exactly(args)
  return async (control) => {
    const nodes = await pages(async (after) => {
      const path = `/api/v1/nodes${after}`
      const answer = await control.ask('GET', path, nodesAnswerSchema)
      return { items: answer.nodes, next: answer.next }
    })
    const rows = nodes.map((node) => [
      node.name,
      node.kind,
      stateOf(node),
      node.lastSeenAt ?? 'never',
      String(node.openRejectedFrames),
      configOf(node),
      node.title + (node.simulated ? ' [simulasi]' : ''),
    ])
    const headers = ['NODE', 'KIND', 'STATE', 'LAST READINGS', 'REJECTED', 'CONFIG', 'TITLE']
    return {
      json: { nodes },
      lines: nodes.length === 0 ? ['no node yet; npm run node -- add'] : table(headers, rows),
    }
  }
}

function rotate(args: string[]): (control: Control) => Promise<Result> {
  const [name] = exactly(args, 'NAME')
  const path = `/api/v1/nodes/${nameOf(name)}/rotate`
  return async (control) => {
    const node = await control.ask('POST', path, nodeWithSecretSchema, {})
    return withSecret(
      `node ${node.name} has a new secret; the old one works until this one has logged in`,
      node,
    )
  }
}

function switchTo(action: 'disable' | 'enable'): Command {
  return (args) => {
    const [name] = exactly(args, 'NAME')
    const path = `/api/v1/nodes/${nameOf(name)}/${action}`
    return async (control) => {
      const node = await control.ask('POST', path, nodeSchema, {})
      return { json: node, lines: [`node ${node.name} is ${action}d`] }
    }
  }
}

function site(args: string[], options: Options): (control: Control) => Promise<Result> {
  const [name, longitude, latitude] = exactly(args, 'NAME', 'LON', 'LAT')
  const body = {
    name: nameOf(name),
    title: options.title ?? name,
    kind: oneOf(siteKindSchema.options, '--kind', options.kind ?? 'lake'),
    longitude: numberOf('LON', longitude),
    latitude: numberOf('LAT', latitude),
  }
  return async (control) => {
    const created = await control.ask('POST', '/api/v1/sites', siteSchema, body)
    return { json: created, lines: [`site ${created.name} is ready`] }
  }
}

function sites(args: string[]): (control: Control) => Promise<Result> {
  exactly(args)
  return async (control) => {
    const found = await pages(async (after) => {
      const answer = await control.ask('GET', `/api/v1/sites${after}`, sitesAnswerSchema)
      return { items: answer.sites, next: answer.next }
    })
    const rows = found.map(({ name, kind, longitude, latitude, title }) => [
      name,
      kind,
      String(longitude),
      String(latitude),
      title,
    ])
    return {
      json: { sites: found },
      lines:
        found.length === 0
          ? ['no site yet; npm run node -- site']
          : table(['SITE', 'KIND', 'LON', 'LAT', 'TITLE'], rows),
    }
  }
}

function place(args: string[], options: Options): (control: Control) => Promise<Result> {
  const [nodeName, siteName, ...named] = args
  if (nodeName === undefined || siteName === undefined) {
    throw new UsageError('expected NODE SITE [QUANTITY[@POSITION] …]')
  }
  const channels = named.map(channelOf)
  const where = {
    node: nameOf(nodeName),
    site: nameOf(siteName),
    depthM: options.depth === undefined ? null : numberOf('--depth', options.depth),
    directionDeg:
      options.direction === undefined ? null : numberOf('--direction', options.direction),
  }
  const from = options.from === undefined ? undefined : timeOf(options.from)
  return async (control) => {
    const node = await control.ask('GET', `/api/v1/nodes/${where.node}`, nodeAnswerSchema)
    const wanted = channels.length > 0 ? channels : node.latest
    if (wanted.length === 0) {
      throw new UsageError(`${node.name} has sent nothing yet: name the quantities to be placed`)
    }
    // Asked before anything is ended: a misspelt site must not leave the channel nowhere.
    await control.ask('GET', `/api/v1/sites/${where.site}`, siteAnswerSchema)
    const start = from ?? new Date()
    const placed = []
    for (const { quantity, position } of wanted) {
      const open = node.placements.find(
        (p) => p.quantity === quantity && p.position === position && p.to === null,
      )
      if (open !== undefined) {
        const path = `/api/v1/placements/${open.id}`
        await control.ask('PATCH', path, placementSchema, { to: start.toISOString() })
      }
      const body = { ...where, quantity, position, from: start.toISOString() }
      placed.push(await control.ask('POST', '/api/v1/placements', placementSchema, body))
    }
    const names = placed.map(({ quantity, position }) =>
      position === 0 ? quantity : `${quantity}@${position}`,
    )
    const line = `${where.node} measures ${names.join(', ')} at ${where.site} from ${start.toISOString()}`
    return { json: { placements: placed }, lines: [line] }
  }
}

function withSecret(line: string, node: Node & { secret: string }): Result {
  return {
    json: node,
    lines: [
      line,
      `  secret  ${node.secret}`,
      '  it is shown this once and kept nowhere: give it to the device now',
      `  broker  client id and user name ${node.name}, password = the secret`,
    ],
  }
}

/** The revision that it is told, and the one it says it applies where that is another. */
function configOf({ configRevision: told, confirmedRevision: confirmed }: Node): string {
  return told === (confirmed ?? 0) ? String(told) : `${told} (confirmed ${confirmed ?? 'none'})`
}

function stateOf({ disabledAt, connected }: Node): string {
  if (disabledAt !== null) return 'disabled'
  return connected ? 'connected' : 'away'
}

async function pages<T>(
  page: (after: string) => Promise<{ items: T[]; next: string | null }>,
): Promise<T[]> {
  const all: T[] = []
  let next: string | null = ''
  while (next !== null) {
    const answer: { items: T[]; next: string | null } = await page(
      next === '' ? '' : `?after=${encodeURIComponent(next)}`,
    )
    all.push(...answer.items)
    next = answer.next
  }
  return all
}
