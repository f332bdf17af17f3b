import { idParamsSchema } from '../../../shared/schema/api.js'
import {
  type LabComparison,
  labAnswerSchema,
  labCorrectionSchema,
  labDetailSchema,
  labEntrySchema,
  labParametersAnswerSchema,
  labQuerySchema,
  labResultSchema,
  labWithdrawSchema,
} from '../../../shared/schema/laboratory.js'
import {
  COMPARED_WITHIN_MS,
  compareWithProbe,
} from '../../../shared/science/laboratory/comparison.js'
import { LAB_PARAMETERS } from '../../../shared/science/laboratory/parameters.js'
import { fromSteps, quantityByKey } from '../../../shared/wire/quantities.js'
import { writeAudit } from '../../store/audit.js'
import { reader } from '../../store/database.js'
import {
  earlierResults,
  insertResults,
  type LabRow,
  labById,
  labPage,
  requireSite,
  sitesByName,
  withdrawResult,
} from '../../store/laboratory.js'
import { probeReadings } from '../../store/probe-readings.js'
import { audited, isInsider, OFFICE_ROLES } from '../access.js'
import type { Api, ApiDeps } from '../deps.js'
import { readEntry, toLabResult } from '../laboratory-answers.js'

const tags = ['laboratory']
const YEAR_MS = 366 * 86_400_000
const WRITE = { access: OFFICE_ROLES } as const

export function laboratoryRoutes(app: Api, deps: ApiDeps): void {
  const { store, clock } = deps
  const { db } = store
  const reading = reader(db)

  app.get(
    '/api/v1/laboratory/parameters',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'What a laboratory may find, with the unit in which it is kept',
        response: { 200: labParametersAnswerSchema },
      },
    },
    async () => ({ parameters: [...LAB_PARAMETERS] }),
  )

  app.get(
    '/api/v1/laboratory/results',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Laboratory results of a site',
        querystring: labQuerySchema,
        response: { 200: labAnswerSchema },
      },
    },
    async (request) => {
      const { site, parameter, withdrawn, after, limit, ...span } = request.query
      const to = span.to === undefined ? new Date(clock.now()) : new Date(span.to)
      const from = span.from === undefined ? new Date(to.getTime() - YEAR_MS) : new Date(span.from)
      const filter = { site, parameter, withdrawn, limit, from, to, after: toKey(after) }
      const rows = await labPage(reading, filter)
      if (rows.length === 0) await requireSite(reading, site)
      const last = rows.length === limit ? rows.at(-1) : undefined
      return {
        results: rows.map((row) => toLabResult(row, isInsider(request.actor))),
        next: last === undefined ? null : `${last.takenAt.getTime()}:${last.id}`,
      }
    },
  )

  app.get(
    '/api/v1/laboratory/results/:id',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'One result, what it corrects, and what the probe measured within 30 minutes',
        params: idParamsSchema,
        response: { 200: labDetailSchema },
      },
    },
    async (request) => {
      const isTold = isInsider(request.actor)
      const row = await labById(reading, request.params.id)
      const earlier = await earlierResults(reading, row.id)
      return {
        ...toLabResult(row, isTold),
        comparison: await comparison(row),
        earlier: earlier.map((each) => toLabResult(each, isTold)),
      }
    },
  )

  app.post(
    '/api/v1/laboratory/results',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'Enter a laboratory result',
        body: labEntrySchema,
        response: { 201: labResultSchema },
      },
    },
    async (request, reply) => {
      const at = new Date(clock.now())
      const sites = await sitesByName(reading)
      const result = readEntry(request.body, { sites, nowMs: at.getTime() })
      const row = await db.transaction('write', async (session) => {
        const [id = 0] = await insertResults(session, [result], { at, by: request.actor.name })
        const detail = { id, ...request.body }
        const entry = { action: 'laboratory.enter', subject: result.site, detail }
        await writeAudit(session, audited(request, deps, entry))
        return labById(session, id)
      })
      reply.code(201)
      return toLabResult(row, true)
    },
  )

  app.post(
    '/api/v1/laboratory/results/:id/correct',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'Put another result in the place of one',
        description: 'The earlier one is withdrawn with the reason, and kept.',
        params: idParamsSchema,
        body: labCorrectionSchema,
        response: { 201: labResultSchema },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const { reason, ...entered } = request.body
      const at = new Date(clock.now())
      const by = request.actor.name
      const sites = await sitesByName(reading)
      const result = readEntry(entered, { sites, nowMs: at.getTime() })
      const row = await db.transaction('write', async (session) => {
        await withdrawResult(session, id, { at, by, reason })
        const [newId = 0] = await insertResults(session, [result], { at, by, corrects: id })
        const detail = { id: newId, corrects: id, reason, ...entered }
        const entry = { action: 'laboratory.correct', subject: result.site, detail }
        await writeAudit(session, audited(request, deps, entry))
        return labById(session, newId)
      })
      reply.code(201)
      return toLabResult(row, true)
    },
  )

  app.post(
    '/api/v1/laboratory/results/:id/withdraw',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'Withdraw a result: it is kept, and counts no more',
        params: idParamsSchema,
        body: labWithdrawSchema,
        response: { 200: labResultSchema },
      },
    },
    async (request) => {
      const { id } = request.params
      const { reason } = request.body
      const at = new Date(clock.now())
      const row = await db.transaction('write', async (session) => {
        const withdrawn = await withdrawResult(session, id, { at, by: request.actor.name, reason })
        const entry = {
          action: 'laboratory.withdraw',
          subject: withdrawn.site,
          detail: { id, reason },
        }
        await writeAudit(session, audited(request, deps, entry))
        return withdrawn
      })
      return toLabResult(row, true)
    },
  )

  async function comparison(row: LabRow): Promise<LabComparison> {
    const quantity = quantityByKey(row.parameter)
    if (quantity === undefined) return NEVER_MEASURED
    const atMs = row.takenAt.getTime()
    const readings = await probeReadings(reading, {
      site: row.site,
      quantityId: quantity.id,
      from: new Date(atMs - COMPARED_WITHIN_MS),
      to: new Date(atMs + COMPARED_WITHIN_MS),
      includeSimulated: store.kind === 'simulated',
    })
    return compareWithProbe(
      row,
      readings.map((reading) => ({ ...reading, value: fromSteps(quantity, reading.value) })),
    )
  }
}

const NEVER_MEASURED: LabComparison = {
  isComputable: false,
  reason: { id: 'tidak ada sensor untuk parameter ini', en: 'no probe measures this' },
  readings: 0,
}

/** `time:id`, as the schema has checked. */
function toKey(text: string | undefined): { takenAt: Date; id: number } | undefined {
  if (text === undefined) return undefined
  const [timeMs, id] = text.split(':')
  return { takenAt: new Date(Number(timeMs)), id: Number(id) }
}
