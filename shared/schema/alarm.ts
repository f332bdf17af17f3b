import { z } from 'zod'
import {
  nodeNameSchema,
  positionSchema,
  quantityKeySchema,
  queryBoolean,
  queryInt,
  siteNameSchema,
  strict,
  timeSchema,
} from './common.js'

/**
 * A rule says when something is to be known; an alarm is one time that it was so at one place and tier: raised once,
 * acknowledged, cleared once. All times of the condition itself are measured times.
 */

/** In rising order. `note` is listed and told to nobody. */
export const TIERS = ['note', 'waspada', 'siaga', 'awas'] as const
export const tierSchema = z.enum(TIERS)
export type Tier = z.infer<typeof tierSchema>

export const TIER_RANK: Readonly<Record<Tier, number>> = { note: 0, waspada: 1, siaga: 2, awas: 3 }

export const TRANSITIONS = ['raised', 'acknowledged', 'cleared'] as const
export const transitionSchema = z.enum(TRANSITIONS)
export type Transition = z.infer<typeof transitionSchema>

/** A danger is for whoever can act at the place, upkeep for whoever keeps the stations going. */
export const purposeSchema = z.enum(['danger', 'upkeep'])
export type Purpose = z.infer<typeof purposeSchema>

const secondsSchema = z
  .int()
  .min(0)
  .max(7 * 86_400)
const consecutiveSchema = z.int().min(1).max(60).describe('valid measurements in a row')
const levelSchema = strict({
  tier: tierSchema,
  raise: z.number(),
  clear: z.number().describe('back beyond it for clearForS: over'),
})
const side = z.enum(['below', 'above'])
const clearForS = secondsSchema.describe('how long all is well before it is over')

/** What a rule looks for. All of them but silence are judged by what was measured alone. */
export const definitionSchema = z
  .discriminatedUnion('kind', [
    strict({
      kind: z.literal('level'),
      quantity: quantityKeySchema,
      side,
      levels: z.array(levelSchema).min(1).max(4),
      consecutive: consecutiveSchema,
      forS: secondsSchema.describe('how long it must have been beyond'),
      median: strict({
        overS: secondsSchema,
        within: z.number().min(0).describe('of the level, in the unit'),
      })
        .nullable()
        .describe(
          'raises too, where the median of this time comes so near: it may come earlier, and gates nothing',
        ),
      clearForS,
    }),
    strict({
      kind: z.literal('change'),
      quantity: quantityKeySchema,
      direction: z.enum(['falling', 'rising']),
      withinS: secondsSchema,
      levels: z.array(levelSchema).min(1).max(4).describe('how far, in the unit'),
      deepestOnly: z.boolean().describe('of several depths of a node the lowest alone'),
      clearForS,
    }),
    strict({
      kind: z.literal('upwelling'),
      withinS: secondsSchema,
      coolingC: z.number().positive(),
      oxygenFall: z.number().positive().describe('mg/L'),
      oxygenBelow: z.number().describe('mg/L: what is still more is no danger yet'),
      tier: tierSchema,
      clearForS,
    }),
    strict({ kind: z.literal('air-index'), levels: z.array(levelSchema).min(1).max(4), clearForS }),
    strict({
      kind: z.literal('stuck'),
      consecutive: consecutiveSchema,
      tier: tierSchema,
      clearForS,
    }),
    strict({
      kind: z.literal('silence'),
      intervals: z.number().min(1).max(100).describe('of the node’s own, without a word'),
      tier: tierSchema,
    }),
    strict({
      kind: z.literal('incident'),
      share: z.number().min(0).max(1).describe('more than this share of the nodes'),
      withinS: secondsSchema.describe('fell silent within this time'),
      tier: tierSchema,
    }),
  ])
  .meta({ id: 'RuleDefinition' })

export type Definition = z.infer<typeof definitionSchema>
export type RuleKind = Definition['kind']
export type DefinitionOf<Kind extends RuleKind> = Extract<Definition, { kind: Kind }>

export const ruleNameSchema = z.string().regex(/^[a-z0-9-]{3,48}$/, '3 to 48 of a-z, 0-9 and -')

const ruleParts = {
  titleId: z.string().trim().min(1).max(120),
  titleEn: z.string().trim().min(1).max(120),
  purpose: purposeSchema,
  enabled: z.boolean(),
  definition: definitionSchema,
}

export const ruleSchema = z
  .object({
    name: ruleNameSchema,
    version: z.int().min(1),
    ...ruleParts,
    changedAt: timeSchema,
    by: z.string(),
    reason: z.string(),
  })
  .meta({ id: 'Rule' })
export type Rule = z.infer<typeof ruleSchema>

export const rulesAnswerSchema = z.object({ rules: z.array(ruleSchema) }).meta({ id: 'Rules' })
export const ruleParamsSchema = z.object({ name: ruleNameSchema })
const ruleChangeParts = {
  enabled: z.boolean().optional().describe('default: as it is'),
  definition: definitionSchema.describe('of the kind that the rule has'),
}
export const rulePutSchema = strict({
  ...ruleChangeParts,
  reason: z.string().trim().min(3).max(500),
}).meta({ id: 'RulePut' })
export const rulePreviewSchema = strict({ definition: definitionSchema }).meta({
  id: 'RulePreview',
})
export const rulePreviewAnswerSchema = z
  .object({
    from: timeSchema,
    to: timeSchema,
    channels: z.int().describe('looked at'),
    times: z.array(
      z.object({ site: z.string(), tier: tierSchema, times: z.int(), hours: z.number() }),
    ),
  })
  .meta({ id: 'RulePreviewAnswer' })

/** Why nobody was told. */
export const UNTOLD = ['note', 'old', 'maintenance', 'simulated', 'higher', 'withdrawn'] as const
export const untoldSchema = z.enum(UNTOLD)
export type Untold = z.infer<typeof untoldSchema>

export const alarmSchema = z
  .object({
    id: z.int(),
    event: z.int().describe('the alarm with which it began; several tiers are one event'),
    rule: z.string(),
    version: z.int(),
    titleId: z.string(),
    titleEn: z.string(),
    purpose: purposeSchema,
    tier: tierSchema,
    site: z.string().nullable(),
    siteTitle: z.string().nullable(),
    node: z.string().nullable(),
    quantity: quantityKeySchema.nullable(),
    position: positionSchema.nullable(),
    simulated: z.boolean(),
    firstAt: timeSchema.describe('measured: the first crossing'),
    raisedAt: timeSchema.describe('measured: the one that made it an alarm'),
    lastAt: timeSchema.describe('measured: it was so until then at least'),
    clearedAt: timeSchema.nullable().describe('measured; null: it goes on'),
    raisedValue: z.number().nullable(),
    worstValue: z.number().nullable(),
    doubtful: z.boolean().describe('a value that counted has flag 3: perlu diperiksa'),
    untold: untoldSchema.nullable().describe('why nobody was told; null: told'),
    acknowledgedAt: timeSchema.nullable(),
    acknowledgedBy: z.string().nullable(),
    acknowledgeNote: z.string().nullable(),
    confirmedAt: timeSchema.nullable().describe('null: measured automatically, seen by nobody'),
    confirmedBy: z.string().nullable(),
  })
  .meta({ id: 'Alarm' })
export type Alarm = z.infer<typeof alarmSchema>

/** Warning minutes: when what was known to whom. */
export const ledgerSchema = z
  .object({
    firstAt: timeSchema,
    raisedAt: timeSchema,
    notedAt: timeSchema.describe('by the clock: when the service knew'),
    toldAt: timeSchema.nullable().describe('handed over to the channels'),
    deliveredAt: timeSchema.nullable(),
    acknowledgedAt: timeSchema.nullable(),
    ownersToldAt: timeSchema.nullable(),
    oxygenBelow3At: timeSchema.nullable(),
    warningMinutes: z
      .number()
      .nullable()
      .describe('from delivered, or told where nothing says that it was, to oxygen < 3 mg/L'),
  })
  .meta({ id: 'AlarmLedger' })
export type Ledger = z.infer<typeof ledgerSchema>

export const alarmDetailSchema = alarmSchema
  .extend({
    ledger: ledgerSchema.describe('of the whole event'),
    notifications: z.array(
      z.object({
        transition: transitionSchema,
        createdAt: timeSchema,
        textId: z.string(),
        textEn: z.string(),
      }),
    ),
  })
  .meta({ id: 'AlarmDetail' })

export const alarmsQuerySchema = strict({
  site: siteNameSchema.optional(),
  node: nodeNameSchema.optional(),
  open: queryBoolean.optional().describe('true: those that go on; false: those that are over'),
  purpose: purposeSchema.optional(),
  tier: tierSchema.optional().describe('at least'),
  from: timeSchema.optional().describe('measured: it went on then or later'),
  to: timeSchema.optional().describe('measured: first crossing before'),
  before: queryInt(1, 2 ** 53 - 1)
    .optional()
    .describe('ids below: the next page'),
  limit: queryInt(1, 500).default(100),
})
export const alarmsAnswerSchema = z
  .object({ alarms: z.array(alarmSchema), next: z.int().nullable() })
  .meta({ id: 'Alarms' })

export const acknowledgeSchema = strict({
  note: z.string().trim().max(500).default(''),
}).meta({ id: 'AlarmAcknowledge' })

export const alarmYearParamsSchema = z.object({
  year: z.coerce.number<string>().int().min(2015).max(2200),
})
export const alarmYearSchema = z
  .object({
    year: z.int(),
    events: z.int().describe('of danger, waspada or higher, that began in the local year'),
    told: z.int(),
    acknowledged: z.int(),
    belowThree: z.int().describe('in which oxygen fell below 3 mg/L'),
    warningMinutes: z.number().describe('of all of them together'),
    medianWarningMinutes: z.number().nullable(),
  })
  .meta({ id: 'AlarmYear' })
export type AlarmYear = z.infer<typeof alarmYearSchema>

export const siteMaintenancePutSchema = strict({
  until: timeSchema.describe('messages are held back until then; now or before: it is over'),
  reason: z.string().trim().min(3).max(500),
}).meta({ id: 'SiteMaintenancePut' })

export const siteMaintenanceAnswerSchema = z
  .object({
    site: siteNameSchema,
    active: z.boolean(),
    from: timeSchema.nullable(),
    until: timeSchema.nullable(),
    reason: z.string().nullable(),
    by: z.string().nullable(),
  })
  .meta({ id: 'SiteMaintenance' })
