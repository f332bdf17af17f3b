import {
  channelsAnswerSchema,
  recipientSchema,
  testMessageAnswerSchema,
} from '../../../shared/schema/channel.js'
import { DeliveryError } from '../../alarms/channels/channel.js'
import { testText } from '../../alarms/test-message.js'
import { masked } from '../../alarms/undelivered.js'
import { writeAudit } from '../../store/audit.js'
import { ADMIN, audited } from '../access.js'
import type { Api, ApiDeps } from '../deps.js'

const tags = ['alarms']

export function channelRoutes(app: Api, deps: ApiDeps): void {
  const { db } = deps.store

  app.get(
    '/api/v1/channels',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'By which ways people can be told, and the key a browser subscribes with',
        response: { 200: channelsAnswerSchema },
      },
    },
    async () => {
      const { channels, pushKey } = deps.telling
      return { channels: [...channels.keys()], pushKey: pushKey ?? null }
    },
  )

  app.post(
    '/api/v1/channels/test',
    {
      config: { access: ADMIN },
      schema: {
        tags,
        summary: 'Send a test message to one address, once, and say what became of it',
        body: recipientSchema,
        response: { 200: testMessageAnswerSchema },
      },
    },
    async (request) => {
      const to = request.body
      const text = testText(to.language, new Date(deps.clock.now()))
      const failure = await deps.telling.say(to, text).then(
        () => null,
        (error: unknown) => {
          if (error instanceof DeliveryError) return error.message
          throw error
        },
      )
      const detail = { to: masked(to.channel, to.address), delivered: failure === null, failure }
      const entry = { action: 'channel.test', subject: to.channel, detail }
      await db.transaction('write', (session) => writeAudit(session, audited(request, deps, entry)))
      return { delivered: failure === null, failure }
    },
  )
}
