import {
  acknowledgeSchema,
  alarmDetailSchema,
  alarmsAnswerSchema,
  alarmsQuerySchema,
  alarmYearParamsSchema,
  alarmYearSchema,
  TIERS,
} from '../../../shared/schema/alarm.js'
import { idParamsSchema } from '../../../shared/schema/api.js'
import { acknowledge } from '../../alarms/acknowledge.js'
import {
  alarmById,
  alarmPage,
  alarmYear,
  ledgerOf,
  markConfirmed,
  notificationsOf,
} from '../../store/alarm-records.js'
import { writeAudit } from '../../store/audit.js'
import { type Reader, reader } from '../../store/database.js'
import { audited, EVERY_ROLE, OFFICE_ROLES } from '../access.js'
import { toAlarm, toLedger } from '../alarm-answers.js'
import { iso } from '../answers.js'
import type { Api, ApiDeps } from '../deps.js'

const tags = ['alarms']
const READ = { access: EVERY_ROLE, scope: 'read' } as const

export function alarmRoutes(app: Api, deps: ApiDeps): void {
  const { db, kind } = deps.store
  readRoutes(app, deps)

  app.post(
    '/api/v1/alarms/:id/acknowledge',
    {
      config: { access: EVERY_ROLE },
      schema: {
        tags,
        summary: 'Say that somebody acts; the first one counts, for the whole event as it is now',
        params: idParamsSchema,
        body: acknowledgeSchema,
        response: { 200: alarmDetailSchema },
      },
    },
    async (request) => {
      const { id } = request.params
      const { note } = request.body
      const at = new Date(deps.clock.now())
      const { origin } = deps.config
      return db.transaction('write', async (session) => {
        const by = request.actor.name
        if (await acknowledge(session, { id, by, note, at, kind, origin })) {
          const entry = { action: 'alarm.acknowledge', subject: String(id), detail: { note } }
          await writeAudit(session, audited(request, deps, entry))
        }
        return detailOf(session, id)
      })
    },
  )

  app.post(
    '/api/v1/alarms/:id/confirm',
    {
      config: { access: OFFICE_ROLES },
      schema: {
        tags,
        summary:
          'Say that an officer has checked it: it is not measured automatically alone any more',
        params: idParamsSchema,
        response: { 200: alarmDetailSchema },
      },
    },
    async (request) => {
      const { id } = request.params
      const at = new Date(deps.clock.now())
      return db.transaction('write', async (session) => {
        await alarmById(session, id)
        if (await markConfirmed(session, { id, by: request.actor.name, at })) {
          const entry = { action: 'alarm.confirm', subject: String(id) }
          await writeAudit(session, audited(request, deps, entry))
        }
        return detailOf(session, id)
      })
    },
  )
}

function readRoutes(app: Api, deps: ApiDeps): void {
  const { db, kind } = deps.store

  app.get(
    '/api/v1/alarms',
    {
      config: READ,
      schema: {
        tags,
        summary: 'Alarms by state, site and measured time, newest first',
        querystring: alarmsQuerySchema,
        response: { 200: alarmsAnswerSchema },
      },
    },
    async (request) => {
      const { tier, from, to, ...filter } = request.query
      const rows = await alarmPage(db, {
        ...filter,
        tiers: TIERS.slice(tier === undefined ? 0 : TIERS.indexOf(tier)),
        from: from === undefined ? undefined : new Date(from),
        to: to === undefined ? undefined : new Date(to),
      })
      const next = rows.length === filter.limit ? (rows.at(-1)?.id ?? null) : null
      return { alarms: rows.map(toAlarm), next }
    },
  )

  app.get(
    '/api/v1/alarms/:id',
    {
      config: READ,
      schema: {
        tags,
        summary: 'One alarm with the ledger of its event and what was told',
        params: idParamsSchema,
        response: { 200: alarmDetailSchema },
      },
    },
    (request) => detailOf(reader(db), request.params.id),
  )

  app.get(
    '/api/v1/alarms/years/:year',
    {
      config: READ,
      schema: {
        tags,
        summary: 'Warning minutes and events of a local year',
        params: alarmYearParamsSchema,
        response: { 200: alarmYearSchema },
      },
    },
    (request) => alarmYear(db, request.params.year, kind === 'simulated'),
  )
}

async function detailOf(session: Reader, id: number) {
  const alarm = await alarmById(session, id)
  const notifications = await notificationsOf(session, id)
  return {
    ...toAlarm(alarm),
    ledger: toLedger(await ledgerOf(session, alarm.event)),
    notifications: notifications.map((each) => ({ ...each, createdAt: iso(each.createdAt) })),
  }
}
