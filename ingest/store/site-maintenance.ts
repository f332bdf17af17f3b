import { AppError } from '../errors.js'
import type { Reader, Session } from './database.js'

/** While people work at a site its messages are held back. */

export interface SiteMaintenance {
  site: string
  from: Date
  until: Date
  reason: string
  actor: string
}

/** Whether people work there now. */
export async function isInMaintenance(
  session: Reader,
  siteId: number | null,
  at: Date,
): Promise<boolean> {
  const rows = await session.query(
    'SELECT site_id FROM site_maintenance WHERE site_id = $1 AND from_at <= $2 AND until_at > $2',
    [siteId, at],
  )
  return rows.length > 0
}

/** The last one, over or not. */
export async function siteMaintenance(
  session: Reader,
  site: string,
): Promise<SiteMaintenance | undefined> {
  const rows = await session.query<SiteMaintenance | { site: string; from: null }>(
    `SELECT s.name AS site, m.from_at AS "from", m.until_at AS until, m.reason, m.actor
     FROM site s LEFT JOIN site_maintenance m ON m.site_id = s.id WHERE s.name = $1`,
    [site],
  )
  const [row] = rows
  if (row === undefined) throw new AppError('NOT_FOUND', `there is no site named ${site}`)
  return row.from === null ? undefined : row
}

/** `until` at or before now ends it. */
export async function setSiteMaintenance(
  session: Session,
  { site, from, until, reason, actor }: SiteMaintenance,
): Promise<void> {
  const rows = await session.query(
    `INSERT INTO site_maintenance (site_id, from_at, until_at, reason, actor)
     SELECT id, $2, $3, $4, $5 FROM site WHERE name = $1
     ON CONFLICT (site_id) DO UPDATE SET from_at = excluded.from_at, until_at = excluded.until_at,
       reason = excluded.reason, actor = excluded.actor
     RETURNING site_id`,
    [site, from, until, reason, actor],
  )
  if (rows.length === 0) throw new AppError('NOT_FOUND', `there is no site named ${site}`)
}
