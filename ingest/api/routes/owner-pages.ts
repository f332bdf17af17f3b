import type { FastifyReply, FastifyRequest } from 'fastify'
import { renderSVG } from 'uqr'
import { z } from 'zod'
import { siteNameSchema } from '../../../shared/schema/common.js'
import {
  OWNER_CHANNELS,
  type OwnerChannel,
  ownerAddressSchema,
} from '../../../shared/schema/people.js'
import { ask, type Letter } from '../../alarms/subscribing.js'
import { type Language, stepsText } from '../../alarms/wording.js'
import { AppError } from '../../errors.js'
import { reader } from '../../store/database.js'
import type { LatestRow } from '../../store/latest.js'
import { type SiteRow, siteByName, siteLatestPage } from '../../store/sites.js'
import { quantityOf } from '../answers.js'
import type { Api, ApiDeps } from '../deps.js'
import { type AttemptLimit, LoginLimiter } from '../login-limiter.js'
import { Html, sendPage } from '../pages/html.js'
import { posterBody, type SitePage, type SiteValue, sentBody, siteBody } from '../pages/owner.js'
import { actionOf, languageOf, page, pageQuerySchema, pageScope } from './forms.js'

const siteParamsSchema = z.object({ site: z.string().max(100) })
const askSchema = z.object({
  channel: z.enum(['gateway', 'email']).default('gateway'),
  address: z.string().max(254).default(''),
  what: z.enum(['start', 'stop']).default('start'),
})
/** A carrier puts a village behind one address. */
const PER_IP: AttemptLimit = { free: 20, longestMs: 15 * 60_000 }
const MOST_VALUES = 8

/** The short address on the poster of a site: how it is there, and how to be told or no longer told. */
export function ownerPages(app: Api, deps: ApiDeps): void {
  const limiter = new LoginLimiter(deps.clock)
  pageScope(app, deps, (scope) => {
    const open = {
      config: { access: 'public' },
      schema: { hide: true, params: siteParamsSchema, querystring: pageQuerySchema },
    } as const

    scope.get('/s/:site', open, async (request, reply) => {
      const site = await siteOf(deps, request.params.site)
      return sitePage(request, reply, { deps, site, language: languageOf(request.query) })
    })

    scope.get('/s/:site/qr', open, async (request, reply) => {
      const site = await siteOf(deps, request.params.site)
      const language = languageOf(request.query)
      const origin = deps.config.origin ?? `${request.protocol}://${request.host}`
      const address = new URL(`/s/${site.name}`, origin).href
      const svg = new Html(renderSVG(address, { ecc: 'M', border: 4 }))
      const short = address.replace(/^https?:\/\//, '')
      const body = posterBody({ title: site.title, address: short, svg }, language)
      return sendPage(reply, { ...page(request, deps, language), title: site.title, body })
    })

    scope.post(
      '/s/:site',
      { ...open, schema: { ...open.schema, body: askSchema } },
      async (request, reply) => {
        const site = await siteOf(deps, request.params.site)
        const language = languageOf(request.query)
        const { channel, address, what } = request.body
        const to = ownerAddressSchema.safeParse({ channel, address })
        if (!to.success || !waysOf(deps).includes(channel)) {
          const typed = { channel, address }
          return sitePage(request, reply, { deps, site, language, typed })
        }
        if (limiter.attempt(`owner ${request.ip}`, PER_IP) > 0) {
          throw new AppError('RATE_LIMITED', 'too many requests from this address')
        }
        await answerByMessage(deps, { siteId: site.id, to: { ...to.data, language }, what })
        const base = page(request, deps, language)
        return sendPage(reply, { ...base, ...sentBody(actionOf(base.path, language), language) })
      },
    )
  })
}

async function siteOf({ store }: ApiDeps, name: string): Promise<SiteRow> {
  const known = siteNameSchema.safeParse(name)
  if (!known.success) throw new AppError('NOT_FOUND', 'there is no such site')
  const site = await siteByName(reader(store.db), known.data)
  if (site.retiredAt !== null) throw new AppError('NOT_FOUND', 'this site is retired')
  return site
}

/** A link in a message must not be made of a host that a stranger's request names. */
function waysOf({ telling, config }: ApiDeps): readonly OwnerChannel[] {
  if (config.origin === undefined) return []
  return OWNER_CHANNELS.filter((channel) => telling.channels.has(channel))
}

async function answerByMessage(
  { store, config, clock, telling, log }: ApiDeps,
  asked: Parameters<typeof ask>[1],
): Promise<void> {
  if (config.origin === undefined) return
  const letter: Letter | undefined = await ask(
    { db: store.db, origin: config.origin },
    asked,
    clock.now(),
  )
  // Not waited for: how long it takes would tell whether there is something to send.
  if (letter !== undefined) {
    telling.say(letter.to, letter.text).catch((error: unknown) => {
      log.warn({ event: 'owner_message_failed', channel: letter.to.channel, reason: String(error) })
    })
  }
}

interface Shown {
  deps: ApiDeps
  site: SiteRow
  language: Language
  /** What could not be read. */
  typed?: SitePage['typed']
}

async function sitePage(
  request: FastifyRequest,
  reply: FastifyReply,
  { deps, site, language, typed = null }: Shown,
): Promise<FastifyReply> {
  const base = page(request, deps, language)
  const { title } = site
  const content: SitePage = {
    title,
    values: await valuesOf(deps, site, language),
    ways: waysOf(deps),
    action: actionOf(base.path, language),
    posterPath: actionOf(`/s/${site.name}/qr`, language),
    isWrong: typed !== null,
    typed,
  }
  const body = siteBody(content, language)
  return sendPage(reply, { ...base, title, body }, typed === null ? 200 : 400)
}

async function valuesOf(
  { store, clock }: ApiDeps,
  site: SiteRow,
  language: Language,
): Promise<SiteValue[]> {
  const rows = await siteLatestPage(store.db, {
    after: '',
    limit: 1,
    name: site.name,
    retired: false,
    includeSimulated: store.kind === 'simulated',
    now: new Date(clock.now()),
  })
  return rows
    .flatMap(({ latest }) => (latest === null || latest.flag > 3 ? [] : [latest]))
    .filter((latest) => quantityOf(latest.quantityId).group !== 'node')
    .slice(0, MOST_VALUES)
    .map((latest) => toValue(latest, clock.now(), language))
}

function toValue(latest: LatestRow, now: number, language: Language): SiteValue {
  const quantity = quantityOf(latest.quantityId)
  const name = language === 'id' ? quantity.nameId : quantity.nameEn
  const depth = latest.depthM?.toLocaleString(language === 'id' ? 'id-ID' : 'en-GB')
  return {
    name: depth === undefined ? name : `${name}, ${depth} m`,
    value: stepsText(quantity, latest.value, language),
    at: latest.time,
    ageMs: now - latest.time.getTime(),
    isDoubtful: latest.flag === 3,
  }
}
