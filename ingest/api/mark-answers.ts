import type { Flag } from '../../shared/schema/flags.js'
import type { Job } from '../../shared/schema/job.js'
import { givenFlagSchema, type Mark, type PreviewAnswer } from '../../shared/schema/mark.js'
import type { ChannelRange } from '../store/channels.js'
import type { JobRow } from '../store/jobs.js'
import type { Buckets, Preview } from '../store/mark-preview.js'
import type { MarkRow } from '../store/mark-records.js'
import { iso, isoOrNull, quantityOf } from './answers.js'

/** Marks and jobs in the words of the API. */

export function toJob(row: JobRow): Job {
  return {
    ...row,
    createdAt: iso(row.createdAt),
    startedAt: isoOrNull(row.startedAt),
    finishedAt: isoOrNull(row.finishedAt),
    from: iso(row.from),
    to: iso(row.to),
  }
}

export function toMark(row: MarkRow): Mark {
  const { undoneAt, undoneBy, undoneReason } = row
  return {
    id: row.id,
    site: row.site,
    node: row.node,
    quantity: quantityOf(row.quantityId).key,
    from: iso(row.from),
    to: iso(row.to),
    flag: row.flag === null ? null : givenFlagSchema.parse(row.flag),
    reason: row.reason,
    by: row.actor,
    madeAt: iso(row.madeAt),
    undone:
      undoneAt === null
        ? null
        : { at: iso(undoneAt), by: undoneBy ?? '', reason: undoneReason ?? '' },
    channels: row.channels.map(toChannel),
  }
}

/** From unix seconds. */
function toChannel(channel: { node: string; position: number; from: number; to: number }) {
  const { node, position, from, to } = channel
  return { node, position, from: iso(from * 1000), to: iso(to * 1000) }
}

export function toPreview(
  { byFlag, byHand, hours, days }: Preview,
  of: { flag: Flag; ranges: readonly (ChannelRange & { node: string })[]; isBehind: boolean },
): PreviewAnswer {
  const changes = [...byFlag]
    .sort(([a], [b]) => a - b)
    .map(([from, readings]) => ({ from, to: of.flag, readings }))
  return {
    readings: changes.reduce((sum, { readings }) => sum + readings, 0),
    changes,
    byHand,
    hours: toBuckets(hours),
    days: toBuckets(days),
    channels: of.ranges.map(({ node, position, fromS, toS }) =>
      toChannel({ node, position, from: fromS, to: toS }),
    ),
    job: of.isBehind,
  }
}

function toBuckets({ count, from, to }: Buckets): PreviewAnswer['hours'] {
  const time = (seconds: number | null) => (seconds === null ? null : iso(seconds * 1000))
  return { count, from: time(from), to: time(to) }
}
