import type { WorldEvent } from './events/event.js'
import type { Field } from './field.js'
import { DRIVERS, MODELS, type Model } from './models.js'
import { uniform } from './noise.js'
import type { WorldSite } from './sites.js'
import { clamp, type Spot, smoothStep, spotAt, type Where } from './spot.js'

/** One site with what happens there. */
export interface Here {
  site: WorldSite
  seed: number
  /** Unix seconds. */
  startS: number
  field: Field
  events: readonly WorldEvent[]
}

/** The truth of a quantity or driver; null where there is nothing to measure. */
export function trueValue(spot: Spot, key: string, here: Here): number | null {
  const normal = DRIVERS[key]?.(spot) ?? modelOf(here.site, key).value(spot)
  return withEvents(normal, spot, { key, here })
}

/** What a perfect counter at the roadside makes of the truth; elsewhere the truth. */
export function visibleValue(spot: Spot, key: string, here: Here): number | null {
  const { seen } = modelOf(here.site, key)
  if (seen === undefined) return trueValue(spot, key, here)
  return withEvents(seen(spot), spot, { key, here })
}

export function spotOf(here: Here, timeS: number, where: Where): Spot {
  return spotAt(
    { ...where, site: here.site, field: here.field, seed: here.seed, timeS },
    (key, spot) => {
      const value = trueValue(spot, key, here)
      if (value === null) throw new RangeError(`nothing to measure: ${key} at ${here.site.code}`)
      return value
    },
  )
}

function modelOf(site: WorldSite, key: string): Model {
  const model = MODELS[key]
  if (model?.kinds.includes(site.kind)) return model
  throw new RangeError(`there is no ${key} at ${site.code}, which is a ${site.kind} site`)
}

function withEvents(
  normal: number | null,
  spot: Spot,
  { key, here }: { key: string; here: Here },
): number | null {
  let value = normal
  for (const event of here.events) {
    const { kind, afterS, durationS } = event
    const effect = kind.effects[key]
    if (effect === undefined || value === null) continue
    const elapsedH = (spot.timeS - here.startS - afterS) / 3600
    const durationH = durationS === undefined ? kind.durationH : durationS / 3600
    if (elapsedH < 0 || elapsedH >= durationH + kind.recoverH) continue
    const rise = kind.rampH > 0 ? smoothStep(elapsedH, 0, kind.rampH) : 1
    const fall = kind.recoverH > 0 ? smoothStep(elapsedH, durationH, durationH + kind.recoverH) : 0
    const luck = (part: number) => uniform(here.seed, LUCK + part, here.startS + afterS)
    value = effect(value, { elapsedH, durationH, strength: rise * (1 - fall), luck, spot })
  }
  return value === null
    ? null
    : clamp(
        value,
        LOWEST[key] ?? Number.NEGATIVE_INFINITY,
        HIGHEST[key] ?? Number.POSITIVE_INFINITY,
      )
}

/** Stream of what is an event's own. */
const LUCK = 5000

/** Two events at once cannot take more than there is. */
const LOWEST: Readonly<Record<string, number>> = {
  dissolved_oxygen: 0,
  turbidity: 0,
  pm2_5: 0,
  cloud_cover: 0,
  traffic_demand: 0,
  road_capacity: 0,
}
const HIGHEST: Readonly<Record<string, number>> = { cloud_cover: 1, relative_humidity: 100 }
