import * as assert from 'uvu/assert'
import { dateByBounds, TOLERANCE_S } from '../../ingest/pipeline/dating.js'
import type { NewFrame } from '../../ingest/store/batches.js'
import { WHY } from '../../shared/schema/flags.js'
import { encodeFrame } from '../../shared/wire/encode.js'
import { ingestRig, oxygenFrame, type Rig } from '../ingest-fixture.js'
import { login, publish } from '../mqtt-client.js'
import { suite } from '../suite.js'

suite('dating by neighbours', (test, { before, after }) => {
  let rig: Rig
  before(async () => {
    rig = await ingestRig('embedded')
  })
  after(() => rig.close())

  const times = async (nodeId: number) =>
    rig.rows(
      'SELECT extract(epoch FROM time)::int AS time, flag, why FROM reading WHERE node_id = $1 AND quantity_id = 3 ORDER BY time',
      [nodeId],
    )
  const rejectedOpen = async (nodeId: number) =>
    rig.rows(
      'SELECT reason, detail FROM rejected_frame WHERE node_id = $1 AND resolved_at IS NULL',
      [nodeId],
    )

  /** Health of a dated node: its uptime, in steps of a minute. */
  const health = (seq: number, time: number, uptimeMinutes: number) =>
    encodeFrame({
      boot: 3,
      seq,
      undated: false,
      channels: [{ quantity: 102, position: 0 }],
      samples: [{ time, values: [uptimeMinutes] }],
    })

  const connect = async (name: string) => {
    const node = await rig.addNode(name)
    const client = await login(rig.broker.port, node.name, node.secret)
    let id = 0
    return {
      ...node,
      client,
      send: (bytes: Uint8Array) => publish(client, `toba/${name}/r`, bytes, ++id),
    }
  }

  test('without neighbours an undated frame is kept, never guessed', async () => {
    const node = await connect('undated-alone')
    await node.send(oxygenFrame({ start: 60, undated: true }))
    assert.equal(await times(node.id), [])
    const [kept] = await rejectedOpen(node.id)
    assert.is(kept?.reason, 'undated')
    node.client.end()
  })

  test('a dated uptime of the same boot dates it, as suspect, even when it comes later', async () => {
    const node = await connect('undated-later')
    const bootedAt = rig.clock.seconds - 7200
    await node.send(oxygenFrame({ start: 600, undated: true, values: [684, 690] }))
    assert.is((await rejectedOpen(node.id)).length, 1)

    await node.send(health(2, bootedAt + 3600, 60))

    while ((await rejectedOpen(node.id)).length > 0) await new Promise(setImmediate)
    const rows = await times(node.id)
    assert.equal(
      rows.map(({ flag, why }) => [flag, why]),
      [
        [3, WHY.clock],
        [3, WHY.clock],
      ],
    )
    for (const [index, row] of rows.entries()) {
      const truth = bootedAt + 600 + index * 300
      assert.ok(
        Math.abs(Number(row.time) - truth) <= TOLERANCE_S / 2,
        `${row.time} is not near ${truth}`,
      )
    }
    node.client.end()
  })

  test('sent again after better neighbours came, it keeps its first date', async () => {
    const node = await connect('undated-again')
    const bootedAt = rig.clock.seconds - 7200
    const undated = oxygenFrame({ start: 600, undated: true, values: [684] })
    await node.send(health(2, bootedAt + 3600, 60))
    await node.send(undated)
    const first = await times(node.id)
    assert.is(first.length, 1)
    await node.send(health(3, bootedAt + 3630, 60))

    await node.send(undated)

    assert.equal(await times(node.id), first)
    assert.is((await rejectedOpen(node.id)).length, 0)
    node.client.end()
  })

  test('the last sequence number there is has a neighbourhood too', async () => {
    const node = await connect('undated-last')
    await node.send(oxygenFrame({ start: 60, seq: 2 ** 31 - 1, undated: true }))
    assert.is((await rejectedOpen(node.id))[0]?.reason, 'undated')
    node.client.end()
  })

  const undated: NewFrame = {
    nodeId: 1,
    boot: 3,
    seq: 5,
    undated: true,
    bytes: new Uint8Array(),
    receivedAt: 2_000_000_000_000,
    readings: [100, 400].map((time) => ({
      nodeId: 1,
      quantityId: 3,
      position: 0,
      time,
      value: 684,
      raw: null,
      flag: 2,
      why: 0,
    })),
  }
  const dated = (seq: number, firstS: number, lastS = firstS) => ({
    seq,
    firstS,
    lastS,
    bytes: oxygenFrame({ start: firstS }),
  })

  test('frames before and after it bound it from both sides', () => {
    const offset = 1_900_000_000
    const close = [dated(4, offset + 20, offset + 50), dated(6, offset + 420)]
    const result = dateByBounds(undated, { frames: close, lastOfEarlierBoots: null })
    // low: 50 − 100 = −50; high: 420 − 400 = 20; the middle is −15.
    assert.equal('frame' in result && result.frame.readings.map(({ time }) => time), [
      offset + 85,
      offset + 385,
    ])
  })

  test('bounds too wide, or contradictory, are no date', () => {
    const offset = 1_900_000_000
    const wide = [dated(4, offset - 200), dated(6, offset + 700)]
    const crossed = [dated(4, offset + 900), dated(6, offset + 410)]
    for (const frames of [wide, crossed, []]) {
      const result = dateByBounds(undated, { frames, lastOfEarlierBoots: null })
      assert.is('rejection' in result && result.rejection.reason, 'undated')
    }
  })

  test('the boot before it is a bound: nothing of this boot is older', () => {
    const offset = 1_900_000_000
    const after = [dated(6, offset + 450)]
    const result = dateByBounds(undated, { frames: after, lastOfEarlierBoots: offset - 30 })
    assert.equal('frame' in result && result.frame.readings[0]?.time, offset + 110)
  })
})
