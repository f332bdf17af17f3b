import type { LabResult } from '../../shared/science/laboratory/rows.js'
import { AppError } from '../errors.js'
import type { Reader, Session } from './database.js'

export interface LabRow extends Omit<LabResult, 'takenAtMs'> {
  id: number
  takenAt: Date
  enteredAt: Date
  enteredBy: string
  /** The row that this one stands for; that one is withdrawn. */
  corrects: number | null
  withdrawnAt: Date | null
  withdrawnBy: string | null
  withdrawnReason: string | null
}

const ROW = `r.id, s.name AS site, r.taken_at AS "takenAt", r.depth_m AS "depthM", r.sampler, r.laboratory,
  r.accreditation, r.method, r.parameter, r.value, r.bound, r.unit, r.reported, r.note,
  r.entered_at AS "enteredAt", r.entered_by AS "enteredBy", r.corrects,
  r.withdrawn_at AS "withdrawnAt", r.withdrawn_by AS "withdrawnBy",
  r.withdrawn_reason AS "withdrawnReason"`

/** The columns that come from `$1`, a JSON array of results. */
const GIVEN = `jsonb_to_recordset($1::jsonb) AS g (ordinal int, site text, "takenAtMs" float8,
  "depthM" float8, sampler text, laboratory text, accreditation text, method text, parameter text,
  value float8, bound text, unit text, reported text, note text)`

/** The result that stands already for the same sample, parameter and laboratory; others are undefined. */
export async function standing(
  session: Reader,
  results: readonly LabResult[],
): Promise<(LabRow | undefined)[]> {
  const rows = await session.query<LabRow & { ordinal: number }>(
    `SELECT g.ordinal, ${ROW} FROM ${GIVEN}
     JOIN site s ON s.name = g.site
     JOIN laboratory_result r ON r.site_id = s.id
       AND r.taken_at = to_timestamp(g."takenAtMs" / 1000) AND r.depth_m = g."depthM"
       AND r.parameter = g.parameter AND lower(r.laboratory) = lower(g.laboratory)
       AND r.withdrawn_at IS NULL`,
    [asJson(results)],
  )
  const found: (LabRow | undefined)[] = results.map(() => undefined)
  for (const { ordinal, ...row } of rows) found[ordinal] = row
  return found
}

export interface Entry {
  at: Date
  by: string
  corrects?: number
}

/** CONFLICT where one of them is there already, or among them twice: then none is stored. */
export async function insertResults(
  session: Session,
  results: readonly LabResult[],
  { at, by, corrects }: Entry,
): Promise<number[]> {
  const rows = await session.query<{ id: number }>(
    `INSERT INTO laboratory_result (site_id, taken_at, depth_m, sampler, laboratory, accreditation,
       method, parameter, value, bound, unit, reported, note, entered_at, entered_by, corrects)
     SELECT s.id, to_timestamp(g."takenAtMs" / 1000), g."depthM", g.sampler, g.laboratory,
            g.accreditation, g.method, g.parameter, g.value, g.bound, g.unit, g.reported, g.note,
            $2, $3, $4
     FROM ${GIVEN} JOIN site s ON s.name = g.site ORDER BY g.ordinal
     ON CONFLICT DO NOTHING RETURNING id`,
    [asJson(results), at, by, corrects ?? null],
  )
  if (rows.length < results.length) {
    throw new AppError(
      'CONFLICT',
      'the same sample, parameter and laboratory is there already: correct that result instead',
    )
  }
  return rows.map(({ id }) => id)
}

export interface LabFilter {
  site: string
  parameter?: string | undefined
  from: Date
  to: Date
  withdrawn: boolean
  after: { takenAt: Date; id: number } | undefined
  limit: number
}

/** In order of the time of sampling. */
export function labPage(session: Reader, filter: LabFilter): Promise<LabRow[]> {
  return session.query<LabRow>(
    `SELECT ${ROW} FROM laboratory_result r JOIN site s ON s.id = r.site_id
     WHERE s.name = $1 AND ($2::text IS NULL OR r.parameter = $2)
       AND r.taken_at >= $3 AND r.taken_at < $4 AND ($5 OR r.withdrawn_at IS NULL)
       AND ($6::timestamptz IS NULL OR (r.taken_at, r.id) > ($6, $7::int))
     ORDER BY r.taken_at, r.id LIMIT $8`,
    [
      filter.site,
      filter.parameter ?? null,
      filter.from,
      filter.to,
      filter.withdrawn,
      filter.after?.takenAt ?? null,
      filter.after?.id ?? 0,
      filter.limit,
    ],
  )
}

export async function labById(session: Reader, id: number): Promise<LabRow> {
  const rows = await session.query<LabRow>(
    `SELECT ${ROW} FROM laboratory_result r JOIN site s ON s.id = r.site_id WHERE r.id = $1`,
    [id],
  )
  return rows[0] ?? missing(id)
}

/** What a result stands for: the one that it corrects, what that one corrected, and so on. */
export function earlierResults(session: Reader, id: number): Promise<LabRow[]> {
  return session.query<LabRow>(
    `WITH RECURSIVE chain (id, corrects) AS (
       SELECT id, corrects FROM laboratory_result WHERE id = $1
       UNION ALL
       SELECT r.id, r.corrects FROM chain JOIN laboratory_result r ON r.id = chain.corrects
     )
     SELECT ${ROW} FROM chain JOIN laboratory_result r ON r.id = chain.id
     JOIN site s ON s.id = r.site_id WHERE r.id <> $1 ORDER BY r.id DESC`,
    [id],
  )
}

/** CONFLICT where it is withdrawn already. */
export async function withdrawResult(
  session: Session,
  id: number,
  { at, by, reason }: { at: Date; by: string; reason: string },
): Promise<LabRow> {
  const rows = await session.query(
    `UPDATE laboratory_result SET withdrawn_at = $2, withdrawn_by = $3, withdrawn_reason = $4
     WHERE id = $1 AND withdrawn_at IS NULL RETURNING id`,
    [id, at, by, reason],
  )
  const row = await labById(session, id)
  if (rows.length === 0) {
    throw new AppError('CONFLICT', `laboratory result ${id} was withdrawn: ${row.withdrawnReason}`)
  }
  return row
}

/** NOT_FOUND where there is no such site. */
export async function requireSite(session: Reader, name: string): Promise<void> {
  const rows = await session.query('SELECT 1 FROM site WHERE name = $1', [name])
  if (rows.length === 0) throw new AppError('NOT_FOUND', `there is no site named ${name}`)
}

/** Names of sites by name and title in lower case; a title of two sites names neither. */
export async function sitesByName(session: Reader): Promise<Map<string, string>> {
  const rows = await session.query<{ name: string; title: string | null }>(
    `SELECT name, CASE WHEN count(*) OVER (PARTITION BY lower(title)) = 1 THEN lower(title) END AS title
     FROM site WHERE retired_at IS NULL`,
  )
  const names = new Map<string, string>()
  for (const { name, title } of rows) if (title !== null) names.set(title, name)
  for (const { name } of rows) names.set(name, name)
  return names
}

function asJson(results: readonly LabResult[]): string {
  return JSON.stringify(results.map((result, ordinal) => ({ ...result, ordinal })))
}

function missing(id: number): never {
  throw new AppError('NOT_FOUND', `there is no laboratory result ${id}`)
}
