import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { commitFrames, type NewFrame, type NewReading } from '../../ingest/store/batches.js'
import type { ChannelRange } from '../../ingest/store/channels.js'
import { storedCorrection } from '../../ingest/store/corrections.js'
import { insertMark, undoMark } from '../../ingest/store/mark-records.js'
import { recomputePage } from '../../ingest/store/recompute.js'
import { recomputeRanges } from '../../ingest/store/recompute-ranges.js'
import { type Flag, WHY } from '../../shared/schema/flags.js'
import { untested } from '../../shared/science/qartod/judgement.js'
import { limitsOf } from '../../shared/science/qartod/limits.js'
import { QUANTITIES } from '../../shared/wire/quantities.js'
import { addNode } from '../ingest-fixture.js'
import { engines, type TestStore, withStore } from '../store-fixture.js'
import { suite, type Test } from '../suite.js'
import { copyOf, expectedOf, framesOf, history, USUAL_STEP_S } from './history.js'

for (const { name, available, why } of engines()) {
  suite(`flags that people gave: ${name}`, (test, { before, after }) => {
    if (!available) return test.skip('win over every test', why)
    let rig: TestStore
    before(async () => {
      rig = await withStore(name)
    })
    after(() => rig.close())
    tests(test, () => rig)
  })
}

const rules = { limitsOf, correctionOf: storedCorrection }
const GIVEN = [1, 3, 4, null] as const
const EVER = { fromS: 0, toS: 4_000_000_000 }

interface Mark {
  id: number
  range: ChannelRange
  flag: Flag | null
  isUndone: boolean
}

/** What happens to a node between its batches: a mark over a share of its time, or the end of an earlier one. */
const deed = fc.record({
  isUndo: fc.boolean(),
  pick: fc.nat(),
  flag: fc.constantFrom(...GIVEN),
  share: fc.tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  ),
})
type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never

function tests(test: Test, rig: () => TestStore): void {
  const db = () => rig().store.db
  let nodes = 0
  const newNode = async () => (await addNode(db(), `marked-${nodes++}`)).id

  test(
    'hold over the tests of the whole series, the newest first, whatever comes when',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          history,
          fc.array(deed, { minLength: 12, maxLength: 12 }),
          async ({ samples, frames, batches }, deeds) => {
            const nodeId = await newNode()
            const all = framesOf(nodeId, samples, frames)
            const arrived = new Set<NewFrame>()
            const marks: Mark[] = []
            for (const [index, batch] of batches.entries()) {
              const one = deeds[index]
              if (one !== undefined) await act(one, all, marks)
              const some = batch.flatMap((at) => all[at] ?? [])
              await commitFrames(db(), some.map(copyOf), { limitsOf })
              for (const frame of some) arrived.add(frame)
              await expectFlags(nodeId, [...arrived], marks)
            }
            for (const mark of marks.filter(({ isUndone }) => !isUndone)) await undo(mark)
            await expectFlags(nodeId, [...arrived], [])
          },
        ),
        { numRuns: 10, endOnFailure: true, includeErrorInReport: true },
      )
    },
    { limitMs: 240_000 },
  )

  test('are what recomputation finds: it changes nothing', async () => {
    const { nodeId, frame } = await aSeries()
    await mark({ ...channelOf(nodeId), fromS: at(frame, 3), toS: at(frame, 6) }, 4)
    await mark({ ...channelOf(nodeId), fromS: at(frame, 5), toS: at(frame, 9) }, 1)

    const page = await db().transaction('maintenance', (session) =>
      recomputePage(session, { ...channelOf(nodeId), ...EVER }, rules),
    )

    assert.is(page.changed, 0)
    assert.equal(await flagsOf(nodeId), [1, 1, 1, 4, 4, 1, 1, 1, 1, 1, 1, 1])
  })

  test('are given in what is compressed, and taken back there', async () => {
    const { nodeId, frame } = await aSeries()
    await db().query('write', `SELECT compress_chunk(c, true) FROM show_chunks('reading') c`)

    const made = await mark({ ...channelOf(nodeId), fromS: at(frame, 0), toS: at(frame, 2) }, 3)
    assert.equal((await flagsOf(nodeId)).slice(0, 3), [3, 3, 1])
    await undo(made)

    assert.equal(await flagsOf(nodeId), Array(12).fill(1))
  })

  test('hold for a channel whose first readings come after them, late ones too', async () => {
    const nodeId = await newNode()
    const frames = framesOf(nodeId, quiet(12), [
      [0, 4],
      [4, 8],
      [8, 12],
    ]) as [NewFrame, NewFrame, NewFrame]
    const [first, second, third] = frames
    const range = { ...channelOf(nodeId), fromS: at(first, 2), toS: at(second, 2) }
    await mark(range, 4)

    await commitFrames(db(), [copyOf(third)], { limitsOf })
    await commitFrames(db(), [copyOf(first)], { limitsOf })
    await commitFrames(db(), [copyOf(second)], { limitsOf })

    assert.equal(await flagsOf(nodeId), [1, 1, 4, 4, 4, 4, 1, 1, 1, 1, 1, 1])
  })

  test('do not hide that a value is implausible, or from a doubted clock', async () => {
    const { nodeId, frame } = await aSeries([-100_000, 2580])

    const made = await mark({ ...channelOf(nodeId), fromS: at(frame, 0), toS: at(frame, 1) }, 1)

    const [row] = await rowsOf(nodeId)
    assert.equal(row, { flag: 1, why: WHY.manual | WHY.range })
    await undo(made)
    const [again] = await rowsOf(nodeId)
    assert.equal(again, { flag: 4, why: WHY.range })
  })

  test('cannot be taken back twice', async () => {
    const { nodeId, frame } = await aSeries()
    const made = await mark({ ...channelOf(nodeId), fromS: at(frame, 0), toS: at(frame, 1) }, 4)
    await undo(made)

    const error = await undo(made).catch((thrown) => thrown)

    assert.is(error.code, 'CONFLICT')
    assert.match(error.message, /undone by an-officer/)
  })

  const at = (frame: NewFrame, index: number) => frame.readings[index]?.time ?? 0
  const channelOf = (nodeId: number) => ({ nodeId, quantityId: 1, position: 0 })
  const quiet = (count: number, values = [2580, 2590]) =>
    Array.from({ length: count }, (_, index) => ({
      stepS: USUAL_STEP_S,
      isDoubted: false,
      values: [values[index % values.length] ?? 0],
    }))

  /** Twelve good readings of water temperature, unless other values are named. */
  async function aSeries(values?: number[]): Promise<{ nodeId: number; frame: NewFrame }> {
    const nodeId = await newNode()
    const [frame] = framesOf(nodeId, quiet(12, values), [[0, 12]]) as [NewFrame]
    await commitFrames(db(), [copyOf(frame)], { limitsOf })
    return { nodeId, frame }
  }

  async function mark(range: ChannelRange, flag: Flag | null): Promise<Mark> {
    const [from, to] = [new Date(range.fromS * 1000), new Date(range.toS * 1000)]
    const told = { reason: 'a test', actor: 'an-officer', at: new Date() }
    const node = `marked-${nodes - 1}`
    const id = await db().transaction('write', async (session) => {
      const made = await insertMark(session, {
        ...{ site: null, node, quantityId: range.quantityId, from, to, flag, ranges: [range] },
        ...told,
      })
      await recomputeRanges(session, { subject: node, ...told, ranges: [range] }, rules)
      return made
    })
    return { id, range, flag, isUndone: false }
  }

  async function undo(mark: Mark): Promise<void> {
    const told = { reason: 'a test', actor: 'an-officer', at: new Date() }
    await db().transaction('write', async (session) => {
      const ranges = await undoMark(session, mark.id, told)
      await recomputeRanges(session, { subject: 'x', ...told, ranges }, rules)
    })
    mark.isUndone = true
  }

  async function act(one: Deed, frames: readonly NewFrame[], marks: Mark[]): Promise<void> {
    const standing = marks.filter(({ isUndone }) => !isUndone)
    const old = standing[one.pick % Math.max(1, standing.length)]
    if (one.isUndo && old !== undefined) return undo(old)
    const readings = frames.flatMap((frame) => frame.readings)
    const some = readings[one.pick % readings.length]
    if (some === undefined) return
    const [start = 0, end = 0] = [readings[0]?.time, readings.at(-1)?.time]
    const [fromS = 0, toS = 0] = one.share
      .map((share) => Math.round(start + share * (end - start)))
      .sort((a, b) => a - b)
    const { nodeId, quantityId, position } = some
    marks.push(await mark({ nodeId, quantityId, position, fromS, toS: toS + 1 }, one.flag))
  }

  function rowsOf(nodeId: number): Promise<{ flag: number; why: number }[]> {
    return db().query(
      'read',
      'SELECT flag, why FROM reading WHERE node_id = $1 AND quantity_id = 1 ORDER BY time',
      [nodeId],
    )
  }

  async function flagsOf(nodeId: number): Promise<number[]> {
    return (await rowsOf(nodeId)).map(({ flag }) => flag)
  }

  /** The tests over whole series, and over them the newest standing mark; `latest` too. */
  async function expectFlags(
    nodeId: number,
    frames: readonly NewFrame[],
    marks: readonly Mark[],
  ): Promise<void> {
    const stored = await db().query<NewReading & { latest: string | null }>(
      'read',
      `SELECT r.quantity_id AS "quantityId", extract(epoch FROM r.time)::float8 AS time, r.value, r.flag,
              r.why, CASE WHEN l.time = r.time THEN concat_ws('/', l.value, l.flag, l.why) END AS latest
       FROM reading r LEFT JOIN latest l USING (node_id, quantity_id, position)
       WHERE node_id = $1 ORDER BY 1, 2`,
      [nodeId],
    )
    const expected = QUANTITIES.flatMap(({ id }) => expectedOf(id, frames)).map((row) => {
      const word = marks.findLast(
        ({ range, flag, isUndone }) =>
          !isUndone &&
          flag !== null &&
          range.quantityId === row.quantityId &&
          row.time >= range.fromS &&
          row.time < range.toS,
      )
      if (word?.flag == null) return row
      const { flag } = word
      const why = untested(row.why).why | WHY.manual
      return { ...row, flag, why, latest: row.latest && `${row.value}/${flag}/${why}` }
    })
    assert.equal(stored, expected)
  }
}
