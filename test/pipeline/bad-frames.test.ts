import * as assert from 'uvu/assert'
import { signTrailer, trailerKey } from '../../ingest/pipeline/trailer.js'
import { secretHash } from '../../ingest/store/secrets.js'
import { WHY } from '../../shared/schema/flags.js'
import { encodeFrame } from '../../shared/wire/encode.js'
import { ingestRig, oxygenFrame, type Rig } from '../ingest-fixture.js'
import { login, publish } from '../mqtt-client.js'
import { suite } from '../suite.js'

suite('frames that lie or cannot be understood', (test, { before, after }) => {
  let rig: Rig
  before(async () => {
    rig = await ingestRig('embedded')
  })
  after(() => rig.close())

  /** Sends frames over one connection, each acknowledged; gives what is kept of the node. */
  const send = async (name: string, ...frames: Uint8Array[]) => {
    const node = await rig.addNode(name)
    const client = await login(rig.broker.port, node.name, node.secret)
    let id = 0
    for (const bytes of frames) await publish(client, `toba/${name}/r`, bytes, ++id)
    client.end()
    return {
      ...node,
      readings: await rig.rows(
        'SELECT quantity_id AS q, value, flag, why FROM reading WHERE node_id = $1 ORDER BY quantity_id, time',
        [node.id],
      ),
      rejected: await rig.rows(
        'SELECT id::int, reason, detail, bytes, readings, times_received AS times FROM rejected_frame WHERE node_id = $1 ORDER BY id',
        [node.id],
      ),
    }
  }

  test('what cannot be decoded is acknowledged and kept whole with its reason, once', async () => {
    const good = oxygenFrame({ start: rig.clock.seconds - 600 })
    const truncated = good.slice(0, good.length - 3)
    const foreign = Uint8Array.from(good, (byte, index) => (index === 0 ? byte | 0xf0 : byte))
    const { rejected, readings } = await send(
      'bad-bytes',
      truncated,
      foreign,
      new Uint8Array(0),
      truncated,
    )
    assert.equal(
      rejected.map(({ reason, times }) => [reason, times]),
      [
        ['truncated', 2],
        ['unknown-version', 1],
        ['truncated', 1],
      ],
    )
    assert.equal(rejected[0]?.bytes, Buffer.from(truncated))
    assert.is(readings.length, 0)
  })

  test('a value out of range is a reading with flag 4, its neighbours are judged without it', async () => {
    const start = rig.clock.seconds - 1200
    const { readings } = await send(
      'bad-range',
      oxygenFrame({ start, values: [684, -999_900, 2000, 2001] }),
    )
    const oxygen = readings.filter((reading) => reading.q === 3)
    assert.equal(
      oxygen.map(({ value, flag, why }) => [value, flag, why]),
      [
        [684, 1, 0],
        [-999_900, 4, WHY.range],
        [2000, 4, WHY.gross | WHY.climatology],
        [2001, 4, WHY.range],
      ],
    )
    assert.ok(readings.filter((reading) => reading.q === 1).every(({ flag }) => flag === 1))
  })

  test('1970 and 2099 make rejected frames, kept whole', async () => {
    const { rejected, readings } = await send(
      'bad-years',
      oxygenFrame({ start: 1000 }),
      oxygenFrame({ start: Date.UTC(2099, 0, 1) / 1000 }),
    )
    assert.equal(
      rejected.map(({ reason, readings }) => [reason, readings]),
      [
        ['time-past', 4],
        ['time-future', 4],
      ],
    )
    assert.is(readings.length, 0)
  })

  test('more than what a node can know is ahead: suspect up to five minutes, then rejected', async () => {
    const now = rig.clock.seconds
    const { readings, rejected } = await send(
      'bad-ahead',
      oxygenFrame({ start: now, values: [684] }),
      oxygenFrame({ start: now + 2, seq: 2, values: [684] }),
      oxygenFrame({ start: now + 3, seq: 3, values: [684] }),
      oxygenFrame({ start: now + 300, seq: 4, values: [685] }),
      oxygenFrame({ start: now + 301, seq: 5, values: [686] }),
    )
    const oxygen = readings.filter((reading) => reading.q === 3)
    assert.equal(
      oxygen.map(({ flag, why }) => [flag, why]),
      [
        [1, 0],
        [1, 0],
        [3, WHY.clock],
        [3, WHY.clock],
      ],
    )
    assert.equal(
      rejected.map(({ reason }) => reason),
      ['time-future'],
    )
  })

  test('a clock that steps back an hour on the grid overwrites nothing', async () => {
    const start = rig.clock.seconds - 7200
    const { readings, rejected } = await send(
      'bad-step',
      oxygenFrame({ start, values: [700, 701, 702] }),
      oxygenFrame({ start, seq: 2, values: [650, 651, 652] }),
    )
    assert.equal(
      readings.filter((reading) => reading.q === 3).map(({ value }) => value),
      [700, 701, 702],
    )
    assert.equal(
      rejected.map(({ reason, readings }) => [reason, readings]),
      [['conflict', 3]],
    )
  })

  test('a rejected frame is stored by a replay with the time that a technician gives', async () => {
    const { rejected, id } = await send('bad-redate', oxygenFrame({ start: 1000 }))
    const frame = rejected[0]?.id as number
    const startTime = rig.clock.seconds - 3600

    const [first] = await rig.replayer.replay([frame])
    const [second] = await rig.replayer.replay([frame], { startTime })
    const third = await rig.replayer.replay([frame], { startTime })

    assert.is(first?.outcome, 'rejected')
    assert.equal(second, { id: frame, outcome: 'stored', stored: 4, repeated: 0 })
    assert.equal(third, [], 'resolved frames are not open any more')
    const rows = await rig.rows(
      'SELECT extract(epoch FROM time)::int AS time, flag, why FROM reading WHERE node_id = $1 AND quantity_id = 3 ORDER BY time',
      [id],
    )
    assert.equal(rows, [
      { time: startTime, flag: 3, why: WHY.clock },
      { time: startTime + 300, flag: 3, why: WHY.clock },
    ])
  })

  test('a trailer is verified, and required of nodes that must sign', async () => {
    const node = await rig.addNode('bad-trailer')
    await rig.db.query('write', 'UPDATE node SET trailer_required = true WHERE id = $1', [node.id])
    const key = trailerKey(secretHash(node.secret))
    const frame = (seq: number) => ({
      boot: 1,
      seq,
      undated: false,
      channels: [{ quantity: 3, position: 0 }],
      samples: [{ time: rig.clock.seconds - 600 + seq, values: [684] }],
    })
    const client = await login(rig.broker.port, node.name, node.secret)
    await publish(
      client,
      'toba/bad-trailer/r',
      encodeFrame(frame(1), (body) => signTrailer(key, body)),
      1,
    )
    await publish(
      client,
      'toba/bad-trailer/r',
      encodeFrame(frame(2), () => new Uint8Array(8)),
      2,
    )
    await publish(client, 'toba/bad-trailer/r', encodeFrame(frame(3)), 3)
    client.end()

    const reasons = await rig.rows(
      'SELECT reason FROM rejected_frame WHERE node_id = $1 ORDER BY id',
      [node.id],
    )
    assert.equal(
      reasons.map(({ reason }) => reason),
      ['trailer-wrong', 'trailer-missing'],
    )
    assert.is((await rig.rows('SELECT FROM reading WHERE node_id = $1', [node.id])).length, 1)
  })

  test('any bytes at all are acknowledged and disturb nobody', async () => {
    const junk = Array.from({ length: 60 }, (_, index) =>
      Uint8Array.from({ length: (index * 17) % 200 }, (_, at) => (index * 31 + at * at * 7) & 0xff),
    )
    const good = oxygenFrame({ start: rig.clock.seconds - 600 })
    const { readings } = await send('bad-junk', ...junk, good)
    assert.ok(readings.length >= 4)
  })
})
