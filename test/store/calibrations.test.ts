import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { commitFrames, type NewFrame } from '../../ingest/store/batches.js'
import { insertCalibration, withdrawCalibration } from '../../ingest/store/calibrations.js'
import { sentAs } from '../../ingest/store/client-ids.js'
import { Corrections, storedCorrection } from '../../ingest/store/corrections.js'
import { JobRunner } from '../../ingest/store/job-runner.js'
import { insertProbe } from '../../ingest/store/probes.js'
import { insertSite } from '../../ingest/store/sites.js'
import { insertVisit, type VisitCheckRow, withdrawVisit } from '../../ingest/store/visits.js'
import { WHY } from '../../shared/schema/flags.js'
import { type ChannelVisit, channelCorrection } from '../../shared/science/calibration/channel.js'
import { correctedSteps } from '../../shared/science/calibration/steps.js'
import { judgeSeries } from '../../shared/science/qartod/judge-series.js'
import { limitsOf } from '../../shared/science/qartod/limits.js'
import { quantityById, toSteps } from '../../shared/wire/quantities.js'
import { addNode } from '../ingest-fixture.js'
import { engines, type TestStore, withStore } from '../store-fixture.js'
import { suite, type Test } from '../suite.js'
import { copyOf, framesOf, history } from './history.js'

for (const { name, available, why } of engines()) {
  suite(`calibrated readings: ${name}`, (test, { before, after }) => {
    if (!available) return test.skip('are those of the batch', why)
    let rig: TestStore
    before(async () => {
      rig = await withStore(name)
      await rig.store.db.transaction('write', (session) =>
        insertSite(session, {
          name: 'dock',
          title: 'Dock',
          kind: 'lake',
          longitude: 99,
          latitude: 2.5,
          elevationM: null,
          waterClass: null,
          road: null,
          owner: null,
          createdAt: new Date(0),
        }),
      )
    })
    after(() => rig.close())
    tests(test, () => rig)
  })
}

const OXYGEN = 3
const START_S = 1_700_000_000
/** After everything. */
const AT = new Date((START_S + 90 * 86_400) * 1000)
const EVER = Number.POSITIVE_INFINITY
const rules = { limitsOf, correctionOf: storedCorrection }

type Deed =
  | { deed: 'calibrate'; afterS: number; gain: number; offset: number }
  | { deed: 'withdraw calibration'; which: number }
  | { deed: 'visit'; atS: number; fouling: number; drift: number }
  | { deed: 'withdraw visit'; which: number }
  | { deed: 'send'; frames: number }
  | { deed: 'recompute' }

const deed: fc.Arbitrary<Deed> = fc.oneof(
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

function tests(test: Test, rig: () => TestStore): void {
  const db = () => rig().store.db
  const send = async (frames: readonly NewFrame[], corrections = new Corrections()) =>
    (await commitFrames(db(), frames.map(copyOf), { limitsOf, corrections })).outcomes
  const recompute = () =>
    new JobRunner({
      db: db(),
      clock: { now: () => AT.getTime() },
      log: { info: () => {}, warn: () => {} },
      rules,
      retention: { framesDays: 365 },
    }).run()

  let nodes = 0
  async function newNode() {
    const { id, name } = await addNode(db(), `calibrated-${nodes++}`)
    const { probe } = await db().transaction('write', (session) =>
      insertProbe(
        session,
        {
          type: 'optical',
          serialNumber: name,
          node: name,
          quantityId: OXYGEN,
          position: 0,
          from: new Date(START_S * 1000),
          note: null,
          actor: 'ani',
          createdAt: AT,
          sent: sentAs({}),
        },
        rules,
      ),
    )
    return { id, name, probeId: probe.id }
  }

  const calibrate = (probeId: number, line: { fromS: number; gain: number; offset: number }) =>
    db().transaction('write', (session) =>
      insertCalibration(
        session,
        {
          probeId,
          gain: line.gain,
          offset: line.offset,
          points: [],
          tempC: null,
          convertsAtC: null,
          from: new Date(line.fromS * 1000),
          note: null,
          actor: 'ani',
          createdAt: AT,
          sent: sentAs({}),
        },
        rules,
      ),
    )
  const withdraw = (id: number) =>
    db().transaction('write', (session) =>
      withdrawCalibration(session, id, { actor: 'budi', reason: 'wrong buffer', at: AT, rules }),
    )

  test(
    'are the batch result from the raw ones, whatever was calibrated, visited and withdrawn when',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          history,
          fc.array(deed, { minLength: 4, maxLength: 14 }),
          async ({ samples, frames, batches }, deeds) => {
            const node = await newNode()
            const all = framesOf(node.id, samples, frames)
            const order = batches.flat().flatMap((index) => all[index] ?? [])
            const model = new Model(node)
            const corrections = new Corrections()
            for (const one of deeds) {
              if (one.deed === 'send') await send(order.splice(0, one.frames), corrections)
              else if (one.deed === 'recompute') await recompute()
              else await model.do(one)
            }
            await send(order, corrections)
            await recompute()

            assert.equal(await stored(node.id), model.expected(all))
            await model.withdrawAll()
            await recompute()
            const raw = new Model(node)
            assert.equal(await stored(node.id), raw.expected(all), 'all withdrawn')
          },
        ),
        { numRuns: 12, endOnFailure: true },
      )
    },
    { limitMs: 240_000 },
  )

  test('of a frame that is sent again are repeats, whatever was calibrated meanwhile', async () => {
    const node = await newNode()
    const frame = oneFrame(node.id, [684, 690, 700])
    await send([frame])
    await calibrate(node.probeId, { fromS: START_S + 1, gain: 1.1, offset: 0.2 })

    const [before] = await send([frame])
    await recompute()
    const [after] = await send([frame])
    const [other] = await send([oneFrame(node.id, [684, 691, 700])])

    for (const outcome of [before, after]) {
      assert.is(outcome?.repeated, 3)
      assert.equal(outcome?.conflicting, [])
    }
    assert.equal(
      other?.conflicting.map(({ raw, value }) => raw ?? value),
      [691],
    )
    // 6.84 × 1.1 + 0.2 = 7.724, 7.79, 7.9
    assert.equal(await values(node.id), ['772<684', '779<690', '790<700'])
  })

  test('come late and get the calibration of their own time', async () => {
    const node = await newNode()
    const [first, second, third] = [700, 700, 700].map((value, index) => ({
      ...oneFrame(node.id, [value], START_S + 300 * index),
      seq: index,
    })) as [NewFrame, NewFrame, NewFrame]
    await calibrate(node.probeId, { fromS: START_S + 100, gain: 1, offset: 0.1 })
    await calibrate(node.probeId, { fromS: START_S + 400, gain: 1, offset: 0.2 })

    await send([third])
    await send([first, second])

    assert.equal(await values(node.id), ['700', '710<700', '720<700'])
  })

  test('follow a change that another service made on the same store', async () => {
    const node = await newNode()
    const remembered = new Corrections()
    await send([oneFrame(node.id, [700], START_S + 10)], remembered)

    const { calibration } = await calibrate(node.probeId, {
      fromS: START_S + 20,
      gain: 1,
      offset: 0.5,
    })
    await send([oneFrame(node.id, [700], START_S + 30)], remembered)
    await withdraw(calibration.id)
    await send([oneFrame(node.id, [700], START_S + 40)], remembered)

    assert.equal(await values(node.id), ['700', '700', '700'])
    const again = await calibrate(node.probeId, { fromS: START_S + 20, gain: 1, offset: 0.5 })
    await send([oneFrame(node.id, [700], START_S + 50)], remembered)
    assert.is(again.changed, 2)
    assert.equal(await values(node.id), ['700', '750<700', '750<700', '750<700'])
  })

  test('fail where the result is no plausible value, or no value at all', async () => {
    const node = await newNode()
    await calibrate(node.probeId, { fromS: START_S + 1, gain: 1.1, offset: 0 })
    await send([oneFrame(node.id, [1900, 2_000_000_000, 700], START_S + 10)])

    const rows = await stored(node.id)
    assert.equal(
      rows.map(({ value, raw, flag, why }) => [value, raw, flag, why]),
      [
        [2090, 1900, 4, WHY.range],
        [2_000_000_000, null, 4, WHY.range],
        [770, 700, 1, 0],
      ],
    )
  })

  test('change only where the history does, and many of them by a job', async () => {
    const node = await newNode()
    await send([oneFrame(node.id, [700], START_S + 10)])

    const later = await calibrate(node.probeId, { fromS: START_S + 500, gain: 1, offset: 1 })
    const withdrawn = await withdraw(later.calibration.id)
    const earlier = await calibrate(node.probeId, { fromS: START_S + 5, gain: 1, offset: 1 })
    const many = Array.from({ length: 1000 }, (_, index) => 600 + (index % 7))
    await send([oneFrame(node.id, many, START_S + 20)])
    const behind = await withdraw(earlier.calibration.id)

    const consequences = [later, withdrawn, earlier].map(({ job, changed }) => [job, changed])
    assert.equal(consequences, [
      [null, 0],
      [null, 0],
      [null, 1],
    ])
    assert.type(behind.job, 'number')
    assert.is(behind.changed, null)
    assert.is((await values(node.id))[1], '700<600')
    await recompute()
    assert.is((await values(node.id))[1], '600')
  })

  test('know of a probe’s end: the calibration of the one before is not theirs', async () => {
    const node = await newNode()
    await calibrate(node.probeId, { fromS: START_S + 1, gain: 1, offset: 0.5 })
    await send([oneFrame(node.id, [700, 700], START_S + 10)])

    const { replaced } = await db().transaction('write', (session) =>
      insertProbe(
        session,
        {
          type: 'optical',
          serialNumber: `${node.name}-b`,
          node: node.name,
          quantityId: OXYGEN,
          position: 0,
          from: new Date((START_S + 300) * 1000),
          note: null,
          actor: 'ani',
          createdAt: AT,
          sent: sentAs({}),
        },
        rules,
      ),
    )
    await recompute()

    assert.is(replaced, node.probeId)
    assert.equal(await values(node.id), ['750<700', '700'])
  })

  test('are under maintenance while a visit lasts, and again judged when it is withdrawn', async () => {
    const node = await newNode()
    await send([oneFrame(node.id, [700, 400, 410, 700])])
    const flags = async () => (await stored(node.id)).map(({ flag, why }) => [flag, why])
    const before = await flags()
    const model = new Model(node)

    await model.do({ deed: 'visit', atS: 200, fouling: 0, drift: 0 })
    await recompute()
    // The jump to 4 mg/L happened in the technician's hand, so nothing jumped in the lake.
    assert.equal(await flags(), [
      [1, 0],
      [4, WHY.maintenance],
      [4, WHY.maintenance],
      [1, 0],
    ])
    await model.withdrawAll()
    await recompute()
    assert.equal(await flags(), before)
  })

  /** One channel; samples five minutes apart. */
  function oneFrame(nodeId: number, oxygen: readonly number[], startS = START_S + 100): NewFrame {
    return {
      nodeId,
      boot: 1,
      seq: startS,
      undated: false,
      bytes: Buffer.from(`${startS} ${oxygen.join(' ')}`),
      receivedAt: AT.getTime(),
      readings: oxygen.map((value, index) => ({
        nodeId,
        quantityId: OXYGEN,
        position: 0,
        time: startS + 300 * index,
        value,
        raw: null,
        flag: 2,
        why: 0,
      })),
    }
  }

  async function values(nodeId: number): Promise<string[]> {
    const rows = await stored(nodeId)
    return rows.map(({ value, raw }) => (raw === null ? `${value}` : `${value}<${raw}`))
  }

  function stored(nodeId: number): Promise<Expected[]> {
    return db().query<Expected>(
      'read',
      `SELECT r.quantity_id AS "quantityId", extract(epoch FROM r.time)::float8 AS time, r.value,
              r.raw, r.flag, r.why,
              CASE WHEN l.time = r.time THEN concat_ws('/', l.value, l.flag, l.why) END AS latest
       FROM reading r LEFT JOIN latest l USING (node_id, quantity_id, position)
       WHERE node_id = $1 ORDER BY 1, 2`,
      [nodeId],
    )
  }

  /** What a node's history is, told apart from the store's own reading of it. */
  class Model {
    readonly #node: { id: number; name: string; probeId: number }
    readonly #calibrations: Made[] = []
    readonly #visits: (ChannelVisit & { id: number; isWithdrawn: boolean })[] = []

    constructor(node: { id: number; name: string; probeId: number }) {
      this.#node = node
    }

    async do(one: Exclude<Deed, { deed: 'send' | 'recompute' }>): Promise<void> {
      if (one.deed === 'calibrate') {
        const held = this.#calibrations.filter(({ isWithdrawn }) => !isWithdrawn)
        const fromS = Math.max(START_S, ...held.map((made) => made.fromS)) + one.afterS
        const { gain, offset } = one
        const { calibration } = await calibrate(this.#node.probeId, { fromS, gain, offset })
        this.#calibrations.push({ id: calibration.id, fromS, gain, offset, isWithdrawn: false })
      } else if (one.deed === 'visit') await this.#visit(one)
      else {
        const isVisit = one.deed === 'withdraw visit'
        const made = isVisit ? this.#visits : this.#calibrations
        const open = made.filter(({ isWithdrawn }) => !isWithdrawn)
        const which = open[one.which % open.length]
        if (which === undefined) return
        await (isVisit ? this.#withdrawVisit(which.id) : withdraw(which.id))
        which.isWithdrawn = true
      }
    }

    async withdrawAll(): Promise<void> {
      for (const made of this.#calibrations) if (!made.isWithdrawn) await withdraw(made.id)
      for (const made of this.#visits) if (!made.isWithdrawn) await this.#withdrawVisit(made.id)
    }

    #withdrawVisit(id: number) {
      return db().transaction('write', (session) =>
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
      const { visit } = await db().transaction('write', (session) =>
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
}

interface Expected {
  quantityId: number
  time: number
  value: number
  raw: number | null
  flag: number
  why: number
  latest: string | null
}
