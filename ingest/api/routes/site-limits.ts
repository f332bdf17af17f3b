import { siteParamsSchema } from '../../../shared/schema/api.js'
import {
  type SiteLimits,
  siteLimitsAnswerSchema,
  siteLimitsChangedSchema,
  siteLimitsParamsSchema,
  siteLimitsPutSchema,
} from '../../../shared/schema/site-limits.js'
import { problemsOf } from '../../../shared/science/qartod/site-limits.js'
import { TOBA_DEFAULTS } from '../../../shared/science/qartod/toba-defaults.js'
import { QUANTITIES, type Quantity, quantityByKey } from '../../../shared/wire/quantities.js'
import { AppError } from '../../errors.js'
import { writeAudit } from '../../store/audit.js'
import { jobById } from '../../store/jobs.js'
import { recomputeRanges } from '../../store/recompute-ranges.js'
import { type SiteLimitsRow, setSiteLimits, siteLimitsNow } from '../../store/site-limits.js'
import { audited, EVERY_ROLE, OFFICE_ROLES } from '../access.js'
import { iso } from '../answers.js'
import type { Api, ApiDeps } from '../deps.js'
import { toJob } from '../mark-answers.js'

const tags = ['sites']

export function siteLimitRoutes(app: Api, deps: ApiDeps): void {
  const { clock, rules, jobs } = deps
  const { db } = deps.store

  app.get(
    '/api/v1/sites/:name/limits',
    {
      config: { access: EVERY_ROLE, scope: 'read' },
      schema: {
        tags,
        summary: 'Limits of the quality tests at a site: the defaults and its own',
        params: siteParamsSchema,
        response: { 200: siteLimitsAnswerSchema },
      },
    },
    async (request) => {
      const { name } = request.params
      const own = new Map((await siteLimitsNow(db, name)).map((row) => [row.quantityId, row]))
      const limits = QUANTITIES.filter(({ key, id }) => key in TOBA_DEFAULTS || own.has(id))
      return { site: name, limits: limits.map((quantity) => told(quantity, own.get(quantity.id))) }
    },
  )

  app.put(
    '/api/v1/sites/:name/limits/:quantity',
    {
      config: { access: OFFICE_ROLES },
      schema: {
        tags,
        summary: 'Give a site limits of its own for a quantity, from a time on',
        description:
          'Readings since then are judged again, at once or by a job. No limit can hide low oxygen.',
        params: siteLimitsParamsSchema,
        body: siteLimitsPutSchema,
        response: { 200: siteLimitsChangedSchema },
      },
    },
    async (request) => {
      const { name, quantity: key } = request.params
      const { limits, from, reason } = request.body
      const quantity = known(key)
      const problems = limits === null ? [] : problemsOf(quantity, limits)
      if (problems.length > 0) throw new AppError('INVALID', problems.join('; '))
      const at = new Date(clock.now())
      const since = from === undefined ? at : new Date(from)
      if (since > at)
        throw new AppError('INVALID', `from ${iso(since)} is ahead of now, ${iso(at)}`)
      const actor = request.actor.name
      const set = { quantityId: quantity.id, from: since, limits, reason, actor }
      const answer = await db.transaction('write', async (session) => {
        const ranges = await setSiteLimits(session, { ...set, site: name, at })
        const detail = { quantity: key, ...request.body }
        const entry = { action: 'site.limits', subject: name, detail }
        await writeAudit(session, audited(request, deps, entry))
        const job = { subject: name, actor, reason, at, ranges }
        const { jobId, ...counts } = await recomputeRanges(session, job, rules)
        return { ...counts, job: jobId === null ? null : toJob(await jobById(session, jobId)) }
      })
      jobs.wake()
      return { limits: told(quantity, set), ...answer }
    },
  )
}

function known(key: string): Quantity {
  const quantity = quantityByKey(key)
  if (quantity === undefined) throw new AppError('INVALID', `no quantity is named ${key}`)
  return quantity
}

function told({ key, ucum }: Quantity, row: SiteLimitsRow | undefined): SiteLimits {
  return {
    quantity: key,
    unit: ucum,
    defaults: TOBA_DEFAULTS[key] ?? null,
    own: row?.limits ?? null,
    from: row === undefined ? null : iso(row.from),
    reason: row?.reason ?? null,
    by: row?.actor ?? null,
  }
}
