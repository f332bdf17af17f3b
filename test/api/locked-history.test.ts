import { randomUUID } from 'node:crypto'
import * as assert from 'uvu/assert'
import type { Probe } from '../../shared/schema/calibration.js'
import type { MonthAnswer } from '../../shared/schema/month.js'
import type { ReadingsAnswer } from '../../shared/schema/reading.js'
import { suite } from '../suite.js'
import { made, place, type Rig, rig, storeReadings } from './rig.js'

/** June 2026 in Asia/Jakarta; the rig's clock stands seven hours after its end. */
const JUNE_S = Date.UTC(2026, 4, 31, 17) / 1000
const JULY_S = Date.UTC(2026, 5, 30, 17) / 1000
const DAY_S = 86_400
const iso = (timeS: number) => new Date(timeS * 1000).toISOString()

suite('in an approved month', (test, { before, after }) => {
  let api: Rig
  let probe: number
  let placement: number
  before(async () => {
    api = await rig()
    const from = iso(JUNE_S - DAY_S)
    placement = (await place(api, 'still', 'locked', { quantity: 'ph', from })).id
    await place(api, 'other', 'open', { quantity: 'ph', from })
    await storeReadings(api, 'still', 'ph', [
      [JUNE_S + DAY_S, 700, 1],
      [JULY_S + 600, 710, 1],
    ])
    const put = { type: 'EZO pH', serialNumber: '1', node: 'still', quantity: 'ph', from }
    probe = (await made<Probe>(api, 'probes', put)).id
    const month = await api.app.inject({ url: '/api/v1/sites/locked/months/2026-06' })
    const { hash } = month.json<MonthAnswer>().now
    await made(api, 'sites/locked/months/2026-06/approve', { hash })
  })
  after(() => api.close())

  const send = async (method: 'POST' | 'PATCH', url: string, payload: object) => {
    const answer = await api.operator({ method, url: `/api/v1/${url}`, payload })
    const { code = '' } = answer.json<{ code?: string }>()
    return `${answer.statusCode} ${code}`.trim()
  }
  const values = async () => {
    const url = '/api/v1/readings?site=locked&resolution=raw&from=2026-05-01T00:00:00Z'
    const { series } = (await api.app.inject({ url })).json<ReadingsAnswer>()
    return series.flatMap(({ readings = [] }) => readings.map(({ value }) => value))
  }
  const calibration = (fromS: number) => ({
    probe,
    points: [{ reference: 7.1, raw: 7 }],
    from: iso(fromS),
  })
  const visit = (startedS: number) => ({
    clientId: randomUUID(),
    site: 'locked',
    node: 'still',
    technician: 'Ani',
    startedAt: iso(startedS),
    endedAt: iso(startedS + DAY_S / 24),
    referenceMeter: { name: 'meter', calibratedOn: '2026-05-01' },
    checks: [
      {
        quantity: 'ph',
        asFound: { sensor: 7, reference: 8 },
        afterCleaning: { sensor: 7.9, reference: 8 },
      },
    ],
  })

  test('no placement begins, ends, moves or changes its depth', async () => {
    const june = iso(JUNE_S + DAY_S)

    for (const change of [{ to: june }, { from: june }, { depthM: 2 }]) {
      assert.is(await send('PATCH', `placements/${placement}`, change), '423 LOCKED')
    }
    const away = { node: 'still', site: 'open', at: june }
    assert.is(await send('POST', 'placements/move', away), '423 LOCKED')
    const here = { node: 'other', site: 'locked', at: june }
    assert.is(await send('POST', 'placements/move', here), '423 LOCKED')
    const more = { node: 'still', site: 'locked', quantity: 'turbidity', from: june }
    assert.is(await send('POST', 'placements', more), '423 LOCKED')
    assert.equal(await values(), [7, 7.1])
  })

  test('no value changes by a calibration, nor by a visit that reaches back into it', async () => {
    assert.is(await send('POST', 'calibrations', calibration(JUNE_S + 600)), '423 LOCKED')
    assert.is(await send('POST', 'visits', visit(JULY_S + 3600)), '423 LOCKED')
    assert.equal(await values(), [7, 7.1])
    assert.is(await send('POST', 'visits', { ...visit(JULY_S + 3600), checks: [] }), '201')
  })

  test('nothing stands against what begins after it', async () => {
    assert.is(await send('POST', 'calibrations', calibration(JULY_S)), '201')
    assert.equal(await values(), [7, 7.2])
    const away = { node: 'still', site: 'open', at: iso(JULY_S + 1200) }
    assert.is(await send('POST', 'placements/move', away), '200')
    assert.equal(await values(), [7, 7.2])
  })

  test('everything may be corrected once it is reopened', async () => {
    const reason = 'the technician found the notebook'
    assert.is(await send('POST', 'sites/locked/months/2026-06/reopen', { reason }), '200')

    assert.is(await send('PATCH', `placements/${placement}`, { depthM: 2 }), '200')
  })
})
