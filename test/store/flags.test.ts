import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { commitFrames, type NewFrame, type NewReading } from '../../ingest/store/batches.js'
import { WHY } from '../../shared/schema/flags.js'
import { limitsOf } from '../../shared/science/qartod/limits.js'
import { QUANTITIES } from '../../shared/wire/quantities.js'
import { addNode } from '../ingest-fixture.js'
import { engines, type TestStore, withStore } from '../store-fixture.js'
import { suite, type Test } from '../suite.js'
import { copyOf, expectedOf, framesOf, history, USUAL_STEP_S } from './history.js'

for (const { name, available, why } of engines()) {
  suite(`flags of stored readings: ${name}`, (test, { before, after }) => {
    if (!available) return test.skip('equal those of whole series', why)
    let rig: TestStore
    before(async () => {
      rig = await withStore(name)
    })
    after(() => rig.close())
    tests(test, () => rig)
  })
}

function tests(test: Test, rig: () => TestStore): void {
  const db = () => rig().store.db
  const options = { limitsOf }
  let nodes = 0
  const newNode = async () => (await addNode(db(), `flagged-${nodes++}`)).id

  test(
    'are those of the whole series after every batch, whatever comes when and how often',
    async () => {
      await fc.assert(
        fc.asyncProperty(history, async ({ samples, frames, batches }) => {
          const nodeId = await newNode()
          const all = framesOf(nodeId, samples, frames)
          const arrived = new Set<NewFrame>()
          for (const batch of batches) {
            const some = batch.flatMap((index) => all[index] ?? [])
            await commitFrames(db(), some.map(copyOf), options)
            for (const frame of some) arrived.add(frame)
            await expectFlags(nodeId, [...arrived])
          }
        }),
        { numRuns: 15, endOnFailure: true },
      )
    },
    { limitMs: 240_000 },
  )

  test(
    'are those of the whole series when batches of a node are committed at once',
    async () => {
      await fc.assert(
        fc.asyncProperty(history, async ({ samples, frames, batches }) => {
          const nodeId = await newNode()
          const all = framesOf(nodeId, samples, frames)

          await Promise.all(
            batches.map((batch) =>
              commitFrames(db(), batch.flatMap((index) => all[index] ?? []).map(copyOf), options),
            ),
          )

          await expectFlags(nodeId, all)
        }),
        { numRuns: 8, endOnFailure: true },
      )
    },
    { limitMs: 240_000 },
  )

  test('a late reading takes the flat line apart that was there without it', async () => {
    const nodeId = await newNode()
    const samples = Array.from({ length: 40 }, (_, index) => ({
      stepS: USUAL_STEP_S,
      isDoubted: false,
      values: [index === 0 ? 2500 : index === 3 ? 2550 : 2580],
    }))
    const [early, late, rest] = framesOf(nodeId, samples, [
      [0, 3],
      [3, 4],
      [4, 40],
    ]) as [NewFrame, NewFrame, NewFrame]

    await commitFrames(db(), [early, rest].map(copyOf), options)
    await expectFlags(nodeId, [early, rest])
    await commitFrames(db(), [copyOf(late)], options)

    await expectFlags(nodeId, [early, late, rest])
  })

  test('that later and late readings change are told, with their values', async () => {
    const nodeId = await newNode()
    const samples = [2580, 2900, 2580, 2300, 2581, 2580].map((value) => ({
      ...{ stepS: 600, isDoubted: false, values: [value] },
    }))
    const frames = framesOf(
      nodeId,
      samples,
      samples.map((_, index) => [index, index + 1]),
    )
    const told = async (...indices: number[]) => {
      const some = indices.flatMap((index) => frames[index] ?? []).map(copyOf)
      const { reflagged } = await commitFrames(db(), some, options)
      return reflagged.map(({ value, flag }) => [value, flag])
    }

    assert.equal(await told(0, 1), [])
    assert.equal(await told(2), [[2900, 4]], 'a spike is known by the next one')
    assert.equal(await told(4, 5), [])
    assert.equal(await told(3), [[2581, 4]], 'a change by what came before it')
  })

  test('are corrected in what is compressed, and other series there stay compressed', async () => {
    const [one, two, other] = [await newNode(), await newNode(), await newNode()]
    const samples = Array.from({ length: 60 }, (_, index) => ({
      stepS: USUAL_STEP_S,
      isDoubted: false,
      values: index === 30 ? [2900, 50, 2900, 500, 300] : [2580, 684, 2200, 800, 360],
    }))
    const framesOfNode = (nodeId: number) =>
      framesOf(nodeId, samples, [
        [0, 30],
        [30, 31],
        [31, 60],
      ]) as [NewFrame, NewFrame, NewFrame]
    const [ofOne, ofTwo] = [framesOfNode(one), framesOfNode(two)]
    const inTime = [ofOne[0], ofOne[2], ofTwo[0], ofTwo[2], ...framesOfNode(other)]
    await commitFrames(db(), inTime.map(copyOf), options)
    await db().query('write', `SELECT compress_chunk(c, true) FROM show_chunks('reading') c`)

    await commitFrames(db(), [ofOne[1], ofTwo[1]].map(copyOf), options)

    await expectFlags(one, ofOne)
    await expectFlags(two, ofTwo)
    const [left] = await db().query<{ others: number }>(
      'read',
      `SELECT count(*)::int AS others FROM ONLY ${await chunkOf(ofOne[0])} WHERE node_id <> ALL ($1)`,
      [[one, two]],
    )
    assert.is(left?.others, 0)
  })

  /** The table that holds the uncompressed rows of a frame's time. */
  async function chunkOf({ readings }: NewFrame): Promise<string> {
    const [row] = await db().query<{ name: string }>(
      'read',
      `SELECT format('%I.%I', chunk_schema, chunk_name) AS name FROM timescaledb_information.chunks
       WHERE hypertable_name = 'reading' AND range_start <= to_timestamp($1) AND range_end > to_timestamp($1)`,
      [readings[0]?.time],
    )
    if (row === undefined) throw new Error('no chunk')
    return row.name
  }

  test('a flag given by hand stays when its neighbours are judged anew', async () => {
    const nodeId = await newNode()
    const samples = [2580, 2580, 2900, 2580].map((value) => ({
      stepS: 300,
      isDoubted: false,
      values: [value],
    }))
    const [one, two, three] = framesOf(nodeId, samples, [
      [0, 1],
      [1, 2],
      [2, 4],
    ]) as [NewFrame, NewFrame, NewFrame]
    const byHand = async (time: number) => {
      for (const table of ['reading', 'latest']) {
        await db().query(
          'write',
          `UPDATE ${table} SET flag = 2, why = ${WHY.manual} WHERE node_id = $1 AND time = to_timestamp($2)`,
          [nodeId, time],
        )
      }
    }
    const flagAt = async (table: string, time: number) =>
      db().query(
        'read',
        `SELECT flag, why FROM ${table} WHERE node_id = $1 AND time = to_timestamp($2)`,
        [nodeId, time],
      )
    await commitFrames(db(), [copyOf(three)], options)
    const last = three.readings.at(-1)?.time ?? 0
    await byHand(last)

    await commitFrames(db(), [copyOf(one), copyOf(two)], options)

    const given = [{ flag: 2, why: WHY.manual }]
    assert.equal(await flagAt('reading', last), given)
    assert.equal(await flagAt('latest', last), given)
    const next = { ...three, seq: 9, bytes: Uint8Array.of(9) }
    const readings = [2900, 2580].map((value, at) => ({
      ...(three.readings[0] as NewReading),
      time: last + 300 * (at + 1),
      value,
    }))
    await byHand(last)
    await commitFrames(db(), [{ ...next, readings: readings.slice(0, 1) }], options)
    assert.equal(await flagAt('reading', last), given)
    await byHand(last + 300)
    await commitFrames(db(), [{ ...next, seq: 10, readings: readings.slice(1) }], options)
    assert.equal(await flagAt('reading', last + 300), given, 'a spike by the tests')
  })

  /** What is stored of a node, by channel: flags, reasons and latest. */
  async function expectFlags(nodeId: number, frames: readonly NewFrame[]): Promise<void> {
    const stored = await db().query<NewReading & { latest: string | null }>(
      'read',
      `SELECT r.quantity_id AS "quantityId", extract(epoch FROM r.time)::float8 AS time, r.value, r.flag,
              r.why, CASE WHEN l.time = r.time THEN concat_ws('/', l.value, l.flag, l.why) END AS latest
       FROM reading r LEFT JOIN latest l USING (node_id, quantity_id, position)
       WHERE node_id = $1 ORDER BY 1, 2`,
      [nodeId],
    )
    const expected = QUANTITIES.flatMap(({ id }) => expectedOf(id, frames))
    assert.equal(stored, expected)
  }
}
