import type { Channel, Sample } from '../../shared/wire/frame.js'
import { quantityByKey, toSteps } from '../../shared/wire/quantities.js'
import { STATION_KEYS } from './sensors.js'
import type { WorldSite } from './sites.js'
import type { World } from './world.js'

/** What a station at a site sends. */

/** Its channels, in the order of its samples' values. */
export function channelsAt(site: WorldSite): Channel[] {
  return STATION_KEYS[site.kind].map((key) => ({ quantity: quantityOf(key).id, position: 0 }))
}

/** @param periodS how long a road station has counted. */
export function sampleAt(
  world: World,
  site: WorldSite,
  time: { timeS: number; periodS: number },
): Sample {
  const { timeS, periodS } = time
  const values = STATION_KEYS[site.kind].map((key) => {
    const value = world.sensed(site, key, timeS * 1000, { periodS })
    return value === null ? null : toSteps(quantityOf(key), value)
  })
  return { time: timeS, values }
}

function quantityOf(key: string) {
  const quantity = quantityByKey(key)
  if (quantity === undefined) throw new Error(`the registry has no ${key}`)
  return quantity
}
