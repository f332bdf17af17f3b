import { z } from 'zod'
import {
  nodeNameSchema,
  positionSchema,
  quantityKeySchema,
  queryInt,
  siteNameSchema,
  storeKindSchema,
  strict,
  timeSchema,
} from './common.js'
import { WHY_WORDS } from './flags.js'

export const flagSchema = z
  .union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)])
  .describe('QARTOD: 1 good, 2 not evaluated, 3 suspect, 4 fail')

export const whySchema = z.array(z.enum(WHY_WORDS)).describe('reasons of the flag')

/** What is never left out where a value is told. */
const judged = {
  value: z.number().describe('in the unit, exact to the step of the quantity'),
  unit: z.string().describe('UCUM code; the symbol for people is in /quantities'),
  flag: flagSchema,
  why: whySchema,
}

export const quantitySchema = z
  .object({
    id: z.int(),
    key: z.string(),
    nameId: z.string(),
    nameEn: z.string(),
    unit: z.string().describe('UCUM code'),
    symbol: z.string(),
    step: z.number(),
    min: z.number(),
    max: z.number(),
    group: z.string(),
    summary: z.enum(['mean', 'sum', 'min', 'max', 'last', 'vector']),
    typicalIntervalS: z.int(),
  })
  .meta({ id: 'Quantity' })

/** A channel of a node, and where it measures. */
const placedChannel = {
  site: z.string().nullable(),
  node: z.string(),
  simulated: z.boolean(),
  quantity: quantityKeySchema,
  position: positionSchema,
  depthM: z.number().nullable(),
  directionDeg: z.number().nullable(),
}

/** The latest *measured* value of a channel, with where it measures now. */
export const latestSchema = z
  .object({
    ...placedChannel,
    time: timeSchema,
    receivedAt: timeSchema,
    ageS: z
      .int()
      .describe('between the measurement and this answer; negative when the clock is ahead'),
    ...judged,
  })
  .meta({ id: 'Latest' })

export type Latest = z.infer<typeof latestSchema>

/** One reading in the live feed. */
export const liveReadingSchema = z
  .object({
    node: z.string(),
    quantity: quantityKeySchema,
    position: positionSchema,
    time: timeSchema,
    ...judged,
  })
  .meta({ id: 'LiveReading' })

export type LiveReading = z.infer<typeof liveReadingSchema>

export const RESOLUTIONS = ['raw', 'hour', 'day', 'auto'] as const

/** At `auto`, about this many points of a series at most. */
export const AUTO_POINTS = 2000

export const readingsQuerySchema = strict({
  site: siteNameSchema.optional().describe('what its placements measured here'),
  node: nodeNameSchema.optional().describe('what this node measured, wherever it was'),
  sites: z.literal('all').optional().describe('one quantity at all sites; name the quantity too'),
  quantity: quantityKeySchema.optional(),
  position: queryInt(0, 15).optional(),
  from: timeSchema.optional().describe('included; default: one day before `to`'),
  to: timeSchema.optional().describe('not included; default: now'),
  resolution: z.enum(RESOLUTIONS).default('auto'),
  format: z.enum(['json', 'csv']).default('json'),
})
  .refine(({ site, node, sites }) => [site, node, sites].filter(Boolean).length === 1, {
    message: 'name either a site or a node, or ask for sites=all',
    path: ['site'],
  })
  .refine(({ sites, quantity }) => sites === undefined || quantity !== undefined, {
    message: 'sites=all needs a quantity',
    path: ['quantity'],
  })

export type ReadingsQuery = z.infer<typeof readingsQuerySchema>

export const pointSchema = z.object({
  time: timeSchema,
  value: z.number(),
  flag: flagSchema,
  why: whySchema,
})

export const bucketSchema = z.object({
  time: timeSchema.describe('start of the hour, or of the local day (Asia/Jakarta)'),
  value: z
    .number()
    .nullable()
    .describe(
      'of flags 1 and 2, by the summary of the quantity; mean speed: over vehicles where they are counted; 85th percentile of speeds: of the last period, for it cannot be had from those of periods',
    ),
  min: z.number().nullable(),
  max: z.number().nullable(),
  suspectMin: z.number().nullable().describe('of flag 3'),
  suspectMax: z.number().nullable(),
  nAll: z.int(),
  nGood: z.int().describe('flag 1'),
  nUsed: z.int().describe('flags 1 and 2'),
  nSuspect: z.int().describe('flag 3'),
  countedS: z
    .int()
    .nullable()
    .optional()
    .describe(
      'of vehicle counts: seconds of the bucket in which they were counted, in proportion where some were set aside; null where the node does not say',
    ),
})

export type Point = z.infer<typeof pointSchema>
export type Bucket = z.infer<typeof bucketSchema>

/** One placement of a channel at a site, or one channel of a node. */
export const seriesSchema = z
  .object({
    ...placedChannel,
    unit: z.string(),
    summary: z.string().describe('how `value` of a bucket is made'),
    recomputing: z
      .literal(true)
      .optional()
      .describe('a job has yet to compute some of this range anew: sedang dihitung ulang'),
    readings: z.array(pointSchema).optional().describe('at resolution raw, in order of time'),
    buckets: z.array(bucketSchema).optional().describe('at resolution hour or day'),
  })
  .meta({ id: 'Series' })

export type Series = z.infer<typeof seriesSchema>

export const readingsAnswerSchema = z
  .object({
    store: storeKindSchema,
    from: timeSchema,
    to: timeSchema,
    resolution: z.enum(['raw', 'hour', 'day']).describe('the one that was used'),
    series: z.array(seriesSchema),
  })
  .meta({ id: 'Readings' })

export type ReadingsAnswer = z.infer<typeof readingsAnswerSchema>
