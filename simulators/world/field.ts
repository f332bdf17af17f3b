import { drift, numberOf } from './noise.js'
import type { WorldSite } from './sites.js'

/**
 * Slow chance over the map: near places have nearly the same, far ones their own. It is carried by a grid of
 * anchors, each with a drift of its own; a place blends those around it.
 */

export interface Field {
  /** Of the anchors near the place; the squares of the weights add up to 1. */
  anchors: readonly { seed: number; weight: number }[]
  /** Seed of what this place alone has. */
  own: number
}

const KM_PER_DEGREE = 111.2
const SPACING_KM = 12
/** A few kilometres apart the same water and weather is measured, across the lake it is not. */
const REACH_KM = 9
const LEAST_WEIGHT = 0.05
/** Standard deviation of what is a place's own, the whole being 1. */
const OWN_PART = 0.35

export function fieldAt(seed: number, site: WorldSite): Field {
  const [x, y] = kilometres(site)
  const found: { seed: number; weight: number }[] = []
  const [column, row] = [Math.round(x / SPACING_KM), Math.round(y / SPACING_KM)]
  for (let i = column - 2; i <= column + 2; i++) {
    for (let j = row - 2; j <= row + 2; j++) {
      const away = Math.hypot(x - i * SPACING_KM, y - j * SPACING_KM)
      const weight = Math.exp(-((away / REACH_KM) ** 2))
      if (weight > LEAST_WEIGHT) found.push({ seed: numberOf(`${seed} ${i} ${j}`), weight })
    }
  }
  const length = Math.hypot(...found.map(({ weight }) => weight))
  const anchors = found.map((anchor) => ({ ...anchor, weight: anchor.weight / length }))
  return { anchors, own: numberOf(`${seed} ${site.code}`) }
}

/** Mean 0, standard deviation 1; about independent after `periodS` seconds. */
export function slowChance(field: Field, stream: number, timeS: number, periodS: number): number {
  let shared = 0
  for (const { seed, weight } of field.anchors) {
    shared += weight * drift(seed, stream, timeS, periodS)
  }
  const own = drift(field.own, stream, timeS, periodS)
  return Math.sqrt(1 - OWN_PART ** 2) * shared + OWN_PART * own
}

export function distanceKm(a: WorldSite, b: WorldSite): number {
  const [ax, ay] = kilometres(a)
  const [bx, by] = kilometres(b)
  return Math.hypot(ax - bx, ay - by)
}

/** East and north of 98.5° E on the equator; so near to it a degree is the same length both ways. */
export function kilometres({ longitude, latitude }: WorldSite): [number, number] {
  return [(longitude - 98.5) * KM_PER_DEGREE, latitude * KM_PER_DEGREE]
}
