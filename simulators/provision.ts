import { placementsAnswerSchema } from '../shared/schema/api.js'
import { type Node, nodeSchema, nodeWithSecretSchema } from '../shared/schema/node.js'
import {
  type Placement,
  placementMovedSchema,
  placementSchema,
  siteSchema,
} from '../shared/schema/site.js'
import { type ServiceClient, ServiceError } from './service-client.js'

/** Makes sure that sites, nodes and placements exist; asked twice, it changes nothing. */

export interface SiteWish {
  name: string
  title: string
  kind: 'lake' | 'air' | 'road' | 'point'
  /** Undefined: the site must exist. */
  at: { longitude: number; latitude: number } | undefined
  elevationM?: number | null
  road?: string | null
}

export async function ensureSite(
  service: ServiceClient,
  { at, ...details }: SiteWish,
): Promise<void> {
  if ((await find(service, `/api/v1/sites/${details.name}`, siteSchema)) !== undefined) return
  if (at === undefined) {
    throw new ServiceError(
      404,
      `there is no site ${details.name}; say where it is: ${details.name}:LON:LAT`,
    )
  }
  await service.post('/api/v1/sites', { ...details, ...at }, siteSchema)
}

export interface NodeWish {
  name: string
  title: string
  kind: Node['kind']
  simulated: boolean
}

export interface NodeLogin {
  secret: string
  node: Node
  isNew: boolean
}

/**
 * Creates the node, or gives one that exists a new secret: the old one stays good until the new one has
 * logged in, so a run that fails in between locks nobody out.
 * @param checkOurs throws when an existing node is not ours to take over.
 */
export async function ensureNode(
  service: ServiceClient,
  wish: NodeWish,
  checkOurs: (node: Node) => void,
): Promise<NodeLogin> {
  const existing = await find(service, `/api/v1/nodes/${wish.name}`, nodeSchema)
  if (existing === undefined) {
    const created = await service.post('/api/v1/nodes', wish, nodeWithSecretSchema)
    return { secret: created.secret, node: created, isNew: true }
  }
  checkOurs(existing)
  const path = `/api/v1/nodes/${wish.name}/rotate`
  const rotated = await service.post(path, {}, nodeWithSecretSchema)
  return { secret: rotated.secret, node: rotated, isNew: false }
}

export interface PlacementWish {
  node: string
  site: string
  /** Keys of the registry, with the position on the node. */
  channels: readonly { quantity: string; position: number }[]
  from: Date
  depthM?: number | null
}

/** Places each channel from `from` on, and leaves alone whatever is placed at that time or later. */
export async function ensurePlacements(service: ServiceClient, wish: PlacementWish): Promise<void> {
  const existing = await placementsOf(service, wish.node)
  if (existing.length === 0) return placeAll(service, wish)
  for (const channel of wish.channels) {
    const starts = existing
      .filter((p) => p.quantity === channel.quantity && p.position === channel.position)
      .map((placement) => Date.parse(placement.from))
    const earliest = Math.min(...starts)
    if (earliest <= wish.from.getTime()) continue
    const body = {
      node: wish.node,
      site: wish.site,
      ...channel,
      depthM: wish.depthM ?? null,
      from: wish.from.toISOString(),
      to: starts.length > 0 ? new Date(earliest).toISOString() : null,
    }
    await service.post('/api/v1/placements', body, placementSchema)
  }
}

/** All channels of a node that is nowhere yet, in one request. */
async function placeAll(service: ServiceClient, wish: PlacementWish): Promise<void> {
  const { node, site, from, channels, depthM = null } = wish
  const placed = channels.map((channel) => ({ ...channel, depthM }))
  const body = { node, site, at: from.toISOString(), channels: placed }
  await service.post('/api/v1/placements/move', body, placementMovedSchema)
}

async function placementsOf(service: ServiceClient, node: string): Promise<Placement[]> {
  const found: Placement[] = []
  let after: number | null = 0
  while (after !== null) {
    const page: string = after === 0 ? '' : `&after=${after}`
    const path = `/api/v1/placements?node=${node}${page}`
    const answer: { placements: Placement[]; next: number | null } = await service.get(
      path,
      placementsAnswerSchema,
    )
    found.push(...answer.placements)
    after = answer.next
  }
  return found
}

async function find<T>(
  service: ServiceClient,
  path: string,
  schema: Parameters<typeof service.get<T>>[1],
): Promise<T | undefined> {
  try {
    return await service.get(path, schema)
  } catch (error) {
    if (error instanceof ServiceError && error.status === 404) return undefined
    throw error
  }
}
