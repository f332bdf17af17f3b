import type { MonthSpan } from '../../shared/science/months/month.js'
import type { MonthSeries } from '../../shared/science/months/month-text.js'
import { decimals, fromSteps, type Quantity, quantityById } from '../../shared/wire/quantities.js'
import { AppError } from '../errors.js'
import type { Reader } from './database.js'

/** A placement's part of a month. */
interface Part {
  nodeId: number
  node: string
  quantityId: number
  position: number
  depthM: number | null
  directionDeg: number | null
  from: Date
  to: Date
}

/** Of all readings of a series in the month; values in the quantity's step. */
interface Sums {
  all: number
  good: number
  notEvaluated: number
  suspect: number
  failed: number
  manual: number
  corrected: number
  sum: number | null
  min: number | null
  max: number | null
  last: number | null
  sinSum: number | null
  cosSum: number | null
  gapS: number | null
}

export interface MonthOfSite extends MonthSpan {
  siteId: number
  includeSimulated: boolean
}

/**
 * What a month of a site amounts to, by its definition in shared/science/months/month-text.ts; from the readings
 * themselves, not from the aggregates, which follow late. One statement a series, each of one month.
 */
export async function monthNumbers(session: Reader, month: MonthOfSite): Promise<MonthSeries[]> {
  const parts = await session.query<Part>(
    `SELECT n.id AS "nodeId", n.name AS node, p.quantity_id AS "quantityId", p.position,
            p.depth_m AS "depthM", p.direction_deg AS "directionDeg",
            greatest(p.valid_from, $2) AS "from", least(p.valid_to, $3) AS "to"
     FROM placement p JOIN node n ON n.id = p.node_id
     WHERE p.site_id = $1 AND p.valid_from < $3 AND (p.valid_to IS NULL OR p.valid_to > $2)
       AND ($4 OR NOT n.simulated)
     ORDER BY p.quantity_id, p.position, p.depth_m NULLS FIRST, p.direction_deg NULLS FIRST, n.name, p.id`,
    [month.siteId, month.from, month.to, month.includeSimulated],
  )
  const series: MonthSeries[] = []
  for (const group of grouped(parts)) {
    const sums = await sumsOf(session, group, month)
    if (sums.all > 0) series.push(toSeries(group, sums))
  }
  return series
}

type Group = [Part, ...Part[]]

/** By what tells series apart; the parts come in that order. */
function grouped(parts: readonly Part[]): Group[] {
  const groups: Group[] = []
  for (const part of parts) {
    const group = groups.at(-1)
    if (group !== undefined && isSameSeries(group[0], part)) group.push(part)
    else groups.push([part])
  }
  return groups
}

function isSameSeries(a: Part, b: Part): boolean {
  return (
    a.quantityId === b.quantityId &&
    a.position === b.position &&
    a.depthM === b.depthM &&
    a.directionDeg === b.directionDeg
  )
}

async function sumsOf(session: Reader, group: Group, { from, to }: MonthSpan): Promise<Sums> {
  const [sums] = await session.query<Sums>(
    `WITH measured AS (
       SELECT r.time, r.value, r.raw, r.flag, r.why, r.quantity_id,
              r.time - lag(r.time) OVER (PARTITION BY r.node_id ORDER BY r.time) AS gap
       FROM unnest($1::int[], $2::timestamptz[], $3::timestamptz[]) AS part (node_id, since, until)
       JOIN reading r ON r.node_id = part.node_id AND r.time >= part.since AND r.time < part.until
       WHERE r.quantity_id = $4 AND r.position = $5 AND r.time >= $6 AND r.time < $7
     )
     SELECT count(*)::float8 AS "all",
            count(*) FILTER (WHERE flag = 1)::float8 AS good,
            count(*) FILTER (WHERE flag = 2)::float8 AS "notEvaluated",
            count(*) FILTER (WHERE flag = 3)::float8 AS suspect,
            count(*) FILTER (WHERE flag = 4)::float8 AS failed,
            count(*) FILTER (WHERE why & 512 <> 0)::float8 AS manual,
            count(*) FILTER (WHERE raw <> value)::float8 AS corrected,
            (sum(value::bigint) FILTER (WHERE flag <= 2))::float8 AS sum,
            min(value) FILTER (WHERE flag <= 2) AS min,
            max(value) FILTER (WHERE flag <= 2) AS max,
            last(value, time) FILTER (WHERE flag <= 2) AS last,
            sum(sin(radians(value))) FILTER (WHERE flag <= 2 AND quantity_id = 51) AS "sinSum",
            sum(cos(radians(value))) FILTER (WHERE flag <= 2 AND quantity_id = 51) AS "cosSum",
            (mode() WITHIN GROUP (ORDER BY round(extract(epoch FROM gap))))::float8 AS "gapS"
     FROM measured`,
    [
      group.map(({ nodeId }) => nodeId),
      group.map((part) => part.from),
      group.map((part) => part.to),
      group[0].quantityId,
      group[0].position,
      from,
      to,
    ],
  )
  if (sums === undefined) throw new AppError('STORE_REFUSED', 'an aggregate gave no row')
  return sums
}

function toSeries(group: Group, sums: Sums): MonthSeries {
  const [{ quantityId, position, depthM, directionDeg }] = group
  const quantity = quantityById(quantityId)
  if (quantity === undefined) {
    throw new AppError('STORE_REFUSED', `no quantity has the id ${quantityId}`)
  }
  const placedS =
    group.reduce((sum, { from, to }) => sum + (to.getTime() - from.getTime()), 0) / 1000
  const intervalS = sums.gapS === null || sums.gapS < 1 ? quantity.typicalIntervalS : sums.gapS
  // A placement of seconds that did measure expected at least what it measured.
  const expected = Math.max(1, Math.round(placedS / intervalS))
  const unit = (steps: number | null) =>
    steps === null || quantity.summary === 'vector' ? '' : text(fromSteps(quantity, steps))
  return {
    quantity: quantity.key,
    position: text(position),
    depth_m: text(depthM),
    direction_deg: text(directionDeg),
    nodes: [...new Set(group.map(({ node }) => node))].join(' '),
    unit: quantity.ucum,
    summary: quantity.summary,
    interval_s: text(intervalS),
    expected: text(expected),
    completeness_pct: text(Math.round((1000 * sums.all) / expected) / 10),
    all: text(sums.all),
    good: text(sums.good),
    not_evaluated: text(sums.notEvaluated),
    suspect: text(sums.suspect),
    failed: text(sums.failed),
    manual: text(sums.manual),
    corrected: text(sums.corrected),
    sum: unit(sums.sum),
    min: unit(sums.min),
    max: unit(sums.max),
    value: text(summarised(quantity, sums)),
  }
}

/** In the unit. */
function summarised(quantity: Quantity, sums: Sums): number | null {
  const { summary } = quantity
  const used = sums.good + sums.notEvaluated
  if (used === 0) return null
  if (summary === 'mean') return mean(quantity, sums.sum ?? 0, used)
  if (summary === 'vector') return direction(sums, used)
  const steps = sums[summary]
  return steps === null ? null : fromSteps(quantity, steps)
}

/** To a hundredth of a step: one division of whole numbers, so that its digits are exact. */
function mean(quantity: Quantity, sum: number, count: number): number {
  const places = decimals(quantity)
  const hundredths = Math.round((100 * sum) / count)
  return (hundredths * Math.round(quantity.step * 10 ** places)) / 10 ** (places + 2)
}

/** Degrees of the sum of unit vectors; null where they cancel out, which is no direction at all. */
function direction({ sinSum, cosSum }: Sums, count: number): number | null {
  if (sinSum === null || cosSum === null || Math.hypot(sinSum, cosSum) / count < 1e-6) return null
  return (Math.round((Math.atan2(sinSum, cosSum) * 180) / Math.PI) + 360) % 360
}

function text(value: number | null): string {
  return value === null ? '' : String(value)
}
