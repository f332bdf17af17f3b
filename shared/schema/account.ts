import { z } from 'zod'
import { accountNameSchema, queryInt, strict, timeSchema, titleSchema } from './common.js'

export const ROLES = ['officer', 'technician', 'admin'] as const
export const SCOPES = ['read', 'write:nodes', 'write:sites', 'replay'] as const

export const roleSchema = z.enum(ROLES)
export const scopeSchema = z.enum(SCOPES)
export type Role = z.infer<typeof roleSchema>
export type Scope = z.infer<typeof scopeSchema>

/** NIST SP 800-63B §5.1.1.2: length counts, composition rules do not. The upper limit bounds the hashing. */
export const passwordSchema = z.string().min(10).max(200)

export const accountSchema = z
  .object({
    name: accountNameSchema,
    title: titleSchema,
    role: roleSchema,
    createdAt: timeSchema,
    disabledAt: timeSchema.nullable(),
  })
  .meta({ id: 'Account' })

export type Account = z.infer<typeof accountSchema>

export const setupSchema = strict({
  secret: z.string().min(1).max(100).describe('the one-time secret in the log of the first start'),
  name: accountNameSchema,
  title: titleSchema.optional(),
  password: passwordSchema,
}).meta({ id: 'Setup' })

export const loginSchema = strict({
  name: z.string().min(1).max(64),
  password: z.string().min(1).max(200),
}).meta({ id: 'Login' })

/** Who asks. `csrf` goes into the header `x-csrf-token` of every writing request of the page. */
export const sessionSchema = z
  .object({
    account: z
      .object({ name: z.string(), title: z.string(), role: roleSchema })
      .nullable()
      .describe('null: nobody is signed in'),
    csrf: z.string().nullable(),
    setupNeeded: z.boolean().describe('no account exists yet'),
    store: z.enum(['real', 'simulated']),
  })
  .meta({ id: 'Session' })

export type Session = z.infer<typeof sessionSchema>

export const passwordChangeSchema = strict({
  current: z.string().min(1).max(200),
  password: passwordSchema,
}).meta({ id: 'PasswordChange' })

export const accountCreateSchema = strict({
  name: accountNameSchema,
  title: titleSchema.optional(),
  role: roleSchema,
  password: passwordSchema,
}).meta({ id: 'AccountCreate' })

export const accountPatchSchema = strict({
  title: titleSchema,
  role: roleSchema,
  password: passwordSchema,
  disabled: z.boolean(),
})
  .partial()
  .meta({ id: 'AccountPatch' })

export const tokenSchema = z
  .object({
    id: z.int(),
    account: accountNameSchema,
    name: titleSchema,
    scopes: z.array(scopeSchema),
    createdAt: timeSchema,
    expiresAt: timeSchema,
    lastUsedAt: timeSchema.nullable(),
    revokedAt: timeSchema.nullable(),
  })
  .meta({ id: 'Token' })

export type Token = z.infer<typeof tokenSchema>

export const tokenCreateSchema = strict({
  name: titleSchema.describe('what it is for'),
  scopes: z.array(scopeSchema).min(1).max(SCOPES.length),
  expiresInDays: z.int().min(1).max(366).default(90),
  account: accountNameSchema.optional().describe('default: oneself; for others an admin only'),
}).meta({ id: 'TokenCreate' })

export const tokenWithSecretSchema = tokenSchema
  .extend({ secret: z.string().describe('for `Authorization: Bearer`; shown this once') })
  .meta({ id: 'TokenWithSecret' })

export const auditQuerySchema = strict({
  before: queryInt(1, Number.MAX_SAFE_INTEGER).optional().describe('id; the page before it'),
  actor: z.string().max(64).optional(),
  subject: z.string().max(64).optional(),
  limit: queryInt(1, 500).default(100),
})

export const auditEntrySchema = z
  .object({
    id: z.int(),
    at: timeSchema,
    actor: z.string(),
    action: z.string(),
    subject: z.string(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEntry' })

export type AuditEntry = z.infer<typeof auditEntrySchema>
