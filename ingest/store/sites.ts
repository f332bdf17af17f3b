import type { SiteKind } from '../../shared/schema/common.js'
import { AppError } from '../errors.js'
import type { Database, Reader, Session } from './database.js'
import { currentLatest, type LatestRow } from './latest.js'

export interface SiteDetails {
  title: string
  kind: SiteKind
  longitude: number
  latitude: number
  elevationM: number | null
  waterClass: string | null
  road: string | null
  owner: string | null
}

export interface SiteRow extends SiteDetails {
  id: number
  name: string
  createdAt: Date
  retiredAt: Date | null
}

/** The column behind each thing that may be changed. */
const COLUMNS: Record<keyof SiteDetails, string> = {
  title: 'title',
  kind: 'kind',
  longitude: 'longitude',
  latitude: 'latitude',
  elevationM: 'elevation_m',
  waterClass: 'water_class',
  road: 'road',
  owner: 'owner',
}

const SITE = `s.id, s.name, s.title, s.kind, s.longitude, s.latitude, s.elevation_m AS "elevationM",
  s.water_class AS "waterClass", s.road, s.owner, s.created_at AS "createdAt",
  s.retired_at AS "retiredAt"`

/** One row a site and current channel; a site without any has one row whose `latest` is null. */
export interface SiteLatestRow extends SiteRow {
  latest: LatestRow | null
}

export interface SiteFilter {
  after: string
  limit: number
  /** This site only. */
  name?: string
  kind?: SiteKind | undefined
  retired: boolean
  includeSimulated: boolean
  now: Date
}

/** Sites in the order of their names with the latest values of what is placed there now, in one query. */
export async function siteLatestPage(db: Database, filter: SiteFilter): Promise<SiteLatestRow[]> {
  const rows = await db.query<SiteRow & Partial<LatestRow>>(
    'read',
    `WITH page AS (
       SELECT ${SITE} FROM site s
       WHERE s.name > $1 AND ($3::text IS NULL OR s.name = $3) AND ($4::text IS NULL OR s.kind = $4)
         AND ($5 OR s.retired_at IS NULL)
       ORDER BY s.name LIMIT $2
     )
     SELECT page.*, c.* FROM page LEFT JOIN LATERAL (${currentLatest('$6')}
         AND p.site_id = page.id AND ($7 OR NOT n.simulated)) c ON true
     ORDER BY page.name, c."node", c."quantityId", c."position"`,
    [
      filter.after,
      filter.limit,
      filter.name ?? null,
      filter.kind ?? null,
      filter.retired,
      filter.now,
      filter.includeSimulated,
    ],
  )
  return rows.map((row) => ({ ...row, latest: hasLatest(row) ? row : null }))
}

function hasLatest<Row extends Partial<LatestRow>>(row: Row): row is Row & LatestRow {
  return row.node !== null && row.node !== undefined
}

export async function insertSite(
  session: Session,
  site: SiteDetails & { name: string; createdAt: Date },
): Promise<void> {
  const keys = Object.keys(COLUMNS) as (keyof SiteDetails)[]
  const rows = await session.query(
    `INSERT INTO site (name, created_at, ${keys.map((key) => COLUMNS[key]).join(', ')})
     VALUES ($1, $2, ${keys.map((_, index) => `$${index + 3}`).join(', ')})
     ON CONFLICT (name) DO NOTHING RETURNING id`,
    [site.name, site.createdAt, ...keys.map((key) => site[key])],
  )
  if (rows.length === 0) throw new AppError('CONFLICT', `a site named ${site.name} exists already`)
}

/** `retiredAt`: a time retires the site, null brings it back. */
export async function updateSite(
  session: Session,
  name: string,
  change: { [Key in keyof SiteDetails]?: SiteDetails[Key] | undefined } & {
    retiredAt?: Date | null | undefined
  },
): Promise<SiteRow> {
  const columns: Record<string, string> = { ...COLUMNS, retiredAt: 'retired_at' }
  const entries = Object.entries(change).filter(([, value]) => value !== undefined)
  if (entries.length === 0) throw new AppError('INVALID', 'there is nothing to change')
  const assignments = entries.map(([key], index) => `${columns[key]} = $${index + 2}`)
  const rows = await session.query<SiteRow>(
    `UPDATE site s SET ${assignments.join(', ')} WHERE name = $1 RETURNING ${SITE}`,
    [name, ...entries.map(([, value]) => value)],
  )
  return rows[0] ?? missing(name)
}

/** NOT_FOUND where there is none. */
export async function siteByName(session: Reader, name: string): Promise<SiteRow> {
  const rows = await session.query<SiteRow>(`SELECT ${SITE} FROM site s WHERE s.name = $1`, [name])
  return rows[0] ?? missing(name)
}

function missing(name: string): never {
  throw new AppError('NOT_FOUND', `there is no site named ${name}`)
}
