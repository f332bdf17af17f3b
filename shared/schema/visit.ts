import { z } from 'zod'
import {
  calibrationPointSchema,
  clientIdSchema,
  consequence,
  noteSchema,
  record,
} from './calibration.js'
import {
  dateSchema,
  nodeNameSchema,
  positionSchema,
  quantityKeySchema,
  queryBoolean,
  queryInt,
  siteNameSchema,
  strict,
  timeSchema,
} from './common.js'

/** The sensor beside the reference meter; both in the unit of the quantity. */
const besideSchema = strict({
  sensor: z.number().describe('what the sensor itself says, before any calibration'),
  reference: z.number().nullable().default(null).describe('what the reference meter says'),
})
  .nullable()
  .default(null)

const channelCheck = {
  quantity: quantityKeySchema,
  position: positionSchema.default(0),
  asFound: besideSchema,
  afterCleaning: besideSchema,
  standards: z
    .array(calibrationPointSchema)
    .max(3)
    .default([])
    .describe('the cleaned sensor in standards, before it is calibrated anew'),
  asLeft: besideSchema,
  corrects: z
    .boolean()
    .default(true)
    .describe('false: the record before this visit is not corrected by it'),
}

export const visitCheckSchema = strict(channelCheck)

export type VisitCheckBody = z.infer<typeof visitCheckSchema>

const visitDetails = {
  site: siteNameSchema,
  node: nodeNameSchema,
  technician: z.string().trim().min(1).max(120),
  startedAt: timeSchema,
  endedAt: timeSchema,
  maintenanceFrom: timeSchema.describe('readings from here on are flagged `maintenance`'),
  maintenanceTo: timeSchema.describe('… until here, not included'),
  referenceMeter: strict({
    name: z.string().trim().min(1).max(80).describe('model and serial number'),
    calibratedOn: dateSchema,
  }).nullable(),
  parts: noteSchema.nullable(),
  note: noteSchema.nullable(),
}

const hasReference = ({ asFound, afterCleaning, asLeft }: VisitCheckBody) =>
  [asFound, afterCleaning, asLeft].some((pair) => pair !== null && pair.reference !== null)

export const visitCreateSchema = strict({
  clientId: clientIdSchema,
  ...visitDetails,
  maintenanceFrom: visitDetails.maintenanceFrom.optional().describe('default: startedAt'),
  maintenanceTo: visitDetails.maintenanceTo.optional().describe('default: endedAt'),
  referenceMeter: visitDetails.referenceMeter.default(null),
  parts: visitDetails.parts.default(null),
  note: visitDetails.note.default(null),
  checks: z.array(visitCheckSchema).max(64).default([]),
})
  .refine(({ checks, referenceMeter }) => referenceMeter !== null || !checks.some(hasReference), {
    message: 'say which meter the references are of',
    path: ['referenceMeter'],
  })
  .refine(({ checks }) => new Set(checks.map(channelOf)).size === checks.length, {
    message: 'a channel is named twice',
    path: ['checks'],
  })
  .meta({ id: 'VisitCreate' })

export type VisitCreate = z.infer<typeof visitCreateSchema>

function channelOf({ quantity, position }: VisitCheckBody): string {
  return `${quantity}:${position}`
}

/** USGS TM1-D3; all in the unit of the quantity. */
const errorsSchema = z.object({
  fouling: z.number().describe('to be added: what cleaning changed'),
  drift: z.number().describe('to be added to the value that was found'),
  combined: z.number().describe('their sizes, added'),
  corrected: z.boolean().describe('whether the record since the visit before is corrected'),
  text: z.object({ id: z.string(), en: z.string() }),
})

export const visitSchema = z
  .object({
    id: z.int(),
    clientId: z.string().nullable(),
    ...visitDetails,
    checks: z.array(
      z.object({
        ...channelCheck,
        unit: z.string(),
        expired: z.boolean().describe('a standard was past its expiry: no drift is told from it'),
        errors: errorsSchema.nullable().describe('null: too little was measured'),
      }),
    ),
    ...record,
  })
  .meta({ id: 'Visit' })

export type Visit = z.infer<typeof visitSchema>

export const visitChangedSchema = visitSchema.extend(consequence).meta({ id: 'VisitChanged' })

export const visitsQuerySchema = strict({
  site: siteNameSchema.optional(),
  node: nodeNameSchema.optional(),
  withdrawn: queryBoolean.default(false).describe('true: the withdrawn ones too'),
  before: queryInt(1, Number.MAX_SAFE_INTEGER).optional().describe('id; the page before it'),
  limit: queryInt(1, 200).default(50),
})
export const visitsAnswerSchema = z
  .object({ visits: z.array(visitSchema), next: z.int().nullable() })
  .meta({ id: 'Visits' })
