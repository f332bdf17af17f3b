import type { Recipient } from '../../shared/schema/channel.js'
import type { DutyCreate, Escalation, PersonPut } from '../../shared/schema/people.js'
import { AppError } from '../errors.js'
import type { Reader, Session } from './database.js'

/** People, when they are on duty for which sites, and who is next when nobody answers. */

export interface PersonRow {
  id: number
  title: string
  account: string | null
  contacts: Recipient[]
}

export const PERSON = `p.id, p.title, (SELECT name FROM account a WHERE a.id = p.account_id) AS account,
  coalesce((SELECT jsonb_agg(jsonb_build_object('channel', channel, 'address', address, 'language', language)
                             ORDER BY channel, address)
            FROM contact c WHERE c.person_id = p.id), '[]') AS contacts`

export function people(session: Reader): Promise<PersonRow[]> {
  return session.query<PersonRow>(
    `SELECT ${PERSON} FROM person p WHERE removed_at IS NULL ORDER BY p.title, p.id LIMIT 2000`,
  )
}

export async function insertPerson(session: Session, put: PersonPut, at: Date): Promise<PersonRow> {
  const rows = await session.query<{ id: number }>(
    `INSERT INTO person (title, account_id, created_at) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING RETURNING id`,
    [put.title, await accountId(session, put.account), at],
  )
  const [row] = rows
  if (row === undefined) throw new AppError('CONFLICT', `${put.account} is a person already`)
  await setContacts(session, row.id, put.contacts)
  return personById(session, row.id)
}

export async function updatePerson(
  session: Session,
  id: number,
  put: PersonPut,
): Promise<PersonRow> {
  const account = await accountId(session, put.account)
  const [taken] = await session.query(
    'SELECT 1 FROM person WHERE account_id = $1 AND id <> $2 AND removed_at IS NULL',
    [account, id],
  )
  if (taken !== undefined) throw new AppError('CONFLICT', `${put.account} is a person already`)
  await personById(session, id)
  await session.query('UPDATE person SET title = $2, account_id = $3 WHERE id = $1', [
    id,
    put.title,
    account,
  ])
  await setContacts(session, id, put.contacts)
  return personById(session, id)
}

/** CONFLICT while somebody counts on them. Their addresses are forgotten, their links end. */
export async function removePerson(session: Session, id: number, at: Date): Promise<void> {
  await personById(session, id)
  const [counted] = await session.query(
    `SELECT 1 FROM duty WHERE removed_at IS NULL AND ends_at > $2 AND $1 IN (person_id, deputy_id)
     UNION ALL SELECT 1 FROM escalation_step WHERE person_id = $1`,
    [id, at],
  )
  if (counted !== undefined) {
    throw new AppError('CONFLICT', 'this person is on the roster: change that first')
  }
  await setContacts(session, id, [])
  await session.query('UPDATE person SET removed_at = $2 WHERE id = $1', [id, at])
  await session.query(
    'UPDATE one_time_link SET used_at = $2 WHERE person_id = $1 AND used_at IS NULL',
    [id, at],
  )
}

async function personById(session: Session, id: number): Promise<PersonRow> {
  const [row] = await session.query<PersonRow>(
    `SELECT ${PERSON} FROM person p WHERE id = $1 AND removed_at IS NULL FOR UPDATE`,
    [id],
  )
  if (row === undefined) throw new AppError('NOT_FOUND', `there is no person ${id}`)
  return row
}

async function accountId(session: Session, name: string | null): Promise<number | null> {
  if (name === null) return null
  const [row] = await session.query<{ id: number }>('SELECT id FROM account WHERE name = $1', [
    name,
  ])
  if (row === undefined) throw new AppError('NOT_FOUND', `there is no account named ${name}`)
  return row.id
}

async function setContacts(
  session: Session,
  id: number,
  contacts: readonly Recipient[],
): Promise<void> {
  await session.query('DELETE FROM contact WHERE person_id = $1', [id])
  await session.query(
    `INSERT INTO contact (person_id, channel, address, language)
     SELECT $1, u.* FROM unnest($2::text[], $3::text[], $4::text[]) AS u ON CONFLICT DO NOTHING`,
    [
      id,
      contacts.map(({ channel }) => channel),
      contacts.map(({ address }) => address),
      contacts.map(({ language }) => language),
    ],
  )
}

export interface DutyRow {
  id: number
  person: { id: number; title: string }
  deputy: { id: number; title: string } | null
  sites: string[]
  from: Date
  to: Date
}

/** Those that overlap the span, in order of their beginning. */
export function duties(
  session: Reader,
  { from, to, id }: { from: Date; to: Date; id?: number },
): Promise<DutyRow[]> {
  return session.query<DutyRow>(
    `SELECT d.id, jsonb_build_object('id', p.id, 'title', p.title) AS person,
            CASE WHEN q.id IS NOT NULL THEN jsonb_build_object('id', q.id, 'title', q.title) END AS deputy,
            ARRAY(SELECT s.name FROM duty_site ds JOIN site s ON s.id = ds.site_id
                  WHERE ds.duty_id = d.id ORDER BY 1) AS sites,
            d.starts_at AS "from", d.ends_at AS "to"
     FROM duty d JOIN person p ON p.id = d.person_id LEFT JOIN person q ON q.id = d.deputy_id
     WHERE d.removed_at IS NULL AND d.ends_at > $1 AND d.starts_at < $2 AND ($3::int IS NULL OR d.id = $3)
     ORDER BY d.starts_at, d.id LIMIT 2000`,
    [from, to, id ?? null],
  )
}

export async function insertDuty(session: Session, duty: DutyCreate, at: Date): Promise<DutyRow> {
  const { person, deputy, sites } = duty
  const [from, to] = [new Date(duty.from), new Date(duty.to)]
  if (to <= from) throw new AppError('INVALID', 'a duty ends after it begins')
  if (person === deputy) throw new AppError('INVALID', 'nobody is their own deputy')
  for (const id of deputy === null ? [person] : [person, deputy]) await personById(session, id)
  const [row] = await session.query<{ id: number }>(
    `INSERT INTO duty (person_id, deputy_id, starts_at, ends_at, created_at)
     VALUES ($1, $2, $3, $4, $5) RETURNING id`,
    [person, deputy, from, to, at],
  )
  const id = row?.id ?? 0
  const found = await session.query<{ id: number }>(
    'INSERT INTO duty_site SELECT $1, id FROM site WHERE name = ANY ($2) RETURNING site_id AS id',
    [id, sites],
  )
  if (found.length !== new Set(sites).size) {
    throw new AppError('NOT_FOUND', `not all of these are sites: ${sites.join(', ')}`)
  }
  const [made] = await duties(session, { from, to, id })
  if (made === undefined) throw new AppError('STORE_REFUSED', 'the duty is not there')
  return made
}

export async function removeDuty(session: Session, id: number, at: Date): Promise<void> {
  const rows = await session.query(
    'UPDATE duty SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL RETURNING id',
    [id, at],
  )
  if (rows.length === 0) throw new AppError('NOT_FOUND', `there is no duty ${id}`)
}

export function escalationSteps(session: Reader): Promise<Escalation['steps']> {
  return session.query(
    `SELECT after_minutes AS "afterMinutes", person_id AS person FROM escalation_step ORDER BY step`,
  )
}

export async function setEscalation(session: Session, { steps }: Escalation): Promise<void> {
  for (const { person } of steps) if (person !== null) await personById(session, person)
  await session.query('DELETE FROM escalation_step')
  await session.query(
    `INSERT INTO escalation_step (step, after_minutes, person_id)
     SELECT u.step, u.minutes, u.person
     FROM unnest($1::int[], $2::int[]) WITH ORDINALITY AS u (minutes, person, step)`,
    [steps.map(({ afterMinutes }) => afterMinutes), steps.map(({ person }) => person)],
  )
}
