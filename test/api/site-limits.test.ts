import * as assert from 'uvu/assert'
import type { ReadingsAnswer } from '../../shared/schema/reading.js'
import type { SiteLimitsAnswer, SiteLimitsChanged } from '../../shared/schema/site-limits.js'
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
const MUDDY = { suspectSpan: [0, 2], climatologySpan: [0, 2] }

suite('limits of a site', (test, { before, after }) => {
  let api: Rig
  before(async () => {
    api = await rig()
  })
  after(() => api.close())

  const put = async (site: string, quantity: string, payload: object) => {
    const url = `/api/v1/sites/${site}/limits/${quantity}`
    const answer = await api.operator({ method: 'PUT', url, payload })
    return {
      status: answer.statusCode,
      ...answer.json<SiteLimitsChanged & { detail: string; code: string }>(),
    }
  }
  async function limitsAt(site: string) {
    const answer = await api.operator({ url: `/api/v1/sites/${site}/limits` })
    return answer.json<SiteLimitsAnswer>().limits
  }
  async function flags(site: string): Promise<number[]> {
    const url = `/api/v1/readings?site=${site}&resolution=raw`
    const { series } = (await api.app.inject({ url })).json<ReadingsAnswer>()
    return series.flatMap(({ readings = [] }) => readings.map(({ flag }) => flag))
  }
  async function muddySite(name: string): Promise<void> {
    await place(api, `${name}-1`, name, { quantity: 'turbidity', from: iso(NOW_S - 86_400) })
    await storeReadings(api, `${name}-1`, 'turbidity', [
      [NOW_S - 7200, 300, 1],
      [NOW_S - 60, 310, 1],
    ])
  }

  test('are the defaults until somebody gives it others, with a reason', async () => {
    await muddySite('defaults')

    const turbidity = (await limitsAt('defaults')).find(({ quantity }) => quantity === 'turbidity')

    assert.equal(turbidity?.defaults?.suspectSpan, [0, 400])
    assert.is(turbidity?.own, null)
    assert.is(turbidity?.from, null)
    assert.is((await put('defaults', 'turbidity', { limits: MUDDY })).status, 400)
  })

  test('judge what was measured since then again, and nothing before', async () => {
    await muddySite('muddy')

    const changed = await put('muddy', 'turbidity', {
      limits: MUDDY,
      from: iso(NOW_S - 3600),
      reason: 'clear water here',
    })

    assert.is(changed.status, 200)
    assert.is(changed.changed, 1)
    assert.equal(await flags('muddy'), [1, 3])
    const now = (await limitsAt('muddy')).find(({ quantity }) => quantity === 'turbidity')
    assert.equal(now?.own, MUDDY)
    assert.is(now?.reason, 'clear water here')
    assert.is(now?.by, 'operator')

    await put('muddy', 'turbidity', { limits: null, from: iso(NOW_S - 3600), reason: 'an error' })
    assert.equal(await flags('muddy'), [1, 1])
  })

  test('hold for a node that is said to have been there', async () => {
    await muddySite('earlier')
    await made(api, 'sites', { ...aSite, name: 'later' })
    await put('later', 'turbidity', {
      limits: MUDDY,
      from: iso(NOW_S - 86_400),
      reason: 'clear water here',
    })
    assert.equal(await flags('earlier'), [1, 1])

    const at = iso(NOW_S - 3600)
    await made(api, 'placements/move', { node: 'earlier-1', site: 'later', at })

    assert.equal(await flags('earlier'), [1])
    assert.equal(await flags('later'), [3])
  })

  test('that make no sense, or hide low oxygen, are refused with the reason', async () => {
    await muddySite('refused')
    const reason = 'because'
    const refused = async (quantity: string, limits: object, words: RegExp, from?: string) => {
      const answer = await put('refused', quantity, { limits, reason, ...(from && { from }) })
      assert.is(answer.status, 400)
      assert.match(JSON.stringify(answer), words)
    }

    await refused('turbidity', { suspectSpan: [5, 1] }, /lower end comes first/)
    await refused('turbidity', { spike: [9, 1] }, /suspect comes first/)
    await refused('turbidity', { suspectSpan: [-5, 10] }, /must lie within failSpan 0\.\.1000/)
    await refused('dissolved_oxygen', { suspectSpan: [2, 10] }, /low oxygen/)
    await refused('chlorophyll_a', MUDDY, /has no defaults, so failSpan, spike/)
    await refused('turbidity', MUDDY, /ahead of now/, iso(NOW_S + 60))
    await refused('turbidity', { colour: 1 }, /unknown: colour/)
    assert.is((await put('nowhere', 'turbidity', { limits: MUDDY, reason })).status, 404)
  })

  test('are an officer’s to set, and the audit knows who', async () => {
    await muddySite('audited')
    await makeAccount(api, 'tech-limits', 'technician')
    await makeAccount(api, 'officer-limits', 'officer')
    const url = '/api/v1/sites/audited/limits/turbidity'
    const payload = { limits: MUDDY, reason: 'clear water here' }

    const tech = await (await signIn(api, 'tech-limits')).inject({ method: 'PUT', url, payload })
    const officer = await signIn(api, 'officer-limits')
    const done = await officer.inject({ method: 'PUT', url, payload })

    assert.is(tech.statusCode, 403)
    assert.is(done.statusCode, 200)
    const [entry] = await api.db.query<{ actor: string; detail: object }>(
      'read',
      `SELECT actor, detail FROM audit WHERE action = 'site.limits' AND subject = 'audited'`,
    )
    assert.equal(entry, { actor: 'officer-limits', detail: { quantity: 'turbidity', ...payload } })
  })
})
