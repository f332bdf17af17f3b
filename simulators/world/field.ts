import { between, gaussian, numberOf } from './noise.js'
import type { WorldSite } from './sites.js'

/**
 * Slow chance over the map: near places have nearly the same, far ones their own. It is carried by a grid of
 * anchors, each with a drift of its own; a place blends those around it.
 */

export interface Field {
  /** As `kilometres` counts. */
  eastKm: number
  northKm: number
  /** Of the anchors near the place; the squares of the weights add up to 1. */
  anchors: readonly { seed: number; weight: number }[]
  /** Seed of what this place alone has. */
  own: number
  /** By stream: the knots around the time asked for last, since the next question is mostly near it. */
  knots: (Knots | undefined)[]
}

interface Knots {
  periodS: number
  number: number
  before: number
  after: number
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
  return { eastKm: x, northKm: y, anchors, own: numberOf(`${seed} ${site.code}`), knots: [] }
}

const SHARED_PART = Math.sqrt(1 - OWN_PART ** 2)

/** Mean 0, standard deviation 1; about independent after `periodS` seconds. */
export function slowChance(field: Field, stream: number, timeS: number, periodS: number): number {
  const number = Math.floor(timeS / periodS)
  let knots = field.knots[stream]
  if (knots === undefined || knots.number !== number || knots.periodS !== periodS) {
    const before = knotAt(field, stream, number)
    knots = { periodS, number, before, after: knotAt(field, stream, number + 1) }
    field.knots[stream] = knots
  }
  return between(knots.before, knots.after, timeS / periodS - number)
}

function knotAt({ anchors, own }: Field, stream: number, number: number): number {
  let shared = 0
  for (const { seed, weight } of anchors) shared += weight * gaussian(seed, stream, number)
  return SHARED_PART * shared + OWN_PART * gaussian(own, stream, number)
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
