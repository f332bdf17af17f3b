import { AppError } from '../errors.js'
import type { ChannelRange } from '../store/channels.js'
import type { Database } from '../store/database.js'
import { type SeriesRow, seriesOfNode, seriesOfSite } from '../store/readings.js'
import { iso, quantityIdOf } from './answers.js'

/** Which channels a site's or a node's quantity is, within a range. */

const DAY_MS = 86_400_000
/** Ten years, as readings are told: whoever means more says it twice. */
const LONGEST_DAYS = 3653

export interface Asked {
  site?: string | undefined
  node?: string | undefined
  quantity?: string | undefined
  position?: number | undefined
  depthM?: number | undefined
  from: Date
  to: Date
}

export async function seriesAsked(db: Database, asked: Asked): Promise<SeriesRow[]> {
  const { site, node, position, depthM, from, to } = asked
  if (from >= to) throw new AppError('INVALID', `from ${iso(from)} must be before to ${iso(to)}`)
  if (to.getTime() - from.getTime() > LONGEST_DAYS * DAY_MS) {
    throw new AppError('TOO_LARGE', `at most ${LONGEST_DAYS} days at once`)
  }
  const filter = { quantityId: quantityIdOf(asked.quantity), position, from, to }
  if (node !== undefined) return seriesOfNode(db, node, filter)
  const series = await seriesOfSite(db, site ?? '', { ...filter, includeSimulated: true })
  return depthM === undefined ? series : series.filter((one) => one.depthM === depthM)
}

/** What a mark is about: at least one channel, and nothing of the future, of which nobody can say anything. */
export async function rangesToMark(
  db: Database,
  asked: Asked,
  nowMs: number,
): Promise<(ChannelRange & { node: string })[]> {
  if (asked.to.getTime() > nowMs) {
    throw new AppError('INVALID', `to ${iso(asked.to)} is ahead of now, ${iso(nowMs)}`)
  }
  const series = await seriesAsked(db, asked)
  if (series.length === 0) {
    const what = asked.depthM === undefined ? asked.quantity : `${asked.quantity} at that depth`
    throw new AppError('NOT_FOUND', `${asked.site ?? asked.node} had no ${what} in that time`)
  }
  return series.map(({ node, nodeId, quantityId, position, from, to }) => ({
    ...{ node, nodeId, quantityId, position },
    fromS: from.getTime() / 1000,
    toS: to.getTime() / 1000,
  }))
}
