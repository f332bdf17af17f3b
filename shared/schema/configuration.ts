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
  channels: z
    .array(
      strict({
        quantity: quantityKeySchema,
        position: positionSchema.default(0),
        intervalS: intervalSSchema.optional(),
        enabled: z.boolean().optional(),
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
