import { z } from 'zod'
import { queryBoolean, queryInt, strict, timeSchema } from './common.js'

/** Work on stored readings that takes longer than an answer may, and goes on behind. */

export const JOB_KINDS = ['recompute'] as const
export const JOB_STATES = ['queued', 'running', 'done', 'failed'] as const

export const jobSchema = z
  .object({
    id: z.int(),
    kind: z.enum(JOB_KINDS).describe('recompute: value, flag and reasons of stored readings'),
    state: z
      .enum(JOB_STATES)
      .describe('running: readings, then the hours and days over them; failed: see `failure`'),
    subject: z.string().describe('site or node'),
    actor: z.string().describe('who asked for it, as the audit names them'),
    reason: z.string(),
    createdAt: timeSchema,
    startedAt: timeSchema.nullable(),
    finishedAt: timeSchema.nullable(),
    failure: z.string().nullable().describe('why it failed'),
    readings: z.int().describe('looked at so far'),
    changed: z.int().describe('how many of them are not what they were'),
    from: timeSchema.describe('of the readings; included'),
    to: timeSchema.describe('not included'),
    progress: z.number().min(0).max(1).describe('share of the time from..to that is done'),
  })
  .meta({ id: 'Job' })

export type Job = z.infer<typeof jobSchema>

export const jobsQuerySchema = strict({
  unfinished: queryBoolean.default(false).describe('true: only those that are queued or running'),
  before: queryInt(1, 2 ** 31 - 1)
    .optional()
    .describe('id; the page before it'),
  limit: queryInt(1, 500).default(100),
})

export const jobsAnswerSchema = z
  .object({
    jobs: z.array(jobSchema),
    next: z.int().nullable().describe('`before` of the next page'),
  })
  .meta({ id: 'Jobs' })

export type JobsAnswer = z.infer<typeof jobsAnswerSchema>
