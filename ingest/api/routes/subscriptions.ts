import { z } from 'zod'
import { idParamsSchema } from '../../../shared/schema/api.js'
import {
  type Subscription,
  subscriptionsAnswerSchema,
  subscriptionsQuerySchema,
} from '../../../shared/schema/people.js'
import { masked } from '../../alarms/masked.js'
import { writeAudit } from '../../store/audit.js'
import { reader } from '../../store/database.js'
import {
  endSubscription,
  type SubscriptionRow,
  subscriptionById,
  subscriptionPage,
} from '../../store/subscriptions.js'
import { audited, OFFICE_ROLES } from '../access.js'
import { iso, isoOrNull } from '../answers.js'
import type { Api, ApiDeps } from '../deps.js'

const tags = ['roster']

export function subscriptionRoutes(app: Api, deps: ApiDeps): void {
  const { db } = deps.store

  app.get(
    '/api/v1/subscriptions',
    {
      config: { access: OFFICE_ROLES },
      schema: {
        tags,
        summary: 'Cage owners who asked to be told of a site; their addresses are masked',
        querystring: subscriptionsQuerySchema,
        response: { 200: subscriptionsAnswerSchema },
      },
    },
    async (request) => {
      const { limit } = request.query
      const rows = await subscriptionPage(reader(db), request.query)
      const next = rows.length === limit ? (rows.at(-1)?.id ?? null) : null
      return { subscriptions: rows.map(toSubscription), next }
    },
  )

  app.delete(
    '/api/v1/subscriptions/:id',
    {
      config: { access: OFFICE_ROLES },
      schema: {
        tags,
        summary: 'End a subscription, as its owner can',
        params: idParamsSchema,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      await db.transaction('write', async (session) => {
        const { site } = await subscriptionById(session, id)
        await endSubscription(session, id, new Date(deps.clock.now()))
        const entry = { action: 'subscription.end', subject: site, detail: { id } }
        await writeAudit(session, audited(request, deps, entry))
      })
      reply.code(204)
    },
  )
}

function toSubscription(row: SubscriptionRow): Subscription {
  const { id, site, channel, language } = row
  return {
    id,
    site,
    channel,
    address: masked(row.address),
    language,
    askedAt: iso(row.askedAt),
    confirmedAt: isoOrNull(row.confirmedAt),
    unsubscribedAt: isoOrNull(row.unsubscribedAt),
  }
}
