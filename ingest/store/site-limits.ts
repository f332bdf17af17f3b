import { isDeepStrictEqual } from 'node:util'
import { FUTURE_LIMIT_S } from '../../shared/schema/frame.js'
import { ownLimitsSchema } from '../../shared/schema/site-limits.js'
import { limitsInSteps } from '../../shared/science/qartod/limits.js'
import { type OwnQualityLimits, withOwnLimits } from '../../shared/science/qartod/site-limits.js'
import { quantityById } from '../../shared/wire/quantities.js'
import { AppError } from '../errors.js'
import type { Channel, ChannelRange } from './channels.js'
import type { Database, Session } from './database.js'
import { channelKey } from './histories.js'
import type { OwnLimits } from './regimes.js'

/** Limits of sites: set, listed, and what they are for the channels of a node. */

export interface SiteLimitsRow {
  quantityId: number
  from: Date
  /** Null: the defaults again. */
  limits: OwnQualityLimits | null
  reason: string
  actor: string
}

/** What holds at a site now. NOT_FOUND where there is no such site. */
export async function siteLimitsNow(db: Database, site: string): Promise<SiteLimitsRow[]> {
  const rows = await db.query<SiteLimitsRow | Record<keyof SiteLimitsRow, null>>(
    'read',
    `SELECT DISTINCT ON (l.quantity_id) l.quantity_id AS "quantityId", l.valid_from AS "from", l.limits,
            l.reason, l.actor
     FROM site s LEFT JOIN site_limits l ON l.site_id = s.id
     WHERE s.name = $1 ORDER BY l.quantity_id, l.valid_from DESC`,
    [site],
  )
  if (rows.length === 0) throw new AppError('NOT_FOUND', `there is no site named ${site}`)
  return rows.filter((row): row is SiteLimitsRow => row.quantityId !== null)
}

export interface NewSiteLimits extends SiteLimitsRow {
  site: string
  at: Date
}

/**
 * Sets a site's limits from a time on, in place of what was set for that very time. Answers what they hold for: the
 * channels that were placed there, until the next limits.
 */
export async function setSiteLimits(session: Session, set: NewSiteLimits): Promise<ChannelRange[]> {
  const { site, quantityId, from, limits, reason, actor, at } = set
  const [row] = await session.query<{ id: number }>(
    `INSERT INTO site_limits (site_id, quantity_id, valid_from, limits, reason, actor, changed_at)
     SELECT id, $2, $3, $4, $5, $6, $7 FROM site WHERE name = $1
     ON CONFLICT (site_id, quantity_id, valid_from) DO UPDATE
     SET limits = excluded.limits, reason = excluded.reason, actor = excluded.actor,
         changed_at = excluded.changed_at
     RETURNING site_id AS id`,
    [site, quantityId, from, limits && JSON.stringify(limits), reason, actor, at],
  )
  if (row === undefined) throw new AppError('NOT_FOUND', `there is no site named ${site}`)
  await session.query(
    `UPDATE node SET correction_revision = correction_revision + 1
     WHERE id IN (SELECT node_id FROM placement WHERE site_id = $1 AND quantity_id = $2)`,
    [row.id, quantityId],
  )
  return session.query<ChannelRange>(
    `SELECT p.node_id AS "nodeId", p.quantity_id AS "quantityId", p.position,
            extract(epoch FROM greatest(p.valid_from, $3))::float8 AS "fromS",
            extract(epoch FROM least(p.valid_to, n.next, $4))::float8 AS "toS"
     FROM placement p, (SELECT min(valid_from) AS next FROM site_limits
                        WHERE site_id = $1 AND quantity_id = $2 AND valid_from > $3) n
     WHERE p.site_id = $1 AND p.quantity_id = $2
       AND p.valid_from < least(n.next, $4) AND coalesce(p.valid_to, 'infinity') > $3
     ORDER BY p.node_id, p.position, p.valid_from`,
    [row.id, quantityId, from, new Date(at.getTime() + AHEAD_MS)],
  )
}

/** A time in which a channel is placed at a site now and was not before, or the other way round. */
export interface PlacementChange {
  node: string
  site: string
  quantityId: number
  position: number
  from: Date
  /** Null: without an end. */
  to: Date | null
}

/** What is to be judged again because of changed placements: nothing where the sites have no limits of their own. */
export async function judgedAnew(
  session: Session,
  changes: readonly PlacementChange[],
  at: Date,
): Promise<ChannelRange[]> {
  const ranges: ChannelRange[] = []
  for (const { node, site, quantityId, position, from, to } of changes) {
    const [placed] = await session.query<{ id: number }>(
      `UPDATE node SET correction_revision = correction_revision + 1
       WHERE name = $1 AND EXISTS (SELECT FROM site_limits l JOIN site s ON s.id = l.site_id
                                   WHERE s.name = $2 AND l.quantity_id = $3)
       RETURNING id`,
      [node, site, quantityId],
    )
    const endMs = Math.min(to?.getTime() ?? Number.POSITIVE_INFINITY, at.getTime() + AHEAD_MS)
    if (placed === undefined || endMs <= from.getTime()) continue
    const [fromS, toS] = [from.getTime() / 1000, endMs / 1000]
    const range = { nodeId: placed.id, quantityId, position, fromS, toS }
    // Moved from one site with limits to another.
    if (!ranges.some((known) => isDeepStrictEqual(known, range))) ranges.push(range)
  }
  return ranges
}

/** A reading may be so much ahead of now. */
const AHEAD_MS = FUTURE_LIMIT_S * 1000

/** By channel of a node, in order of time: what of its time is judged by limits of a site's own. */
export type OwnLimitsOfNode = ReadonlyMap<string, OwnLimits[]>

/** By node; nothing where there are none. */
export async function ownLimitsOfNodes(
  session: Session,
  nodeIds: readonly number[],
): Promise<ReadonlyMap<number, OwnLimitsOfNode>> {
  const rows = await session.query<
    Channel & { fromS: number; toS: number | null; limits: unknown }
  >(
    `SELECT p.node_id AS "nodeId", p.quantity_id AS "quantityId", p.position, l.limits,
            extract(epoch FROM greatest(p.valid_from, l.valid_from))::float8 AS "fromS",
            extract(epoch FROM least(p.valid_to, l.next))::float8 AS "toS"
     FROM placement p JOIN (
       SELECT *, lead(valid_from) OVER (PARTITION BY site_id, quantity_id ORDER BY valid_from) AS next
       FROM site_limits) l ON l.site_id = p.site_id AND l.quantity_id = p.quantity_id
     WHERE p.node_id = ANY ($1::int[]) AND l.limits IS NOT NULL
       AND greatest(p.valid_from, l.valid_from)
         < least(coalesce(p.valid_to, 'infinity'), coalesce(l.next, 'infinity'))
     ORDER BY 1, 2, 3, 5`,
    [nodeIds],
  )
  const nodes = new Map<number, Map<string, OwnLimits[]>>()
  for (const { nodeId, fromS, toS, limits, ...channel } of rows) {
    const quantity = quantityById(channel.quantityId)
    const all = quantity && withOwnLimits(quantity, ownLimitsSchema.parse(limits))
    if (quantity === undefined || all === undefined) continue
    const part = {
      fromS,
      toS: toS ?? Number.POSITIVE_INFINITY,
      limits: limitsInSteps(quantity, all),
    }
    const own = nodes.get(nodeId) ?? new Map<string, OwnLimits[]>()
    nodes.set(nodeId, own)
    const key = channelKey(channel)
    const parts = own.get(key)
    if (parts === undefined) own.set(key, [part])
    else parts.push(part)
  }
  return nodes
}
