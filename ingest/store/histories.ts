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
  const [history = { channels: new Map(), maintenance: [] }] = (
    await nodeHistories(session, [nodeId])
  ).values()
  return history
}

/** Of each node. After a start a batch asks for all of its nodes at once, while they wait for their answer. */
export async function nodeHistories(
  session: Session,
  nodeIds: readonly number[],
): Promise<Map<number, NodeHistory>> {
  const nodes = new Map(
    nodeIds.map((id) => [
      id,
      { channels: new Map<string, MutableHistory>(), maintenance: [] as Span[] },
    ]),
  )
  const at = ({ nodeId, ...channel }: Channel) => {
    const key = channelKey(channel)
    const channels = nodes.get(nodeId)?.channels
    const found = channels?.get(key) ?? emptyHistory(quantityById(channel.quantityId)?.key ?? '')
    channels?.set(key, found)
    return found
  }
  for (const installed of await installations(session, nodeIds)) {
    at(installed).installedS.push(installed.fromS)
  }
  for (const calibration of await calibrations(session, nodeIds)) {
    const { gain, offset, fromS, toS } = calibration
    // A probe may have been taken out at that moment.
    if (toS !== null && toS <= fromS) continue
    at(calibration).calibrations.push({
      ...{ gain, offset, fromS },
      toS: toS ?? Number.POSITIVE_INFINITY,
    })
  }
  for (const visit of await visits(session, nodeIds)) {
    const { nodeId, maintenanceFromS, maintenanceToS } = visit
    if (maintenanceFromS !== null && maintenanceToS !== null) {
      nodes.get(nodeId)?.maintenance.push({ fromS: maintenanceFromS, toS: maintenanceToS })
    }
  }
  for (const check of await visitChecks(session, nodeIds)) {
    at(check).visits.push(toChannelVisit(check))
  }
  return nodes
}

type MutableHistory = Pick<ChannelHistory, 'quantityKey' | 'maintenance'> & {
  calibrations: ChannelHistory['calibrations'][number][]
  installedS: number[]
  visits: ChannelVisit[]
}

function emptyHistory(quantityKey: string): MutableHistory {
  return { quantityKey, calibrations: [], installedS: [], visits: [], maintenance: [] }
}

function installations(session: Session, nodeIds: readonly number[]) {
  return session.query<Channel & { fromS: number }>(
    `SELECT node_id AS "nodeId", quantity_id AS "quantityId", position, extract(epoch FROM valid_from)::float8 AS "fromS"
     FROM probe WHERE node_id = ANY ($1::int[]) ORDER BY valid_from`,
    [nodeIds],
  )
}

function calibrations(session: Session, nodeIds: readonly number[]) {
  return session.query<
    Channel & { gain: number; offset: number; fromS: number; toS: number | null }
  >(
    `SELECT p.node_id AS "nodeId", p.quantity_id AS "quantityId", p.position, c.gain, c."offset",
            extract(epoch FROM c.valid_from)::float8 AS "fromS",
            extract(epoch FROM least(p.valid_to, lead(c.valid_from) OVER of_probe))::float8 AS "toS"
     FROM probe p JOIN calibration c ON c.probe_id = p.id AND c.withdrawn_at IS NULL
     WHERE p.node_id = ANY ($1::int[])
     WINDOW of_probe AS (PARTITION BY p.id ORDER BY c.valid_from)
     ORDER BY c.valid_from`,
    [nodeIds],
  )
}

function visits(session: Session, nodeIds: readonly number[]) {
  return session.query<{
    nodeId: number
    maintenanceFromS: number | null
    maintenanceToS: number | null
  }>(
    `SELECT node_id AS "nodeId", extract(epoch FROM maintenance_from)::float8 AS "maintenanceFromS",
            extract(epoch FROM maintenance_to)::float8 AS "maintenanceToS"
     FROM visit WHERE node_id = ANY ($1::int[]) AND withdrawn_at IS NULL ORDER BY maintenance_from`,
    [nodeIds],
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

function visitChecks(
  session: Session,
  nodeIds: readonly number[],
): Promise<(CheckRow & Channel)[]> {
  return session.query<CheckRow & Channel>(
    `SELECT v.node_id AS "nodeId", c.quantity_id AS "quantityId", c.position,
            extract(epoch FROM v.started_at)::float8 AS "startedS",
            extract(epoch FROM v.ended_at)::float8 AS "endedS", c.as_found AS "asFound",
            c.as_found_reference AS "asFoundReference", c.after_cleaning AS "afterCleaning",
            c.after_cleaning_reference AS "afterCleaningReference", c.standards, c.corrects
     FROM visit v JOIN visit_check c ON c.visit_id = v.id
     WHERE v.node_id = ANY ($1::int[]) AND v.withdrawn_at IS NULL ORDER BY v.started_at, v.id`,
    [nodeIds],
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
