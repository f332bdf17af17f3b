import { z } from 'zod'
import {
  dateSchema,
  nodeNameSchema,
  positionSchema,
  quantityKeySchema,
  queryBoolean,
  queryInt,
  strict,
  timeSchema,
} from './common.js'

/** Sensors and their calibrations. Every number of a point is in the unit of the probe's quantity. */

export const clientIdSchema = z
  .uuid()
  .describe('chosen by the sender: sent again, the same request is answered and done once')

export const noteSchema = z.string().trim().min(1).max(1000)

export const withdrawSchema = strict({ reason: noteSchema }).meta({ id: 'Withdraw' })

/** Who made it, and who took it back. */
export const record = {
  actor: z.string(),
  createdAt: timeSchema,
  withdrawnAt: timeSchema.nullable(),
  withdrawnBy: z.string().nullable(),
  withdrawnReason: z.string().nullable(),
}

/** What becomes of the stored readings that a change concerns. */
export const consequence = {
  job: z
    .int()
    .nullable()
    .describe('the job that computes them anew; null: done, or there are none'),
  changed: z.int().nullable().describe('how many changed; null while a job is to find out'),
}

const probeDetails = {
  type: z.string().trim().min(1).max(80).describe('maker and model'),
  serialNumber: z.string().trim().min(1).max(80),
  node: nodeNameSchema,
  quantity: quantityKeySchema,
  position: positionSchema,
}

export const probeSchema = z
  .object({
    id: z.int(),
    ...probeDetails,
    unit: z.string(),
    from: timeSchema,
    to: timeSchema.nullable(),
    note: z.string().nullable(),
    actor: z.string(),
    createdAt: timeSchema,
  })
  .meta({ id: 'Probe' })

export type Probe = z.infer<typeof probeSchema>

export const probeCreateSchema = strict({
  clientId: clientIdSchema.optional(),
  ...probeDetails,
  position: positionSchema.default(0),
  from: timeSchema.optional().describe('default: now'),
  note: noteSchema.nullable().default(null),
}).meta({ id: 'ProbeCreate' })

export const probePatchSchema = strict({
  to: timeSchema.describe('the probe is taken out here, and its calibration ends'),
}).meta({ id: 'ProbePatch' })

export const probesQuerySchema = strict({
  node: nodeNameSchema.optional(),
  quantity: quantityKeySchema.optional(),
  position: queryInt(0, 15).optional(),
  serialNumber: z.string().max(80).optional(),
  before: queryInt(1, Number.MAX_SAFE_INTEGER).optional().describe('id; the page before it'),
  limit: queryInt(1, 500).default(100),
})
export const probesAnswerSchema = z
  .object({ probes: z.array(probeSchema), next: z.int().nullable() })
  .meta({ id: 'Probes' })
export const probeChangedSchema = probeSchema
  .extend({
    replaced: z.int().nullable().describe('the probe that was on the channel until then'),
    ...consequence,
  })
  .meta({ id: 'ProbeChanged' })

/** A buffer or another liquid whose value is known. */
export const standardSchema = strict({
  name: z.string().trim().min(1).max(80).describe('e.g. pH 7.00'),
  lot: z.string().trim().min(1).max(40),
  expiresOn: dateSchema,
}).meta({ id: 'Standard' })

export const calibrationPointSchema = strict({
  reference: z.number().describe('what the standard or the reference meter says'),
  raw: z.number().describe('what the sensor itself says, before any calibration'),
  standard: standardSchema.nullable().default(null).describe('null: a reference meter'),
})

export type CalibrationPointBody = z.infer<typeof calibrationPointSchema>

export const calibrationCreateSchema = strict({
  clientId: clientIdSchema.optional(),
  probe: z.int().min(1),
  points: z
    .array(calibrationPointSchema)
    .min(1)
    .max(3)
    .describe('one: offset only; two: gain and offset; three: least squares'),
  from: timeSchema.optional().describe('it holds from here on; default: now'),
  tempC: z.number().min(-5).max(60).nullable().default(null).describe('°C, of the standards'),
  convertsAtC: z
    .number()
    .min(-5)
    .max(60)
    .nullable()
    .default(null)
    .describe('°C, of a pH sensor that does not compensate: the temperature it converts for'),
  note: noteSchema.nullable().default(null),
}).meta({ id: 'CalibrationCreate' })

export type CalibrationCreate = z.infer<typeof calibrationCreateSchema>

const textSchema = z.object({ id: z.string(), en: z.string() })

export const slopeSchema = z
  .object({
    verdict: z.enum(['good', 'warn', 'refuse', 'unjudged']),
    percent: z.number().nullable().describe('% of the nominal sensitivity; of Nernst for pH'),
    text: textSchema,
    source: z.string().nullable(),
  })
  .meta({ id: 'SlopeCheck' })

const line = {
  gain: z.number(),
  offset: z.number().describe('in the unit; value = gain × raw + offset'),
  unit: z.string(),
  residuals: z.array(z.number()).describe('of each point: reference - value'),
  slope: slopeSchema,
}

export const calibrationSchema = z
  .object({
    id: z.int(),
    probe: z.int(),
    node: nodeNameSchema,
    quantity: quantityKeySchema,
    position: positionSchema,
    ...line,
    points: z.array(calibrationPointSchema),
    tempC: z.number().nullable(),
    convertsAtC: z.number().nullable(),
    from: timeSchema,
    to: timeSchema.nullable().describe('the next calibration, or the end of its probe'),
    note: z.string().nullable(),
    ...record,
  })
  .meta({ id: 'Calibration' })

export type Calibration = z.infer<typeof calibrationSchema>

export const calibrationChangedSchema = calibrationSchema
  .extend(consequence)
  .meta({ id: 'CalibrationChanged' })

/** What would become of stored readings. */
export const previewedChangeSchema = z
  .object({
    from: timeSchema,
    to: timeSchema,
    readings: z.int().describe('stored in this span, counted to 10,000'),
    newest: z
      .object({
        time: timeSchema,
        raw: z.number(),
        value: z.number().describe('now'),
        becomes: z.number(),
      })
      .nullable(),
  })
  .meta({ id: 'PreviewedChange' })

export const calibrationPreviewSchema = z
  .object({
    ...line,
    ends: z.int().nullable().describe('the calibration that would end'),
    change: previewedChangeSchema.nullable(),
  })
  .meta({ id: 'CalibrationPreview' })

export const calibrationsQuerySchema = strict({
  probe: queryInt(1, Number.MAX_SAFE_INTEGER).optional(),
  node: nodeNameSchema.optional(),
  quantity: quantityKeySchema.optional(),
  position: queryInt(0, 15).optional(),
  withdrawn: queryBoolean.default(false).describe('true: the withdrawn ones too'),
  before: queryInt(1, Number.MAX_SAFE_INTEGER).optional().describe('id; the page before it'),
  limit: queryInt(1, 500).default(100),
})
export const calibrationsAnswerSchema = z
  .object({ calibrations: z.array(calibrationSchema), next: z.int().nullable() })
  .meta({ id: 'Calibrations' })
