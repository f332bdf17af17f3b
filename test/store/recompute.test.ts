import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { commitFrames, type NewFrame, type NewReading } from '../../ingest/store/batches.js'
import type { ChannelRange } from '../../ingest/store/channels.js'
import {
  type Correction,
  corrected,
  RECOMPUTE_ROWS,
  type RecomputedPage,
  recomputePage,
} from '../../ingest/store/recompute.js'
import { WHY } from '../../shared/schema/flags.js'
import { judgeSeries } from '../../shared/science/qartod/judge-series.js'
import { untested } from '../../shared/science/qartod/judgement.js'
import { limitsOf } from '../../shared/science/qartod/limits.js'
import { addNode } from '../ingest-fixture.js'
import { engines, type TestStore, withStore } from '../store-fixture.js'
import { suite, type Test } from '../suite.js'
import { copyOf, framesOf, history, USUAL_STEP_S } from './history.js'

suite('corrected values', (test) => {
  test('are rounded half away from zero, and keep the raw one only where it differs', () => {
    const plus = (by: number) => (raw: number) => raw + by

    assert.equal(corrected(1, 2500, undefined), { value: 2500, raw: null, isPlausible: true })
    assert.equal(corrected(1, 2500, plus(0.5)), { value: 2501, raw: 2500, isPlausible: true })
    assert.equal(corrected(1, 0, plus(-0.5)), { value: -1, raw: 0, isPlausible: true })
    assert.equal(corrected(1, 2500, plus(0.4)), { value: 2500, raw: null, isPlausible: true })
    assert.equal(corrected(1, 2500, plus(9000)), { value: 11500, raw: 2500, isPlausible: false })
  })

  test('that cannot be stored leave the raw one, implausible', () => {
    for (const result of [1e12, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.equal(
        corrected(1, 2500, () => result),
        { value: 2500, raw: null, isPlausible: false },
      )
    }
  })
})

for (const { name, available, why } of engines()) {
  suite(`recomputing stored readings: ${name}`, (test, { before, after }) => {
    if (!available) return test.skip('comes to the whole series', why)
    let rig: TestStore
    before(async () => {
      rig = await withStore(name)
    })
    after(() => rig.close())
    tests(test, () => rig)
  })
}

/** A sensor that read more and more too low between two times. */
const drift: Correction = (raw, timeS) => raw * 1.01 + ((timeS - 1_700_000_000) / 86_400) * 20
const EVER = { fromS: 0, toS: 4_000_000_000 }

function tests(test: Test, rig: () => TestStore): void {
  const db = () => rig().store.db
  let nodes = 0
  const newNode = async () => (await addNode(db(), `recomputed-${nodes++}`)).id

  const page = (range: ChannelRange, correction?: Correction): Promise<RecomputedPage> =>
    db().transaction('maintenance', (session) =>
      recomputePage(session, range, {
        limitsOf,
        correctionOf: async () => correction,
      }),
    )

  test(
    'changes nothing where nothing has changed',
    async () => {
      await fc.assert(
        fc.asyncProperty(history, async ({ samples, frames, batches }) => {
          const nodeId = await newNode()
          const all = framesOf(nodeId, samples, frames)
          for (const batch of batches) {
            const some = batch.flatMap((index) => all[index] ?? [])
            await commitFrames(db(), some.map(copyOf), { limitsOf })
          }
          const before = await stored(nodeId)

          for (const quantityId of quantitiesIn(before)) {
            const done = await page({ nodeId, quantityId, position: 0, ...EVER })

            const readings = before.filter((row) => row.quantityId === quantityId).length
            assert.equal(done, { readings, changed: 0, nextS: undefined })
          }
          assert.equal(await stored(nodeId), before)
        }),
        { numRuns: 8, endOnFailure: true },
      )
    },
    { limitMs: 240_000 },
  )

  test(
    'comes to the tests over the whole series after every page, and back to what it was',
    async () => {
      const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 })
      await fc.assert(
        fc.asyncProperty(history, cuts, async ({ samples, frames, batches }, shares) => {
          const nodeId = await newNode()
          const all = framesOf(nodeId, samples, frames)
          for (const batch of batches) {
            const some = batch.flatMap((index) => all[index] ?? [])
            await commitFrames(db(), some.map(copyOf), { limitsOf })
          }
          const before = await stored(nodeId)
          const [start, end] = [before[0]?.time ?? 0, (before.at(-1)?.time ?? 0) + 1]
          const ends = [...shares, 1].map((share) => Math.round(start + share * (end - start)))
          const pages = ends.toSorted((a, b) => a - b).filter((toS) => toS > start)

          for (const quantityId of quantitiesIn(before)) {
            let fromS = start
            for (const toS of pages) {
              if (toS > fromS) await page({ nodeId, quantityId, position: 0, fromS, toS }, drift)
              fromS = toS
              const until = (raw: number, timeS: number) => (timeS < toS ? drift(raw, timeS) : raw)
              await expectSeries(nodeId, quantityId, until)
            }
          }
          for (const quantityId of quantitiesIn(before)) {
            await page({ nodeId, quantityId, position: 0, ...EVER })
          }
          assert.equal(await stored(nodeId), before)
          // What is known of a series by its latest reading is right too: the next one is judged by it.
          const next = afterAll(nodeId, before)
          await commitFrames(db(), [next], { limitsOf })
          for (const quantityId of quantitiesIn(before)) {
            await expectSeries(nodeId, quantityId, (raw) => raw)
          }
        }),
        { numRuns: 6, endOnFailure: true, includeErrorInReport: true },
      )
    },
    { limitMs: 240_000 },
  )

  test(
    'goes through a long series page by page, in a compressed chunk too',
    async () => {
      const [nodeId, other] = [await newNode(), await newNode()]
      const samples = Array.from({ length: 2 * RECOMPUTE_ROWS + 10 }, (_, index) => ({
        stepS: USUAL_STEP_S / 30,
        isDoubted: false,
        values: [2500 + (index % 7) + (index === RECOMPUTE_ROWS ? 160 : 0)],
      }))
      for (const id of [nodeId, other]) {
        const frames = framesOf(id, samples, [[0, samples.length]])
        await commitFrames(db(), frames.map(copyOf), { limitsOf })
      }
      const before = [await stored(nodeId), await stored(other)]
      await db().query('write', `SELECT compress_chunk(c, true) FROM show_chunks('reading') c`)
      const range = { nodeId, quantityId: 1, position: 0, ...EVER }

      const pages: RecomputedPage[] = []
      for (let fromS: number | undefined = 0; fromS !== undefined; ) {
        const done: RecomputedPage = await page({ ...range, fromS }, drift)
        pages.push(done)
        fromS = done.nextS
      }

      assert.equal(
        pages.map(({ readings }) => readings),
        [RECOMPUTE_ROWS, RECOMPUTE_ROWS, 10],
      )
      await expectSeries(nodeId, 1, drift)
      assert.equal(await stored(other), before[1])
      const [loose] = await db().query<{ n: number }>(
        'read',
        `SELECT count(*)::int AS n FROM ONLY ${await chunkAt(before[1]?.[0]?.time ?? 0)}
         WHERE node_id = ${other}`,
      )
      assert.is(loose?.n, 0, 'the other series is still compressed')
    },
    { limitMs: 120_000 },
  )

  test('finds nothing in a range without readings', async () => {
    const nodeId = await newNode()

    const done = await page({ nodeId, quantityId: 1, position: 0, ...EVER })

    assert.equal(done, { readings: 0, changed: 0, nextS: undefined })
  })

  /** The last sample once more, as if nothing moved. */
  function afterAll(nodeId: number, rows: readonly NewReading[]): NewFrame {
    const latest = new Map(rows.map((row) => [row.quantityId, row]))
    const time = (rows.at(-1)?.time ?? 0) + USUAL_STEP_S
    const readings = [...latest.values()].map(({ quantityId, position, value, why }) => ({
      ...{ nodeId, quantityId, position, time, value, raw: null },
      ...untested(why),
    }))
    const bytes = Uint8Array.of(255)
    return { nodeId, boot: 1, seq: 999, undated: false, bytes, receivedAt: time * 1000, readings }
  }

  async function chunkAt(timeS: number): Promise<string> {
    const [row] = await db().query<{ name: string }>(
      'read',
      `SELECT format('%I.%I', chunk_schema, chunk_name) AS name FROM timescaledb_information.chunks
       WHERE hypertable_name = 'reading' AND range_start <= to_timestamp($1)
         AND range_end > to_timestamp($1)`,
      [timeS],
    )
    if (row === undefined) throw new Error('no chunk')
    return row.name
  }

  interface Stored extends NewReading {
    latest: string | null
  }

  function stored(nodeId: number): Promise<Stored[]> {
    return db().query<Stored>(
      'read',
      `SELECT r.node_id AS "nodeId", r.quantity_id AS "quantityId", r.position,
              extract(epoch FROM r.time)::float8 AS time, r.value, r.raw, r.flag, r.why,
              CASE WHEN l.time = r.time THEN concat_ws('/', l.value, l.flag, l.why) END AS latest
       FROM reading r LEFT JOIN latest l USING (node_id, quantity_id, position)
       WHERE node_id = $1 ORDER BY r.time, r.quantity_id`,
      [nodeId],
    )
  }

  /** What the tests say of the whole series of corrected values, and its latest one. */
  async function expectSeries(nodeId: number, quantityId: number, correction: Correction) {
    const rows = (await stored(nodeId)).filter((row) => row.quantityId === quantityId)
    const points = rows.map(({ time, value, raw, why }) => {
      const measured = raw ?? value
      const one = corrected(quantityId, measured, (of) => correction(of, time))
      const known = untested(why).why & ~WHY.range
      return {
        time,
        value: one.value,
        raw: one.raw,
        why: one.isPlausible ? known : known | WHY.range,
      }
    })
    const limits = limitsOf(quantityId)
    const judged = limits ? judgeSeries(points, limits) : points.map(({ why }) => untested(why))
    const expected = points.map(({ time, value, raw }, index) => ({
      time,
      value,
      raw,
      ...judged[index],
    }))
    assert.equal(
      rows.map(({ time, value, raw, flag, why }) => ({ time, value, raw, flag, why })),
      expected,
    )
    const last = expected.at(-1)
    assert.is(rows.at(-1)?.latest, `${last?.value}/${last?.flag}/${last?.why}`)
  }
}

function quantitiesIn(rows: readonly { quantityId: number }[]): number[] {
  return [...new Set(rows.map(({ quantityId }) => quantityId))]
}
