import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { assertUnlocked } from '../../ingest/store/months.js'
import type { AuditEntry } from '../../shared/schema/account.js'
import type { MonthAnswer, MonthState, MonthVersionAnswer } from '../../shared/schema/month.js'
import type { ReadingsAnswer } from '../../shared/schema/reading.js'
import { suite } from '../suite.js'
import { aSite, made, makeAccount, place, type Rig, rig, signIn, storeReadings } from './rig.js'

/** June 2026 in Asia/Jakarta; the rig's clock stands at its end and seven hours more. */
const JUNE_S = Date.UTC(2026, 4, 31, 17) / 1000
const JULY_S = Date.UTC(2026, 5, 30, 17) / 1000
const iso = (timeS: number) => new Date(timeS * 1000).toISOString()
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const FROM = iso(JUNE_S - 90 * 86_400)

suite('months', (test, { before, after }) => {
  let api: Rig
  before(async () => {
    api = await rig()
    await makeAccount(api, 'petugas', 'officer')
  })
  after(() => api.close())

  const url = (site: string, rest = '') => `/api/v1/sites/${site}/months/2026-06${rest}`
  async function month(site: string, name = '2026-06'): Promise<MonthAnswer> {
    return (await api.app.inject({ url: `/api/v1/sites/${site}/months/${name}` })).json()
  }
  const approve = async (site: string) =>
    made<MonthVersionAnswer>(api, url(site, '/approve').slice(8), {
      hash: (await month(site)).now.hash,
    })
  async function problem(path: string, payload: object): Promise<string> {
    const answer = await api.operator({ method: 'POST', url: path, payload })
    const { code, detail } = answer.json<{ code?: string; detail?: string }>()
    return `${answer.statusCode} ${code}: ${detail}`
  }
  /** A pH channel at 1 m of a new site, with readings at 10 minutes from the beginning of June. */
  async function measured(site: string, values: readonly number[]): Promise<void> {
    await place(api, `${site}-1`, site, { quantity: 'ph', from: FROM, depthM: 1 })
    await storeReadings(
      api,
      `${site}-1`,
      'ph',
      values.map((value, index) => [JUNE_S + 600 * index, value]),
    )
  }

  test('a month’s numbers are what its public readings amount to', async () => {
    await measured('counted', [])
    await storeReadings(api, 'counted-1', 'ph', [
      [JUNE_S - 1, 100],
      [JUNE_S, 750, 1],
      [JUNE_S + 600, 751, 2],
      [JUNE_S + 1200, 755, 1],
      [JUNE_S + 1800, 990, 3],
      [JUNE_S + 2400, 9999, 4, 512],
      [JULY_S, 100],
    ])

    const { now, from, to } = await month('counted')
    const readings = await api.app.inject({
      url: `/api/v1/readings?site=counted&resolution=raw&from=${from}&to=${to}`,
    })
    const used = (readings.json<ReadingsAnswer>().series[0]?.readings ?? [])
      .filter(({ flag }) => flag <= 2)
      .map(({ value }) => value)

    assert.is(now.hash, sha256(now.text))
    assert.equal(now.series, [
      {
        quantity: 'ph',
        position: '0',
        depth_m: '1',
        direction_deg: '',
        nodes: 'counted-1',
        unit: '[pH]',
        summary: 'mean',
        interval_s: '600',
        expected: '4320',
        completeness_pct: '0.1',
        all: '5',
        good: '2',
        not_evaluated: '1',
        suspect: '1',
        failed: '1',
        manual: '1',
        corrected: '0',
        sum: '22.56',
        min: String(Math.min(...used)),
        max: String(Math.max(...used)),
        value: '7.52',
      },
    ])
    assert.equal(used, [7.5, 7.51, 7.55])
    assert.ok(now.text.includes('\nph,0,1,,counted-1,[pH],mean,600,4320,0.1,5,2,1,1,1,1,0,22.56,'))
  })

  test('series are told apart by depth, and joined where one node follows another', async () => {
    await place(api, 'deep-a', 'deep', {
      ...{ quantity: 'ph', from: FROM, to: iso(JUNE_S + 1200), depthM: 1 },
    })
    await place(api, 'deep-b', 'deep', { quantity: 'ph', from: iso(JUNE_S + 1200), depthM: 1 })
    await place(api, 'deep-b', 'deep', { quantity: 'ph', from: FROM, depthM: 20, position: 1 })
    await storeReadings(api, 'deep-a', 'ph', [
      [JUNE_S, 700],
      [JUNE_S + 600, 701],
      [JUNE_S + 1200, 999],
    ])
    await storeReadings(api, 'deep-b', 'ph', [[JUNE_S + 1200, 705]])
    await storeReadings(api, 'deep-b', 'ph', [[JUNE_S, 650]], 1)

    const { series } = (await month('deep')).now

    assert.equal(
      series.map(({ position, depth_m, nodes, all, value }) => [
        position,
        depth_m,
        nodes,
        all,
        value,
      ]),
      [
        ['0', '1', 'deep-a deep-b', '3', '7.02'],
        ['1', '20', 'deep-b', '1', '6.5'],
      ],
    )
  })

  test('counts are summed, directions averaged around the circle', async () => {
    await place(api, 'summed-1', 'summed', { quantity: 'rainfall', from: FROM })
    await place(api, 'summed-1', 'summed', { quantity: 'wind_direction', from: FROM })
    await storeReadings(api, 'summed-1', 'rainfall', [
      [JUNE_S, 20],
      [JUNE_S + 300, 30],
    ])
    await storeReadings(api, 'summed-1', 'wind_direction', [
      [JUNE_S, 350],
      [JUNE_S + 300, 20],
    ])

    const [rain, wind] = (await month('summed')).now.series

    assert.equal([rain?.value, rain?.sum], ['0.5', '0.5'])
    assert.equal([wind?.value, wind?.sum, wind?.max], ['5', '', ''])
  })

  test('an officer approves what was read, and the month is locked', async () => {
    await measured('approved', [700, 710])
    const officer = await signIn(api, 'petugas')
    const read = await month('approved')

    const answer = await officer.inject({
      method: 'POST',
      url: url('approved', '/approve'),
      payload: { hash: read.now.hash, note: 'lengkap' },
    })
    const told = (await api.app.inject({ url: url('approved', '/versions/1') })).json()
    const list = await api.app.inject({ url: '/api/v1/sites/approved/months' })
    const june = list
      .json<{ months: MonthState[] }>()
      .months.find(({ month: name }) => name === '2026-06')

    assert.is(answer.statusCode, 200)
    assert.is(answer.json<MonthVersionAnswer>().approvedBy, 'petugas')
    assert.is(read.state, 'provisional')
    assert.is((await month('approved')).state, 'approved')
    assert.equal(told, {
      ...{ store: 'simulated', site: 'approved', month: '2026-06', version: 1 },
      ...{ text: read.now.text, hash: read.now.hash, series: read.now.series },
      ...{ isIntact: true, approvedAt: '2026-07-01T00:00:00Z', approvedBy: null, note: 'lengkap' },
      ...{ reopenedAt: null, reopenedBy: null, reopenReason: null, differences: [] },
    })
    assert.equal([june?.state, june?.version, june?.hash], ['approved', 1, read.now.hash])
    await expectLocked('approved')
  })

  async function expectLocked(site: string): Promise<void> {
    const [row] = await api.db.query<{ id: number }>(
      'read',
      'SELECT id FROM site WHERE name = $1',
      [site],
    )
    const error = await api.db
      .transaction('write', (session) =>
        assertUnlocked(session, { siteIds: [row?.id ?? 0] }, JUNE_S, JUNE_S + 1),
      )
      .catch((thrown: Error) => thrown)
    assert.match(String(error), 'locked')
  }

  test('a month that is not over, or has no readings, is not approved', async () => {
    await measured('early', [700])
    await made(api, 'sites', { ...aSite, name: 'silent' })
    await storeReadings(api, 'early-1', 'ph', [[JULY_S + 60, 700]])
    const { now } = await month('early', '2026-07')

    const early = await problem('/api/v1/sites/early/months/2026-07/approve', { hash: now.hash })
    const silent = await problem(url('silent', '/approve'), {
      hash: (await month('silent')).now.hash,
    })

    assert.is(
      early,
      '409 CONFLICT: 2026-07 of early is not over: it ends at 2026-07-31T17:00:00.000Z',
    )
    assert.is(
      silent,
      '409 CONFLICT: 2026-06 of silent has no readings: there is nothing to approve',
    )
  })

  test('nothing is approved that differs from what was read, and nothing twice', async () => {
    await measured('moving', [700])
    const { hash } = (await month('moving')).now
    await storeReadings(api, 'moving-1', 'ph', [[JUNE_S + 60, 710]])

    const changed = await problem(url('moving', '/approve'), { hash })
    await approve('moving')
    const twice = await problem(url('moving', '/approve'), {
      hash: (await month('moving')).now.hash,
    })

    assert.is(
      changed,
      '409 CONFLICT: the numbers of 2026-06 of moving have changed since they were read',
    )
    assert.is(twice, '409 CONFLICT: 2026-06 of moving is approved already, as version 1')
  })

  test('a late reading arrives in a locked month, which then says in what it differs', async () => {
    await measured('late', [700, 710])
    await approve('late')
    assert.equal((await month('late')).differences, [])

    await storeReadings(api, 'late-1', 'ph', [[JUNE_S + 1200, 720]])

    const { state, version, differences } = await month('late')
    const key = { quantity: 'ph', position: '0', depth_m: '1', direction_deg: '' }
    assert.equal([state, version], ['approved', 1])
    assert.equal(differences, [
      { ...key, column: 'completeness_pct', before: '0', now: '0.1' },
      { ...key, column: 'all', before: '2', now: '3' },
      { ...key, column: 'not_evaluated', before: '2', now: '3' },
      { ...key, column: 'sum', before: '14.1', now: '21.3' },
      { ...key, column: 'max', before: '7.1', now: '7.2' },
      { ...key, column: 'value', before: '7.05', now: '7.1' },
    ])
  })

  test('reopened with a reason, the next version lists what differs and vouches for the first', async () => {
    await measured('second', [700, 710])
    const first = await approve('second')
    await storeReadings(api, 'second-1', 'ph', [[JUNE_S + 1200, 720]])
    const reopened = await made<MonthVersionAnswer>(api, url('second', '/reopen').slice(8), {
      reason: 'data susulan',
    })
    await place(api, 'second-2', 'second', { quantity: 'ph', from: FROM, depthM: 9 })
    await storeReadings(api, 'second-2', 'ph', [[JUNE_S, 690]])
    const second = await approve('second')

    assert.is(reopened.reopenReason, 'data susulan')
    assert.is(second.version, 2)
    assert.ok(second.text.includes(`\nversion: 2\nprevious: ${first.hash}\n`))
    const all = second.differences.filter(({ column }) => column === 'all')
    assert.equal(
      all.map(({ depth_m, before, now }) => [depth_m, before, now]),
      [
        ['1', '2', '3'],
        ['9', null, '1'],
      ],
    )
    assert.is((await month('second')).state, 'approved')
    const kept = await api.app.inject({ url: url('second', '/versions/1') })
    assert.is(kept.json<MonthVersionAnswer>().text, first.text)
  })

  test('no placement is changed within an approved month, and every one beside it', async () => {
    await measured('placed', [700])
    const later = { node: 'placed-2', site: 'placed', quantity: 'ph', depthM: 9 }
    await made(api, 'nodes', { name: 'placed-2', kind: 'lake' })
    await approve('placed')
    const { placements } = (await api.operator({ url: '/api/v1/placements?site=placed' })).json<{
      placements: { id: number }[]
    }>()
    const patch = async (payload: object) =>
      (
        await api.operator({
          method: 'PATCH',
          url: `/api/v1/placements/${placements[0]?.id}`,
          payload,
        })
      ).statusCode
    const middle = iso(JUNE_S + 86_400)

    assert.match(await problem('/api/v1/placements', { ...later, from: middle }), /^423 LOCKED/)
    assert.is(await patch({ to: middle }), 423)
    assert.is(await patch({ depthM: 2 }), 423)
    assert.is(await patch({ from: middle }), 423)
    const away = { node: 'placed-1', site: 'early', at: middle }
    assert.match(await problem('/api/v1/placements/move', away), /^423 LOCKED/)
    assert.equal((await month('placed')).differences, [])
    assert.is(await patch({ to: iso(JULY_S) }), 200)
    assert.is(await patch({ from: iso(JUNE_S) }), 200)
    await made(api, 'placements', { ...later, from: iso(JULY_S) })
  })

  test('what is not approved is not reopened, and nothing without a reason', async () => {
    await measured('open', [700])
    await approve('open')

    const silent = await problem(url('open', '/reopen'), {})
    await made(api, url('open', '/reopen').slice(8), { reason: 'x' })
    const again = await problem(url('open', '/reopen'), { reason: 'x' })

    assert.match(silent, /^400 INVALID: .*reason/)
    assert.is(again, '409 CONFLICT: 2026-06 of open is not approved: it is open already')
  })

  test('who approved and who reopened is in the audit, with the hash', async () => {
    await measured('audited', [700])
    const { hash } = await approve('audited')
    await made(api, url('audited', '/reopen').slice(8), { reason: 'salah hitung' })

    const answer = await api.operator({ url: '/api/v1/audit?subject=audited' })
    const entries = answer
      .json<{ entries: AuditEntry[] }>()
      .entries.filter(({ action }) => action.startsWith('month.'))

    assert.equal(
      entries.map(({ action, actor, detail }) => [action, actor, detail.hash ?? detail.reason]),
      [
        ['month.reopen', 'operator', 'salah hitung'],
        ['month.approve', 'operator', hash],
      ],
    )
  })

  test('a version that was tampered with is not intact, and differs from the readings', async () => {
    await measured('forged', [700])
    const { text } = await approve('forged')
    const forged = text.replace(',7,7,7\n', ',7,7,6.9\n')
    await api.db.query('write', 'UPDATE month_version SET numbers = $1 WHERE numbers = $2', [
      forged,
      text,
    ])

    const version = await api.app.inject({ url: url('forged', '/versions/1') })
    assert.is(version.json<MonthVersionAnswer>().isIntact, false)

    await api.db.query(
      'write',
      'UPDATE month_version SET hash = sha256($1::bytea) WHERE numbers = $2',
      [Buffer.from(forged), forged],
    )
    const again = await api.app.inject({ url: url('forged', '/versions/1') })
    assert.is(again.json<MonthVersionAnswer>().isIntact, true)
    assert.equal(
      (await month('forged')).differences.map(({ column, before, now }) => [column, before, now]),
      [['value', '6.9', '7']],
    )
  })

  test('there is no month of a site that is not there, and no version that is not', async () => {
    await measured('nothing', [700])
    for (const path of [url('no-such-site'), url('nothing', '/versions/1')]) {
      assert.is((await api.app.inject({ url: path })).statusCode, 404, path)
    }
    const odd = await api.app.inject({ url: '/api/v1/sites/nothing/months/2026-13' })
    assert.is(odd.statusCode, 400)
  })
})
