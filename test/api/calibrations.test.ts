import { randomUUID } from 'node:crypto'
import * as assert from 'uvu/assert'
import type { Calibration, Probe } from '../../shared/schema/calibration.js'
import type { ReadingsAnswer } from '../../shared/schema/reading.js'
import { suite } from '../suite.js'
import { made, makeAccount, NOW_MS, place, type Rig, rig, signIn, storeReadings } from './rig.js'

const NOW_S = NOW_MS / 1000
const iso = (timeS: number) => new Date(timeS * 1000).toISOString().replace('.000Z', 'Z')
const PUT_IN = iso(NOW_S - 86_400)
const buffer = (name: string, expiresOn = '2027-01-31') => ({ name, lot: 'A1', expiresOn })

type Changed<Body> = Body & { job: number | null; changed: number | null; replaced?: number | null }
interface Preview {
  gain: number
  offset: number
  residuals: number[]
  slope: { verdict: string; percent: number | null }
  ends: number | null
  change: { from: string; readings: number; newest: Record<string, unknown> } | null
}

suite('probes and calibrations', (test, { before, after }) => {
  let api: Rig
  before(async () => {
    api = await rig()
  })
  after(() => api.close())

  let nodes = 0
  /** A node with a pH probe and three readings, an hour, half an hour and a minute old. */
  async function phNode() {
    const node = `ph-${nodes++}`
    await place(api, node, 'dock', { quantity: 'ph', from: PUT_IN })
    await storeReadings(api, node, 'ph', [
      [NOW_S - 3600, 700, 1],
      [NOW_S - 1800, 705, 1],
      [NOW_S - 60, 710, 1],
    ])
    const probe = await made<Probe>(api, 'probes', {
      type: 'EZO pH',
      serialNumber: node,
      node,
      quantity: 'ph',
      from: PUT_IN,
    })
    return { node, probe }
  }
  const post = async (url: string, payload: object) => {
    const answer = await api.operator({ method: 'POST', url: `/api/v1/${url}`, payload })
    return { status: answer.statusCode, ...answer.json<Calibration & { detail: string }>() }
  }
  const calibrate = (probe: number, points: object[], changes: object = {}) =>
    made<Changed<Calibration>>(api, 'calibrations', { probe, points, ...changes })
  async function values(node: string): Promise<number[]> {
    const url = `/api/v1/readings?node=${node}&resolution=raw`
    const { series } = (await api.app.inject({ url })).json<ReadingsAnswer>()
    return series.flatMap(({ readings = [] }) => readings.map(({ value }) => value))
  }

  test('a preview tells the line and what it would change, and changes nothing', async () => {
    const { node, probe } = await phNode()
    const body = {
      probe: probe.id,
      points: [
        { reference: 4.01, raw: 4.2, standard: buffer('pH 4.01') },
        { reference: 7, raw: 7.05, standard: buffer('pH 7.00') },
      ],
      from: iso(NOW_S - 2000),
    }

    const preview = await made<Preview>(api, 'calibrations/preview', body)

    assert.ok(Math.abs(preview.gain - 2.99 / 2.85) < 1e-12)
    assert.equal(
      preview.residuals.map((one) => Math.abs(one) < 1e-9),
      [true, true],
    )
    assert.is(preview.slope.verdict, 'good')
    assert.is(preview.ends, null)
    assert.is(preview.change?.readings, 2)
    assert.is(preview.change?.from, iso(NOW_S - 2000))
    // 1.0491228 × 7.1 - 0.3963158 = 7.0525
    assert.equal(preview.change?.newest, {
      time: iso(NOW_S - 60),
      raw: 7.1,
      value: 7.1,
      becomes: 7.05,
    })
    assert.equal(await values(node), [7, 7.05, 7.1])
    const { changed } = await calibrate(probe.id, body.points, { from: body.from })
    assert.is(changed, 2)
    assert.equal(await values(node), [7, 7, 7.05])
  })

  test('a new calibration ends the one before, and withdrawing restores it exactly', async () => {
    const { node, probe } = await phNode()
    const one = await calibrate(probe.id, [{ reference: 7.1, raw: 7 }], {
      from: iso(NOW_S - 4000),
    })
    const before = await values(node)
    const two = await calibrate(probe.id, [{ reference: 7.5, raw: 7 }], { from: iso(NOW_S - 900) })

    assert.equal(before, [7.1, 7.15, 7.2])
    assert.equal(await values(node), [7.1, 7.15, 7.6])
    const list = async (query = '') =>
      (await api.operator({ url: `/api/v1/calibrations?probe=${probe.id}${query}` }))
        .json<{ calibrations: Calibration[] }>()
        .calibrations.map(({ id, to }) => [id, to])
    assert.equal(await list(), [
      [two.id, null],
      [one.id, iso(NOW_S - 900)],
    ])
    const withdrawn = await post(`calibrations/${two.id}/withdraw`, { reason: 'expired buffer' })

    assert.is(withdrawn.withdrawnReason, 'expired buffer')
    assert.equal(await values(node), before)
    assert.equal(await list(), [[one.id, null]])
    assert.is((await list('&withdrawn=true')).length, 2)
    await post(`calibrations/${one.id}/withdraw`, { reason: 'all wrong' })
    assert.equal(await values(node), [7, 7.05, 7.1])
    const again = await post(`calibrations/${one.id}/withdraw`, { reason: 'all wrong' })
    assert.is(again.status, 409)
  })

  test('dates that overlap, run backwards or lie ahead are refused with the reason', async () => {
    const { probe } = await phNode()
    const points = [{ reference: 7.1, raw: 7 }]
    const { id } = await calibrate(probe.id, points, { from: iso(NOW_S - 1000) })
    const told = async (from: number, which = probe.id) => {
      const { status, detail } = await post('calibrations', {
        probe: which,
        points,
        from: iso(from),
      })
      return `${status} ${detail}`
    }

    assert.match(await told(NOW_S - 2000), new RegExp(`^409 calibration ${id} .*withdrawn first`))
    assert.match(await told(NOW_S - 1000), /^409/)
    assert.match(await told(NOW_S - 90_000), /^400 probe \d+ is in from/)
    assert.match(await told(NOW_S + 3600), /^400 .*ahead of/)
    assert.match(await told(NOW_S, 99_999), /^404 there is no probe/)
  })

  test('what speaks against a calibration refuses it: expired buffers, a broken sensor', async () => {
    const { node, probe } = await phNode()
    const told = async (points: object[]) => {
      const { status, detail } = await post('calibrations', { probe: probe.id, points })
      return `${status} ${detail}`
    }
    const dead = [
      { reference: 4, raw: 6 },
      { reference: 7, raw: 7.2 },
    ]
    const expired = { reference: 7, raw: 7.1, standard: buffer('pH 7.00', '2026-06-30') }

    // 2026-07-01T00:00Z is seven in the morning of that day at the lake.
    assert.match(await told([expired]), /^400 standard pH 7\.00, lot A1, expired on 2026-06-30/)
    assert.match(await told(dead), /^400 .*40\.0 % .*replace it/)
    assert.match(await told([dead[0], { ...dead[0], reference: 7 }] as object[]), /^400 all points/)
    assert.match(await told([]), /^400 .*points/)
    assert.equal(await values(node), [7, 7.05, 7.1])
    const good = { ...expired, standard: buffer('pH 7.00', '2026-07-01') }
    assert.match(await told([good]), /^201/)
  })

  test('an ageing electrode is calibrated with a warning', async () => {
    const { probe } = await phNode()
    const { slope } = await calibrate(probe.id, [
      { reference: 4, raw: 4.3 },
      { reference: 7, raw: 7 },
    ])

    assert.is(slope.verdict, 'warn')
    assert.is(Math.round(slope.percent ?? 0), 90)
  })

  test('the same request sent twice is done once; another one under its name is refused', async () => {
    const { node, probe } = await phNode()
    const body = {
      clientId: randomUUID(),
      probe: probe.id,
      points: [{ reference: 7.1, raw: 7 }],
      from: iso(NOW_S - 100),
    }

    const first = await post('calibrations', body)
    const second = await post('calibrations', body)
    const other = await post('calibrations', { ...body, points: [{ reference: 8, raw: 7 }] })

    assert.equal([first.status, second.status, other.status], [201, 200, 409])
    assert.is(second.id, first.id)
    assert.equal(await values(node), [7, 7.05, 7.2])
    const { entries } = (await api.operator({ url: `/api/v1/audit?subject=${node}` })).json<{
      entries: { action: string }[]
    }>()
    assert.equal(
      entries.map(({ action }) => action).filter((action) => action.startsWith('calibration')),
      ['calibration.create'],
    )
  })

  test('a replaced probe takes its calibration with it', async () => {
    const { node, probe } = await phNode()
    await calibrate(probe.id, [{ reference: 7.1, raw: 7 }], { from: iso(NOW_S - 4000) })

    const next = await made<Changed<Probe>>(api, 'probes', {
      type: 'EZO pH',
      serialNumber: `${node}-b`,
      node,
      quantity: 'ph',
      from: iso(NOW_S - 600),
    })

    assert.is(next.replaced, probe.id)
    assert.is(next.changed, 1)
    assert.equal(await values(node), [7.1, 7.15, 7.1])
    const { calibrations } = (
      await api.operator({ url: `/api/v1/calibrations?node=${node}` })
    ).json<{ calibrations: Calibration[] }>()
    assert.is(calibrations[0]?.to, iso(NOW_S - 600))
  })

  test('a sensor is in one place, and a place has one sensor, at a time', async () => {
    const { node, probe } = await phNode()
    const other = await phNode()
    const put = async (changes: object) => {
      const body = { type: 'EZO pH', serialNumber: node, node, quantity: 'ph', ...changes }
      const { status, detail } = await post('probes', body)
      return `${status} ${detail}`
    }
    const end = async (to: number) => {
      const url = `/api/v1/probes/${probe.id}`
      const answer = await api.operator({ method: 'PATCH', url, payload: { to: iso(to) } })
      return `${answer.statusCode} ${answer.json<{ detail: string }>().detail}`
    }

    assert.match(await put({ node: other.node }), new RegExp(`^409 .*is on ${node}`))
    assert.match(await put({ serialNumber: 'x', from: iso(NOW_S - 90_000) }), /^409/)
    assert.match(await end(NOW_S - 90_000), /^400 .*begins at/)
    const { id } = await calibrate(probe.id, [{ reference: 7.1, raw: 7 }])
    assert.match(await end(NOW_S - 10), new RegExp(`^409 calibration ${id} .*withdraw it first`))
    await post(`calibrations/${id}/withdraw`, { reason: 'before the probe left' })
    assert.match(await end(NOW_S - 10), /^200/)
    assert.match(await put({ node: other.node, from: iso(NOW_S - 5) }), /^201/)
    assert.match(await end(NOW_S), new RegExp(`^409 .*is on ${other.node}`))
  })

  test('an officer may withdraw a calibration, and may not make one', async () => {
    const { probe } = await phNode()
    const { id } = await calibrate(probe.id, [{ reference: 7.1, raw: 7 }])
    await makeAccount(api, 'oda', 'officer')
    const { inject } = await signIn(api, 'oda')

    const body = { probe: probe.id, points: [{ reference: 7.2, raw: 7 }] }
    const make = await inject({ method: 'POST', url: '/api/v1/calibrations', payload: body })
    const url = `/api/v1/calibrations/${id}/withdraw`
    const payload = { reason: 'the laboratory says otherwise' }
    const withdraw = await inject({ method: 'POST', url, payload })

    assert.equal([make.statusCode, withdraw.statusCode], [403, 200])
    assert.is(withdraw.json<Calibration>().withdrawnBy, 'oda')
  })
})
