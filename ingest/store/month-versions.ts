import { createHash } from 'node:crypto'
import type { StoreKind } from '../../shared/schema/common.js'
import { monthSpan } from '../../shared/science/months/month.js'
import { monthText, seriesOfText } from '../../shared/science/months/month-text.js'
import { AppError } from '../errors.js'
import type { Database, Reader, Session } from './database.js'
import { monthNumbers } from './month-numbers.js'

export interface MonthVersion {
  month: string
  version: number
  numbers: string
  /** Hexadecimal. */
  hash: string
  approvedAt: Date
  approvedBy: string
  note: string | null
  reopenedAt: Date | null
  reopenedBy: string | null
  reopenReason: string | null
}

const VERSION = `v.month, v.version, v.numbers, encode(v.hash, 'hex') AS hash,
  v.approved_at AS "approvedAt", v.approved_by AS "approvedBy", v.note,
  v.reopened_at AS "reopenedAt", v.reopened_by AS "reopenedBy", v.reopen_reason AS "reopenReason"`

/** A site as its months see it. */
export interface MonthSite {
  id: number
  name: string
  /** When something was first placed there; null: never. */
  since: Date | null
}

export interface MonthKey {
  site: MonthSite
  month: string
  store: StoreKind
}

const SITE = `SELECT s.id, s.name, (
    SELECT min(p.valid_from) FROM placement p JOIN node n ON n.id = p.node_id
    WHERE p.site_id = s.id AND ($2 OR NOT n.simulated)
  ) AS since
  FROM site s WHERE s.name = $1`

/** NOT_FOUND where there is no such site. */
export async function monthSite(
  session: Reader,
  name: string,
  store: StoreKind,
): Promise<MonthSite> {
  return found(await session.query<MonthSite>(SITE, [name, store === 'simulated']), name)
}

/** As `monthSite`, and nothing of its months can be changed by others until COMMIT. */
export async function lockedMonthSite(
  session: Session,
  name: string,
  store: StoreKind,
): Promise<MonthSite> {
  await session.query('SELECT FROM site WHERE name = $1 FOR NO KEY UPDATE', [name])
  return monthSite(session, name, store)
}

function found([site]: MonthSite[], name: string): MonthSite {
  if (site === undefined) throw new AppError('NOT_FOUND', `there is no site named ${name}`)
  return site
}

/** The newest version of each approved month, without its numbers. */
export function newestVersions(
  db: Database,
  siteId: number,
): Promise<Omit<MonthVersion, 'numbers'>[]> {
  return db.query(
    'read',
    `SELECT DISTINCT ON (v.month) ${VERSION.replace('v.numbers,', '')}
     FROM month_version v WHERE v.site_id = $1 ORDER BY v.month, v.version DESC`,
    [siteId],
  )
}

/** One version, or the newest; undefined where there is none. */
export async function monthVersion(
  session: Reader,
  { site, month }: Pick<MonthKey, 'site' | 'month'>,
  version?: number,
): Promise<MonthVersion | undefined> {
  const rows = await session.query<MonthVersion>(
    `SELECT ${VERSION} FROM month_version v
     WHERE v.site_id = $1 AND v.month = $2 AND ($3::int IS NULL OR v.version = $3)
     ORDER BY v.version DESC LIMIT 1`,
    [site.id, month, version ?? null],
  )
  return rows[0]
}

/** The hash of a text that is or would be approved. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/**
 * The text that stands for the month now: as the version that is locked, had the readings always been as they are,
 * or as the one that would be approved next.
 */
export async function presentText(
  session: Reader,
  key: MonthKey,
  newest: MonthVersion | undefined,
): Promise<string> {
  const { site, month, store } = key
  const { from, to } = monthSpan(month)
  const version = newest === undefined ? 1 : newest.version + (newest.reopenedAt === null ? 0 : 1)
  const before = version === 1 ? undefined : await monthVersion(session, key, version - 1)
  const head = {
    ...{ store, site: site.name, month, version, previous: before?.hash ?? null },
    ...{ from: from.toISOString(), to: to.toISOString() },
  }
  const ofSite = { from, to, siteId: site.id, includeSimulated: store === 'simulated' }
  return monthText(head, await monthNumbers(session, ofSite))
}

export interface Approval {
  /** Of the text that the officer has read. */
  hash: string
  note: string | null
  at: Date
  by: string
}

/**
 * Approves and locks what the officer has read, in a transaction that holds the site. CONFLICT where the month is not
 * over, is locked already, has no reading, is still recomputed by a job, or is no longer what was read.
 */
export async function approveMonth(
  session: Session,
  key: MonthKey,
  { hash, note, at, by }: Approval,
): Promise<MonthVersion> {
  const { from, to } = monthSpan(key.month)
  const name = `${key.month} of ${key.site.name}`
  if (at < to) {
    throw new AppError('CONFLICT', `${name} is not over: it ends at ${to.toISOString()}`)
  }
  const newest = await monthVersion(session, key)
  if (newest !== undefined && newest.reopenedAt === null) {
    throw new AppError('CONFLICT', `${name} is approved already, as version ${newest.version}`)
  }
  const job = await unfinishedJob(session, key)
  if (job !== undefined) {
    const advice = job.state === 'failed' ? 'retry it first' : 'wait for it'
    throw new AppError('CONFLICT', `job ${job.id} (${job.state}) recomputes ${name}: ${advice}`)
  }
  const text = await presentText(session, key, newest)
  if (seriesOfText(text).length === 0) {
    throw new AppError('CONFLICT', `${name} has no readings: there is nothing to approve`)
  }
  if (hashOf(text) !== hash) {
    throw new AppError('CONFLICT', `the numbers of ${name} have changed since they were read`)
  }
  const rows = await session.query<MonthVersion>(
    `INSERT INTO month_version AS v (site_id, month, version, starts_at, ends_at, numbers, hash,
       approved_at, approved_by, note)
     VALUES ($1, $2, $3, $4, $5, $6, decode($7, 'hex'), $8, $9, $10) RETURNING ${VERSION}`,
    [key.site.id, key.month, (newest?.version ?? 0) + 1, from, to, text, hash, at, by, note],
  )
  if (rows[0] === undefined) throw new AppError('STORE_REFUSED', 'no row was inserted')
  return rows[0]
}

/** What would still change readings of the month; a failed job goes on when it is asked to. */
async function unfinishedJob(
  session: Reader,
  { site, month }: MonthKey,
): Promise<{ id: number; state: string } | undefined> {
  const { from, to } = monthSpan(month)
  const rows = await session.query<{ id: number; state: string }>(
    `SELECT j.id, j.state FROM job j JOIN job_range r ON r.job_id = j.id
     JOIN placement p ON p.site_id = $1
       AND (p.node_id, p.quantity_id, p.position) = (r.node_id, r.quantity_id, r.position)
     WHERE j.state <> 'done' AND greatest(r.done_to, p.valid_from, $2) < least(r.range_to, p.valid_to, $3)
     ORDER BY j.id LIMIT 1`,
    [site.id, from, to],
  )
  return rows[0]
}

/** Makes the month provisional again, in a transaction that holds the site. CONFLICT where it is not locked. */
export async function reopenMonth(
  session: Session,
  { site, month }: Pick<MonthKey, 'site' | 'month'>,
  { reason, at, by }: { reason: string; at: Date; by: string },
): Promise<MonthVersion> {
  const rows = await session.query<MonthVersion>(
    `UPDATE month_version v SET reopened_at = $3, reopened_by = $4, reopen_reason = $5
     WHERE v.site_id = $1 AND v.month = $2 AND v.reopened_at IS NULL RETURNING ${VERSION}`,
    [site.id, month, at, by, reason],
  )
  if (rows[0] === undefined) {
    throw new AppError('CONFLICT', `${month} of ${site.name} is not approved: it is open already`)
  }
  return rows[0]
}
