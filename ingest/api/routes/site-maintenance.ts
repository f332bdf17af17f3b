import {
  siteMaintenanceAnswerSchema,
  siteMaintenancePutSchema,
} from '../../../shared/schema/alarm.js'
import { siteParamsSchema } from '../../../shared/schema/api.js'
import { writeAudit } from '../../store/audit.js'
import { reader } from '../../store/database.js'
import { setSiteMaintenance, siteMaintenance } from '../../store/site-maintenance.js'
import { audited, EVERY_ROLE } from '../access.js'
import { iso } from '../answers.js'
import type { Api, ApiDeps } from '../deps.js'

const tags = ['alarms']

export function siteMaintenanceRoutes(app: Api, deps: ApiDeps): void {
  const { db } = deps.store
  const url = '/api/v1/sites/:name/maintenance'

  app.get(
    url,
    {
      config: { access: EVERY_ROLE, scope: 'read' },
      schema: {
        tags,
        summary: 'Whether people work at the site, and until when its messages are held back',
        params: siteParamsSchema,
        response: { 200: siteMaintenanceAnswerSchema },
      },
    },
    (request) => answerOf(request.params.name),
  )

  app.put(
    url,
    {
      config: { access: EVERY_ROLE },
      schema: {
        tags,
        summary: 'Hold back the messages of a site until a time; now ends it',
        params: siteParamsSchema,
        body: siteMaintenancePutSchema,
        response: { 200: siteMaintenanceAnswerSchema },
      },
    },
    async (request) => {
      const { name: site } = request.params
      const { until, reason } = request.body
      const from = new Date(deps.clock.now())
      const actor = request.actor.name
      await db.transaction('write', async (session) => {
        await setSiteMaintenance(session, { site, from, until: new Date(until), reason, actor })
        const entry = { action: 'site.maintenance', subject: site, detail: { until, reason } }
        await writeAudit(session, audited(request, deps, entry))
      })
      return answerOf(site)
    },
  )

  async function answerOf(site: string) {
    const found = await siteMaintenance(reader(db), site)
    const now = deps.clock.now()
    const holds = found !== undefined && found.until.getTime() > now
    return {
      site,
      active: holds,
      from: found === undefined ? null : iso(found.from),
      until: found === undefined ? null : iso(found.until),
      reason: found?.reason ?? null,
      by: found?.actor ?? null,
    }
  }
}
