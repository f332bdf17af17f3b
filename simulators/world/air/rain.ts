import { DAY_S, monthOf, startOfDay } from '../calendar.js'
import { uniform } from '../noise.js'
import { clamp, type Spot, STREAM, smoothStep } from '../spot.js'

/**
 * Rain falls in showers, each with a place, an hour, an amount and a reach. What fell in a period is the
 * difference of what had fallen at its ends, so that periods of any length add up.
 */

/** mm a month, Parparean 1961–1980 (ILEC, World Lake Database). */
const MONTHLY_MM = [100, 105, 115, 132, 124, 102, 83, 110, 148, 174, 182, 178]

/** East and north, in the kilometres of `kilometres`: the lake with a margin. */
const REGION_KM = { west: 33, south: 242, width: 56, height: 68 }
const SHOWERS_A_DAY = 3
const MEAN_MM = 20
const MOST_MM = 90
const REACH_KM = [8, 16] as const
/** Mean of π r² over the reaches, as a share of the region: how much of a shower a place gets. */
const MEAN_SHARE = 0.123
const DAYS_A_MONTH = 30.4

interface Shower {
  x: number
  y: number
  reachKm: number
  startS: number
  endS: number
  mm: number
}

/** Millimetres in the period before the time. */
export function rainfall(spot: Spot): number {
  return rainIn(spot, spot.periodS)
}

/** Millimetres an hour. */
export function rainIntensity(spot: Spot): number {
  const seconds = 60
  return (rainIn(spot, seconds) * 3600) / seconds
}

function rainIn(spot: Spot, periodS: number): number {
  const { timeS } = spot
  let mm = 0
  const firstDay = spot.day - 1 - Math.floor(periodS / DAY_S)
  for (let day = firstDay; day <= spot.day; day++) {
    for (const shower of showersOf(spot.seed, day)) {
      if (timeS <= shower.startS || timeS - periodS >= shower.endS) continue
      mm += reaching(shower, spot) * (fallen(shower, timeS) - fallen(shower, timeS - periodS))
    }
  }
  return mm
}

/** Millimetres of the last days, forgotten by a factor e in `hours` after each shower: run-off and wet ground. */
export function wetness(spot: Spot, hours: number): number {
  let mm = 0
  for (let day = spot.day - Math.ceil(hours / 6); day <= spot.day; day++) {
    for (const shower of showersOf(spot.seed, day)) {
      if (spot.timeS <= shower.startS) continue
      const afterH = Math.max(0, spot.timeS - shower.endS) / 3600
      mm += reaching(shower, spot) * fallen(shower, spot.timeS) * Math.exp(-afterH / hours)
    }
  }
  return mm
}

function fallen({ startS, endS, mm }: Shower, timeS: number): number {
  return mm * smoothStep(timeS, startS, endS)
}

function reaching({ x, y, reachKm }: Shower, { field }: Spot): number {
  return Math.exp(-((x - field.eastKm) ** 2 + (y - field.northKm) ** 2) / reachKm ** 2)
}

/** Of a local day, the same for all sites. The last ones asked for are kept, since neighbours and next samples ask again. */
function showersOf(seed: number, day: number): readonly Shower[] {
  const kept = KEPT[day & (KEPT.length - 1)]
  if (kept?.day === day && kept.seed === seed) return kept.showers
  const showers = makeShowers(seed, day)
  KEPT[day & (KEPT.length - 1)] = { seed, day, showers }
  return showers
}

const KEPT: { seed: number; day: number; showers: readonly Shower[] }[] = new Array(64)

function makeShowers(seed: number, day: number): Shower[] {
  const month = Math.floor(monthOf(startOfDay(day)))
  const expected = (MONTHLY_MM[month] ?? 0) / (DAYS_A_MONTH * SHOWERS_A_DAY * MEAN_MM * MEAN_SHARE)
  const showers: Shower[] = []
  for (let number = 0; number < SHOWERS_A_DAY; number++) {
    const chance = (part: number) => uniform(seed, STREAM.shower + 100 * part, day * 4 + number)
    if (chance(0) >= expected) continue
    // Most showers come between noon and late evening, as the lake breeze piles up at the slopes.
    const startS = startOfDay(day) + (11 + 6 * (chance(1) + chance(2))) * 3600
    showers.push({
      x: REGION_KM.west + REGION_KM.width * chance(3),
      y: REGION_KM.south + REGION_KM.height * chance(4),
      reachKm: REACH_KM[0] + (REACH_KM[1] - REACH_KM[0]) * chance(5),
      startS,
      endS: startS + (0.5 + 3 * chance(6)) * 3600,
      mm: clamp(-MEAN_MM * Math.log(1 - chance(7)), 0.5, MOST_MM),
    })
  }
  return showers
}
