import { AppError } from '../errors.js'
import type { Database, Session } from './database.js'

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

/**
 * A channel measures at one site at a time: an overlapping placement is a CONFLICT that names the other one.
 * The node's row is locked, so that two requests cannot both find the time free.
 */
export async function insertPlacement(
  session: Session,
  placement: Omit<PlacementRow, 'id'>,
): Promise<number> {
  const { node, site, quantityId, position, from, to } = placement
  const nodeId = await lockedNode(session, node)
  const [other] = await session.query<PlacementRow>(
    `SELECT ${PLACEMENT}
     WHERE p.node_id = $1 AND p.quantity_id = $2 AND p.position = $3
       AND p.valid_from < coalesce($5::timestamptz, 'infinity') AND coalesce(p.valid_to, 'infinity') > $4
     ORDER BY p.valid_from LIMIT 1`,
    [nodeId, quantityId, position, from, to],
  )
  if (other !== undefined) throw new AppError('CONFLICT', overlapText(other))
  const rows = await session.query<{ id: number }>(
    `INSERT INTO placement
       (node_id, quantity_id, position, site_id, depth_m, direction_deg, valid_from, valid_to)
     SELECT $1, $2, $3, id, $5, $6, $7, $8 FROM site WHERE name = $4 RETURNING id`,
    [nodeId, quantityId, position, site, placement.depthM, placement.directionDeg, from, to],
  )
  if (rows[0] === undefined) throw new AppError('NOT_FOUND', `there is no site named ${site}`)
  return rows[0].id
}

/** Ends a placement, or moves its end; it may not reach into the channel's next one. */
export async function endPlacement(session: Session, id: number, to: Date): Promise<void> {
  const placement = await placementById(session, id)
  if (to <= placement.from) {
    throw new AppError('INVALID', `placement ${id} begins at ${placement.from.toISOString()}`)
  }
  const nodeId = await lockedNode(session, placement.node)
  const [next] = await session.query<PlacementRow>(
    `SELECT ${PLACEMENT}
     WHERE p.node_id = $1 AND p.quantity_id = $2 AND p.position = $3 AND p.id <> $4
       AND p.valid_from >= $5 AND p.valid_from < $6 LIMIT 1`,
    [nodeId, placement.quantityId, placement.position, id, placement.from, to],
  )
  if (next !== undefined) throw new AppError('CONFLICT', overlapText(next))
  await session.query('UPDATE placement SET valid_to = $2 WHERE id = $1', [id, to])
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
