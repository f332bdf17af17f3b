import type { Alarm, AlarmYear, Tier, Transition } from '../../shared/schema/alarm.js'
import { monthSpan } from '../../shared/science/months/month.js'
import { AppError } from '../errors.js'
import type { Database, Reader, Session } from './database.js'

/** Alarms as people see them: listed, one with its ledger, acknowledged, confirmed, totalled. */

type Times =
  | 'firstAt'
  | 'raisedAt'
  | 'lastAt'
  | 'clearedAt'
  | 'acknowledgedAt'
  | 'confirmedAt'
  | 'quantity'

export type AlarmRow = Omit<Alarm, Times> & {
  quantityId: number | null
  firstAt: Date
  raisedAt: Date
  lastAt: Date
  clearedAt: Date | null
  acknowledgedAt: Date | null
  confirmedAt: Date | null
}

const ALARM = `SELECT a.id::float8 AS id, a.event_id::float8 AS event, r.name AS rule, r.version,
  r.title_id AS "titleId", r.title_en AS "titleEn", r.purpose, a.tier, s.name AS site,
  s.title AS "siteTitle", n.name AS node, a.quantity_id AS "quantityId", a.position,
  coalesce(n.simulated, false) AS simulated, a.first_at AS "firstAt", a.raised_at AS "raisedAt",
  a.last_at AS "lastAt", a.cleared_at AS "clearedAt", a.raised_value AS "raisedValue",
  a.worst_value AS "worstValue", a.doubtful, a.untold, a.acknowledged_at AS "acknowledgedAt",
  a.acknowledged_by AS "acknowledgedBy", a.acknowledge_note AS "acknowledgeNote",
  a.confirmed_at AS "confirmedAt", a.confirmed_by AS "confirmedBy"
  FROM alarm a JOIN rule r ON r.id = a.rule_id LEFT JOIN site s ON s.id = a.site_id
  LEFT JOIN node n ON n.id = a.node_id`

export interface AlarmFilter {
  site?: string | undefined
  node?: string | undefined
  open?: boolean | undefined
  purpose?: string | undefined
  /** Any of these. */
  tiers: readonly Tier[]
  from?: Date | undefined
  to?: Date | undefined
  before?: number | undefined
  limit: number
}

/** Newest first. */
export function alarmPage(db: Database, filter: AlarmFilter): Promise<AlarmRow[]> {
  const { site, node, open, purpose, tiers, from, to, before, limit } = filter
  return db.query<AlarmRow>(
    'read',
    `${ALARM} WHERE ($1::text IS NULL OR s.name = $1) AND ($2::text IS NULL OR n.name = $2)
       AND ($3::boolean IS NULL OR (a.cleared_at IS NULL) = $3)
       AND ($4::text IS NULL OR r.purpose = $4) AND a.tier = ANY ($5::text[])
       AND ($6::timestamptz IS NULL OR coalesce(a.cleared_at, 'infinity') >= $6)
       AND ($7::timestamptz IS NULL OR a.first_at < $7) AND ($8::bigint IS NULL OR a.id < $8)
     ORDER BY a.id DESC LIMIT $9`,
    [
      site ?? null,
      node ?? null,
      open ?? null,
      purpose ?? null,
      tiers,
      from ?? null,
      to ?? null,
      before ?? null,
      limit,
    ],
  )
}

export async function alarmById(session: Reader, id: number): Promise<AlarmRow> {
  const [row] = await session.query<AlarmRow>(`${ALARM} WHERE a.id = $1`, [id])
  if (row === undefined) throw new AppError('NOT_FOUND', `there is no alarm ${id}`)
  return row
}

export interface LedgerRow {
  firstAt: Date
  raisedAt: Date
  notedAt: Date
  toldAt: Date | null
  deliveredAt: Date | null
  acknowledgedAt: Date | null
  ownersToldAt: Date | null
  oxygenBelow3At: Date | null
}

const LEDGER = `min(a.first_at) AS "firstAt", min(a.raised_at) AS "raisedAt",
  min(a.noted_at) AS "notedAt", min(t.created_at) AS "toldAt", min(a.delivered_at) AS "deliveredAt",
  min(a.acknowledged_at) AS "acknowledgedAt", min(a.owners_told_at) AS "ownersToldAt",
  min(a.oxygen_below_3_at) AS "oxygenBelow3At"
  FROM alarm a JOIN rule r ON r.id = a.rule_id
  LEFT JOIN notification t ON t.alarm_id = a.id AND t.transition = 'raised'`

/** Of a whole event. */
export async function ledgerOf(session: Reader, event: number): Promise<LedgerRow> {
  const [row] = await session.query<LedgerRow>(
    `SELECT ${LEDGER} WHERE a.event_id = $1 GROUP BY a.event_id`,
    [event],
  )
  if (row === undefined) throw new AppError('NOT_FOUND', `there is no event ${event}`)
  return row
}

/** From when somebody could know to when oxygen was deadly; null where one of the two never was. */
export function warningMinutes(
  row: Pick<LedgerRow, 'toldAt' | 'deliveredAt' | 'oxygenBelow3At'>,
): number | null {
  const known = row.deliveredAt ?? row.toldAt
  if (known === null || row.oxygenBelow3At === null) return null
  return Math.max(0, Math.round((row.oxygenBelow3At.getTime() - known.getTime()) / 60_000))
}

export interface NotificationRow {
  transition: Transition
  createdAt: Date
  textId: string
  textEn: string
}

export function notificationsOf(session: Reader, id: number): Promise<NotificationRow[]> {
  return session.query<NotificationRow>(
    `SELECT transition, created_at AS "createdAt", text_id AS "textId", text_en AS "textEn"
     FROM notification WHERE alarm_id = $1 ORDER BY id`,
    [id],
  )
}

/**
 * Of the whole event as it is now: a tier that is raised later asks again. False where somebody was first: then
 * nothing changes.
 */
export async function markAcknowledged(
  session: Session,
  { id, by, note, at }: { id: number; by: string; note: string; at: Date },
): Promise<boolean> {
  const rows = await session.query<{ id: number }>(
    `UPDATE alarm SET acknowledged_at = $2, acknowledged_by = $3, acknowledge_note = $4
     WHERE event_id = (SELECT event_id FROM alarm WHERE id = $1) AND acknowledged_at IS NULL
     RETURNING id::float8 AS id`,
    [id, at, by, note],
  )
  return rows.some((row) => row.id === id)
}

/** Of the whole event; false where an officer has done so. */
export async function markConfirmed(
  session: Session,
  { id, by, at }: { id: number; by: string; at: Date },
): Promise<boolean> {
  const rows = await session.query<{ id: number }>(
    `UPDATE alarm SET confirmed_at = $2, confirmed_by = $3
     WHERE event_id = (SELECT event_id FROM alarm WHERE id = $1) AND confirmed_at IS NULL
     RETURNING id::float8 AS id`,
    [id, at, by],
  )
  return rows.some((row) => row.id === id)
}

/** Events of danger that began in the local year. In a real store those of simulated nodes are none. */
export async function alarmYear(
  db: Database,
  year: number,
  includeSimulated: boolean,
): Promise<AlarmYear> {
  const { from } = monthSpan(`${year}-01`)
  const { to } = monthSpan(`${year}-12`)
  const events = await db.query<LedgerRow>(
    'read',
    `SELECT ${LEDGER} LEFT JOIN node n ON n.id = a.node_id
     WHERE r.purpose = 'danger' AND a.tier <> 'note' AND a.untold IS DISTINCT FROM 'withdrawn'
       AND ($3 OR NOT coalesce(n.simulated, false))
     GROUP BY a.event_id HAVING min(a.first_at) >= $1 AND min(a.first_at) < $2
     ORDER BY min(a.first_at) LIMIT 2000`,
    [from, to, includeSimulated],
  )
  const minutes = events.flatMap((event) => warningMinutes(event) ?? []).sort((a, b) => a - b)
  const [low, high] = [minutes[(minutes.length - 1) >> 1], minutes[minutes.length >> 1]]
  return {
    year,
    events: events.length,
    told: events.filter(({ toldAt }) => toldAt !== null).length,
    acknowledged: events.filter(({ acknowledgedAt }) => acknowledgedAt !== null).length,
    belowThree: events.filter(({ oxygenBelow3At }) => oxygenBelow3At !== null).length,
    warningMinutes: minutes.reduce((sum, each) => sum + each, 0),
    medianWarningMinutes: low === undefined || high === undefined ? null : (low + high) / 2,
  }
}
