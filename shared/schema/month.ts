import { z } from 'zod'
import { MONTH_COLUMNS } from '../science/months/month-text.js'
import { siteNameSchema, storeKindSchema, strict, timeSchema } from './common.js'

/** A local month, Asia/Jakarta. */
export const monthNameSchema = z
  .string()
  .regex(/^20\d{2}-(0[1-9]|1[0-2])$/, 'a month as 2026-06')
  .meta({ example: '2026-06' })

export const monthParamsSchema = z.object({ name: siteNameSchema, month: monthNameSchema })
export const monthVersionParamsSchema = monthParamsSchema.extend({
  version: z.coerce.number<string>().int().min(1).max(10_000),
})

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/, 'SHA-256, 64 hexadecimal digits')

const state = {
  month: monthNameSchema,
  from: timeSchema,
  to: timeSchema.describe('not included'),
  isOver: z.boolean(),
  state: z
    .enum(['provisional', 'approved'])
    .describe('approved: locked, its flags, values and placements cannot be changed'),
  version: z.int().nullable().describe('the newest approved one, also when it was reopened'),
  hash: hashSchema.nullable().describe('of that version'),
  approvedAt: timeSchema.nullable(),
}

export const monthStateSchema = z.object(state).meta({ id: 'MonthState' })
export type MonthState = z.infer<typeof monthStateSchema>

const ofSite = { store: storeKindSchema, site: siteNameSchema }

export const monthsAnswerSchema = z
  .object({ ...ofSite, months: z.array(monthStateSchema).describe('newest first') })
  .meta({ id: 'Months' })

/** Every cell as it stands in the text; empty where there is none. */
export const monthSeriesSchema = z
  .record(z.enum(MONTH_COLUMNS), z.string())
  .meta({ id: 'MonthSeries' })

export const monthDifferenceSchema = z
  .object({
    quantity: z.string(),
    position: z.string(),
    depth_m: z.string(),
    direction_deg: z.string(),
    column: z.enum(MONTH_COLUMNS),
    before: z.string().nullable().describe('null: the series was not there'),
    now: z.string().nullable().describe('null: the series is there no more'),
  })
  .meta({ id: 'MonthDifference' })

const numbers = {
  text: z.string().describe('the canonical text; what it means is in the description'),
  hash: hashSchema.describe('SHA-256 of the text in UTF-8'),
  series: z.array(monthSeriesSchema).describe('the lines of the text'),
}

export const monthAnswerSchema = z
  .object({
    ...ofSite,
    ...state,
    now: z.object(numbers).describe('what the readings that are stored now amount to'),
    differences: z
      .array(monthDifferenceSchema)
      .describe('from the newest approved version: late readings, or what was changed since'),
  })
  .meta({ id: 'Month' })
export type MonthAnswer = z.infer<typeof monthAnswerSchema>

export const monthVersionAnswerSchema = z
  .object({
    ...ofSite,
    month: monthNameSchema,
    version: z.int(),
    ...numbers,
    isIntact: z.boolean().describe('the hash that was stored is that of the text'),
    approvedAt: timeSchema,
    approvedBy: z.string().nullable().describe('null: not told to the public'),
    note: z.string().nullable(),
    reopenedAt: timeSchema.nullable(),
    reopenedBy: z.string().nullable(),
    reopenReason: z.string().nullable(),
    differences: z.array(monthDifferenceSchema).describe('from the version before'),
  })
  .meta({ id: 'MonthVersion' })
export type MonthVersionAnswer = z.infer<typeof monthVersionAnswerSchema>

const words = z.string().trim().min(1).max(500)

export const monthApproveSchema = strict({
  hash: hashSchema.describe('`now.hash` of the month as it was read: nothing else is approved'),
  note: words.nullable().default(null),
}).meta({ id: 'MonthApprove' })

export const monthReopenSchema = strict({ reason: words }).meta({ id: 'MonthReopen' })
