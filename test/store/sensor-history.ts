import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import type { NewFrame } from '../../ingest/store/batches.js'
import { insertCalibration, withdrawCalibration } from '../../ingest/store/calibrations.js'
import { sentAs } from '../../ingest/store/client-ids.js'
import { storedCorrection } from '../../ingest/store/corrections.js'
import type { Database } from '../../ingest/store/database.js'
import { insertProbe } from '../../ingest/store/probes.js'
import { insertVisit, type VisitCheckRow, withdrawVisit } from '../../ingest/store/visits.js'
import { WHY } from '../../shared/schema/flags.js'
import { type ChannelVisit, channelCorrection } from '../../shared/science/calibration/channel.js'
import { correctedSteps } from '../../shared/science/calibration/steps.js'
import { judgeSeries } from '../../shared/science/qartod/judge-series.js'
import { limitsOf } from '../../shared/science/qartod/limits.js'
import { quantityById, toSteps } from '../../shared/wire/quantities.js'
import { addNode } from '../ingest-fixture.js'

export const OXYGEN = 3
export const START_S = 1_700_000_000
/** After everything. */
export const AT = new Date((START_S + 90 * 86_400) * 1000)
const EVER = Number.POSITIVE_INFINITY
export const rules = { limitsOf, correctionOf: storedCorrection }

/** What may happen to a sensor, and what comes of it. */
export type Deed =
  | { deed: 'calibrate'; afterS: number; gain: number; offset: number }
  | { deed: 'withdraw calibration'; which: number }
  | { deed: 'visit'; atS: number; fouling: number; drift: number }
  | { deed: 'withdraw visit'; which: number }
  | { deed: 'send'; frames: number }
  | { deed: 'recompute' }

export const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({
    deed: fc.constant('calibrate' as const),
    afterS: fc.integer({ min: 1, max: 40_000 }),
    gain: fc.constantFrom(1, 1.02, 0.9, 1.1),
    offset: fc.constantFrom(0, -0.3, 0.005, 1.234),
  }),
  fc.record({ deed: fc.constant('withdraw calibration' as const), which: fc.nat(20) }),
  fc.record({
    deed: fc.constant('visit' as const),
    atS: fc.integer({ min: 0, max: 100_000 }),
    fouling: fc.constantFrom(0, 0.4, -0.2, 1.5),
    drift: fc.constantFrom(0, 0.3, 1.2),
  }),
  fc.record({ deed: fc.constant('withdraw visit' as const), which: fc.nat(20) }),
  fc.record({ deed: fc.constant('send' as const), frames: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ deed: fc.constant('recompute' as const) }),
)

interface Made {
  id: number
  fromS: number
  gain: number
  offset: number
  isWithdrawn: boolean
}

/** A node with an oxygen probe from START_S on. */
export interface Sensor {
  id: number
  name: string
  probeId: number
}

export async function newSensor(db: Database, name: string): Promise<Sensor> {
  const { id } = await addNode(db, name)
  const { probe } = await putProbe(db, { node: name, serialNumber: name, fromS: START_S })
  return { id, name, probeId: probe.id }
}

export function putProbe(
  db: Database,
  { node, serialNumber, fromS }: { node: string; serialNumber: string; fromS: number },
) {
  const probe = {
    type: 'optical',
    serialNumber,
    node,
    quantityId: OXYGEN,
    position: 0,
    from: new Date(fromS * 1000),
    note: null,
    actor: 'ani',
    createdAt: AT,
    sent: sentAs({}),
  }
  return db.transaction('write', (session) => insertProbe(session, probe, rules))
}

export function calibrate(
  db: Database,
  probeId: number,
  { fromS, gain, offset }: { fromS: number; gain: number; offset: number },
) {
  const made = {
    probeId,
    gain,
    offset,
    points: [],
    tempC: null,
    convertsAtC: null,
    from: new Date(fromS * 1000),
    note: null,
    actor: 'ani',
    createdAt: AT,
    sent: sentAs({}),
  }
  return db.transaction('write', (session) => insertCalibration(session, made, rules))
}

export function withdraw(db: Database, id: number) {
  const why = { actor: 'budi', reason: 'wrong buffer', at: AT, rules }
  return db.transaction('write', (session) => withdrawCalibration(session, id, why))
}

/** What a node's history is, told apart from the store's own reading of it. */
export class SensorHistory {
  readonly #db: Database
  readonly #node: Sensor
  readonly #calibrations: Made[] = []
  readonly #visits: (ChannelVisit & { id: number; isWithdrawn: boolean })[] = []

  constructor(db: Database, node: Sensor) {
    this.#db = db
    this.#node = node
  }

  async do(one: Exclude<Deed, { deed: 'send' | 'recompute' }>): Promise<void> {
    if (one.deed === 'calibrate') {
      const held = this.#calibrations.filter(({ isWithdrawn }) => !isWithdrawn)
      const fromS = Math.max(START_S, ...held.map((made) => made.fromS)) + one.afterS
      const { gain, offset } = one
      const { calibration } = await calibrate(this.#db, this.#node.probeId, { fromS, gain, offset })
      this.#calibrations.push({ id: calibration.id, fromS, gain, offset, isWithdrawn: false })
    } else if (one.deed === 'visit') await this.#visit(one)
    else {
      const isVisit = one.deed === 'withdraw visit'
      const made = isVisit ? this.#visits : this.#calibrations
      const open = made.filter(({ isWithdrawn }) => !isWithdrawn)
      const which = open[one.which % open.length]
      if (which === undefined) return
      await (isVisit ? this.#withdrawVisit(which.id) : withdraw(this.#db, which.id))
      which.isWithdrawn = true
    }
  }

  async withdrawAll(): Promise<void> {
    for (const made of this.#calibrations) if (!made.isWithdrawn) await withdraw(this.#db, made.id)
    for (const made of this.#visits) if (!made.isWithdrawn) await this.#withdrawVisit(made.id)
  }

  #withdrawVisit(id: number) {
    return this.#db.transaction('write', (session) =>
      withdrawVisit(session, id, { actor: 'budi', reason: 'another site', at: AT, rules }),
    )
  }

  async #visit({ atS, fouling, drift }: Extract<Deed, { deed: 'visit' }>): Promise<void> {
    const startedS = START_S + atS
    const endedS = startedS + 600
    const check: VisitCheckRow = {
      quantityId: OXYGEN,
      position: 0,
      asFound: 7,
      asFoundReference: 7.5,
      afterCleaning: 7 + fouling,
      afterCleaningReference: 7.5,
      asLeft: null,
      asLeftReference: null,
      standards: drift === 0 ? [] : [{ reference: 8 + drift, raw: 8, standard: null }],
      corrects: true,
    }
    const clientId = randomUUID()
    const { visit } = await this.#db.transaction('write', (session) =>
      insertVisit(
        session,
        {
          site: 'dock',
          node: this.#node.name,
          technician: 'Ani',
          startedAt: new Date(startedS * 1000),
          endedAt: new Date(endedS * 1000),
          maintenanceFrom: new Date(startedS * 1000),
          maintenanceTo: new Date(endedS * 1000),
          referenceMeter: 'ProDSS 1',
          referenceCalibratedOn: '2023-11-01',
          parts: null,
          note: null,
          checks: [check],
          actor: 'ani',
          createdAt: AT,
          sent: sentAs({ clientId }),
        },
        rules,
      ),
    )
    this.#visits.push({
      id: visit.id,
      isWithdrawn: false,
      startedS,
      endedS,
      check: {
        asFound: { sensor: 7, reference: 7.5 },
        afterCleaning: { sensor: 7 + fouling, reference: 7.5 },
        standards: check.standards.map(({ reference, raw }) => ({ reference, raw })),
      },
    })
  }

  /** From the raw readings, all at once. */
  expected(frames: readonly NewFrame[]): Expected[] {
    const quantities = new Set(frames.flatMap((frame) => frame.readings.map((r) => r.quantityId)))
    return [...quantities]
      .sort((a, b) => a - b)
      .flatMap((quantityId) => this.#series(quantityId, frames))
  }

  #series(quantityId: number, frames: readonly NewFrame[]): Expected[] {
    const quantity = quantityById(quantityId)
    if (quantity === undefined) throw new Error(`no quantity ${quantityId}`)
    const correction = channelCorrection(this.#history(quantityId))
    const points = frames
      .flatMap((frame) => frame.readings)
      .filter((reading) => reading.quantityId === quantityId)
      .sort((a, b) => a.time - b.time)
      .map(({ time, value: raw, why }) => {
        const { steps, why: failed } = correctedSteps(quantity, correction, { raw, timeS: time })
        const value = Math.sign(steps) * Math.round(Math.abs(steps)) + 0
        const isOutside =
          value < toSteps(quantity, quantity.min) || value > toSteps(quantity, quantity.max)
        const known = (why & WHY.clock) | failed | (isOutside ? WHY.range : 0)
        return { time, value, raw: value === raw ? null : raw, why: known }
      })
    const limits = limitsOf(quantityId)
    return points.map(({ time, value, raw, why }, index) => {
      const untestedFlag = why & ~WHY.clock ? 4 : why & WHY.clock ? 3 : 2
      const judged = limits && judgeSeries(points, limits)[index]
      const { flag, why: reasons } = judged ?? { flag: untestedFlag, why }
      const latest = index === points.length - 1 ? `${value}/${flag}/${reasons}` : null
      return { quantityId, time, value, raw, flag, why: reasons, latest }
    })
  }

  #history(quantityId: number) {
    const visits = this.#visits
      .filter(({ isWithdrawn }) => !isWithdrawn)
      .sort((a, b) => a.startedS - b.startedS || a.id - b.id)
    const quantity = quantityById(quantityId)
    const isNode = quantity?.group === 'node'
    const maintenance = visits.map(({ startedS, endedS }) => ({ fromS: startedS, toS: endedS }))
    const made = this.#calibrations.filter(({ isWithdrawn }) => !isWithdrawn)
    made.sort((a, b) => a.fromS - b.fromS)
    const calibrations = made.map(({ fromS, gain, offset }, index) => ({
      fromS,
      toS: made[index + 1]?.fromS ?? EVER,
      gain,
      offset,
    }))
    const isCalibrated = quantityId === OXYGEN
    return {
      quantityKey: quantity?.key ?? '',
      calibrations: isCalibrated ? calibrations : [],
      installedS: isCalibrated ? [START_S] : [],
      visits: isCalibrated ? visits : [],
      maintenance: isNode ? [] : maintenance,
    }
  }
}

export interface Expected {
  quantityId: number
  time: number
  value: number
  raw: number | null
  flag: number
  why: number
  latest: string | null
}
