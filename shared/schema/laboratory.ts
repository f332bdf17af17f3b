import { z } from 'zod'
import { LAB_PARAMETERS } from '../science/laboratory/parameters.js'
import {
  depthMSchema,
  queryBoolean,
  queryInt,
  siteNameSchema,
  strict,
  timeSchema,
} from './common.js'

export const labParameterSchema = z.enum(LAB_PARAMETERS.map(({ parameter }) => parameter))

/** The same words in both languages. */
export const textSchema = z.object({ id: z.string(), en: z.string() })

const words = z.string().trim().min(1).max(200)

/** A result as it is entered by hand: the same words as a row of a file, read by the same rules. */
export const labEntrySchema = strict({
  site: siteNameSchema,
  takenAt: timeSchema,
  depthM: z.number().min(0).max(600),
  sampler: words,
  laboratory: words,
  accreditation: z.string().max(40).nullable().default(null).describe('KAN, as LP-195-IDN'),
  method: words.describe('e.g. SNI 6989.72:2009'),
  parameter: z.string().max(100).describe('key, or a name as laboratories write it'),
  result: z
    .union([z.number(), z.string().max(40)])
    .describe('number, or text as 0,012 or <0,01: a limit stays a limit'),
  unit: z.string().max(40).describe('converted only where that is exact'),
  note: z.string().trim().max(500).nullable().default(null),
}).meta({ id: 'LaboratoryEntry' })
export type LabEntry = z.infer<typeof labEntrySchema>

export const labCorrectionSchema = strict({
  ...labEntrySchema.shape,
  reason: z.string().trim().min(1).max(500),
}).meta({ id: 'LaboratoryCorrection' })

export const labWithdrawSchema = strict({
  reason: z.string().trim().min(1).max(500),
}).meta({ id: 'LaboratoryWithdrawal' })

export const labResultSchema = z
  .object({
    id: z.int(),
    site: siteNameSchema,
    takenAt: timeSchema,
    depthM: depthMSchema,
    sampler: z.string().nullable().describe('null: not told to the public'),
    laboratory: z.string(),
    accreditation: z.string().nullable(),
    method: z.string(),
    parameter: labParameterSchema,
    name: textSchema,
    value: z.number().describe('in `unit`; where there is a bound, the limit of the laboratory'),
    bound: z.enum(['below', 'above']).nullable().describe('the water lies below or above `value`'),
    unit: z.string(),
    reported: z.string().describe('as the laboratory wrote it'),
    note: z.string().nullable(),
    enteredAt: timeSchema,
    enteredBy: z.string().nullable().describe('null: not told to the public'),
    corrects: z.int().nullable().describe('id of the withdrawn result that this one stands for'),
    withdrawnAt: timeSchema.nullable(),
    withdrawnReason: z.string().nullable(),
  })
  .meta({ id: 'LaboratoryResult' })
export type LabResultAnswer = z.infer<typeof labResultSchema>

export const labQuerySchema = strict({
  site: siteNameSchema,
  parameter: labParameterSchema.optional(),
  from: timeSchema.optional().describe('included; default: a year before `to`'),
  to: timeSchema.optional().describe('not included; default: now'),
  withdrawn: queryBoolean.default(false).describe('true: the withdrawn ones too'),
  after: z
    .string()
    .regex(/^\d{1,16}:\d{1,10}$/, 'as `next` of the page before')
    .optional(),
  limit: queryInt(1, 2000).default(500),
})

export const labAnswerSchema = z
  .object({
    results: z.array(labResultSchema).describe('in order of the time of sampling'),
    next: z.string().nullable(),
  })
  .meta({ id: 'LaboratoryResults' })

const flagCounts = z.object({ 1: z.int(), 2: z.int(), 3: z.int(), 4: z.int() })

/** What the probe of the site measured within 30 minutes at that depth. */
export const labComparisonSchema = z
  .discriminatedUnion('isComputable', [
    z.object({
      isComputable: z.literal(true),
      probe: z.number().describe('mean of flags 1 and 2, in the unit of the result'),
      difference: z
        .number()
        .nullable()
        .describe('probe minus laboratory; null: the result is a limit'),
      relative: z.number().nullable().describe('of the laboratory’s value'),
      nodes: z.array(z.string()),
      depthM: z.number(),
      readings: z.int(),
      flags: flagCounts.describe('readings by flag'),
    }),
    z.object({
      isComputable: z.literal(false),
      reason: textSchema,
      readings: z.int(),
    }),
  ])
  .meta({ id: 'LaboratoryComparison' })
export type LabComparison = z.infer<typeof labComparisonSchema>

export const labDetailSchema = labResultSchema
  .extend({
    comparison: labComparisonSchema,
    earlier: z.array(labResultSchema).describe('what it corrects, newest first'),
  })
  .meta({ id: 'LaboratoryResultDetail' })

export const labParametersAnswerSchema = z
  .object({
    parameters: z.array(
      z.object({ parameter: labParameterSchema, name: textSchema, unit: z.string() }),
    ),
  })
  .meta({ id: 'LaboratoryParameters' })

export const IMPORT_MODES = ['preview', 'all', 'good'] as const

export const labImportQuerySchema = strict({
  mode: z
    .enum(IMPORT_MODES)
    .default('preview')
    .describe('preview stores nothing; all stores every row or none; good stores the good rows'),
  file: z.string().max(200).optional().describe('name of the file, for the audit'),
})

/** At most so many errors are told; `errorCount` says how many there are. */
export const MOST_ERRORS = 1000

export const labImportAnswerSchema = z
  .object({
    mode: z.enum(IMPORT_MODES),
    rows: z.int().describe('below the line of column names'),
    good: z.int(),
    stored: z.int(),
    ignoredColumns: z.array(z.string()),
    errorCount: z.int(),
    errors: z.array(
      z.object({
        row: z.int().describe('as a spreadsheet counts, from 1'),
        column: z.string().describe('as the file calls it; empty: the whole row'),
        found: z.string(),
        wrong: textSchema,
        expected: textSchema,
      }),
    ),
    results: z
      .array(
        labResultSchema
          .pick({
            ...{ site: true, takenAt: true, depthM: true, parameter: true, name: true },
            ...{ value: true, bound: true, unit: true, reported: true, laboratory: true },
          })
          .extend({ row: z.int() }),
      )
      .describe('the good rows as they are or would be stored'),
  })
  .meta({ id: 'LaboratoryImport' })
export type LabImportAnswer = z.infer<typeof labImportAnswerSchema>
