import { z } from 'zod'
import { strict } from './common.js'

/** The ways by which people are told. */

export const CHANNEL_KINDS = ['email', 'webhook', 'telegram', 'gateway', 'push'] as const
export const channelKindSchema = z
  .enum(CHANNEL_KINDS)
  .describe('gateway: SMS or WhatsApp, by the HTTP service that is set up')
export type ChannelKind = z.infer<typeof channelKindSchema>

export const languageSchema = z.enum(['id', 'en'])

export const recipientSchema = strict({
  channel: channelKindSchema,
  address: z
    .string()
    .min(1)
    .max(2000)
    .describe('mail address, URL, chat, telephone number, or a push subscription as JSON'),
  language: languageSchema,
})
export type Recipient = z.infer<typeof recipientSchema>

/** Duty: who must act for the region; owner: who asked to be told of one site. */
export interface Addressee extends Recipient {
  audience: 'duty' | 'owner'
  /** In place of the notification's, in their language: owners are told less than the duty. */
  text?: string | null | undefined
  /** In place of the text's own, e.g. one that lets its holder acknowledge. */
  link?: string | null | undefined
}

export const channelsAnswerSchema = z
  .object({
    channels: z.array(channelKindSchema).describe('those that are set up'),
    pushKey: z
      .string()
      .nullable()
      .describe('applicationServerKey of a push subscription; null: not set up'),
  })
  .meta({ id: 'Channels' })

export const testMessageAnswerSchema = z
  .object({
    delivered: z.boolean().describe('the other side took it; not that somebody read it'),
    failure: z.string().nullable(),
  })
  .meta({ id: 'TestMessage' })
