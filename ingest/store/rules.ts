import { isDeepStrictEqual } from 'node:util'
import { type Definition, definitionSchema, type Purpose } from '../../shared/schema/alarm.js'
import { problemsOfDefinition } from '../../shared/science/alarms/check.js'
import type { DefaultRule } from '../../shared/science/alarms/default-rules.js'
import { AppError } from '../errors.js'
import type { Reader, Session } from './database.js'

/** Rules as they are stored: a change is a new version, and the newest one of a name holds. */

export interface RuleRow {
  id: number
  name: string
  version: number
  titleId: string
  titleEn: string
  purpose: Purpose
  enabled: boolean
  definition: Definition
  changedAt: Date
  actor: string
  reason: string
}

const RULE = `r.id, r.name, r.version, r.title_id AS "titleId", r.title_en AS "titleEn", r.purpose,
  r.enabled, r.definition, r.changed_at AS "changedAt", r.actor, r.reason FROM rule r`

/** The newest version of each, by name. */
export async function currentRules(session: Reader): Promise<RuleRow[]> {
  const rows = await session.query<RuleRow>(
    `SELECT DISTINCT ON (r.name) ${RULE} ORDER BY r.name, r.version DESC`,
  )
  return rows.map(checked)
}

/** Newest first. NOT_FOUND where there is none. */
export async function ruleVersions(session: Reader, name: string): Promise<RuleRow[]> {
  const rows = await session.query<RuleRow>(
    `SELECT ${RULE} WHERE r.name = $1 ORDER BY r.version DESC LIMIT 500`,
    [name],
  )
  if (rows.length === 0) throw new AppError('NOT_FOUND', `there is no rule named ${name}`)
  return rows.map(checked)
}

/** Those of a new store, and those that a later version brings. What people changed stays. */
export async function seedRules(
  session: Session,
  rules: readonly DefaultRule[],
  at: Date,
): Promise<void> {
  for (const { name, titleId, titleEn, purpose, definition } of rules) {
    await session.query(
      `INSERT INTO rule (name, version, title_id, title_en, purpose, enabled, definition, changed_at, actor, reason)
       VALUES ($1, 1, $2, $3, $4, true, $5, $6, 'toba-sense', 'default')
       ON CONFLICT (name, version) DO NOTHING`,
      [name, titleId, titleEn, purpose, JSON.stringify(definition), at],
    )
  }
}

export interface RuleChange {
  name: string
  enabled: boolean | undefined
  definition: Definition
  reason: string
  actor: string
  at: Date
}

/** The new version, and the one before. INVALID where it would be a rule of another kind, CONFLICT where nothing changes. */
export async function changeRule(
  session: Session,
  change: RuleChange,
): Promise<{ before: RuleRow; after: RuleRow }> {
  const { name, definition, reason, actor, at } = change
  await session.query('SELECT id FROM rule WHERE name = $1 AND version = 1 FOR UPDATE', [name])
  const [before] = await ruleVersions(session, name)
  if (before === undefined) throw new AppError('NOT_FOUND', `there is no rule named ${name}`)
  if (definition.kind !== before.definition.kind) {
    throw new AppError('INVALID', `${name} is a rule of ${before.definition.kind}`)
  }
  const problems = problemsOfDefinition(definition)
  if (problems.length > 0) throw new AppError('INVALID', problems.join('; '))
  const enabled = change.enabled ?? before.enabled
  if (enabled === before.enabled && isDeepStrictEqual(definition, before.definition)) {
    throw new AppError('CONFLICT', `${name} is so already`)
  }
  await session.query(
    `INSERT INTO rule (name, version, title_id, title_en, purpose, enabled, definition, changed_at, actor, reason)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      name,
      before.version + 1,
      before.titleId,
      before.titleEn,
      before.purpose,
      enabled,
      JSON.stringify(definition),
      at,
      actor,
      reason,
    ],
  )
  const [after] = await ruleVersions(session, name)
  if (after === undefined) throw new AppError('NOT_FOUND', `there is no rule named ${name}`)
  return { before, after }
}

function checked(row: RuleRow): RuleRow {
  return { ...row, definition: definitionSchema.parse(row.definition) }
}
