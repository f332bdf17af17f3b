import { ensureNode, ensurePlacements, ensureSite, type NodeLogin } from './provision.js'
import { type ServiceClient, ServiceError } from './service-client.js'
import { STATION_KEYS } from './world/sensors.js'
import type { WorldSite } from './world/sites.js'

const PROBE_DEPTH_M = 1

/** Makes sure that a site of the world has its simulated node, with all channels placed from `from` on. */
export async function ensureStation(
  service: ServiceClient,
  site: WorldSite,
  { node, from }: { node: string; from: Date },
): Promise<NodeLogin> {
  const { name, title, kind, longitude, latitude, elevationM, road } = site
  await ensureSite(service, { name, title, kind, at: { longitude, latitude }, elevationM, road })
  const wish = { name: node, title, kind, simulated: true }
  const login = await ensureNode(service, wish, ({ simulated }) => {
    if (!simulated) throw new ServiceError(409, `node ${node} exists and is not simulated`)
  })
  await ensurePlacements(service, {
    node,
    site: name,
    channels: STATION_KEYS[kind].map((quantity) => ({ quantity, position: 0 })),
    from,
    depthM: kind === 'lake' ? PROBE_DEPTH_M : null,
  })
  return login
}
