import { siteParamsSchema } from '../../../shared/schema/api.js'
import {
  type MonthAnswer,
  type MonthState,
  type MonthVersionAnswer,
  monthAnswerSchema,
  monthApproveSchema,
  monthParamsSchema,
  monthReopenSchema,
  monthsAnswerSchema,
  monthVersionAnswerSchema,
  monthVersionParamsSchema,
} from '../../../shared/schema/month.js'
import { monthSpan, monthsBetween } from '../../../shared/science/months/month.js'
import { differences, seriesOfText } from '../../../shared/science/months/month-text.js'
import { AppError } from '../../errors.js'
import { writeAudit } from '../../store/audit.js'
import { reader } from '../../store/database.js'
import {
  approveMonth,
  hashOf,
  lockedMonthSite,
  type MonthKey,
  type MonthVersion,
  monthSite,
  monthVersion,
  newestVersions,
  presentText,
  reopenMonth,
} from '../../store/month-versions.js'
import { audited, isInsider, OFFICE_ROLES } from '../access.js'
import { iso, isoOrNull } from '../answers.js'
import type { Api, ApiDeps } from '../deps.js'

const tags = ['months']
const NUMBERS =
  'The text holds a line a series: counts by flag, sum, minimum, maximum and value of flags 1 and 2, and ' +
  'completeness against the interval that most readings keep. Its SHA-256 in UTF-8 is the hash, and it names the ' +
  'hash of the version before. Every number follows from the public readings of the site.'

export function monthRoutes(app: Api, deps: ApiDeps): void {
  const { store, clock } = deps
  const { db } = store
  const reading = reader(db)
  const keyOf = async ({ name, month }: { name: string; month: string }): Promise<MonthKey> => ({
    site: await monthSite(reading, name, store.kind),
    month,
    store: store.kind,
  })

  app.get(
    '/api/v1/sites/:name/months',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Months of a site: provisional, or approved and locked',
        params: siteParamsSchema,
        response: { 200: monthsAnswerSchema },
      },
    },
    async (request) => {
      const site = await monthSite(reading, request.params.name, store.kind)
      const now = new Date(clock.now())
      const newest = new Map((await newestVersions(db, site.id)).map((one) => [one.month, one]))
      const months = new Set([
        ...newest.keys(),
        ...(site.since === null ? [] : monthsBetween(site.since, now)),
      ])
      return {
        store: store.kind,
        site: site.name,
        months: [...months]
          .sort()
          .reverse()
          .map((month) => toState(month, newest.get(month), now)),
      }
    },
  )

  app.get(
    '/api/v1/sites/:name/months/:month',
    {
      config: { access: 'public', rateLimit: { max: 60, timeWindow: 60_000 } },
      schema: {
        tags,
        summary: 'A month of a site as its readings are now, and what differs from its approval',
        description: NUMBERS,
        params: monthParamsSchema,
        response: { 200: monthAnswerSchema },
      },
    },
    async (request): Promise<MonthAnswer> => {
      const key = await keyOf(request.params)
      const newest = await monthVersion(reading, key)
      const text = await presentText(reading, key, newest)
      const series = seriesOfText(text)
      return {
        store: store.kind,
        site: key.site.name,
        ...toState(key.month, newest, new Date(clock.now())),
        now: { text, hash: hashOf(text), series },
        differences: newest === undefined ? [] : differences(seriesOfText(newest.numbers), series),
      }
    },
  )

  app.get(
    '/api/v1/sites/:name/months/:month/versions/:version',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'An approved version of a month, and what differs from the version before',
        description: NUMBERS,
        params: monthVersionParamsSchema,
        response: { 200: monthVersionAnswerSchema },
      },
    },
    async (request) => {
      const { name, month, version } = request.params
      const key = await keyOf(request.params)
      const found = await monthVersion(reading, key, version)
      if (found === undefined) {
        throw new AppError('NOT_FOUND', `${month} of ${name} has no version ${version}`)
      }
      return versionAnswer(key, found, isInsider(request.actor))
    },
  )

  app.post(
    '/api/v1/sites/:name/months/:month/approve',
    {
      config: { access: OFFICE_ROLES },
      schema: {
        tags,
        summary: 'Approve and lock a month whose numbers one has read',
        params: monthParamsSchema,
        body: monthApproveSchema,
        response: { 200: monthVersionAnswerSchema },
      },
    },
    async (request) => {
      const { name, month } = request.params
      const { hash, note } = request.body
      const approval = { hash, note, at: new Date(clock.now()), by: request.actor.name }
      const { key, approved } = await db.transaction('write', async (session) => {
        const site = await lockedMonthSite(session, name, store.kind)
        const key = { site, month, store: store.kind }
        const approved = await approveMonth(session, key, approval)
        const detail = { month, version: approved.version, hash, note }
        const entry = { action: 'month.approve', subject: name, detail }
        await writeAudit(session, audited(request, deps, entry))
        return { key, approved }
      })
      return versionAnswer(key, approved, true)
    },
  )

  app.post(
    '/api/v1/sites/:name/months/:month/reopen',
    {
      config: { access: OFFICE_ROLES },
      schema: {
        tags,
        summary: 'Make an approved month provisional again',
        description: 'Its versions stay; the next approval makes another, with what differs.',
        params: monthParamsSchema,
        body: monthReopenSchema,
        response: { 200: monthVersionAnswerSchema },
      },
    },
    async (request) => {
      const { name, month } = request.params
      const { reason } = request.body
      const by = { reason, at: new Date(clock.now()), by: request.actor.name }
      const { key, reopened } = await db.transaction('write', async (session) => {
        const site = await lockedMonthSite(session, name, store.kind)
        const key = { site, month, store: store.kind }
        const reopened = await reopenMonth(session, key, by)
        const detail = { month, version: reopened.version, reason }
        const entry = { action: 'month.reopen', subject: name, detail }
        await writeAudit(session, audited(request, deps, entry))
        return { key, reopened }
      })
      return versionAnswer(key, reopened, true)
    },
  )

  async function versionAnswer(
    key: MonthKey,
    row: MonthVersion,
    isTold: boolean,
  ): Promise<MonthVersionAnswer> {
    const before = row.version > 1 ? await monthVersion(reading, key, row.version - 1) : undefined
    const series = seriesOfText(row.numbers)
    return {
      store: store.kind,
      site: key.site.name,
      month: row.month,
      version: row.version,
      text: row.numbers,
      hash: row.hash,
      series,
      isIntact: hashOf(row.numbers) === row.hash,
      approvedAt: iso(row.approvedAt),
      approvedBy: isTold ? row.approvedBy : null,
      note: row.note,
      reopenedAt: isoOrNull(row.reopenedAt),
      reopenedBy: isTold ? row.reopenedBy : null,
      reopenReason: row.reopenReason,
      differences: before === undefined ? [] : differences(seriesOfText(before.numbers), series),
    }
  }
}

function toState(
  month: string,
  newest: Pick<MonthVersion, 'version' | 'hash' | 'approvedAt' | 'reopenedAt'> | undefined,
  now: Date,
): MonthState {
  const { from, to } = monthSpan(month)
  return {
    month,
    from: iso(from),
    to: iso(to),
    isOver: now >= to,
    state: newest !== undefined && newest.reopenedAt === null ? 'approved' : 'provisional',
    version: newest?.version ?? null,
    hash: newest?.hash ?? null,
    approvedAt: isoOrNull(newest?.approvedAt ?? null),
  }
}
