import * as assert from 'uvu/assert'
import type { LatestAnswer, SitesAnswer } from '../../shared/schema/api.js'
import type { ReadingsAnswer } from '../../shared/schema/reading.js'
import { suite } from '../suite.js'
import {
  aSite,
  made,
  makeAccount,
  NOW_MS,
  place,
  type Rig,
  rig,
  signIn,
  storeReadings,
} from './rig.js'

const NOW_S = NOW_MS / 1000
const iso = (timeS: number) => new Date(timeS * 1000).toISOString()

suite('sites', (test, { before, after }) => {
  let api: Rig
  before(async () => {
    api = await rig()
  })
  after(() => api.close())

  test('sites come with latest values, age, flag and unit, in one statement', async () => {
    await place(api, 'latest-1', 'latest-site', { quantity: 'ph', from: iso(NOW_S - 3600) })
    await storeReadings(api, 'latest-1', 'ph', [
      [NOW_S - 60, 750],
      [NOW_S - 120, 9900, 4, 1],
    ])
    await made(api, 'sites', { ...aSite, name: 'empty-site' })
    let statements = 0
    const query = api.db.query
    api.db.query = (...args: Parameters<typeof query>) => {
      statements++
      return query(...args)
    }

    const answer = await api.app.inject({ url: '/api/v1/sites' })
    api.db.query = query

    const { sites, store } = answer.json<SitesAnswer>()
    const site = sites.find(({ name }) => name === 'latest-site')
    assert.is(statements, 1)
    assert.is(store, 'simulated')
    assert.equal(sites.find(({ name }) => name === 'empty-site')?.latest, [])
    assert.equal(site?.latest, [
      {
        site: 'latest-site',
        node: 'latest-1',
        simulated: false,
        quantity: 'ph',
        position: 0,
        depthM: null,
        directionDeg: null,
        time: '2026-06-30T23:59:00Z',
        receivedAt: '2026-06-30T23:59:00Z',
        ageS: 60,
        value: 7.5,
        unit: '[pH]',
        flag: 2,
        why: [],
      },
    ])
  })

  test('a channel measures at one site at a time', async () => {
    const { id } = await place(api, 'mover', 'from-site', {
      quantity: 'ph',
      from: iso(NOW_S - 7200),
    })
    await made(api, 'sites', { ...aSite, name: 'to-site' })
    const second = { node: 'mover', site: 'to-site', quantity: 'ph', from: iso(NOW_S - 3600) }

    const overlapping = await api.operator({
      method: 'POST',
      url: '/api/v1/placements',
      payload: second,
    })
    await made(api, `placements/${id}`, { to: iso(NOW_S - 3600) }, 'PATCH')
    await made(api, 'placements', second)
    const reaching = await api.operator({
      method: 'PATCH',
      url: `/api/v1/placements/${id}`,
      payload: { to: iso(NOW_S) },
    })

    assert.is(overlapping.statusCode, 409)
    assert.match(
      overlapping.json<{ detail: string }>().detail,
      new RegExp(`placement ${id} .*end it`),
    )
    assert.is(reaching.statusCode, 409)
  })

  test('a site’s series is what was measured while its channel was there', async () => {
    await storeReadings(api, 'mover', 'ph', [
      [NOW_S - 9000, 700],
      [NOW_S - 7200, 710],
      [NOW_S - 3601, 720],
      [NOW_S - 3600, 730],
      [NOW_S - 60, 740],
    ])

    assert.equal(await values('from-site'), [7.1, 7.2])
    assert.equal(await values('to-site'), [7.3, 7.4])
  })

  test('a value measured elsewhere is nobody’s latest', async () => {
    const url = '/api/v1/latest?node=mover'
    const before = (await api.app.inject({ url })).json<LatestAnswer>().latest[0]?.site
    const { placements } = (await api.operator({ url: '/api/v1/placements?node=mover' })).json<{
      placements: { id: number }[]
    }>()
    await made(api, `placements/${placements.at(-1)?.id}`, { to: iso(NOW_S - 1) }, 'PATCH')
    await place(api, 'mover', 'third-site', { quantity: 'ph', from: iso(NOW_S - 1) })

    const { latest } = (
      await api.app.inject({ url: '/api/v1/latest?site=third-site' })
    ).json<LatestAnswer>()
    const after = (await api.app.inject({ url })).json<LatestAnswer>().latest[0]?.site

    assert.equal(latest, [])
    assert.equal([before, after], ['to-site', null])
  })

  test('a retired site leaves the list, its series stays', async () => {
    await made(api, 'sites/from-site', { retired: true }, 'PATCH')
    const names = async (query: string) =>
      (await api.app.inject({ url: `/api/v1/sites${query}` }))
        .json<SitesAnswer>()
        .sites.map(({ name }) => name)

    assert.not((await names('')).includes('from-site'))
    assert.ok((await names('?retired=true')).includes('from-site'))
    assert.equal(await values('from-site'), [7.1, 7.2])
  })

  test('latest comes in pages in key order', async () => {
    const first = (await api.app.inject({ url: '/api/v1/latest?limit=1' })).json<LatestAnswer>()
    const second = (
      await api.app.inject({ url: `/api/v1/latest?limit=1&after=${first.next}` })
    ).json<LatestAnswer>()

    assert.is(first.next, 'latest-1:2:0')
    assert.is(second.latest[0]?.node, 'mover')
  })

  async function values(site: string): Promise<number[]> {
    const url = `/api/v1/readings?site=${site}&resolution=raw`
    const { series } = (await api.app.inject({ url })).json<ReadingsAnswer>()
    return series.flatMap(({ readings = [] }) => readings.map(({ value }) => value))
  }
})

suite('simulated nodes in a real store', (test, { before, after }) => {
  let api: Rig
  const paths = {
    sites: '/api/v1/sites/mixed',
    latest: '/api/v1/latest',
    site: '/api/v1/readings?site=mixed&resolution=raw',
    node: '/api/v1/readings?node=pretend&resolution=raw',
    csv: '/api/v1/readings?node=pretend&resolution=raw&format=csv',
    siteCsv: '/api/v1/readings?site=mixed&resolution=raw&format=csv',
  }
  before(async () => {
    api = await rig({ kind: 'real' })
    await made(api, 'nodes', { name: 'pretend', kind: 'lake', simulated: true })
    await place(api, 'pretend', 'mixed', { quantity: 'ph', from: iso(NOW_S - 3600) })
    await place(api, 'measured', 'mixed', { quantity: 'ph', from: iso(NOW_S - 3600) })
    await storeReadings(api, 'pretend', 'ph', [[NOW_S - 60, 1111]])
    await storeReadings(api, 'measured', 'ph', [[NOW_S - 60, 750]])
  })
  after(() => api.close())

  test('the public sees measured values only', async () => {
    for (const url of [paths.sites, paths.latest, paths.site, paths.siteCsv]) {
      const answer = await api.app.inject({ url })
      assert.is(answer.statusCode, 200, url)
      assert.ok(answer.body.includes('measured'), url)
      assert.not(answer.body.includes('pretend'), url)
      assert.not(answer.body.includes('simulasi'), url)
    }
    assert.is((await api.app.inject({ url: paths.node })).statusCode, 404)
  })

  test('who works with them sees them marked, and exports them nowhere', async () => {
    await makeAccount(api, 'ani', 'technician')
    const { inject } = await signIn(api, 'ani')

    const json = (await inject({ url: paths.node })).json<ReadingsAnswer>()
    const csv = await inject({ url: paths.csv })
    const siteCsv = await inject({ url: paths.siteCsv })

    assert.equal(
      json.series.map(({ simulated, readings }) => [simulated, readings?.length]),
      [[true, 1]],
    )
    assert.is(csv.statusCode, 404)
    assert.not(siteCsv.body.includes('pretend'))
  })
})
