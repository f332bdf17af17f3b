import { AppError } from '../errors.js'
import type { Channel } from './channels.js'
import type { Session } from './database.js'

/** What is about to be changed: everything at some sites, or one channel wherever it was placed. */
export type Changed = { siteIds: readonly number[] } | { channel: Channel }

/**
 * Throws LOCKED where [from, to) touches an approved month of a site that the change is about. To be called in
 * the transaction of the change: the sites are held until its end, so no month is approved meanwhile. Readings
 * that a node sends late never come here.
 */
export async function assertUnlocked(
  session: Session,
  changed: Changed,
  fromS: number,
  toS: number,
): Promise<void> {
  const siteIds =
    'siteIds' in changed ? changed.siteIds : await sitesOf(session, changed.channel, fromS, toS)
  // In order of id, as everybody who holds several; FOR SHARE stands against approving alone.
  await session.query('SELECT FROM site WHERE id = ANY ($1::int[]) ORDER BY id FOR SHARE', [
    siteIds,
  ])
  const [locked] = await session.query<Locked>(
    'channel' in changed ? LOCKED_CHANNEL : LOCKED_SITES,
    'channel' in changed
      ? [siteIds, fromS, toS, ...channelKey(changed.channel)]
      : [siteIds, fromS, toS],
  )
  if (locked !== undefined) throw new AppError('LOCKED', lockedText(locked))
}

/** As `assertUnlocked`, for everything at one site; `to` null: without an end. NOT_FOUND where there is no such site. */
export async function assertSiteUnlocked(
  session: Session,
  site: string,
  { from, to }: { from: Date; to: Date | null },
): Promise<void> {
  const [row] = await session.query<{ id: number }>('SELECT id FROM site WHERE name = $1', [site])
  if (row === undefined) throw new AppError('NOT_FOUND', `there is no site named ${site}`)
  const toS = to === null ? Number.POSITIVE_INFINITY : to.getTime() / 1000
  await assertUnlocked(session, { siteIds: [row.id] }, from.getTime() / 1000, toS)
}

interface Locked {
  site: string
  month: string
  version: number
}

const LOCKED_SITES = `SELECT s.name AS site, v.month, v.version
  FROM month_version v JOIN site s ON s.id = v.site_id
  WHERE v.reopened_at IS NULL AND v.site_id = ANY ($1::int[])
    AND v.starts_at < to_timestamp($3::float8) AND v.ends_at > to_timestamp($2::float8)
  ORDER BY v.month, s.name LIMIT 1`

/** Only where the channel was placed at the site within both the month and the change. */
const LOCKED_CHANNEL = `SELECT s.name AS site, v.month, v.version
  FROM month_version v JOIN site s ON s.id = v.site_id
  JOIN placement p ON p.site_id = v.site_id
    AND p.node_id = $4 AND p.quantity_id = $5 AND p.position = $6
  WHERE v.reopened_at IS NULL AND v.site_id = ANY ($1::int[])
    AND greatest(v.starts_at, p.valid_from, to_timestamp($2::float8))
      < least(v.ends_at, p.valid_to, to_timestamp($3::float8))
  ORDER BY v.month, s.name LIMIT 1`

async function sitesOf(
  session: Session,
  channel: Channel,
  fromS: number,
  toS: number,
): Promise<number[]> {
  const rows = await session.query<{ siteId: number }>(
    `SELECT DISTINCT site_id AS "siteId" FROM placement
     WHERE node_id = $1 AND quantity_id = $2 AND position = $3
       AND valid_from < to_timestamp($5::float8)
       AND (valid_to IS NULL OR valid_to > to_timestamp($4::float8))`,
    [...channelKey(channel), fromS, toS],
  )
  return rows.map(({ siteId }) => siteId)
}

function channelKey({ nodeId, quantityId, position }: Channel): number[] {
  return [nodeId, quantityId, position]
}

function lockedText({ site, month, version }: Locked): string {
  return (
    `${month} of ${site} is approved (version ${version}) and locked: ` +
    `reopen it first, with a reason (POST /api/v1/sites/${site}/months/${month}/reopen)`
  )
}
