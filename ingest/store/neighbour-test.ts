import { setImmediate } from 'node:timers/promises'
import { WHY } from '../../shared/schema/flags.js'
import { JUDGED_DAYS, suspectDays } from '../../shared/science/qartod/neighbour-days.js'
import { AppError } from '../errors.js'
import { lockNodes } from './channels.js'
import type { Database } from './database.js'
import { changeDoubts } from './doubts.js'
import {
  type Days,
  doubtedMeans,
  type LakePlacement,
  lakeDayMeans,
  lakePlacements,
  resetsOf,
  startOfDayS,
} from './neighbour-series.js'
import type { RecomputeRules } from './recompute.js'
import { recomputeRanges } from './recompute-ranges.js'

/** A sensor that nobody looked after for longer is held against how it was then. */
const HISTORY_DAYS = 400
/** The nearest; more of them would say no more. */
const MOST_OTHERS = 15
/** Temperature and oxygen change with depth: what is deeper or shallower by more is another water. */
const SAME_DEPTH_M = 1

/** What is tested: a quantity at all lake sites, up to the local day `today`, which is not over. */
export interface Tested {
  quantityId: number
  /** In steps, see neighbour.ts. */
  departure: number
  today: number
}

/** What became of a series. */
export interface JudgedSeries {
  /** Days that are doubted now and were not, or the other way round. */
  changed: number
  /** Something is to be done by a job. */
  jobId: number | null
}

const UNCHANGED: JudgedSeries = { changed: 0, jobId: null }

/**
 * The neighbour test (shared/science/qartod/neighbour.ts) on the stored series of a quantity, one series at a time, each
 * in a transaction of its own: the days that it doubts are kept, and their readings recomputed. All follows from what
 * is stored, so a second run changes nothing, whoever makes it. Days of approved months stay as they were approved.
 */
export async function* judgeNeighbours(
  db: Database,
  { quantityId, departure, today }: Tested,
  { rules, at }: { rules: RecomputeRules; at: Date },
): AsyncGenerator<JudgedSeries> {
  const days = { from: today - HISTORY_DAYS, to: today }
  const judged = { from: today - JUDGED_DAYS, to: today }
  const placements = await lakePlacements(db, quantityId, days)
  const means = await lakeDayMeans(db, quantityId, days)
  const resets = await resetsOf(db, placements)
  for (const [index, placement] of placements.entries()) {
    if (placement.to <= judged.from) continue
    // The verdicts on many sites take a while, and nodes wait for their answers.
    await setImmediate()
    const known = await doubtedMeans(db, placement, { days: judged, reason: WHY.neighbour })
    const meanOf = ({ id }: LakePlacement, day: number) => means.get(id)?.get(day) ?? null
    const own = listed(days, (day) => known.get(day) ?? meanOf(placement, day))
    const others = othersOf(placement, placements).map((site) =>
      listed(days, (day) => firstKnown(site, (one) => meanOf(one, day))),
    )
    const begins = [placement.from, ...(resets[index] ?? [])].map((time) => time - days.from)
    const found = suspectDays({ own, others, resets: begins }, departure, {
      from: judged.from - days.from,
      known: new Set([...known.keys()].map((day) => day - days.from)),
    })
    const suspect = new Set([...found].map((day) => day + days.from))
    const begun = [...suspect].filter((day) => !known.has(day))
    const ended = [...known.keys()].filter((day) => !suspect.has(day))
    const change = { begun: open(placement, begun), ended: open(placement, ended) }
    const isSame = change.begun.length + change.ended.length === 0
    yield isSame ? UNCHANGED : await apply(db, placement, { change, rules, at })
  }
}

/** Days that belong to the placement and to no approved month. */
function open({ from, to, locked }: LakePlacement, days: readonly number[]): number[] {
  return days.filter(
    (day) =>
      day + 1 > from && day < to && !locked.some((month) => day >= month.from && day < month.to),
  )
}

/** The placements of each of the nearest other sites in the same water. */
function othersOf(own: LakePlacement, all: readonly LakePlacement[]): LakePlacement[][] {
  const sites = new Map<number, LakePlacement[]>()
  for (const other of all) {
    if (other.siteId === own.siteId || other.simulated !== own.simulated) continue
    if (!isSameDepth(own.depthM, other.depthM)) continue
    const site = sites.get(other.siteId)
    if (site === undefined) sites.set(other.siteId, [other])
    else site.push(other)
  }
  return [...sites.values()]
    .toSorted((a, b) => distance(own, a[0]) - distance(own, b[0]))
    .slice(0, MOST_OTHERS)
}

function isSameDepth(own: number | null, other: number | null): boolean {
  if (own === null || other === null) return own === other
  return Math.abs(own - other) <= SAME_DEPTH_M
}

/** To compare by: the lake lies so near the equator that degrees are alike. */
function distance(a: LakePlacement, b: LakePlacement | undefined): number {
  if (b === undefined) return Number.POSITIVE_INFINITY
  return Math.hypot(a.longitude - b.longitude, a.latitude - b.latitude)
}

function listed(days: Days, meanOf: (day: number) => number | null): (number | null)[] {
  return Array.from({ length: days.to - days.from }, (_, index) => meanOf(days.from + index))
}

function firstKnown(
  site: readonly LakePlacement[],
  meanOf: (placement: LakePlacement) => number | null,
): number | null {
  for (const placement of site) {
    const mean = meanOf(placement)
    if (mean !== null) return mean
  }
  return null
}

interface Change {
  change: { begun: readonly number[]; ended: readonly number[] }
  rules: RecomputeRules
  at: Date
}

async function apply(
  db: Database,
  { nodeId, quantityId, position, node }: LakePlacement,
  { change: { begun, ended }, rules, at }: Change,
): Promise<JudgedSeries> {
  const channel = { nodeId, quantityId, position }
  const span = (day: number) => ({ fromS: startOfDayS(day), toS: startOfDayS(day + 1) })
  const days = [...begun, ...ended]
  const ranges = runsOf(days).map(([first, last]) => ({
    ...channel,
    fromS: startOfDayS(first),
    toS: startOfDayS(last + 1),
  }))
  const reason = 'neighbour test'
  try {
    const jobId = await db.transaction('maintenance', async (session) => {
      await lockNodes(session, [nodeId])
      await changeDoubts(session, channel, { begun: begun.map(span), ended: ended.map(span) })
      const job = { subject: node, actor: reason, reason, at, ranges }
      return (await recomputeRanges(session, job, rules)).jobId
    })
    return { changed: days.length, jobId }
  } catch (error) {
    // The month was approved meanwhile.
    if (error instanceof AppError && error.code === 'LOCKED') return UNCHANGED
    throw error
  }
}

/** The first and the last day of each run. */
function runsOf(days: readonly number[]): [number, number][] {
  const runs: [number, number][] = []
  for (const day of days.toSorted((a, b) => a - b)) {
    const run = runs.at(-1)
    if (run !== undefined && day === run[1] + 1) run[1] = day
    else runs.push([day, day])
  }
  return runs
}
