import { siteParamsSchema } from '../../../shared/schema/api.js'
import {
  naturalTemperatureAnswerSchema,
  naturalTemperatureSchema,
  type WaterStatusQuery,
  waterStatusAnswerSchema,
  waterStatusQuerySchema,
} from '../../../shared/schema/water-status.js'
import {
  LAKE_TOBA_CLASS,
  WATER_CLASS_TEXT,
  type WaterClass,
} from '../../../shared/science/water/limits-table.js'
import {
  limitedParameters,
  type Standard,
  standardText,
} from '../../../shared/science/water/standard.js'
import { quantityByKey } from '../../../shared/wire/quantities.js'
import { AppError } from '../../errors.js'
import { writeAudit } from '../../store/audit.js'
import { reader } from '../../store/database.js'
import { dayMeans } from '../../store/day-means.js'
import { labPage, requireSite } from '../../store/laboratory.js'
import {
  clearNaturalTemperature,
  type NaturalTemperature,
  naturalTemperature,
  setNaturalTemperature,
} from '../../store/natural-temperature.js'
import { type SiteRow, siteByName } from '../../store/sites.js'
import { audited, isInsider, OFFICE_ROLES } from '../access.js'
import { iso } from '../answers.js'
import type { Api, ApiDeps } from '../deps.js'
import { laboratoryStatus, sensorStatus } from '../water-status.js'

const tags = ['laboratory']
const DAY_MS = 86_400_000
const YEAR_MS = 366 * DAY_MS
/** What the sensors' indication looks back over. */
const SENSOR_DAYS = 30
/** A year of thirty parameters a week. */
const MOST_RESULTS = 2000

export function waterStatusRoutes(app: Api, deps: ApiDeps): void {
  const { store, clock } = deps
  const { db } = store
  const reading = reader(db)

  app.get(
    '/api/v1/sites/:name/water-status',
    {
      config: { access: 'public', rateLimit: { max: 60, timeWindow: 60_000 } },
      schema: {
        tags,
        summary: 'What may be said of the water: each parameter against its limit, and the indices',
        description:
          'A legal status comes from laboratory samples alone; what sensors give is indicative, and no status.',
        params: siteParamsSchema,
        querystring: waterStatusQuerySchema,
        response: { 200: waterStatusAnswerSchema },
      },
    },
    async (request) => {
      const site = await siteByName(reading, request.params.name)
      const { from, to } = spanOf(request.query, clock.now())
      const standard = standardOf(request.query, site)
      const filter = { parameter: undefined, withdrawn: false, after: undefined }
      const results = await labPage(reading, {
        ...{ ...filter, site: site.name, from, to, limit: MOST_RESULTS },
      })
      if (results.length === MOST_RESULTS) {
        throw new AppError('TOO_LARGE', `more than ${MOST_RESULTS} results: ask for a shorter span`)
      }
      const sensorsFrom = new Date(Math.max(from.getTime(), to.getTime() - SENSOR_DAYS * DAY_MS))
      const means = await dayMeans(reading, {
        site: site.name,
        quantityIds: limitedParameters(standard).flatMap(
          ({ parameter }) => quantityByKey(parameter)?.id ?? [],
        ),
        from: sensorsFrom,
        // Only days that are over.
        to: new Date(to.getTime() - DAY_MS),
        includeSimulated: store.kind === 'simulated',
      })
      const natural = await naturalTemperature(reading, site.name)
      const context = {
        standard,
        naturalTempC: natural?.tempC ?? null,
        elevationM: site.elevationM,
      }
      return {
        ...{ store: store.kind, site: site.name, from: iso(from), to: iso(to) },
        standard: {
          water: standard.water,
          class: standard.waterClass,
          text: standardText(standard),
          use: WATER_CLASS_TEXT[standard.waterClass],
        },
        naturalTemperature: toAnswer(natural),
        laboratory: laboratoryStatus(results, { ...context, isTold: isInsider(request.actor) }),
        sensors: sensorStatus(means, { ...context, from: sensorsFrom }),
      }
    },
  )

  app.put(
    '/api/v1/sites/:name/natural-temperature',
    {
      config: { access: OFFICE_ROLES },
      schema: {
        tags,
        summary: 'Say what the temperature of the water is by nature',
        params: siteParamsSchema,
        body: naturalTemperatureSchema,
        response: { 200: naturalTemperatureAnswerSchema },
      },
    },
    async (request) => {
      const { name } = request.params
      const entered = {
        ...request.body,
        enteredAt: new Date(clock.now()),
        enteredBy: request.actor.name,
      }
      await db.transaction('write', async (session) => {
        await requireSite(session, name)
        await setNaturalTemperature(session, name, entered)
        const entry = { action: 'site.natural-temperature', subject: name, detail: request.body }
        await writeAudit(session, audited(request, deps, entry))
      })
      return { naturalTemperature: toAnswer(entered) }
    },
  )

  app.delete(
    '/api/v1/sites/:name/natural-temperature',
    {
      config: { access: OFFICE_ROLES },
      schema: {
        tags,
        summary: 'Take the natural temperature back: the temperature is not judged then',
        params: siteParamsSchema,
        response: { 200: naturalTemperatureAnswerSchema },
      },
    },
    async (request) => {
      const { name } = request.params
      await db.transaction('write', async (session) => {
        await requireSite(session, name)
        await clearNaturalTemperature(session, name)
        const detail = { tempC: null }
        const entry = { action: 'site.natural-temperature', subject: name, detail }
        await writeAudit(session, audited(request, deps, entry))
      })
      return { naturalTemperature: null }
    },
  )
}

function toAnswer(natural: NaturalTemperature | undefined) {
  if (natural === undefined) return null
  return { tempC: natural.tempC, basis: natural.basis, enteredAt: iso(natural.enteredAt) }
}

function spanOf(query: WaterStatusQuery, nowMs: number): { from: Date; to: Date } {
  const to = query.to === undefined ? new Date(nowMs) : new Date(query.to)
  const from = query.from === undefined ? new Date(to.getTime() - YEAR_MS) : new Date(query.from)
  if (from >= to) throw new AppError('INVALID', `from ${iso(from)} must be before to ${iso(to)}`)
  return { from, to }
}

/** People write the class of a site as I or 1, Kelas II or 2. */
function standardOf(query: WaterStatusQuery, site: SiteRow): Standard {
  const written = /^(?:kelas |class )?(iv|i{1,3}|[1-4])$/i.exec(site.waterClass?.trim() ?? '')?.[1]
  const named = ['i', 'ii', 'iii', 'iv'].indexOf(written?.toLowerCase() ?? '') + 1
  const asked = query.class ?? (named || Number(written ?? LAKE_TOBA_CLASS))
  return {
    water: query.water ?? (site.kind === 'lake' ? 'lake' : 'river'),
    waterClass: CLASSES.find((each) => each === asked) ?? LAKE_TOBA_CLASS,
  }
}

const CLASSES: readonly WaterClass[] = [1, 2, 3, 4]
