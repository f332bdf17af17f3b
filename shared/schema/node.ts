import { z } from 'zod'
import { nodeKindSchema, nodeNameSchema, strict, timeSchema, titleSchema } from './common.js'
import { configurationSchema } from './configuration.js'

export const nodeSchema = z
  .object({
    name: nodeNameSchema,
    title: titleSchema,
    kind: nodeKindSchema,
    simulated: z.boolean().describe('fixed when the node is created'),
    trailerRequired: z.boolean().describe('frames must carry their HMAC'),
    connected: z.boolean(),
    lastSeenAt: timeSchema.nullable().describe('last readings received'),
    openRejectedFrames: z.int(),
    configRevision: z.int().describe('of the configuration that it is told'),
    confirmedRevision: z.int().nullable().describe('that it last said it applies'),
    createdAt: timeSchema,
    disabledAt: timeSchema.nullable(),
  })
  .meta({ id: 'Node' })

export type Node = z.infer<typeof nodeSchema>

export const nodeCreateSchema = strict({
  name: nodeNameSchema,
  title: titleSchema.optional().describe('default: the name'),
  kind: nodeKindSchema,
  simulated: z.boolean().default(false),
  trailerRequired: z.boolean().default(false),
}).meta({ id: 'NodeCreate' })

export const nodePatchSchema = strict({ title: titleSchema, trailerRequired: z.boolean() })
  .partial()
  .meta({ id: 'NodePatch' })

/** The only answer in which a secret stands: it is kept as SHA-256 and cannot be shown again. */
export const nodeWithSecretSchema = nodeSchema
  .extend({ secret: z.string().describe('128 random bits, hexadecimal; shown this once') })
  .meta({ id: 'NodeWithSecret' })

export type NodeWithSecret = z.infer<typeof nodeWithSecretSchema>

export const nodeConfigSchema = z
  .object({ revision: z.int(), configuration: configurationSchema })
  .meta({ id: 'NodeConfig' })

export type NodeConfig = z.infer<typeof nodeConfigSchema>
