import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { acknowledge } from '../../alarms/acknowledge.js'
import type { Language } from '../../alarms/wording.js'
import { type AlarmView, alarmView } from '../../store/alarm-view.js'
import { writeAudit } from '../../store/audit.js'
import { type Reader, reader } from '../../store/database.js'
import { findLink, type LinkRow, useLink } from '../../store/one-time-links.js'
import { ownersToldOf, personTitle, toldOfAlarm } from '../../store/told.js'
import type { Api, ApiDeps } from '../deps.js'
import {
  type AcknowledgePage,
  acknowledgeBody,
  acknowledgeTitle,
  type LinkState,
} from '../pages/acknowledge.js'
import { sendPage } from '../pages/html.js'
import { saying } from '../pages/simple.js'
import { actionOf, languageOf, page, pageQuerySchema, pageScope } from './forms.js'

const keyParamsSchema = z.object({ key: z.string().max(100) })
const noteSchema = z.object({ note: z.string().trim().max(500).default('') })

/** The key in the address is what vouches for its holder: no cookie does, so no other site can post in their name. */
export function acknowledgePage(app: Api, deps: ApiDeps): void {
  pageScope(app, deps, (scope) => {
    const { db } = deps.store

    // Messengers open every link for its preview: looking at the page never acknowledges.
    scope.get(
      '/a/:key',
      {
        config: { access: 'public' },
        schema: { hide: true, params: keyParamsSchema, querystring: pageQuerySchema },
      },
      async (request, reply) => {
        const language = languageOf(request.query)
        const link = await findLink(reader(db), 'acknowledge', request.params.key)
        return answer({ request, reply, language }, link, stateOf(link, deps.clock.now()))
      },
    )

    scope.post(
      '/a/:key',
      {
        config: { access: 'public' },
        schema: {
          hide: true,
          params: keyParamsSchema,
          querystring: pageQuerySchema,
          body: noteSchema,
        },
      },
      async (request, reply) => {
        const language = languageOf(request.query)
        const { key } = request.params
        const isDone = await acknowledgeBy(deps, key, request.body.note)
        const link = await findLink(reader(db), 'acknowledge', key)
        const state = isDone ? 'done' : stateOf(link, deps.clock.now())
        return answer({ request, reply, language }, link, state)
      },
    )
  })

  async function answer(
    {
      request,
      reply,
      language,
    }: { request: FastifyRequest; reply: FastifyReply; language: Language },
    link: LinkRow | undefined,
    state: LinkState,
  ): Promise<FastifyReply> {
    const { db } = deps.store
    const base = page(request, deps, language)
    const now = new Date(deps.clock.now())
    const facts = link?.alarmId == null ? undefined : await alarmView(reader(db), link.alarmId, now)
    if (facts === undefined) {
      return sendPage(reply, { ...base, ...saying('unknown-link', language) }, 404)
    }
    const content = await contentOf(reader(db), facts, {
      state,
      now: now.getTime(),
      action: actionOf(base.path, language),
    })
    const title = acknowledgeTitle(language)
    const body = acknowledgeBody(content, language)
    const isGone = state === 'used' || state === 'expired'
    return sendPage(reply, { ...base, title, body }, isGone ? 410 : 200)
  }
}

function stateOf(link: LinkRow | undefined, now: number): LinkState {
  if (link === undefined) return 'expired'
  if (link.usedAt !== null) return 'used'
  return link.expiresAt.getTime() <= now ? 'expired' : 'open'
}

async function contentOf(
  session: Reader,
  facts: AlarmView,
  form: Pick<AcknowledgePage, 'state' | 'now' | 'action'>,
): Promise<AcknowledgePage> {
  const told = (await toldOfAlarm(session, facts.id)).map(({ title }) => title)
  return { facts, told, ownersTold: await ownersToldOf(session, facts.id), ...form }
}

/** True when it was this that acknowledged it. */
function acknowledgeBy({ store, clock, config }: ApiDeps, key: string, note: string) {
  const at = new Date(clock.now())
  return store.db.transaction('write', async (session) => {
    const link = await useLink(session, { purpose: 'acknowledge', key, at })
    if (link?.alarmId == null || link.personId === null) return false
    const { alarmId: id, personId: person } = link
    const by = await personTitle(session, person)
    const { origin } = config
    const isFirst = await acknowledge(session, { id, by, note, at, kind: store.kind, origin })
    if (!isFirst) return false
    await writeAudit(session, {
      at,
      actor: by,
      action: 'alarm.acknowledge',
      subject: String(id),
      detail: { note, by: 'link', person },
    })
    return true
  })
}
