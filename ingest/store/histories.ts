import { z } from 'zod'
import { calibrationPointSchema } from '../../shared/schema/calibration.js'
import {
  type ChannelCorrection,
  type ChannelHistory,
  type ChannelVisit,
  channelCorrection,
  type Span,
} from '../../shared/science/calibration/channel.js'
import type { Beside } from '../../shared/science/calibration/errors.js'
import { isExpired } from '../../shared/science/calibration/standards.js'
import { quantityById } from '../../shared/wire/quantities.js'
import type { Channel } from './channels.js'
import type { Session } from './database.js'

/** All that is stored about a node's sensors. */
export interface NodeHistory {
  maintenance: readonly Span[]
  /** By `channelKey`. */
  channels: ReadonlyMap<string, ChannelHistory>
}

export type ChannelId = Omit<Channel, 'nodeId'>

export function channelKey({ quantityId, position }: ChannelId): string {
  return `${quantityId}/${position}`
}

export const pointsSchema = z.array(calibrationPointSchema)

/** What of a channel is corrected; its node's voltage or memory is none of a visit's business. */
export function correctionFor(history: NodeHistory, channel: ChannelId): ChannelCorrection {
  return channelCorrection(historyOf(history, channel))
}

export function historyOf({ channels, maintenance }: NodeHistory, channel: ChannelId) {
  const quantity = quantityById(channel.quantityId)
  const known = channels.get(channelKey(channel)) ?? emptyHistory(quantity?.key ?? '')
  return { ...known, maintenance: quantity?.group === 'node' ? [] : maintenance }
}

export async function nodeHistory(session: Session, nodeId: number): Promise<NodeHistory> {
  const channels = new Map<string, MutableHistory>()
  const at = (channel: ChannelId) => {
    const key = channelKey(channel)
    const found = channels.get(key) ?? emptyHistory(quantityById(channel.quantityId)?.key ?? '')
    channels.set(key, found)
    return found
  }
  for (const { fromS, ...channel } of await installations(session, nodeId)) {
    at(channel).installedS.push(fromS)
  }
  for (const { gain, offset, fromS, toS, ...channel } of await calibrations(session, nodeId)) {
    // A probe may have been taken out at that moment.
    if (toS !== null && toS <= fromS) continue
    at(channel).calibrations.push({ gain, offset, fromS, toS: toS ?? Number.POSITIVE_INFINITY })
  }
  const maintenance: Span[] = []
  for (const visit of await visits(session, nodeId)) {
    const { maintenanceFromS, maintenanceToS } = visit
    if (maintenanceFromS !== null && maintenanceToS !== null) {
      maintenance.push({ fromS: maintenanceFromS, toS: maintenanceToS })
    }
  }
  for (const check of await visitChecks(session, nodeId)) {
    at(check).visits.push(toChannelVisit(check))
  }
  return { channels, maintenance }
}

type MutableHistory = Pick<ChannelHistory, 'quantityKey' | 'maintenance'> & {
  calibrations: ChannelHistory['calibrations'][number][]
  installedS: number[]
  visits: ChannelVisit[]
}

function emptyHistory(quantityKey: string): MutableHistory {
  return { quantityKey, calibrations: [], installedS: [], visits: [], maintenance: [] }
}

function installations(session: Session, nodeId: number) {
  return session.query<ChannelId & { fromS: number }>(
    `SELECT quantity_id AS "quantityId", position, extract(epoch FROM valid_from)::float8 AS "fromS"
     FROM probe WHERE node_id = $1 ORDER BY valid_from`,
    [nodeId],
  )
}

function calibrations(session: Session, nodeId: number) {
  return session.query<
    ChannelId & { gain: number; offset: number; fromS: number; toS: number | null }
  >(
    `SELECT p.quantity_id AS "quantityId", p.position, c.gain, c."offset",
            extract(epoch FROM c.valid_from)::float8 AS "fromS",
            extract(epoch FROM least(p.valid_to, lead(c.valid_from) OVER of_probe))::float8 AS "toS"
     FROM probe p JOIN calibration c ON c.probe_id = p.id AND c.withdrawn_at IS NULL
     WHERE p.node_id = $1
     WINDOW of_probe AS (PARTITION BY p.id ORDER BY c.valid_from)
     ORDER BY c.valid_from`,
    [nodeId],
  )
}

function visits(session: Session, nodeId: number) {
  return session.query<{ maintenanceFromS: number | null; maintenanceToS: number | null }>(
    `SELECT extract(epoch FROM maintenance_from)::float8 AS "maintenanceFromS",
            extract(epoch FROM maintenance_to)::float8 AS "maintenanceToS"
     FROM visit WHERE node_id = $1 AND withdrawn_at IS NULL ORDER BY maintenance_from`,
    [nodeId],
  )
}

/** A row of visit_check with the times of its visit. */
export interface CheckRow extends ChannelId {
  startedS: number
  endedS: number
  asFound: number | null
  asFoundReference: number | null
  afterCleaning: number | null
  afterCleaningReference: number | null
  standards: unknown
  corrects: boolean
}

function visitChecks(session: Session, nodeId: number): Promise<CheckRow[]> {
  return session.query<CheckRow>(
    `SELECT c.quantity_id AS "quantityId", c.position,
            extract(epoch FROM v.started_at)::float8 AS "startedS",
            extract(epoch FROM v.ended_at)::float8 AS "endedS", c.as_found AS "asFound",
            c.as_found_reference AS "asFoundReference", c.after_cleaning AS "afterCleaning",
            c.after_cleaning_reference AS "afterCleaningReference", c.standards, c.corrects
     FROM visit v JOIN visit_check c ON c.visit_id = v.id
     WHERE v.node_id = $1 AND v.withdrawn_at IS NULL ORDER BY v.started_at, v.id`,
    [nodeId],
  )
}

/** An expired standard tells nothing of drift. */
export function toChannelVisit(row: CheckRow): ChannelVisit {
  const { startedS, endedS } = row
  if (!row.corrects) return { startedS, endedS, check: null }
  const standards = pointsSchema
    .parse(row.standards)
    .filter(({ standard }) => standard === null || !isExpired(standard.expiresOn, startedS * 1000))
    .map(({ reference, raw }) => ({ reference, raw }))
  const asFound = beside(row.asFound, row.asFoundReference)
  const afterCleaning = beside(row.afterCleaning, row.afterCleaningReference)
  return { startedS, endedS, check: { asFound, afterCleaning, standards } }
}

function beside(sensor: number | null, reference: number | null): Beside | null {
  return sensor === null || reference === null ? null : { sensor, reference }
}
