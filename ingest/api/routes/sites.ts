import {
  siteAnswerSchema,
  siteParamsSchema,
  sitesAnswerSchema,
  sitesQuerySchema,
} from '../../../shared/schema/api.js'
import {
  type Site,
  type SiteWithLatest,
  siteCreateSchema,
  sitePatchSchema,
  siteSchema,
} from '../../../shared/schema/site.js'
import { AppError } from '../../errors.js'
import { writeAudit } from '../../store/audit.js'
import { placementPage } from '../../store/placements.js'
import {
  insertSite,
  type SiteLatestRow,
  type SiteRow,
  siteLatestPage,
  updateSite,
} from '../../store/sites.js'
import { audited, FIELD_ROLES } from '../access.js'
import { iso, isoOrNull, toLatest, toPlacement } from '../answers.js'
import type { Api, ApiDeps } from '../deps.js'

const tags = ['sites']
/** Placements in the answer for one site; more are in the paged list of placements. */
const MOST_PLACEMENTS = 2000

export function siteRoutes(app: Api, deps: ApiDeps): void {
  const { store, clock } = deps
  const { db } = store
  const includeSimulated = store.kind === 'simulated'
  const dated = (nowMs: number) => ({ store: store.kind, now: iso(nowMs) })

  app.get(
    '/api/v1/sites',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Sites by name, with the latest values of what measures there now',
        querystring: sitesQuerySchema,
        response: { 200: sitesAnswerSchema },
      },
    },
    async (request) => {
      const { kind, retired, after = '', limit } = request.query
      const now = clock.now()
      const rows = await siteLatestPage(db, {
        kind,
        retired,
        after,
        limit,
        includeSimulated,
        now: new Date(now),
      })
      const sites = bySite(rows, now)
      const next = sites.length === limit ? (sites.at(-1)?.name ?? null) : null
      return { ...dated(now), sites, next }
    },
  )

  app.get(
    '/api/v1/sites/:name',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'One site, its latest values and its placements',
        params: siteParamsSchema,
        response: { 200: siteAnswerSchema },
      },
    },
    async (request) => {
      const { name } = request.params
      const now = clock.now()
      const filter = { after: '', limit: 1, name, retired: true, includeSimulated }
      const [site] = bySite(await siteLatestPage(db, { ...filter, now: new Date(now) }), now)
      if (site === undefined) throw new AppError('NOT_FOUND', `there is no site named ${name}`)
      const placements = await placementPage(db, {
        site: name,
        after: 0,
        limit: MOST_PLACEMENTS,
        includeSimulated,
      })
      return { ...dated(now), ...site, placements: placements.map(toPlacement).reverse() }
    },
  )

  app.post(
    '/api/v1/sites',
    {
      config: { access: FIELD_ROLES, scope: 'write:sites' },
      schema: {
        tags,
        summary: 'Add a site',
        body: siteCreateSchema,
        response: { 201: siteSchema },
      },
    },
    async (request, reply) => {
      const createdAt = new Date(clock.now())
      const site = { ...request.body, createdAt }
      const entry = { action: 'site.create', subject: site.name, detail: request.body }
      await db.transaction('write', async (session) => {
        await insertSite(session, site)
        await writeAudit(session, audited(request, deps, entry))
      })
      reply.code(201)
      return toSite({ ...site, retiredAt: null })
    },
  )

  app.patch(
    '/api/v1/sites/:name',
    {
      config: { access: FIELD_ROLES, scope: 'write:sites' },
      schema: {
        tags,
        summary: 'Change a site, retire it or bring it back',
        params: siteParamsSchema,
        body: sitePatchSchema,
        response: { 200: siteSchema },
      },
    },
    async (request) => {
      const { name } = request.params
      const { retired, ...details } = request.body
      const at = new Date(clock.now())
      const retiredAt = retired === undefined ? undefined : retired ? at : null
      const entry = { action: 'site.change', subject: name, detail: request.body }
      const site = await db.transaction('write', async (session) => {
        const changed = await updateSite(session, name, { ...details, retiredAt })
        await writeAudit(session, audited(request, deps, entry))
        return changed
      })
      return toSite(site)
    },
  )
}

/** The rows of one query, a site with all its latest values. */
function bySite(rows: readonly SiteLatestRow[], nowMs: number): SiteWithLatest[] {
  const sites: SiteWithLatest[] = []
  for (const row of rows) {
    let site = sites.at(-1)
    if (site?.name !== row.name) {
      site = { ...toSite(row), latest: [] }
      sites.push(site)
    }
    if (row.latest !== null) site.latest.push(toLatest(row.latest, row.name, nowMs))
  }
  return sites
}

function toSite(row: Omit<SiteRow, 'id'>): Site {
  return {
    name: row.name,
    title: row.title,
    kind: row.kind,
    longitude: row.longitude,
    latitude: row.latitude,
    elevationM: row.elevationM,
    waterClass: row.waterClass,
    road: row.road,
    owner: row.owner,
    createdAt: iso(row.createdAt),
    retiredAt: isoOrNull(row.retiredAt),
  }
}
