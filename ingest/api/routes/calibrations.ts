import { idParamsSchema } from '../../../shared/schema/api.js'
import {
  type CalibrationCreate,
  calibrationChangedSchema,
  calibrationCreateSchema,
  calibrationPreviewSchema,
  calibrationSchema,
  calibrationsAnswerSchema,
  calibrationsQuerySchema,
  withdrawSchema,
} from '../../../shared/schema/calibration.js'
import { fitPoints } from '../../../shared/science/calibration/fit.js'
import { isExpired } from '../../../shared/science/calibration/standards.js'
import { fromSteps } from '../../../shared/wire/quantities.js'
import { AppError } from '../../errors.js'
import { writeAudit } from '../../store/audit.js'
import { previewCalibration } from '../../store/calibration-preview.js'
import {
  calibrationById,
  calibrationPage,
  insertCalibration,
  withdrawCalibration,
} from '../../store/calibrations.js'
import { sentAs } from '../../store/client-ids.js'
import { probeById } from '../../store/probes.js'
import { audited, EVERY_ROLE, FIELD_ROLES } from '../access.js'
import { iso, quantityIdOf, quantityOf } from '../answers.js'
import type { Api, ApiDeps } from '../deps.js'
import { slopeOf, toCalibration, toLine } from '../sensor-answers.js'

const tags = ['calibrations']
const READ = { access: EVERY_ROLE, scope: 'read' } as const
const WRITE = { access: FIELD_ROLES, scope: 'write:nodes' } as const
/** Whether a number can be trusted is the officer's word too. */
const WITHDRAW = { access: EVERY_ROLE, scope: 'write:nodes' } as const

export function calibrationRoutes(app: Api, deps: ApiDeps): void {
  const { rules } = deps
  const { db } = deps.store

  app.get(
    '/api/v1/calibrations',
    {
      config: READ,
      schema: {
        tags,
        summary: 'Calibrations of probes, newest first',
        querystring: calibrationsQuerySchema,
        response: { 200: calibrationsAnswerSchema },
      },
    },
    async (request) => {
      const { quantity, limit, ...filter } = request.query
      const quantityId = quantityIdOf(quantity)
      const rows = await calibrationPage(db, { ...filter, quantityId, limit })
      const next = rows.length === limit ? (rows.at(-1)?.id ?? null) : null
      return { calibrations: rows.map(toCalibration), next }
    },
  )

  app.get(
    '/api/v1/calibrations/:id',
    {
      config: READ,
      schema: {
        tags,
        summary: 'One calibration with its points, residuals and slope',
        params: idParamsSchema,
        response: { 200: calibrationSchema },
      },
    },
    async (request) =>
      toCalibration(await db.run('read', (session) => calibrationById(session, request.params.id))),
  )

  app.post(
    '/api/v1/calibrations/preview',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'What a calibration would be and change; nothing is stored',
        body: calibrationCreateSchema,
        response: { 200: calibrationPreviewSchema },
      },
    },
    async (request) => {
      const now = new Date(deps.clock.now())
      const { probe, ...made } = await plan(request.body, now)
      const quantity = quantityOf(probe.quantityId)
      const { ends, change } = await previewCalibration(db, { probe, line: made, ...made }, now)
      const inUnit = (steps: number) => fromSteps(quantity, steps)
      const newest = change?.newest && {
        time: iso(change.newest.time),
        raw: inUnit(change.newest.raw),
        value: inUnit(change.newest.value),
        becomes: inUnit(change.newest.becomes),
      }
      return {
        ...toLine(quantity.key, made),
        unit: quantity.ucum,
        ends,
        change:
          change === undefined
            ? null
            : {
                from: iso(change.from),
                to: iso(change.to),
                readings: change.readings,
                newest: newest ?? null,
              },
      }
    },
  )

  app.post(
    '/api/v1/calibrations',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'Calibrate a probe at one to three points',
        description:
          'It holds from `from` on and ends the one before. Readings that are stored are computed anew; what the sensor said is never lost.',
        body: calibrationCreateSchema,
        response: { 200: calibrationChangedSchema, 201: calibrationChangedSchema },
      },
    },
    async (request, reply) => {
      const createdAt = new Date(deps.clock.now())
      const { probe, ...made } = await plan(request.body, createdAt)
      const { calibration, job, changed, isRepeat } = await db.transaction(
        'write',
        async (session) => {
          const calibrated = {
            ...made,
            probeId: probe.id,
            note: request.body.note,
            actor: request.actor.name,
            createdAt,
            sent: sentAs(request.body),
          }
          const change = await insertCalibration(session, calibrated, rules)
          if (change.isRepeat) return change
          const { id, gain, offset } = change.calibration
          const detail = { id, gain, offset, ...request.body }
          const entry = { action: 'calibration.create', subject: probe.node, detail }
          await writeAudit(session, audited(request, deps, entry))
          return change
        },
      )
      deps.jobs.wake()
      reply.code(isRepeat ? 200 : 201)
      return { ...toCalibration(calibration), job, changed }
    },
  )

  app.post(
    '/api/v1/calibrations/:id/withdraw',
    {
      config: WITHDRAW,
      schema: {
        tags,
        summary: 'Withdraw a calibration: values are again what they would be without it',
        params: idParamsSchema,
        body: withdrawSchema,
        response: { 200: calibrationChangedSchema },
      },
    },
    async (request) => {
      const { id } = request.params
      const { reason } = request.body
      const at = new Date(deps.clock.now())
      const { calibration, job, changed } = await db.transaction('write', async (session) => {
        const actor = request.actor.name
        const change = await withdrawCalibration(session, id, { actor, reason, at, rules })
        const subject = change.calibration.node
        const entry = { action: 'calibration.withdraw', subject, detail: { id, reason } }
        await writeAudit(session, audited(request, deps, entry))
        return change
      })
      deps.jobs.wake()
      return { ...toCalibration(calibration), job, changed }
    },
  )

  /** The line, unless its points, its standards or its slope speak against it. */
  async function plan(body: CalibrationCreate, now: Date) {
    const { points, tempC, convertsAtC } = body
    const probe = await db.run('read', (session) => probeById(session, body.probe))
    const { key } = quantityOf(probe.quantityId)
    const from = body.from === undefined ? now : new Date(body.from)
    for (const { standard } of points) {
      if (standard === null || !isExpired(standard.expiresOn, from.getTime())) continue
      const { name, lot, expiresOn } = standard
      throw new AppError('INVALID', `standard ${name}, lot ${lot}, expired on ${expiresOn}`)
    }
    const fit = fitPoints(key, points)
    if (!fit.isComputable) throw new AppError('INVALID', fit.reason.en)
    const { gain, offset } = fit.value
    const made = { gain, offset, points, tempC, convertsAtC, from }
    const slope = slopeOf(key, made)
    if (slope.verdict === 'refuse') throw new AppError('INVALID', slope.text.en)
    return { probe, ...made }
  }
}
