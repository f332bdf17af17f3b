import { z } from 'zod'
import { channelKindSchema, languageSchema, recipientSchema } from './channel.js'
import {
  accountNameSchema,
  queryInt,
  siteNameSchema,
  strict,
  timeSchema,
  titleSchema,
} from './common.js'

/** Who is told of an alarm: people on duty with their deputies, and cage owners who asked for it. */

const idSchema = z.int().min(1).max(2_147_483_647)

export const personSchema = z
  .object({
    id: idSchema,
    title: titleSchema,
    account: accountNameSchema.nullable(),
    contacts: z.array(recipientSchema),
  })
  .meta({ id: 'Person' })
export type Person = z.infer<typeof personSchema>
export const peopleAnswerSchema = z.object({ people: z.array(personSchema) }).meta({ id: 'People' })

export const personPutSchema = strict({
  title: titleSchema,
  account: accountNameSchema.nullable().default(null),
  contacts: z.array(recipientSchema).max(8).describe('all of them are used'),
}).meta({ id: 'PersonPut' })
export type PersonPut = z.infer<typeof personPutSchema>

export const dutySchema = z
  .object({
    id: idSchema,
    person: z.object({ id: idSchema, title: z.string() }),
    deputy: z.object({ id: idSchema, title: z.string() }).nullable(),
    sites: z.array(z.string()).describe('none: all sites'),
    from: timeSchema,
    to: timeSchema,
  })
  .meta({ id: 'Duty' })
export type Duty = z.infer<typeof dutySchema>

export const dutiesQuerySchema = strict({
  from: timeSchema.optional().describe('default: now'),
  to: timeSchema.optional().describe('default: 60 days after from'),
})
export const dutiesAnswerSchema = z.object({ duties: z.array(dutySchema) }).meta({ id: 'Duties' })

export const dutyCreateSchema = strict({
  person: idSchema,
  deputy: idSchema.nullable().default(null),
  sites: z.array(siteNameSchema).max(200).default([]).describe('none: all sites'),
  from: timeSchema,
  to: timeSchema,
}).meta({ id: 'DutyCreate' })
export type DutyCreate = z.infer<typeof dutyCreateSchema>

const stepSchema = strict({
  afterMinutes: z.int().min(1).max(1440).describe('since it was told, without acknowledgement'),
  person: idSchema.nullable().describe('null: the deputies of those on duty'),
})
export const escalationSchema = strict({
  steps: z
    .array(stepSchema)
    .max(10)
    .refine(isRising, 'each step comes later than the one before it'),
}).meta({ id: 'Escalation' })
export type Escalation = z.infer<typeof escalationSchema>

function isRising(steps: readonly { afterMinutes: number }[]): boolean {
  return steps.every(({ afterMinutes }, i) => afterMinutes > (steps[i - 1]?.afterMinutes ?? 0))
}

/** What owners may choose: telegram and push need a step of their own in another program. */
export const OWNER_CHANNELS = ['gateway', 'email'] as const
export const ownerChannelSchema = z.enum(OWNER_CHANNELS)
export type OwnerChannel = z.infer<typeof ownerChannelSchema>

/** One spelling for one address, or a person could subscribe twice and unsubscribe once. */
export const ownerAddressSchema = z.discriminatedUnion('channel', [
  z.object({
    channel: z.literal('gateway'),
    address: z
      .string()
      .max(40)
      .transform(internationalNumber)
      .pipe(z.string().regex(/^\+[1-9]\d{7,14}$/)),
  }),
  z.object({
    channel: z.literal('email'),
    address: z.string().trim().toLowerCase().max(254).pipe(z.email()),
  }),
])

/** "0812-3456 7890", "62812…" and "+62 812…" are one number. */
function internationalNumber(written: string): string {
  const digits = written.replace(/[\s().-]/g, '').replace(/^00/, '+')
  if (digits.startsWith('0')) return `+62${digits.slice(1)}`
  return digits.startsWith('62') ? `+${digits}` : digits
}

export const subscriptionSchema = z
  .object({
    id: idSchema,
    site: z.string(),
    channel: channelKindSchema,
    address: z.string().describe('its first and last letters'),
    language: languageSchema,
    askedAt: timeSchema,
    confirmedAt: timeSchema.nullable(),
    unsubscribedAt: timeSchema.nullable(),
  })
  .meta({ id: 'Subscription' })
export type Subscription = z.infer<typeof subscriptionSchema>

export const subscriptionsQuerySchema = strict({
  site: siteNameSchema.optional(),
  after: queryInt(0, 2_147_483_647).default(0),
  limit: queryInt(1, 500).default(100),
})
export const subscriptionsAnswerSchema = z
  .object({ subscriptions: z.array(subscriptionSchema), next: z.int().nullable() })
  .meta({ id: 'Subscriptions' })
