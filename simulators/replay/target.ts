import { basename } from 'node:path'
import type { Node } from '../../shared/schema/node.js'
import { quantityById } from '../../shared/wire/quantities.js'
import { ensureNode, ensurePlacements, ensureSite, type NodeLogin } from '../provision.js'
import { type ServiceClient, ServiceError } from '../service-client.js'
import type { MappedColumn } from './columns.js'
import type { ReplayOptions } from './options.js'

/** Marks a node as one that a replay made, so that a later replay may give it a new secret. */
const OURS = 'Rekaman '
/** Where a site stands when nobody says where: in the town of Balige. Its title says that it has no position. */
const NOWHERE = { longitude: 99.065, latitude: 2.333 }

/** Makes sure that every node exists and that its channels are placed at a site from the first row on. */
export async function prepareNodes(
  options: ReplayOptions,
  service: ServiceClient,
  columns: readonly MappedColumn[],
  from: Date,
): Promise<NodeLogin[]> {
  const title = `${OURS}${options.files.map((file) => basename(file)).join(' + ')}`.slice(0, 120)
  const kind = kindOf(columns)
  const channels = columns.map(({ quantity, position }) => ({
    quantity: quantityById(quantity)?.key ?? '',
    position,
  }))
  const logins: NodeLogin[] = []
  for (const name of options.nodes) {
    const wish = { name, title, kind, simulated: options.isSimulated }
    logins.push(await ensureNode(service, wish, (node) => checkOurs(node, options)))
    const site = siteOf(options, name)
    await ensureSite(service, {
      name: site,
      title: options.site === undefined ? `${title.slice(0, 100)} (tanpa posisi)` : site,
      kind: kind === 'check' ? 'point' : kind,
      at: options.site === undefined ? NOWHERE : options.site.at,
    })
    await ensurePlacements(service, { node: name, site, channels, from })
  }
  return logins
}

/** The site of a node: the one that was named for all, or one of its own. */
export function siteOf(options: ReplayOptions, node: string): string {
  return options.site?.name ?? node
}

function checkOurs(node: Node, options: ReplayOptions): void {
  const refuse = (why: string) => new ServiceError(409, `node ${node.name} ${why}`)
  if (node.trailerRequired) throw refuse('must sign its frames, which a replay does not')
  if (node.disabledAt !== null) throw refuse('is disabled; npm run node -- enable lets it in again')
  if (options.isSimulated && !node.simulated) {
    throw refuse('exists and is not simulated, which never changes; choose another --node')
  }
  if (options.mayRotate || node.simulated || node.title.startsWith(OURS)) return
  throw refuse(
    'exists and no replay made it: a new secret would lock its device out. Choose another --node, or say --rotate',
  )
}

function kindOf(columns: readonly MappedColumn[]): Node['kind'] {
  const group = quantityById(columns[0]?.quantity ?? 0)?.group ?? 'node'
  return ({ water: 'lake', air: 'air', traffic: 'road', node: 'check' } as const)[group]
}
