import { isDeepStrictEqual } from 'node:util'
import type { Configuration } from '../../shared/schema/configuration.js'
import { nodeConfigSchema } from '../../shared/schema/node.js'
import { encodeFrame } from '../../shared/wire/encode.js'
import type { BrokerAddress } from '../addresses.js'
import { ensureStation } from '../ensure-station.js'
import { NodeLedger } from '../fleet/ledger.js'
import { LightStation } from '../fleet/light-station.js'
import { LightNode } from '../light-node.js'
import type { ServiceClient } from '../service-client.js'
import { channelsAt, sampleAt } from '../world/samples.js'
import { WORLD_SITES, type WorldSite } from '../world/sites.js'
import { createWorld } from '../world/world.js'
import { type Gap, HISTORY_STEP_S, timesIn } from './gaps.js'

/** A site of the simulated world with its node, which writes its past and, until a board takes over, its present. */
export interface Station {
  site: WorldSite
  name: string
  secret: string
  node: LightNode
  live: LightStation
  /** Of the frames of the past. */
  boot: number
  seq: number
}

export const world = createWorld({
  seed: 20_261_124,
  startMs: 0,
  sites: WORLD_SITES,
  events: [],
  faults: [],
})

const LIVE_STEP_S = 10
/** About 400 bytes. */
export const SAMPLES_PER_FRAME = 48
/** What is on its way is waited for at a stop, and live frames wait behind it. */
const IN_FLIGHT = 2
/** Boots of light nodes lie beyond all that a board counts. */
const PAST_BOOT = 0x40000000
const LIVE_BOOT = 0x60000000
/**
 * A board needs eleven seconds for a sample, ten of them to warm its sonde up, and talks to the service only when
 * nothing else is due or something is urgent. So everything is: it sends each sample at once.
 */
const BOARD_CONFIGURATION: Configuration = {
  intervalS: 2 * LIVE_STEP_S,
  sendIntervalS: 2 * LIVE_STEP_S,
  urgentIntervalS: LIVE_STEP_S,
  channels: [{ quantity: 'water_temperature', position: 0, urgentAbove: -5 }],
}

export function nodeName({ name }: WorldSite): string {
  return `${name}-1`
}

/** Makes sure that site, node, placements and configuration exist; the node is started. */
export async function prepareStation(
  service: ServiceClient,
  site: WorldSite,
  { broker, from, starts }: { broker: BrokerAddress; from: Date; starts: number },
): Promise<Station> {
  const name = nodeName(site)
  const { secret } = await ensureStation(service, site, { node: name, from })
  if (site.kind === 'lake') await configure(service, name)
  const node = new LightNode({ name, secret, ...broker, inFlight: IN_FLIGHT })
  const live = new LightStation({
    ...{ site, name, node, world },
    boot: LIVE_BOOT + starts,
    stepS: LIVE_STEP_S,
    // Nobody asks the demo what was true.
    ledger: new NodeLedger(() => {}),
  })
  return { site, name, secret, node, live, boot: PAST_BOOT + starts, seq: 0 }
}

async function configure(service: ServiceClient, name: string): Promise<void> {
  const path = `/api/v1/nodes/${name}/config`
  const { configuration } = await service.get(path, nodeConfigSchema)
  if (isDeepStrictEqual(configuration, BOARD_CONFIGURATION)) return
  await service.put(path, BOARD_CONFIGURATION, nodeConfigSchema)
}

/** Settles when all of it is acknowledged. */
export async function writePast(station: Station, piece: Gap): Promise<void> {
  const { site, node, boot } = station
  const channels = channelsAt(site)
  const times = timesIn(piece)
  const sent: Promise<unknown>[] = []
  for (let index = 0; index < times.length; index += SAMPLES_PER_FRAME) {
    const samples = times
      .slice(index, index + SAMPLES_PER_FRAME)
      .map((timeS) => sampleAt(world, site, { timeS, periodS: HISTORY_STEP_S }))
    const frame = encodeFrame({ boot, seq: station.seq++, undated: false, channels, samples })
    sent.push(node.publish(frame))
  }
  await Promise.all(sent)
}
