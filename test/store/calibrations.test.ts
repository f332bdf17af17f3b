import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { commitFrames, type NewFrame } from '../../ingest/store/batches.js'
import { Corrections } from '../../ingest/store/corrections.js'
import { JobRunner } from '../../ingest/store/job-runner.js'
import { insertSite } from '../../ingest/store/sites.js'
import { WHY } from '../../shared/schema/flags.js'
import { limitsOf } from '../../shared/science/qartod/limits.js'
import { engines, type TestStore, withStore } from '../store-fixture.js'
import { suite, type Test } from '../suite.js'
import { copyOf, framesOf, history } from './history.js'
import {
  AT,
  calibrate,
  deed,
  type Expected,
  newSensor,
  OXYGEN,
  putProbe,
  rules,
  SensorHistory,
  START_S,
  withdraw,
} from './sensor-history.js'

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
  const newNode = () => newSensor(db(), `calibrated-${nodes++}`)

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
            const model = new SensorHistory(db(), node)
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
            const raw = new SensorHistory(db(), node)
            assert.equal(await stored(node.id), raw.expected(all), 'all withdrawn')
          },
        ),
        { numRuns: 12, endOnFailure: true },
      )
    },
    { limitMs: 240_000 },
  )

  test(
    'are that result too when they arrive while their history is changed',
    async () => {
      await fc.assert(
        fc.asyncProperty(history, async ({ samples, frames, batches }) => {
          const node = await newNode()
          const all = framesOf(node.id, samples, frames)
          const sensor = new SensorHistory(db(), node)
          const corrections = new Corrections()
          const changes = async () => {
            await sensor.do({ deed: 'calibrate', afterS: 9000, gain: 1.1, offset: 0.1 })
            await sensor.do({ deed: 'visit', atS: 60_000, fouling: 0.4, drift: 0.3 })
            await sensor.do({ deed: 'calibrate', afterS: 20_000, gain: 0.9, offset: 0 })
            await sensor.do({ deed: 'withdraw calibration', which: 0 })
          }

          await Promise.all([
            changes(),
            ...batches.map((batch) =>
              send(
                batch.flatMap((index) => all[index] ?? []),
                corrections,
              ),
            ),
          ])
          await recompute()

          assert.equal(await stored(node.id), sensor.expected(all))
        }),
        { numRuns: 6, endOnFailure: true },
      )
    },
    { limitMs: 240_000 },
  )

  test('of a frame that is sent again are repeats, whatever was calibrated meanwhile', async () => {
    const node = await newNode()
    const frame = oneFrame(node.id, [684, 690, 700])
    await send([frame])
    await calibrate(db(), node.probeId, { fromS: START_S + 1, gain: 1.1, offset: 0.2 })

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
    await calibrate(db(), node.probeId, { fromS: START_S + 100, gain: 1, offset: 0.1 })
    await calibrate(db(), node.probeId, { fromS: START_S + 400, gain: 1, offset: 0.2 })

    await send([third])
    await send([first, second])

    assert.equal(await values(node.id), ['700', '710<700', '720<700'])
  })

  test('follow a change that another service made on the same store', async () => {
    const node = await newNode()
    const remembered = new Corrections()
    await send([oneFrame(node.id, [700], START_S + 10)], remembered)

    const { calibration } = await calibrate(db(), node.probeId, {
      fromS: START_S + 20,
      gain: 1,
      offset: 0.5,
    })
    await send([oneFrame(node.id, [700], START_S + 30)], remembered)
    await withdraw(db(), calibration.id)
    await send([oneFrame(node.id, [700], START_S + 40)], remembered)

    assert.equal(await values(node.id), ['700', '700', '700'])
    const again = await calibrate(db(), node.probeId, { fromS: START_S + 20, gain: 1, offset: 0.5 })
    await send([oneFrame(node.id, [700], START_S + 50)], remembered)
    assert.is(again.changed, 2)
    assert.equal(await values(node.id), ['700', '750<700', '750<700', '750<700'])
  })

  test('fail where the result is no plausible value, or no value at all', async () => {
    const node = await newNode()
    await calibrate(db(), node.probeId, { fromS: START_S + 1, gain: 1.1, offset: 0 })
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

    const later = await calibrate(db(), node.probeId, { fromS: START_S + 500, gain: 1, offset: 1 })
    const withdrawn = await withdraw(db(), later.calibration.id)
    const earlier = await calibrate(db(), node.probeId, { fromS: START_S + 5, gain: 1, offset: 1 })
    const many = Array.from({ length: 1000 }, (_, index) => 600 + (index % 7))
    await send([oneFrame(node.id, many, START_S + 20)])
    const behind = await withdraw(db(), earlier.calibration.id)

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
    await calibrate(db(), node.probeId, { fromS: START_S + 1, gain: 1, offset: 0.5 })
    await send([oneFrame(node.id, [700, 700], START_S + 10)])

    const next = { node: node.name, serialNumber: `${node.name}-b`, fromS: START_S + 300 }
    const { replaced } = await putProbe(db(), next)
    await recompute()

    assert.is(replaced, node.probeId)
    assert.equal(await values(node.id), ['750<700', '700'])
  })

  test('are under maintenance while a visit lasts, and again judged when it is withdrawn', async () => {
    const node = await newNode()
    await send([oneFrame(node.id, [700, 400, 410, 700])])
    const flags = async () => (await stored(node.id)).map(({ flag, why }) => [flag, why])
    const before = await flags()
    const model = new SensorHistory(db(), node)

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
}
