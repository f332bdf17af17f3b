import { z } from 'zod'

/** Stable codes of HTTP problems; a retired code is never given another meaning. */
export const PROBLEM_CODES = [
  'INVALID', // the request contradicts itself or the schema
  'UNAUTHENTICATED', // nobody is signed in, or the token is unknown, revoked or expired
  'CSRF', // a cookie came without its page's token
  'FORBIDDEN', // signed in, but the role or the token's scope does not allow it
  'NOT_FOUND',
  'CONFLICT', // the name is taken, or the state does not allow it
  'LOCKED', // it would change an approved month: reopen that first
  'TOO_LARGE', // body or range above the limit
  'UNSUPPORTED', // a content type that is not read here
  'RATE_LIMITED', // too many attempts; Retry-After says when the next one counts
  'STORE_BUSY', // the database is away or overloaded: the same request may succeed later
  'INTERNAL', // ours; the log has the rest
] as const

export type ProblemCode = (typeof PROBLEM_CODES)[number]

/** RFC 9457 problem details, `application/problem+json`. */
export const problemSchema = z
  .object({
    type: z.string().describe('urn:toba-sense:problem:<code in lower case>'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(PROBLEM_CODES),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('what is wrong with which part of the request'),
  })
  .meta({ id: 'Problem' })

export type Problem = z.infer<typeof problemSchema>
