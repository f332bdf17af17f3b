import { z } from 'zod'
import { positionSchema, quantityKeySchema, strict } from './common.js'

const intervalSSchema = z.int().min(1).max(86_400)

/**
 * What a node is told on its topic `c`. The revision is not part of it: the service counts it up on every
 * change. Everything is optional, the firmware's defaults hold where nothing is said.
 */
export const configurationSchema = strict({
  intervalS: intervalSSchema.optional().describe('between samples, all channels'),
  samplesPerFrame: z.int().min(1).max(255).optional(),
  sendIntervalS: intervalSSchema.optional().describe('between sessions with the service'),
  urgentIntervalS: intervalSSchema
    .optional()
    .describe('between samples, each sent at once, while something is urgent'),
  channels: z
    .array(
      strict({
        quantity: quantityKeySchema,
        position: positionSchema.default(0),
        intervalS: intervalSSchema.optional(),
        enabled: z.boolean().optional(),
        urgentBelow: z.number().optional().describe('level, in the unit of the quantity'),
        urgentAbove: z.number().optional().describe('level, in the unit of the quantity'),
        urgentChange: z
          .number()
          .positive()
          .optional()
          .describe('between two samples, in the unit of the quantity'),
      }),
    )
    .max(64)
    .optional(),
  settings: z
    .record(
      z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,31}$/),
      z.union([z.number(), z.boolean(), z.string().max(64)]),
    )
    .refine((settings) => Object.keys(settings).length <= 32, 'at most 32 settings')
    .optional()
    .describe('for drivers, by name'),
})
  // The board reads the whole message into its few kilobytes of memory at once.
  .refine((value) => JSON.stringify(value).length <= 1500, 'at most 1,500 characters as JSON')
  .meta({ id: 'Configuration' })

export type Configuration = z.infer<typeof configurationSchema>
