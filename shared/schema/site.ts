import { z } from 'zod'
import {
  depthMSchema,
  directionDegSchema,
  nodeNameSchema,
  positionSchema,
  quantityKeySchema,
  siteKindSchema,
  siteNameSchema,
  strict,
  timeSchema,
  titleSchema,
} from './common.js'
import { latestSchema } from './reading.js'

const note = z.string().trim().min(1).max(200).nullable()

/** What a person may change about a site. */
const details = {
  title: titleSchema,
  kind: siteKindSchema,
  longitude: z.number().min(-180).max(180),
  latitude: z.number().min(-90).max(90),
  elevationM: z.number().min(-500).max(9000).nullable(),
  waterClass: note.describe('of the water standard, e.g. I'),
  road: note,
  owner: note,
}

export const siteSchema = z
  .object({
    name: siteNameSchema,
    ...details,
    createdAt: timeSchema,
    retiredAt: timeSchema.nullable(),
  })
  .meta({ id: 'Site' })

export type Site = z.infer<typeof siteSchema>

export const siteWithLatestSchema = siteSchema
  .extend({ latest: z.array(latestSchema).describe('of the placements that hold now') })
  .meta({ id: 'SiteWithLatest' })

export type SiteWithLatest = z.infer<typeof siteWithLatestSchema>

export const siteCreateSchema = strict({
  name: siteNameSchema,
  ...details,
  elevationM: details.elevationM.default(null),
  waterClass: details.waterClass.default(null),
  road: details.road.default(null),
  owner: details.owner.default(null),
}).meta({ id: 'SiteCreate' })

export const sitePatchSchema = strict({
  ...details,
  retired: z.boolean().describe('a retired site leaves the lists; its series stay'),
})
  .partial()
  .meta({ id: 'SitePatch' })

export const placementSchema = z
  .object({
    id: z.int(),
    node: nodeNameSchema,
    quantity: quantityKeySchema,
    position: positionSchema,
    site: siteNameSchema,
    depthM: depthMSchema.nullable(),
    directionDeg: directionDegSchema.nullable(),
    from: timeSchema,
    to: timeSchema.nullable(),
  })
  .meta({ id: 'Placement' })

export type Placement = z.infer<typeof placementSchema>

/** A channel measures at one site at a time. */
export const placementCreateSchema = strict({
  node: nodeNameSchema,
  site: siteNameSchema,
  quantity: quantityKeySchema,
  position: positionSchema.default(0),
  depthM: depthMSchema.nullable().default(null),
  directionDeg: directionDegSchema.nullable().default(null),
  from: timeSchema.optional().describe('default: now'),
  to: timeSchema.nullable().default(null),
}).meta({ id: 'PlacementCreate' })

export const placementPatchSchema = strict({
  from: timeSchema,
  to: timeSchema.nullable().describe('the placement ends here; null: it goes on'),
  depthM: depthMSchema.nullable(),
  directionDeg: directionDegSchema.nullable(),
})
  .partial()
  .refine((patch) => Object.keys(patch).length > 0, { message: 'there is nothing to change' })
  .meta({ id: 'PlacementPatch' })

export const placementMoveSchema = strict({
  node: nodeNameSchema,
  site: siteNameSchema.describe('where it measures from now on'),
  at: timeSchema.optional().describe('end there and beginning here; default: now'),
  replaces: nodeNameSchema
    .nullable()
    .default(null)
    .describe('the node whose place it takes: that one’s placements at the site end'),
  channels: z
    .array(
      strict({
        quantity: quantityKeySchema,
        position: positionSchema.default(0),
        depthM: depthMSchema.nullable().default(null),
        directionDeg: directionDegSchema.nullable().default(null),
      }),
    )
    .min(1)
    .max(64)
    .optional()
    .describe('default: those that it, or the node it replaces, has at that moment'),
}).meta({ id: 'PlacementMove' })

export const placementMovedSchema = z
  .object({ ended: z.array(placementSchema), begun: z.array(placementSchema) })
  .meta({ id: 'PlacementMoved' })
