import { z } from 'zod'
import { quantityKeySchema, siteNameSchema, strict, timeSchema } from './common.js'
import { jobSchema } from './job.js'
import { markReasonSchema } from './mark.js'

/** Limits of the quality tests (QARTOD), in the quantity's unit. */

const ordered = ([low, high]: [number, number]) => low <= high
const span = z
  .tuple([z.number(), z.number()])
  .refine(ordered, 'the lower end comes first')
  .readonly()
const SEVERITY = 'suspect comes first, fail is no smaller'
const pair = z
  .tuple([z.number().positive(), z.number().positive()])
  .refine(ordered, SEVERITY)
  .readonly()

const tests = {
  failSpan: span.describe('gross range: outside it a reading is flag 4'),
  suspectSpan: span.describe('gross range: outside it a reading is flag 3'),
  climatologySpan: span.describe('usual here: outside it a reading is flag 3'),
  spike: pair.describe('[flag 3, flag 4]: difference to both neighbours'),
  ratePerHour: pair.describe('[flag 3, flag 4]: change in an hour'),
  flatS: pair.describe('[flag 3, flag 4]: seconds without a change'),
  flatTolerance: z.number().min(0).describe('a range that reaches it is a change'),
}

export const ownLimitsSchema = strict(tests)
  .partial()
  .describe('what is left out stays as the defaults have it')

export const siteLimitsPutSchema = strict({
  limits: ownLimitsSchema.nullable().describe('null: the defaults again'),
  from: timeSchema.optional().describe('they hold from then on; default: now, and never later'),
  reason: markReasonSchema,
}).meta({ id: 'SiteLimitsPut' })

export const siteLimitsSchema = z
  .object({
    quantity: quantityKeySchema,
    unit: z.string().describe('UCUM'),
    defaults: z.object(tests).partial().nullable().describe('null: not tested by default'),
    own: z.object(tests).partial().nullable().describe('null: none now'),
    from: timeSchema.nullable().describe('since when; null: never changed'),
    reason: z.string().nullable(),
    by: z.string().nullable(),
  })
  .meta({ id: 'SiteLimits' })

export type SiteLimits = z.infer<typeof siteLimitsSchema>

export const siteLimitsParamsSchema = z.object({
  name: siteNameSchema,
  quantity: quantityKeySchema,
})

export const siteLimitsAnswerSchema = z
  .object({
    site: siteNameSchema,
    limits: z.array(siteLimitsSchema).describe('of what has defaults or limits of its own'),
  })
  .meta({ id: 'SiteLimitsAnswer' })

export type SiteLimitsAnswer = z.infer<typeof siteLimitsAnswerSchema>

export const siteLimitsChangedSchema = z
  .object({
    limits: siteLimitsSchema,
    readings: z.int().nullable().describe('judged again; null: the job says it'),
    changed: z.int().nullable().describe('readings whose flag or reasons are not what they were'),
    job: jobSchema.nullable().describe('what goes on behind; null: everything is done'),
  })
  .meta({ id: 'SiteLimitsChanged' })

export type SiteLimitsChanged = z.infer<typeof siteLimitsChangedSchema>
