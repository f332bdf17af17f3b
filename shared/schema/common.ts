import { z } from 'zod'
import { QUANTITIES } from '../wire/quantities.js'

/** The small words that every request and answer is made of. */

export const nodeNameSchema = z
  .string()
  .regex(/^[a-z0-9-]{3,32}$/, '3 to 32 of a-z, 0-9 and -')
  .meta({ example: 'balige-1' })

/** Sites follow the same rule as nodes, so that a name is safe in a path, a topic and a file name. */
export const siteNameSchema = nodeNameSchema.meta({ example: 'balige' })

export const accountNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{1,31}$/, '2 to 32 of a-z, 0-9, point, _ and -')

export const titleSchema = z.string().trim().min(1).max(120)

/** ISO 8601 with a zone; answers are always UTC with Z. */
export const timeSchema = z.iso.datetime({ offset: true }).meta({ example: '2026-07-01T00:00:00Z' })

export const dateSchema = z.iso.date().meta({ example: '2027-01-31' })

export const quantityKeySchema = z.enum(QUANTITIES.map((quantity) => quantity.key))

export const positionSchema = z.int().min(0).max(15)

export const siteKindSchema = z.enum(['lake', 'air', 'road', 'point'])
export const nodeKindSchema = z.enum(['lake', 'air', 'road', 'check'])
export const storeKindSchema = z
  .enum(['real', 'simulated'])
  .describe('fixed when the store is created; everything in a simulated store is simulasi')

export const depthMSchema = z.number().min(-1).max(600)
export const directionDegSchema = z.number().min(0).max(360)

export type SiteKind = z.infer<typeof siteKindSchema>
export type NodeKind = z.infer<typeof nodeKindSchema>
export type StoreKind = z.infer<typeof storeKindSchema>

/** Query strings and bodies refuse keys they do not know, and say which ones they know. */
export function strict<Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown: ${issue.keys.join(', ')}; known: ${Object.keys(shape).join(', ') || 'none'}`
        : undefined,
  })
}

/** Whole numbers and booleans as a query string spells them. */
export const queryInt = (min: number, max: number) =>
  z.coerce.number<string>().int().min(min).max(max)
export const queryBoolean = z.stringbool({ truthy: ['true'], falsy: ['false'] })
