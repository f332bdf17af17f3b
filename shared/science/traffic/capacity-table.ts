import type { Friction } from './road.js'

/** Capacity of a two-lane two-way undivided urban road: PKJI 2014. Pairs are [what is asked for, factor]. */

type Curve = readonly (readonly [number, number])[]

/** Base capacity of both directions in passenger car units (smp) an hour. */
export const BASE_CAPACITY = 2800

/** FCLJ by width of the carriageway in metres. */
export const WIDTH_FACTOR: Curve = [
  [5, 0.56],
  [6, 0.87],
  [7, 1],
  [8, 1.14],
  [9, 1.25],
  [10, 1.29],
  [11, 1.34],
]

/** FCPA by the share of the busier direction in percent. */
export const SPLIT_FACTOR: Curve = [
  [50, 1],
  [55, 0.97],
  [60, 0.94],
  [65, 0.91],
  [70, 0.88],
]

/** FCHS by side friction and effective shoulder in metres: 0.5 or less to 2 or more. */
export const FRICTION_FACTOR: Record<Friction, Curve> = {
  'very-low': shoulders(0.94, 0.96, 0.99, 1.01),
  low: shoulders(0.92, 0.94, 0.97, 1),
  medium: shoulders(0.89, 0.92, 0.95, 0.98),
  high: shoulders(0.82, 0.86, 0.9, 0.95),
  'very-high': shoulders(0.73, 0.79, 0.85, 0.91),
}

/** FCUK by people in the town: the first row above their number holds. */
export const TOWN_FACTOR: readonly { below: number; factor: number }[] = [
  { below: 100_000, factor: 0.86 },
  { below: 500_000, factor: 0.9 },
  { below: 1_000_000, factor: 0.94 },
  { below: 3_000_000, factor: 1 },
  { below: Number.POSITIVE_INFINITY, factor: 1.04 },
]

/** Straight between two rows; undefined beyond the first and the last. */
export function interpolate(curve: Curve, at: number): number | undefined {
  const upper = curve.findIndex(([x]) => at <= x)
  const [right, left] = [curve[upper], curve[upper - 1]]
  if (right === undefined) return undefined
  if (at === right[0]) return right[1]
  if (left === undefined) return undefined
  return left[1] + ((right[1] - left[1]) * (at - left[0])) / (right[0] - left[0])
}

function shoulders(half: number, one: number, oneAndHalf: number, two: number): Curve {
  return [
    [0.5, half],
    [1, one],
    [1.5, oneAndHalf],
    [2, two],
  ]
}
