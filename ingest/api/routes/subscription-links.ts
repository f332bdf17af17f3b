import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { ownerAdvice } from '../../alarms/advice.js'
import { masked } from '../../alarms/masked.js'
import type { Language } from '../../alarms/wording.js'
import { alarmView } from '../../store/alarm-view.js'
import { type Reader, reader } from '../../store/database.js'
import { findLink, type LinkRow, useLink } from '../../store/one-time-links.js'
import {
  confirmSubscription,
  endSubscription,
  isActive,
  type SubscriptionRow,
  subscriptionById,
} from '../../store/subscriptions.js'
import type { Api, ApiDeps } from '../deps.js'
import { alarmCard } from '../pages/alarm-parts.js'
import { type Html, sendPage } from '../pages/html.js'
import { confirmBody, confirmedBody, stopBody } from '../pages/owner.js'
import { saying } from '../pages/simple.js'
import { actionOf, languageOf, page, pageQuerySchema, pageScope } from './forms.js'

const open = {
  config: { access: 'public' },
  schema: {
    hide: true,
    params: z.object({ key: z.string().max(100) }),
    querystring: pageQuerySchema,
  },
} as const

type Said = { title: string; body: Html; status?: number }

/** What an owner's messages lead to: looking changes nothing, since messengers open every link for its preview. */
export function subscriptionLinks(app: Api, deps: ApiDeps): void {
  const { db } = deps.store
  const present = () => new Date(deps.clock.now())
  pageScope(app, deps, (scope) => {
    scope.get('/y/:key', open, async (request, reply) => {
      const language = languageOf(request.query)
      const link = await findLink(reader(db), 'confirm', request.params.key)
      return show(request, reply, { language, said: await confirmPage(request, link, language) })
    })

    scope.post('/y/:key', open, async (request, reply) => {
      const language = languageOf(request.query)
      const { key } = request.params
      const subscription = await db.transaction('write', async (session) => {
        const at = present()
        const link = await useLink(session, { purpose: 'confirm', key, at })
        if (link?.subscriptionId == null) return undefined
        await confirmSubscription(session, link.subscriptionId, at)
        return subscriptionById(session, link.subscriptionId)
      })
      const said = subscription && confirmedBody(namesOf(subscription, language), language)
      return show(request, reply, { language, said: said ?? old(language) })
    })

    scope.get('/h/:key', open, async (request, reply) => {
      const language = languageOf(request.query)
      const link = await findLink(reader(db), 'unsubscribe', request.params.key)
      return show(request, reply, { language, said: await stopPage(request, link, language) })
    })

    scope.post('/h/:key', open, async (request, reply) => {
      const language = languageOf(request.query)
      const { key } = request.params
      await db.transaction('write', async (session) => {
        const at = present()
        const link = await useLink(session, { purpose: 'unsubscribe', key, at })
        if (link?.subscriptionId != null) await endSubscription(session, link.subscriptionId, at)
      })
      const link = await findLink(reader(db), 'unsubscribe', key)
      return show(request, reply, { language, said: await stopPage(request, link, language) })
    })
  })

  async function confirmPage(
    request: FastifyRequest,
    link: LinkRow | undefined,
    language: Language,
  ): Promise<Said> {
    if (link?.subscriptionId == null) return unknown(language)
    const subscription = await subscriptionById(reader(db), link.subscriptionId)
    if (isOld(link)) {
      // Pressed twice, or looked at again: what it was for is done.
      return link.usedAt !== null && isActive(subscription)
        ? confirmedBody(namesOf(subscription, language), language)
        : old(language)
    }
    const { address, siteTitle: site } = subscription
    const action = actionOf(pathOf(request), language)
    return confirmBody({ site, address: masked(address), action }, language)
  }

  async function stopPage(
    request: FastifyRequest,
    link: LinkRow | undefined,
    language: Language,
  ): Promise<Said> {
    if (link?.subscriptionId == null) return unknown(language)
    const subscription = await subscriptionById(reader(db), link.subscriptionId)
    const active = isActive(subscription)
    // Subscribed anew since: this link has done its part.
    if (active && isOld(link)) return old(language)
    const alarm = await cardOf(reader(db), link, language)
    const action = actionOf(pathOf(request), language)
    return stopBody(
      { ...namesOf(subscription, language), action, alarm, isActive: active },
      language,
    )
  }

  async function cardOf(
    session: Reader,
    { alarmId }: LinkRow,
    language: Language,
  ): Promise<Html | null> {
    const at = present()
    const facts = alarmId === null ? undefined : await alarmView(session, alarmId, at)
    if (facts === undefined) return null
    return alarmCard(facts, { advice: ownerAdvice(facts, language), now: at.getTime() }, language)
  }

  function isOld({ usedAt, expiresAt }: LinkRow): boolean {
    return usedAt !== null || expiresAt.getTime() <= deps.clock.now()
  }

  function show(
    request: FastifyRequest,
    reply: FastifyReply,
    { language, said: { status = 200, ...said } }: { language: Language; said: Said },
  ): FastifyReply {
    return sendPage(reply, { ...page(request, deps, language), ...said }, status)
  }
}

const unknown = (language: Language): Said => ({ ...saying('unknown-link', language), status: 404 })
const old = (language: Language): Said => ({ ...saying('old-link', language), status: 410 })

function namesOf({ site, siteTitle }: SubscriptionRow, language: Language) {
  return { site: siteTitle, sitePath: actionOf(`/s/${site}`, language) }
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/'
}
