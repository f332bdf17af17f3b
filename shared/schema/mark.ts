import { z } from 'zod'
import {
  depthMSchema,
  nodeNameSchema,
  positionSchema,
  quantityKeySchema,
  queryInt,
  siteNameSchema,
  strict,
  timeSchema,
} from './common.js'
import { jobSchema } from './job.js'
import { flagSchema } from './reading.js'

/**
 * A mark is what a person said of a range of a series: a flag with a reason, or a comment alone. Marks lie on each
 * other, and the newest that is not undone wins, over every test, also for readings that arrive after it.
 */

/** What a person may say; 2, not evaluated, is nobody's word. */
export const givenFlagSchema = z
  .union([z.literal(1), z.literal(3), z.literal(4)])
  .describe('QARTOD: 1 good, 3 suspect, 4 fail')

export const markReasonSchema = z.string().trim().min(3).max(500)

const of = {
  site: siteNameSchema.optional().describe('what its placements measured here'),
  node: nodeNameSchema.optional().describe('what this node measured, wherever it was'),
}
const range = {
  from: timeSchema.describe('included'),
  to: timeSchema.describe('not included; at the latest now'),
}
const where = {
  ...of,
  quantity: quantityKeySchema,
  position: positionSchema.optional().describe('of several probes; default: all of them'),
  depthM: depthMSchema.optional().describe('with a site: metres below the surface; default: all'),
  ...range,
}

type Where = { site?: string | undefined; node?: string | undefined; depthM?: number | undefined }
const namesOne = ({ site, node }: Where) => (site === undefined) !== (node === undefined)
const ONE = { message: 'name either a site or a node', path: ['site'] }
const placesDepth = ({ site, depthM }: Where) => depthM === undefined || site !== undefined
const PLACED = { message: 'a depth is a placement’s: name a site', path: ['depthM'] }

export const markCreateSchema = strict({
  ...where,
  flag: givenFlagSchema.nullable().describe('null: a comment that changes no flag'),
  reason: markReasonSchema.describe('why, in the words of the officer'),
})
  .refine(namesOne, ONE)
  .refine(placesDepth, PLACED)
  .meta({ id: 'MarkCreate' })

export const markPreviewSchema = strict({ ...where, flag: givenFlagSchema })
  .refine(namesOne, ONE)
  .refine(placesDepth, PLACED)
  .meta({ id: 'MarkPreview' })

export type MarkPreview = z.infer<typeof markPreviewSchema>

export const markUndoSchema = strict({ reason: markReasonSchema }).meta({ id: 'MarkUndo' })

const channelSchema = z.object({
  node: z.string(),
  position: positionSchema,
  from: timeSchema,
  to: timeSchema,
})

export const markSchema = z
  .object({
    id: z.int().describe('a higher one is newer'),
    site: z.string().nullable().describe('as it was asked: of a site, or of a node'),
    node: z.string().nullable(),
    quantity: quantityKeySchema,
    from: timeSchema,
    to: timeSchema,
    flag: givenFlagSchema.nullable().describe('null: a comment'),
    reason: z.string(),
    by: z.string(),
    madeAt: timeSchema,
    undone: z
      .object({ at: timeSchema, by: z.string(), reason: z.string() })
      .nullable()
      .describe('null: it holds'),
    channels: z.array(channelSchema).describe('what it is about, by the placements of `madeAt`'),
  })
  .meta({ id: 'Mark' })

export type Mark = z.infer<typeof markSchema>

export const markAnswerSchema = z
  .object({
    mark: markSchema,
    readings: z.int().nullable().describe('looked at; null: the job says it'),
    changed: z.int().nullable().describe('readings whose flag or reasons are not what they were'),
    job: jobSchema.nullable().describe('what goes on behind; null: everything is done'),
  })
  .meta({ id: 'MarkAnswer' })

export type MarkAnswer = z.infer<typeof markAnswerSchema>

export const marksQuerySchema = strict({
  ...of,
  quantity: quantityKeySchema.optional(),
  position: queryInt(0, 15).optional(),
  from: timeSchema.optional().describe('included; default: one day before `to`'),
  to: timeSchema.optional().describe('not included; default: now'),
  before: queryInt(1, 2 ** 31 - 1)
    .optional()
    .describe('id; the page before it'),
  limit: queryInt(1, 500).default(100),
}).refine(namesOne, ONE)

export const marksAnswerSchema = z
  .object({
    marks: z
      .array(markSchema)
      .describe('newest first; those that were undone too, and those of the nodes behind a site'),
    next: z.int().nullable().describe('`before` of the next page'),
  })
  .meta({ id: 'Marks' })

export type MarksAnswer = z.infer<typeof marksAnswerSchema>

const bucketsSchema = z.object({
  count: z.int(),
  from: timeSchema.nullable().describe('start of the first; null: none'),
  to: timeSchema.nullable().describe('end of the last'),
})

export const previewAnswerSchema = z
  .object({
    readings: z.int().describe('in the range now'),
    changes: z
      .array(z.object({ from: flagSchema, to: flagSchema, readings: z.int() }))
      .describe('by the flag that they have now; equal flags: only the reasons change'),
    byHand: z.int().describe('readings that a person has flagged already'),
    hours: bucketsSchema.describe('of the aggregates that change, over all channels'),
    days: bucketsSchema.describe('local days, Asia/Jakarta'),
    channels: z.array(channelSchema),
    job: z.boolean().describe('true: it would go on behind, by a job'),
  })
  .meta({ id: 'MarkPreviewAnswer' })

export type PreviewAnswer = z.infer<typeof previewAnswerSchema>
