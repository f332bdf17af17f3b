import { z } from 'zod'
import { accountSchema, auditEntrySchema, tokenSchema } from './account.js'
import {
  nodeNameSchema,
  positionSchema,
  quantityKeySchema,
  queryBoolean,
  queryInt,
  siteKindSchema,
  siteNameSchema,
  storeKindSchema,
  strict,
  timeSchema,
} from './common.js'
import { nodeSchema } from './node.js'
import { latestSchema, quantitySchema } from './reading.js'
import { placementSchema, siteWithLatestSchema } from './site.js'

/** Requests and answers that are more than one thing of `site`, `node`, `reading` or `account`. */

export const siteParamsSchema = z.object({ name: siteNameSchema })
export const nodeParamsSchema = z.object({ name: nodeNameSchema })
export const accountParamsSchema = z.object({ name: z.string().max(64) })
export const idParamsSchema = z.object({ id: queryInt(1, Number.MAX_SAFE_INTEGER) })

export const sitesQuerySchema = strict({
  kind: siteKindSchema.optional(),
  retired: queryBoolean.default(false).describe('true: the retired ones too'),
  after: siteNameSchema.optional().describe('the page after this name'),
  limit: queryInt(1, 2000).default(500),
})

/** `now` is the server's time of the answer: ages need no clock of the reader's. */
const dated = { store: storeKindSchema, now: timeSchema }

const nextName = z.string().nullable().describe('`after` of the next page')

export const sitesAnswerSchema = z
  .object({ ...dated, sites: z.array(siteWithLatestSchema), next: nextName })
  .meta({ id: 'Sites' })
export const siteAnswerSchema = siteWithLatestSchema
  .extend({ ...dated, placements: z.array(placementSchema).describe('all, newest first') })
  .meta({ id: 'SiteDetail' })
export const latestQuerySchema = strict({
  site: siteNameSchema.optional(),
  node: nodeNameSchema.optional(),
  quantity: quantityKeySchema.optional(),
  after: z
    .string()
    .regex(/^[a-z0-9-]{3,32}:\d{1,5}:\d{1,2}$/, 'as `next` of the page before')
    .optional(),
  limit: queryInt(1, 2000).default(2000),
})
export const latestAnswerSchema = z
  .object({ ...dated, latest: z.array(latestSchema), next: nextName })
  .meta({ id: 'LatestAnswer' })
export const quantitiesAnswerSchema = z
  .object({ quantities: z.array(quantitySchema) })
  .meta({ id: 'Quantities' })

export type SitesAnswer = z.infer<typeof sitesAnswerSchema>
export type LatestAnswer = z.infer<typeof latestAnswerSchema>

export const liveQuerySchema = strict({
  site: siteNameSchema.optional().describe('the channels placed there when the feed is opened'),
  node: nodeNameSchema.optional(),
})

export const nodesQuerySchema = strict({
  after: nodeNameSchema.optional().describe('the page after this name'),
  limit: queryInt(1, 2000).default(500),
})
export const nodesAnswerSchema = z
  .object({ ...dated, nodes: z.array(nodeSchema), next: nextName })
  .meta({ id: 'Nodes' })
export const nodeAnswerSchema = nodeSchema
  .extend({ latest: z.array(latestSchema), placements: z.array(placementSchema) })
  .meta({ id: 'NodeDetail' })

export const placementsQuerySchema = strict({
  site: siteNameSchema.optional(),
  node: nodeNameSchema.optional(),
  after: queryInt(1, Number.MAX_SAFE_INTEGER).optional().describe('id; the page after it'),
  limit: queryInt(1, 2000).default(500),
})
export const placementsAnswerSchema = z
  .object({ placements: z.array(placementSchema), next: z.int().nullable() })
  .meta({ id: 'Placements' })

export const framesQuerySchema = strict({
  node: nodeNameSchema,
  time: timeSchema.describe('of the reading'),
  quantity: quantityKeySchema.optional(),
  position: queryInt(0, 15).optional(),
})

/** A frame as its bytes say it: values in units, times ISO or, when undated, seconds of uptime. */
export const frameViewSchema = z
  .object({
    boot: z.int(),
    seq: z.int(),
    undated: z.boolean(),
    trailer: z.string().nullable().describe('hexadecimal'),
    channels: z.array(
      z.object({ quantity: z.string(), position: positionSchema, unit: z.string() }),
    ),
    samples: z.array(
      z.object({
        time: timeSchema.nullable(),
        uptimeS: z.int().nullable(),
        values: z.array(z.number().nullable()),
      }),
    ),
  })
  .meta({ id: 'FrameView' })

export type FrameView = z.infer<typeof frameViewSchema>

const rawFrame = {
  sizeBytes: z.int(),
  hex: z.string(),
  decoded: frameViewSchema.nullable(),
  error: z.string().nullable().describe('why it cannot be decoded'),
}

export const framesAnswerSchema = z
  .object({
    frames: z.array(
      z.object({
        node: z.string(),
        receivedAt: timeSchema,
        boot: z.int(),
        seq: z.int(),
        first: timeSchema,
        last: timeSchema,
        ...rawFrame,
      }),
    ),
  })
  .meta({ id: 'Frames' })

export type FramesAnswer = z.infer<typeof framesAnswerSchema>

export const rejectedQuerySchema = strict({
  node: nodeNameSchema.optional(),
  reason: z.string().max(64).optional(),
  open: queryBoolean.default(true).describe('true: only those that are not resolved'),
  before: queryInt(1, Number.MAX_SAFE_INTEGER).optional().describe('id; the page before it'),
  limit: queryInt(1, 500).default(100),
})

export const rejectedFrameSchema = z
  .object({
    id: z.int(),
    node: z.string(),
    reason: z.string(),
    detail: z.string(),
    boot: z.int().nullable(),
    seq: z.int().nullable(),
    readings: z.int(),
    receivedAt: timeSchema,
    lastReceivedAt: timeSchema,
    timesReceived: z.int(),
    resolvedAt: timeSchema.nullable(),
    resolution: z.string().nullable(),
  })
  .meta({ id: 'RejectedFrame' })

export const rejectedAnswerSchema = z
  .object({
    rejectedFrames: z.array(rejectedFrameSchema),
    next: z.int().nullable().describe('`before` of the next page'),
    open: z.record(z.string(), z.int()).describe('open frames by reason, whatever was asked'),
  })
  .meta({ id: 'RejectedFrames' })
export const rejectedDetailSchema = rejectedFrameSchema
  .extend(rawFrame)
  .meta({ id: 'RejectedFrameDetail' })

export type RejectedFrame = z.infer<typeof rejectedFrameSchema>

/** At most this many frames are replayed by one request; `remaining` says how many are left. */
export const REPLAY_LIMIT = 1000

export const replaySchema = strict({
  ids: z.array(z.int().min(1)).min(1).max(REPLAY_LIMIT).optional(),
  reason: z.string().min(1).max(64).optional().describe('all open frames with this reason'),
  node: nodeNameSchema.optional().describe('with `reason`: of this node only'),
  startTime: timeSchema
    .optional()
    .describe('with exactly one id: the time of its first sample, as a technician knows it'),
})
  .refine((body) => (body.ids === undefined) !== (body.reason === undefined), {
    message: 'name either ids or a reason',
    path: ['ids'],
  })
  .refine((body) => body.startTime === undefined || body.ids?.length === 1, {
    message: 'a start time dates exactly one frame',
    path: ['startTime'],
  })
  .meta({ id: 'Replay' })

export const replayResultSchema = z
  .object({
    id: z.int(),
    outcome: z.enum(['stored', 'rejected', 'not-open']),
    stored: z.int().describe('readings that were new'),
    repeated: z.int().describe('readings that were there already'),
    reason: z.string().nullable().describe('what stands against it now'),
    detail: z.string().nullable(),
  })
  .meta({ id: 'ReplayResult' })

export type ReplayResult = z.infer<typeof replayResultSchema>

export const replayAnswerSchema = z
  .object({
    results: z.array(replayResultSchema),
    remaining: z.int().describe('open frames of the reason that were not tried'),
  })
  .meta({ id: 'ReplayAnswer' })

export const accountsAnswerSchema = z
  .object({ accounts: z.array(accountSchema) })
  .meta({ id: 'Accounts' })
export const tokensAnswerSchema = z.object({ tokens: z.array(tokenSchema) }).meta({ id: 'Tokens' })
export const auditAnswerSchema = z
  .object({ entries: z.array(auditEntrySchema), next: z.int().nullable() })
  .meta({ id: 'Audit' })

export const healthSchema = z.object({ alive: z.literal(true) }).meta({ id: 'Health' })

/** `messages` says in words whatever keeps the service from being ready, or is worth a warning. */
export const readySchema = z
  .object({
    ready: z.boolean(),
    store: storeKindSchema,
    engine: z.enum(['server', 'embedded']),
    database: z.boolean().describe('reachable'),
    clockSynchronised: z.boolean(),
    powerSafe: z.boolean().describe('false: an acknowledgement means committed, not power-safe'),
    framesInFlight: z.int().describe('received, not yet committed or refused'),
    nodesConnected: z.int(),
    messages: z.array(z.string()),
  })
  .meta({ id: 'Ready' })

export type ReadyReport = z.infer<typeof readySchema>
