import * as assert from 'uvu/assert'
import type { ReadingsAnswer } from '../../shared/schema/reading.js'
import type { Placement } from '../../shared/schema/site.js'
import { suite } from '../suite.js'
import { aSite, made, NOW_MS, place, type Rig, rig, storeReadings } from './rig.js'

const NOW_S = NOW_MS / 1000
const iso = (timeS: number) => new Date(timeS * 1000).toISOString().replace('.000Z', 'Z')
/** Half past an hour, three hours ago. */
const MOVED_S = NOW_S - 3 * 3600 + 1800

interface Moved {
  ended: Placement[]
  begun: Placement[]
}

suite('moving a node', (test, { before, after }) => {
  let api: Rig
  before(async () => {
    api = await rig()
    await made(api, 'sites', { ...aSite, name: 'new-site' })
  })
  after(() => api.close())

  const move = (payload: object) => made<Moved>(api, 'placements/move', payload)
  const refused = async (payload: object) => {
    const url = '/api/v1/placements/move'
    const answer = await api.operator({ method: 'POST', url, payload })
    const { detail } = answer.json<{ detail: string }>()
    return `${answer.statusCode} ${detail}`
  }

  test('takes all its channels, depths and directions along, at one moment', async () => {
    const from = iso(NOW_S - 86_400)
    for (const [position, depthM] of [1, 10].entries()) {
      await place(api, 'chain', 'old-site', {
        quantity: 'water_temperature',
        from,
        position,
        depthM,
      })
    }
    await place(api, 'chain', 'old-site', { quantity: 'ph', from })

    const { ended, begun } = await move({ node: 'chain', site: 'new-site', at: iso(MOVED_S) })

    assert.equal(
      ended.map(({ site, to }) => [site, to]),
      [1, 2, 3].map(() => ['old-site', iso(MOVED_S)]),
    )
    assert.equal(
      begun.map(({ site, quantity, position, depthM, from: begins, to }) => [
        site,
        quantity,
        position,
        depthM,
        begins,
        to,
      ]),
      [
        ['new-site', 'water_temperature', 0, 1, iso(MOVED_S), null],
        ['new-site', 'water_temperature', 1, 10, iso(MOVED_S), null],
        ['new-site', 'ph', 0, null, iso(MOVED_S), null],
      ],
    )
  })

  test('in the middle of an hour leaves each site the half that was measured there', async () => {
    const hourS = MOVED_S - 1800
    await storeReadings(api, 'chain', 'ph', [
      [hourS + 600, 700],
      [hourS + 1799, 720],
      [hourS + 1800, 800],
      [hourS + 3000, 840],
    ])

    assert.equal(await hours('old-site'), [[iso(hourS), 7.1, 2]])
    assert.equal(await hours('new-site'), [[iso(hourS), 8.2, 2]])
    assert.equal(await raw('old-site'), [7, 7.2])
    assert.equal(await raw('new-site'), [8, 8.4])
  })

  test('in the place of another takes over what that one measured at the site', async () => {
    await made(api, 'nodes', { name: 'spare', kind: 'lake' })

    const { ended, begun } = await move({
      node: 'spare',
      site: 'new-site',
      replaces: 'chain',
      at: iso(NOW_S - 60),
    })

    assert.equal(
      ended.map(({ node, to }) => [node, to]),
      [1, 2, 3].map(() => ['chain', iso(NOW_S - 60)]),
    )
    assert.equal(
      begun.map(({ node, quantity, depthM }) => [node, quantity, depthM]),
      [
        ['spare', 'water_temperature', 1],
        ['spare', 'water_temperature', 10],
        ['spare', 'ph', null],
      ],
    )
  })

  test('may name other depths, and must name channels where there were none', async () => {
    const payload = { node: 'spare', site: 'old-site', at: iso(NOW_S - 30) }
    const { begun } = await move({
      ...payload,
      channels: [{ quantity: 'water_temperature', position: 2, depthM: 40, directionDeg: 90 }],
    })

    assert.equal(
      begun.map(({ position, depthM, directionDeg }) => [position, depthM, directionDeg]),
      [[2, 40, 90]],
    )
    await made(api, 'nodes', { name: 'unplaced', kind: 'lake' })
    assert.match(await refused({ ...payload, node: 'unplaced' }), /^400 .*name its channels/)
  })

  test('is refused whole where something speaks against it', async () => {
    const from = iso(NOW_S - 3600)
    await place(api, 'fixed', 'old-site', { quantity: 'ph', from })
    const planned = iso(NOW_S + 86_400)
    await place(api, 'fixed', 'old-site', { quantity: 'turbidity', from, to: planned })
    const count = async () =>
      (await api.operator({ url: '/api/v1/placements?node=fixed' })).json<{
        placements: { to: string | null }[]
      }>().placements
    const before = await count()

    assert.match(await refused({ node: 'fixed', site: 'new-site' }), /^409 .*end it first/)
    assert.match(await refused({ node: 'fixed', site: 'no-such-site' }), /^40[49]/)
    assert.match(await refused({ node: 'no-such-node', site: 'new-site' }), /^404 .*no node/)
    const replaces = 'chain'
    assert.match(
      await refused({ node: 'fixed', site: 'old-site', replaces }),
      /^409 chain measures nothing at old-site/,
    )
    assert.equal(await count(), before)
  })

  async function hours(site: string): Promise<unknown[]> {
    const series = await seriesOf(site, 'hour')
    return series.flatMap(({ buckets = [] }) =>
      buckets.map(({ time, value, nAll }) => [time, value, nAll]),
    )
  }

  async function raw(site: string): Promise<number[]> {
    const series = await seriesOf(site, 'raw')
    return series.flatMap(({ readings = [] }) => readings.map(({ value }) => value))
  }

  async function seriesOf(site: string, resolution: string) {
    const url = `/api/v1/readings?site=${site}&quantity=ph&resolution=${resolution}`
    return (await api.app.inject({ url })).json<ReadingsAnswer>().series
  }
})

suite('correcting a placement', (test, { before, after }) => {
  let api: Rig
  let first: number
  let second: number
  before(async () => {
    api = await rig()
    const from = iso(NOW_S - 7200)
    first = (await place(api, 'mover', 'one', { quantity: 'ph', from, to: iso(NOW_S - 3600) })).id
    second = (await place(api, 'mover', 'two', { quantity: 'ph', from: iso(NOW_S - 3600) })).id
    await storeReadings(api, 'mover', 'ph', [
      [NOW_S - 5000, 700],
      [NOW_S - 3000, 710],
      [NOW_S - 1000, 720],
    ])
  })
  after(() => api.close())

  const patch = async (id: number, payload: object) => {
    const url = `/api/v1/placements/${id}`
    const answer = await api.operator({ method: 'PATCH', url, payload })
    return { status: answer.statusCode, ...answer.json<Placement & { detail: string }>() }
  }
  const values = async (site: string) => {
    const url = `/api/v1/readings?site=${site}&resolution=raw`
    const { series } = (await api.app.inject({ url })).json<ReadingsAnswer>()
    return series.flatMap(({ readings = [] }) => readings.map(({ value }) => value))
  }

  test('moves the readings between the sites', async () => {
    assert.equal([await values('one'), await values('two')], [[7], [7.1, 7.2]])

    await patch(second, { from: iso(NOW_S - 2000) })
    await patch(first, { to: iso(NOW_S - 2000), depthM: 2.5 })

    assert.equal([await values('one'), await values('two')], [[7, 7.1], [7.2]])
  })

  test('never makes two of one, nor one that ends before it begins', async () => {
    const reaching = await patch(second, { from: iso(NOW_S - 2001) })
    const reopened = await patch(first, { to: null })
    const backwards = await patch(first, { to: iso(NOW_S - 7200) })
    const nothing = await patch(first, {})

    assert.equal(
      [reaching, reopened, backwards, nothing].map(({ status }) => status),
      [409, 409, 400, 400],
    )
    assert.match(reaching.detail, new RegExp(`placement ${first} has this channel at one`))
    assert.equal([await values('one'), await values('two')], [[7, 7.1], [7.2]])
  })

  test('opens the last one again, and is told with what was before', async () => {
    await patch(second, { to: iso(NOW_S - 500) })
    const { to } = await patch(second, { to: null })

    assert.is(to, null)
    const { entries } = (await api.operator({ url: '/api/v1/audit?subject=mover' })).json<{
      entries: { action: string; detail: { before: Placement } }[]
    }>()
    assert.is(entries[0]?.action, 'placement.change')
    assert.is(entries[0]?.detail.before.to, iso(NOW_S - 500))
  })
})
