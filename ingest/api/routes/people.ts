import { z } from 'zod'
import { idParamsSchema } from '../../../shared/schema/api.js'
import {
  type PersonPut,
  peopleAnswerSchema,
  personPutSchema,
  personSchema,
} from '../../../shared/schema/people.js'
import { masked } from '../../alarms/masked.js'
import { writeAudit } from '../../store/audit.js'
import { reader } from '../../store/database.js'
import { insertPerson, people, removePerson, updatePerson } from '../../store/roster.js'
import { audited, OFFICE_ROLES } from '../access.js'
import type { Api, ApiDeps } from '../deps.js'

const tags = ['roster']
/** Addresses of people: no token may read or change them. */
const OFFICE = { access: OFFICE_ROLES } as const

export function personRoutes(app: Api, deps: ApiDeps): void {
  const { db } = deps.store

  app.get(
    '/api/v1/people',
    {
      config: OFFICE,
      schema: {
        tags,
        summary: 'Whom the duty roster knows, and how they are reached',
        response: { 200: peopleAnswerSchema },
      },
    },
    async () => ({ people: await people(reader(db)) }),
  )

  app.post(
    '/api/v1/people',
    {
      config: OFFICE,
      schema: {
        tags,
        summary: 'Add a person, with an account or without',
        body: personPutSchema,
        response: { 201: personSchema },
      },
    },
    async (request, reply) => {
      const { body } = request
      const made = await db.transaction('write', async (session) => {
        const person = await insertPerson(session, body, new Date(deps.clock.now()))
        const entry = { action: 'person.create', subject: String(person.id), detail: noted(body) }
        await writeAudit(session, audited(request, deps, entry))
        return person
      })
      reply.code(201)
      return made
    },
  )

  app.put(
    '/api/v1/people/:id',
    {
      config: OFFICE,
      schema: {
        tags,
        summary: 'Change a person; the contacts are replaced',
        params: idParamsSchema,
        body: personPutSchema,
        response: { 200: personSchema },
      },
    },
    (request) =>
      db.transaction('write', async (session) => {
        const { body } = request
        const { id } = request.params
        const person = await updatePerson(session, id, body)
        const entry = { action: 'person.change', subject: String(id), detail: noted(body) }
        await writeAudit(session, audited(request, deps, entry))
        return person
      }),
  )

  app.delete(
    '/api/v1/people/:id',
    {
      config: OFFICE,
      schema: {
        tags,
        summary: 'Remove a person who is on no duty to come; the addresses are forgotten',
        params: idParamsSchema,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      await db.transaction('write', async (session) => {
        await removePerson(session, id, new Date(deps.clock.now()))
        const entry = { action: 'person.remove', subject: String(id) }
        await writeAudit(session, audited(request, deps, entry))
      })
      reply.code(204)
    },
  )
}

/** The audit is kept for good, an address only as long as it is used. */
function noted({ title, account, contacts }: PersonPut) {
  return {
    title,
    account,
    contacts: contacts.map(({ channel, address }) => `${channel} ${masked(address)}`),
  }
}
