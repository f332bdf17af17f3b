import { quantityById, quantityByKey } from '../../shared/wire/quantities.js'
import { type BucketRow, type SeriesRow, speedsByVehicles } from '../store/readings.js'
import { type BucketQuery, bucketReader, bucketSpans } from './buckets.js'

/** What a bucket of a road says only together with other channels of its node. */

const PERIOD_ID = quantityByKey('counting_period')?.id ?? 0
const SPEED_ID = quantityByKey('mean_speed')?.id ?? 0
/** Some thousand periods: a read that holds the embedded engine's session for milliseconds. */
const WINDOW_MS = 7 * 86_400_000

type Reader = ReturnType<typeof bucketReader>

/**
 * `read`, and counts come with the seconds in which they were counted, without which they are no flow; speeds are
 * means of vehicles, not of periods. Both need channels of the same position, or the node's only ones at 0.
 */
export function withTraffic(query: BucketQuery, read: Reader): Reader {
  return async function* pages(series) {
    const quantity = quantityById(series.quantityId)
    const isCount = quantity?.group === 'traffic' && quantity.summary === 'sum'
    if (isCount) {
      const periods = await periodsOf(query, series)
      for await (const page of read(series)) {
        yield page.map((row) => ({
          ...row,
          countedS: countedS(row, periods.get(row.time.getTime())),
        }))
      }
    } else if (series.quantityId === SPEED_ID) {
      const speeds = await speedsOf(query, series)
      for await (const page of read(series)) {
        yield page.map((row) => ({ ...row, weighted: speeds.get(row.time.getTime()) ?? null }))
      }
    } else yield* read(series)
  }
}

async function periodsOf(query: BucketQuery, series: SeriesRow): Promise<Map<number, BucketRow>> {
  const found = new Map<number, BucketRow>()
  for (const position of new Set([series.position, 0])) {
    const periods = { ...series, quantityId: PERIOD_ID, position }
    for await (const page of bucketReader({ ...query, series: [periods] })(periods)) {
      for (const row of page) found.set(row.time.getTime(), row)
    }
    if (found.size > 0) break
  }
  return found
}

/** A period whose count is set aside (flags 3 and 4) was not counted: periods of a node are as good as equal. */
function countedS(counts: BucketRow, periods: BucketRow | undefined): number | null {
  if (periods === undefined || periods.sum === null) return null
  return Math.round(periods.sum * Math.min(1, counts.nUsed / periods.nUsed))
}

async function speedsOf(
  { db, size, asked }: BucketQuery,
  series: SeriesRow,
): Promise<Map<number, number>> {
  const found = new Map<number, number>()
  const all = bucketSpans(size, asked, { from: null, to: null }).whole
  const from = Math.max(all.from.getTime(), series.placedFrom?.getTime() ?? 0)
  const to = Math.min(all.to.getTime(), series.placedTo?.getTime() ?? Number.POSITIVE_INFINITY)
  // Windows are cut where the first bucket begins, so that no bucket lies in two of them.
  for (let atMs = all.from.getTime(); atMs < to; atMs += WINDOW_MS) {
    const window = {
      size,
      from: new Date(Math.max(from, atMs)),
      to: new Date(Math.min(to, atMs + WINDOW_MS)),
    }
    if (window.from >= window.to) continue
    for (const { time, value } of await speedsByVehicles(db, series, window)) {
      found.set(time.getTime(), value)
    }
  }
  return found
}
