import { z } from 'zod'
import { queryInt, siteNameSchema, storeKindSchema, strict, timeSchema } from './common.js'
import { labResultSchema, textSchema } from './laboratory.js'

const number = z.number()
const numberOrNull = z.number().nullable()

const basis = {
  inputs: z
    .array(
      z.object({
        key: z.string(),
        name: textSchema,
        value: numberOrNull,
        unit: z.string(),
        valid: z.tuple([number, number]).readonly().optional(),
      }),
    )
    .readonly(),
  source: z.object({
    title: z.string(),
    confidence: z.enum(['high', 'medium', 'low']),
    checked: z.string().describe('day on which the numbers were last compared with their source'),
    note: textSchema.optional(),
  }),
}

/** A value with what it is made of and from where, or the reason why there is none. */
const resultOf = <Value extends z.ZodType>(value: Value) =>
  z.discriminatedUnion('isComputable', [
    z.object({ isComputable: z.literal(true), value, ...basis }),
    z.object({ isComputable: z.literal(false), reason: textSchema, ...basis }),
  ])

const limit = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('max'), limit: number }),
  z.object({ kind: z.literal('min'), limit: number }),
  z.object({ kind: z.literal('range'), low: number, high: number }),
])

const coverage = {
  used: z.array(z.string()).readonly(),
  leftOut: z.array(z.object({ parameter: z.string(), reason: textSchema })).readonly(),
  text: textSchema.describe('must stand beside it'),
}

const verdict = resultOf(z.object({ isKept: z.boolean(), limit, text: textSchema }))

const pollutionIndex = resultOf(
  z.object({
    index: number,
    status: textSchema,
    max: number,
    mean: number,
    ratios: z
      .array(z.object({ parameter: z.string(), ratio: number, corrected: number }))
      .readonly(),
    ...coverage,
  }),
)

const storet = resultOf(
  z.object({
    total: number,
    class: z.enum(['A', 'B', 'C', 'D']),
    status: textSchema,
    scores: z
      .array(
        z.object({ parameter: z.string(), max: number, min: number, mean: number, score: number }),
      )
      .readonly(),
    ...coverage,
  }),
)

const carlson = resultOf(
  z.object({
    secchi: number.optional(),
    chlorophyll: number.optional(),
    phosphorus: number.optional(),
    mean: number,
    state: textSchema,
  }),
)

const lakeStatus = z.enum(['oligotrof', 'mesotrof', 'eutrof', 'eutrof-hipereutrof', 'hipereutrof'])
const lakeTrophic = resultOf(
  z.object({
    byParameter: z.array(z.object({ parameter: z.string(), status: lakeStatus })).readonly(),
    worst: lakeStatus,
    text: textSchema,
  }),
)

export const naturalTemperatureSchema = strict({
  tempC: z.number().min(0).max(40),
  basis: z.string().trim().min(1).max(500).describe('where it is from'),
}).meta({ id: 'NaturalTemperature' })

export const naturalTemperatureAnswerSchema = z
  .object({
    naturalTemperature: z
      .object({ tempC: number, basis: z.string(), enteredAt: timeSchema })
      .nullable()
      .describe('null: nobody entered one, so the temperature is not judged'),
  })
  .meta({ id: 'NaturalTemperatureAnswer' })

export const waterStatusQuerySchema = strict({
  from: timeSchema.optional().describe('included; default: a year before `to`'),
  to: timeSchema.optional().describe('not included; default: now'),
  water: z.enum(['lake', 'river']).optional().describe('default: by the kind of the site'),
  class: queryInt(1, 4).optional().describe('default: the class of the site, else of Lake Toba'),
})
export type WaterStatusQuery = z.infer<typeof waterStatusQuerySchema>

export const waterStatusAnswerSchema = z
  .object({
    store: storeKindSchema,
    site: siteNameSchema,
    from: timeSchema,
    to: timeSchema,
    standard: z.object({
      water: z.enum(['lake', 'river']),
      class: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
      text: textSchema,
      use: textSchema,
    }),
    ...naturalTemperatureAnswerSchema.shape,
    laboratory: z.object({
      depthM: numberOrNull.describe('samples within half a metre of it count; null: no sample'),
      samplings: z.int().describe('local days with samples'),
      parameters: z
        .array(
          z.object({
            result: labResultSchema.describe('the newest of the parameter'),
            verdict,
          }),
        )
        .describe('each by itself: there is no verdict over all of them'),
      pollutionIndex: pollutionIndex.describe('of the newest sampling'),
      storet: storet.describe('of all samplings'),
      carlson: carlson.describe('of the means of all samplings'),
      lakeTrophic: lakeTrophic.describe('of the means of all samplings'),
    }),
    sensors: z
      .object({
        depthM: numberOrNull,
        from: timeSchema,
        days: z.int().describe('local days with readings'),
        parameters: z.array(
          z.object({
            parameter: z.string(),
            value: number,
            unit: z.string(),
            day: timeSchema,
            verdict,
          }),
        ),
        pollutionIndex: pollutionIndex.describe('of the newest whole day'),
        storet: storet.describe('of the means of the days'),
      })
      .describe('indikatif, bukan status mutu air: means of whole local days, flags 1 and 2'),
  })
  .meta({ id: 'WaterStatus' })
export type WaterStatusAnswer = z.infer<typeof waterStatusAnswerSchema>
