import * as assert from 'uvu/assert'
import { commitFrames, commitRejected } from '../../ingest/store/batches.js'
import { nodeIdentity } from '../../ingest/store/nodes.js'
import type { FramesAnswer, RejectedFrame, ReplayResult } from '../../shared/schema/api.js'
import { encodeFrame } from '../../shared/wire/encode.js'
import { suite } from '../suite.js'
import { made, NOW_MS, type Rig, rig } from './rig.js'

const NOW_S = NOW_MS / 1000
const channels = [
  { quantity: 1, position: 0 },
  { quantity: 2, position: 0 },
]

suite('frames', (test, { before, after }) => {
  let api: Rig
  let nodeId: number
  const bytes = encodeFrame({
    boot: 3,
    seq: 14,
    undated: false,
    channels,
    samples: [
      { time: NOW_S - 600, values: [2582, 751] },
      { time: NOW_S - 300, values: [2590, null] },
    ],
  })
  before(async () => {
    api = await rig()
    await made(api, 'nodes', { name: 'framed', kind: 'lake' })
    nodeId = (await nodeIdentity(api.db, { name: 'framed' }))?.id ?? 0
    const reading = { nodeId, quantityId: 1, position: 0, raw: null, flag: 2, why: 0 }
    await commitFrames(api.db, [
      {
        nodeId,
        boot: 3,
        seq: 14,
        undated: false,
        bytes,
        receivedAt: NOW_MS,
        readings: [
          { ...reading, time: NOW_S - 600, value: 2582 },
          { ...reading, time: NOW_S - 300, value: 2590 },
        ],
      },
    ])
    // Its own clock said 1970: dated by hand.
    const time = NOW_S - 5 * 86_400
    await commitFrames(api.db, [
      {
        nodeId,
        boot: 4,
        seq: 1,
        undated: true,
        bytes: encodeFrame({
          boot: 4,
          seq: 1,
          undated: false,
          channels,
          samples: [{ time: 1000, values: [2582, 751] }],
        }),
        receivedAt: NOW_MS,
        readings: [{ ...reading, time, value: 2582 }],
      },
    ])
    const rejected = (
      reason: string,
      more: Partial<Parameters<typeof commitRejected>[1][0]> = {},
    ) => ({
      nodeId,
      reason,
      detail: `because of ${reason}`,
      bytes: Buffer.from(`${reason} ${JSON.stringify(more)}`),
      boot: null,
      seq: null,
      readings: 0,
      receivedAt: NOW_MS,
      ...more,
    })
    await commitRejected(api.db, [
      rejected('truncated'),
      rejected('time-future', { bytes, boot: 3, seq: 15, readings: 3 }),
      rejected('time-future', { seq: 16 }),
      rejected('time-future', { seq: 17 }),
    ])
  })
  after(() => api.close())

  const frames = async (query: string) =>
    (await api.operator({ url: `/api/v1/frames?node=framed&${query}` })).json<FramesAnswer>().frames
  const list = async (query = '') =>
    (await api.operator({ url: `/api/v1/rejected-frames${query}` })).json<{
      rejectedFrames: RejectedFrame[]
      next: number | null
      open: Record<string, number>
    }>()

  test('the frame behind a value is shown as its bytes and in words', async () => {
    const [frame, ...others] = await frames('time=2026-06-30T23:50:00Z&quantity=ph')

    assert.equal(others, [])
    assert.is(frame?.hex, Buffer.from(bytes).toString('hex'))
    assert.is(frame?.sizeBytes, bytes.length)
    assert.equal(frame?.decoded, {
      boot: 3,
      seq: 14,
      undated: false,
      trailer: null,
      channels: [
        { quantity: 'water_temperature', position: 0, unit: 'Cel' },
        { quantity: 'ph', position: 0, unit: '[pH]' },
      ],
      samples: [
        { time: '2026-06-30T23:50:00Z', uptimeS: null, values: [25.82, 7.51] },
        { time: '2026-06-30T23:55:00Z', uptimeS: null, values: [25.9, null] },
      ],
    })
  })

  test('a frame that lacks the value is not behind it', async () => {
    assert.is((await frames('time=2026-06-30T23:55:00Z')).length, 1)
    assert.is((await frames('time=2026-06-30T23:55:00Z&quantity=ph')).length, 0)
    assert.is((await frames('time=2026-06-30T23:52:00Z')).length, 0)
    assert.is((await frames('time=2026-06-30T23:50:00Z&position=1')).length, 0)
  })

  test('rejected frames are listed newest first, in pages, and counted by reason', async () => {
    const first = await list('?limit=3')
    const second = await list(`?limit=3&before=${first.next}`)
    const one = await list('?reason=truncated')
    const nobody = await list('?node=somebody-else')

    const ids = [...first.rejectedFrames, ...second.rejectedFrames].map(({ id }) => id)
    assert.equal(
      ids,
      [...ids].sort((a, b) => b - a),
    )
    assert.equal([ids.length, second.next], [4, null])
    assert.equal(first.open, { 'time-future': 3, truncated: 1 })
    assert.equal(
      one.rejectedFrames.map(({ detail }) => detail),
      ['because of truncated'],
    )
    assert.equal(nobody.rejectedFrames, [])
  })

  test('a frame that was dated by hand is found at its new time', async () => {
    const time = new Date((NOW_S - 5 * 86_400) * 1000).toISOString()
    const found = await frames(`time=${time}&quantity=water_temperature`)
    assert.equal(
      found.map(({ boot, decoded }) => [boot, decoded?.samples[0]?.time]),
      [[4, '1970-01-01T00:16:40Z']],
    )
  })

  test('one rejected frame is shown decoded where that is possible, else with the reason', async () => {
    const { rejectedFrames } = await list()
    const show = async (seq: number | null, reason: string) => {
      const row = rejectedFrames.find((frame) => frame.seq === seq && frame.reason === reason)
      const answer = await api.operator({ url: `/api/v1/rejected-frames/${row?.id}` })
      return answer.json<{ decoded: { seq: number } | null; error: string | null }>()
    }

    const readable = await show(15, 'time-future')
    const garbled = await show(null, 'truncated')

    assert.equal([readable.decoded?.seq, readable.error], [14, null])
    assert.is(garbled.decoded, null)
    assert.ok(garbled.error)
    assert.is((await api.operator({ url: '/api/v1/rejected-frames/999' })).statusCode, 404)
  })

  test('all of a reason, or one with its time, are given to the pipeline', async () => {
    const { rejectedFrames } = await list('?reason=time-future')
    const ids = rejectedFrames.map(({ id }) => id).sort((a, b) => a - b)
    const [id] = ids
    const replay = (payload: object) =>
      made<{ results: ReplayResult[]; remaining: number }>(api, 'rejected-frames/replay', payload)

    const all = await replay({ reason: 'time-future' })
    await replay({ ids: [id], startTime: '2026-06-30T00:00:00Z' })
    const none = await replay({ reason: 'no-such-reason' })

    assert.equal(api.asked, [
      `replay ${ids.join(' ')}`,
      `replay ${id} at ${NOW_S - 86_400}`,
      'replay ',
    ])
    assert.equal(
      all.results.map(({ id, outcome, stored }) => [id, outcome, stored]),
      ids.map((id) => [id, 'stored', 1]),
    )
    assert.equal([all.remaining, none.results], [0, []])
  })

  test('a start time dates exactly one frame, and ids exclude a reason', async () => {
    const refused = async (payload: object) =>
      (await api.operator({ method: 'POST', url: '/api/v1/rejected-frames/replay', payload }))
        .statusCode

    assert.is(await refused({ reason: 'undated', startTime: '2026-06-30T00:00:00Z' }), 400)
    assert.is(await refused({ ids: [1, 2], startTime: '2026-06-30T00:00:00Z' }), 400)
    assert.is(await refused({ ids: [1], reason: 'undated' }), 400)
    assert.is(await refused({}), 400)
  })
})
