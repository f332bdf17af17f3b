import { AppError } from '../errors.js'
import type { Database, Session } from './database.js'
import { assertSiteUnlocked } from './months.js'

export interface PlacementRow {
  id: number
  node: string
  quantityId: number
  position: number
  site: string
  depthM: number | null
  directionDeg: number | null
  from: Date
  to: Date | null
}

const PLACEMENT = `p.id, n.name AS node, p.quantity_id AS "quantityId", p.position, s.name AS site,
  p.depth_m AS "depthM", p.direction_deg AS "directionDeg", p.valid_from AS "from", p.valid_to AS "to"
  FROM placement p JOIN node n ON n.id = p.node_id JOIN site s ON s.id = p.site_id`

export interface PlacementFilter {
  site?: string | undefined
  node?: string | undefined
  after: number
  limit: number
  includeSimulated: boolean
}

export function placementPage(db: Database, filter: PlacementFilter): Promise<PlacementRow[]> {
  return db.query<PlacementRow>(
    'read',
    `SELECT ${PLACEMENT}
     WHERE p.id > $1 AND ($2::text IS NULL OR s.name = $2) AND ($3::text IS NULL OR n.name = $3)
       AND ($5 OR NOT n.simulated)
     ORDER BY p.id LIMIT $4`,
    [filter.after, filter.site ?? null, filter.node ?? null, filter.limit, filter.includeSimulated],
  )
}

export async function placementById(session: Session, id: number): Promise<PlacementRow> {
  const rows = await session.query<PlacementRow>(`SELECT ${PLACEMENT} WHERE p.id = $1`, [id])
  return rows[0] ?? missing(id)
}

/** What a channel measures at, from when to when. */
export type NewPlacement = Omit<PlacementRow, 'id'>

/**
 * A channel measures at one site at a time: an overlapping placement is a CONFLICT that names the other one.
 * The node's row is locked, so that two requests cannot both find the time free. LOCKED, here and below, where it would
 * change what an approved month of the site is made of.
 */
export async function insertPlacement(session: Session, placement: NewPlacement): Promise<number> {
  const { node, site, quantityId, position, from, to } = placement
  const nodeId = await lockedNode(session, node)
  await refuseOverlap(session, placement, 0)
  await assertSiteUnlocked(session, site, placement)
  const rows = await session.query<{ id: number }>(
    `INSERT INTO placement
       (node_id, quantity_id, position, site_id, depth_m, direction_deg, valid_from, valid_to)
     SELECT $1, $2, $3, id, $5, $6, $7, $8 FROM site WHERE name = $4 RETURNING id`,
    [nodeId, quantityId, position, site, placement.depthM, placement.directionDeg, from, to],
  )
  if (rows[0] === undefined) throw new AppError('NOT_FOUND', `there is no site named ${site}`)
  return rows[0].id
}

/** Undefined: it stays as it is. */
export interface PlacementCorrection {
  from?: Date | undefined
  to?: Date | null | undefined
  depthM?: number | null | undefined
  directionDeg?: number | null | undefined
}

/** Ends a placement, or corrects its dates, depth or direction; it may not reach into another one. */
export async function correctPlacement(
  session: Session,
  id: number,
  correction: PlacementCorrection,
): Promise<void> {
  await lockedNode(session, (await placementById(session, id)).node)
  // Read again, now that nobody else changes it.
  const before = await placementById(session, id)
  const placement = changedBy(before, correction)
  refuseBackwards(placement)
  await refuseOverlap(session, placement, id)
  for (const span of changedSpans(before, placement)) {
    await assertSiteUnlocked(session, placement.site, span)
  }
  const { from, to, depthM, directionDeg } = placement
  await session.query(
    `UPDATE placement SET valid_from = $2, valid_to = $3, depth_m = $4, direction_deg = $5
     WHERE id = $1`,
    [id, from, to, depthM, directionDeg],
  )
}

function changedBy(placement: PlacementRow, correction: PlacementCorrection): PlacementRow {
  const { from, to, depthM, directionDeg } = correction
  return {
    ...placement,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(depthM !== undefined && { depthM }),
    ...(directionDeg !== undefined && { directionDeg }),
  }
}

/** The times at which the site's series are not what they were. */
export function changedSpans(before: PlacementRow, after: PlacementRow): Span[] {
  if (before.depthM !== after.depthM || before.directionDeg !== after.directionDeg) {
    return [before, after]
  }
  return [
    ...(before.from < after.from ? [{ from: before.from, to: after.from }] : []),
    ...(after.from < before.from ? [{ from: after.from, to: before.from }] : []),
    ...(isEarlier(before.to, after.to) ? [{ from: before.to, to: after.to }] : []),
    ...(isEarlier(after.to, before.to) ? [{ from: after.to, to: before.to }] : []),
  ]
}

type Span = Pick<PlacementRow, 'from' | 'to'>

/** Null is never. */
function isEarlier(one: Date | null, other: Date | null): one is Date {
  return one !== null && (other === null || one < other)
}

export function refuseBackwards({ from, to }: Pick<PlacementRow, 'from' | 'to'>): void {
  if (to === null || to > from) return
  throw new AppError('INVALID', `it begins at ${from.toISOString()} and must end later`)
}

export interface Move {
  node: string
  site: string
  at: Date
  /** Null: what the node, or the one that it replaces, measures at that moment. */
  channels: readonly PlacedChannel[] | null
  /** The node that measured at the site until now. */
  replaces: string | null
}

export type PlacedChannel = Pick<
  PlacementRow,
  'quantityId' | 'position' | 'depthM' | 'directionDeg'
>

export interface Moved {
  ended: PlacementRow[]
  begun: PlacementRow[]
}

/**
 * Ends everything that the node measures elsewhere and begins it at the site, at the same moment; where it replaces
 * another node, that one's placements at the site end and are taken over with their depths and directions.
 */
export async function moveNode(session: Session, move: Move): Promise<Moved> {
  const { node, site, at, replaces } = move
  // In one order, so that two who exchange the same nodes do not wait for each other.
  for (const name of [node, ...(replaces === null ? [] : [replaces])].sort()) {
    await lockedNode(session, name)
  }
  const own = await heldAt(session, node, at)
  const others = replaces === null ? [] : await heldAt(session, replaces, at)
  const replaced = others.filter((placement) => placement.site === site)
  if (replaces !== null && replaced.length === 0) {
    throw new AppError('CONFLICT', `${replaces} measures nothing at ${site} at ${at.toISOString()}`)
  }
  const channels = move.channels ?? (replaces === null ? own : replaced)
  if (channels.length === 0) {
    throw new AppError('INVALID', `${node} is nowhere at ${at.toISOString()}: name its channels`)
  }
  for (const { id } of [...own, ...replaced]) await endAt(session, id, at)
  const begun: PlacementRow[] = []
  for (const { quantityId, position, depthM, directionDeg } of channels) {
    const placed = { node, site, quantityId, position, depthM, directionDeg, from: at, to: null }
    begun.push(await placementById(session, await insertPlacement(session, placed)))
  }
  const ended: PlacementRow[] = []
  for (const { id } of [...own, ...replaced]) ended.push(await placementById(session, id))
  return { ended, begun }
}

function heldAt(session: Session, node: string, at: Date): Promise<PlacementRow[]> {
  return session.query<PlacementRow>(
    `SELECT ${PLACEMENT}
     WHERE n.name = $1 AND p.valid_from <= $2 AND (p.valid_to IS NULL OR p.valid_to > $2)
     ORDER BY p.quantity_id, p.position`,
    [node, at],
  )
}

async function endAt(session: Session, id: number, at: Date): Promise<void> {
  const placement = await placementById(session, id)
  if (placement.to !== null) {
    // It was to end later: somebody has planned otherwise.
    throw new AppError('CONFLICT', overlapText(placement))
  }
  refuseBackwards({ from: placement.from, to: at })
  await assertSiteUnlocked(session, placement.site, { from: at, to: null })
  await session.query('UPDATE placement SET valid_to = $2 WHERE id = $1', [id, at])
}

async function refuseOverlap(
  session: Session,
  { node, quantityId, position, from, to }: NewPlacement,
  id: number,
): Promise<void> {
  const [other] = await session.query<PlacementRow>(
    `SELECT ${PLACEMENT}
     WHERE n.name = $1 AND p.quantity_id = $2 AND p.position = $3 AND p.id <> $6
       AND p.valid_from < coalesce($5::timestamptz, 'infinity') AND coalesce(p.valid_to, 'infinity') > $4
     ORDER BY p.valid_from LIMIT 1`,
    [node, quantityId, position, from, to, id],
  )
  if (other !== undefined) throw new AppError('CONFLICT', overlapText(other))
}

async function lockedNode(session: Session, name: string): Promise<number> {
  const rows = await session.query<{ id: number }>(
    'SELECT id FROM node WHERE name = $1 FOR UPDATE',
    [name],
  )
  if (rows[0] === undefined) throw new AppError('NOT_FOUND', `there is no node named ${name}`)
  return rows[0].id
}

function overlapText({ id, site, from, to }: PlacementRow): string {
  const until = to === null ? 'without an end' : `until ${to.toISOString()}`
  return `placement ${id} has this channel at ${site} from ${from.toISOString()} ${until}: end it first`
}

function missing(id: number): never {
  throw new AppError('NOT_FOUND', `there is no placement ${id}`)
}
