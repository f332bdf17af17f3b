import { encodeFrame } from '../../../shared/wire/encode.js'
import type { Channel, Sample } from '../../../shared/wire/frame.js'
import { quantityById, toSteps } from '../../../shared/wire/quantities.js'
import { WORLD_SITES, type WorldSite } from '../../../simulators/world/sites.js'
import { createWorld, type World } from '../../../simulators/world/world.js'
import { sharedDataPath } from '../../shared-data.js'
import { RIVER_CHANNELS, riverRecord } from '../../wire/records.js'

/** What nodes of the year measure: the five quantities of a river record, and the water level of the model. */

export const INTERVAL_S = 600
export const SAMPLES_PER_FRAME = 12
const WATER_LEVEL = 10
export const QUANTITIES: readonly number[] = [...RIVER_CHANNELS, WATER_LEVEL]
const CHANNELS: Channel[] = QUANTITIES.map((quantity) => ({ quantity, position: 0 }))
/** Rows of the record between the beginnings of two nodes: a prime, so that few ever show the same. */
const SHIFT_ROWS = 1009

export interface Year {
  /** False where the river record is absent and the model stands in for it. */
  isRecorded: boolean
  /** Twelve samples from `fromS` on, as the node sends them. */
  frame(node: number, seq: number, fromS: number): Uint8Array
}

/** `nodes` lake nodes; the record is tiled without regard to its own interval of 15 minutes and its seasons. */
export function makeYear(nodes: number, startS: number): Year {
  const lakes = WORLD_SITES.filter(({ kind }) => kind === 'lake')
  const sites = Array.from({ length: nodes }, (_, node): WorldSite => {
    const site = lakes[node % lakes.length]
    if (site === undefined) throw new Error('the world has no lake')
    return { ...site, code: `${site.code}-${node}` }
  })
  const world = createWorld({ seed: 1, startMs: startS * 1000, sites, events: [], faults: [] })
  const isRecorded = sharedDataPath('lro_mainstreet_2019-07-20_2019-08-31.csv') !== undefined
  const record = isRecorded ? riverRecord() : []
  const sample = (node: number, time: number): Sample => {
    const site = sites[node]
    if (site === undefined) throw new RangeError(`no node ${node}`)
    const row = record[(Math.round(time / INTERVAL_S) + node * SHIFT_ROWS) % record.length]
    const river = row?.values ?? RIVER_CHANNELS.map((id) => modelled(world, site, id, time))
    return { time, values: [...river, modelled(world, site, WATER_LEVEL, time)] }
  }
  return {
    isRecorded,
    frame(node, seq, fromS) {
      const samples = Array.from({ length: SAMPLES_PER_FRAME }, (_, index) =>
        sample(node, fromS + index * INTERVAL_S),
      )
      return encodeFrame({ boot: 1, seq, undated: false, channels: CHANNELS, samples })
    },
  }
}

function modelled(world: World, site: WorldSite, id: number, timeS: number): number | null {
  const quantity = quantityById(id)
  if (quantity === undefined) throw new Error(`no quantity ${id}`)
  const value = world.sensed(site, quantity.key, timeS * 1000)
  return value === null ? null : toSteps(quantity, value)
}
