import * as assert from 'uvu/assert'
import { AppError } from '../../ingest/errors.js'
import { Replayer } from '../../ingest/pipeline/replay.js'
import { commitRejected, type NewRejectedFrame } from '../../ingest/store/batches.js'
import { framesAround } from '../../ingest/store/frames.js'
import {
  relabelRejectedFrame,
  resolveRejectedFrame,
  WAITING_PAGE,
} from '../../ingest/store/replays.js'
import { WHY } from '../../shared/schema/flags.js'
import { encodeFrame } from '../../shared/wire/encode.js'
import { ingestRig, oxygenFrame, type Rig } from '../ingest-fixture.js'
import { suite } from '../suite.js'

suite('rejected frames tried again', (test, { before, after }) => {
  let rig: Rig
  before(async () => {
    rig = await ingestRig('embedded')
  })
  after(() => rig.close())

  const connect = async (name: string) => {
    const node = await rig.addNode(name)
    const sender = { ...node, trailerRequired: false, trailerKeys: [] }
    return {
      ...node,
      sender,
      send: (bytes: Uint8Array) => rig.pipeline.submit(sender, bytes),
      kept: (condition = 'resolved_at IS NULL') =>
        rig.rows(
          `SELECT id::int, reason, detail FROM rejected_frame WHERE node_id = $1 AND ${condition} ORDER BY id`,
          [node.id],
        ),
      oxygen: () =>
        rig.rows(
          `SELECT extract(epoch FROM time)::int AS time, flag, why FROM reading
           WHERE node_id = $1 AND quantity_id = 3 ORDER BY time`,
          [node.id],
        ),
    }
  }
  type Node = Awaited<ReturnType<typeof connect>>

  const untilDated = async (node: Node) => {
    while ((await node.kept("resolved_at IS NULL AND reason = 'undated'")).length > 0) {
      await new Promise(setImmediate)
    }
  }
  const idOf = async (node: Node) => (await node.kept())[0]?.id as number

  /** A frame with nothing but the uptime, in minutes. */
  const health = (seq: number, time: number, uptimeMinutes: number, more = {}) =>
    encodeFrame({
      boot: 3,
      seq,
      undated: false,
      channels: [{ quantity: 102, position: 0 }],
      samples: [{ time, values: [uptimeMinutes] }],
      ...more,
    })

  const waiting = (node: Node, seq: number, bytes: Uint8Array): NewRejectedFrame => ({
    nodeId: node.id,
    reason: 'undated',
    detail: '',
    bytes,
    boot: 3,
    seq,
    readings: 0,
    receivedAt: rig.clock.now(),
  })

  test('a frame dated by hand is no evidence for the others of its boot, nor of the next', async () => {
    const node = await connect('hand-evidence')
    const bootedAt = rig.clock.seconds - 7200
    await node.send(health(1, 600, 10, { undated: true }))
    const wrong = bootedAt + 5400
    await rig.replayer.replay([await idOf(node)], { startTime: wrong })
    await node.send(oxygenFrame({ start: 700, seq: 2, undated: true, values: [684] }))
    await node.send(oxygenFrame({ start: 10, boot: 4, undated: true, values: [690] }))

    await node.send(health(3, bootedAt + 3600, 60))
    await node.send(health(2, bootedAt + 3700, 1, { boot: 4 }))

    await untilDated(node)
    const [first, second] = await node.oxygen()
    assert.ok(Math.abs(Number(first?.time) - (bootedAt + 700)) <= 60)
    assert.ok(Math.abs(Number(second?.time) - (bootedAt + 3650)) <= 60)
  })

  test('an undated frame stays so after a start time that cannot be, and then dates itself', async () => {
    const node = await connect('hand-wrong')
    await node.send(oxygenFrame({ start: 700, undated: true, values: [684] }))
    const id = await idOf(node)

    const [result] = await rig.replayer.replay([id], { startTime: rig.clock.seconds + 86_400 })

    assert.is(result?.outcome === 'rejected' && result.reason, 'time-future')
    assert.is((await node.kept())[0]?.reason, 'undated')
    await node.send(health(2, rig.clock.seconds - 3600, 60))
    await untilDated(node)
    assert.is((await node.oxygen()).length, 1)
  })

  test('more undated frames than a page holds are all tried again', async () => {
    const node = await connect('many-undated')
    const junk = Array.from({ length: WAITING_PAGE }, (_, at) =>
      waiting(node, at, Uint8Array.of(0xff, at >> 8, at & 0xff)),
    )
    await commitRejected(rig.db, junk)
    await node.send(oxygenFrame({ start: 700, seq: 1000, undated: true, values: [684] }))

    await node.send(health(1001, rig.clock.seconds - 3600, 60))

    await untilDated(node)
    assert.is((await node.oxygen()).length, 1)
  })

  test('an undated frame that comes while others are tried again is not forgotten', async () => {
    const node = await connect('late-undated')
    const undated = (seq: number) =>
      waiting(node, seq, oxygenFrame({ start: seq * 600, seq, undated: true, values: [684] }))
    const [early, late] = [undated(1), undated(2)]
    const noFrames = { frames: [], stored: [], reflagged: [], conflicts: 0, durationMs: 0 }
    let turns = 0
    const replayer = new Replayer({
      db: rig.db,
      clock: rig.clock,
      log: { warn: () => {} },
      senderOf: async () => {
        if (turns++ === 0) {
          await commitRejected(rig.db, [late])
          replayer.noticed({ ...noFrames, rejected: [late] })
        }
        return node.sender
      },
      onStored: () => {},
    })
    await commitRejected(rig.db, [early])
    await node.send(health(9, rig.clock.seconds - 3600, 60))
    const dated = { ...early, boot: 3, seq: 9, undated: false, readings: [] }
    replayer.noticed({ ...noFrames, frames: [dated], rejected: [early] })
    while ((await node.kept()).length !== 1 || turns === 0) await new Promise(setImmediate)

    // The first retry ends meanwhile: all work on the one session is done in order.
    await rig.rows('SELECT')
    await new Promise(setImmediate)
    replayer.noticed({ ...noFrames, frames: [dated], rejected: [] })

    await untilDated(node)
    assert.is((await node.oxygen()).length, 2)
  })

  test('what the clock of the server made a future is stored by hand, as suspect', async () => {
    const node = await connect('slow-server')
    const start = rig.clock.seconds - 100
    await node.send(oxygenFrame({ start, intervalS: 86_400 }))
    await node.send(oxygenFrame({ start: Date.UTC(2099, 0, 1) / 1000, seq: 2 }))
    const ids = (await node.kept()).map(({ id }) => Number(id))
    const early = await rig.replayer.replay(ids)
    rig.clock.ms += 2 * 86_400_000

    const results = await rig.replayer.replay(ids)

    rig.clock.ms -= 2 * 86_400_000
    assert.equal(
      early.map(({ outcome }) => outcome),
      ['rejected', 'rejected'],
    )
    assert.equal(
      results.map(({ outcome }) => outcome),
      ['stored', 'rejected'],
    )
    assert.equal(await node.oxygen(), [
      { time: start, flag: 3, why: WHY.clock },
      { time: start + 86_400, flag: 3, why: WHY.clock },
    ])
  })

  test('a frame that the store refuses does not stop those after it', async () => {
    const first = await connect('refused-one')
    const second = await connect('refused-two')
    for (const node of [first, second]) await node.send(oxygenFrame({ start: 1000 }))
    const ids = [await idOf(first), await idOf(second)]
    const replayer = new Replayer({
      db: rig.db,
      clock: rig.clock,
      log: { warn: () => {} },
      senderOf: async (id) => {
        if (id === first.id) throw new AppError('STORE_REFUSED', 'no')
        return second.sender
      },
      onStored: () => {},
    })

    const results = await replayer.replay(ids, { startTime: rig.clock.seconds - 3600 })

    assert.equal(results, [
      { id: ids[0], outcome: 'rejected', reason: 'store-refused', detail: 'no' },
      { id: ids[1], outcome: 'stored', stored: 4, repeated: 0 },
    ])
  })

  test('a frame that was in part stored before is found behind its readings at the new time too', async () => {
    const node = await connect('redated-part')
    const start = rig.clock.seconds - 7200
    const twice = oxygenFrame({ start, seq: 2, values: [650, 651, 652] })
    await node.send(oxygenFrame({ start, values: [700, 701] }))
    await node.send(twice)
    const startTime = start + 3600

    const [result] = await rig.replayer.replay([await idOf(node)], { startTime })

    assert.is(result?.outcome === 'stored' && result.stored, 6)
    for (const time of [start + 600, startTime + 300]) {
      const found = await framesAround(rig.db, node.name, new Date(time * 1000))
      assert.equal(
        found.map(({ bytes }) => bytes),
        [Buffer.from(twice)],
      )
    }
  })

  test('what another replay has resolved is neither relabelled nor resolved again', async () => {
    const node = await connect('resolved-once')
    await node.send(oxygenFrame({ start: 1000 }))
    const id = await idOf(node)
    await resolveRejectedFrame(rig.db, id, rig.clock.now(), 'replayed')

    await resolveRejectedFrame(rig.db, id, rig.clock.now(), 'again')
    await relabelRejectedFrame(rig.db, id, 'conflict', 'late')

    const [row] = await node.kept("resolution = 'replayed'")
    assert.is(row?.reason, 'time-past')
  })
})
