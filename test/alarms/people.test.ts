import * as assert from 'uvu/assert'
import { type Escalation, escalate } from '../../ingest/alarms/escalation.js'
import { type PeopleDeps, recipientsOf } from '../../ingest/alarms/people.js'
import { aSite, made, NOW_MS, place, type Rig, rig } from '../api/rig.js'
import { suite } from '../suite.js'
import { clear, forgetAlarms, notify, raise } from './alarm-rows.js'

const ORIGIN = 'https://toba.example.id'
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

suite('who is told', (test, { before, beforeEach, after }) => {
  let api: Rig
  let deps: PeopleDeps
  before(async () => {
    api = await rig({ kind: 'real' })
    deps = { db: api.db, kind: 'real', origin: ORIGIN }
    for (const name of ['balige', 'ajibata']) await made(api, 'sites', { ...aSite, name })
  })
  beforeEach(() => forgetAlarms(api.db))
  after(() => api.close())

  test('whoever is on duty for the site is told at once, with a link of their own', async () => {
    await onDuty({ person: await person('Rina'), sites: ['balige'] })
    await onDuty({ person: await person('Tigor'), sites: ['ajibata'] })
    await onDuty({ person: await person('Late'), from: NOW_MS + HOUR_MS })

    const told = await recipientsOf(deps, await raised({ site: 'balige' }), NOW_MS)

    assert.equal(names(told), ['rina'])
    assert.match(told[0]?.link ?? '', /^https:\/\/toba\.example\.id\/a\/[\w-]{22}$/)
    assert.is(await links(told[0]?.link ?? ''), 0, 'the store has the hash alone')
  })

  test('a duty for all sites is for each of them, and for what has no site', async () => {
    await onDuty({ person: await person('Rina') })

    const atSite = await recipientsOf(deps, await raised({ site: 'ajibata' }), NOW_MS)
    const without = await recipientsOf(deps, await raised({ site: null }), NOW_MS)

    assert.equal([names(atSite), names(without)], [['rina'], ['rina']])
  })

  test('with nobody on duty the next who can be reached is told, not nobody', async () => {
    await person('Unreachable', [])
    const boss = await person('Boss')
    await person('Anybody')
    await made(api, 'escalation', { steps: [{ afterMinutes: 5, person: boss }] }, 'PUT')

    const told = await recipientsOf(deps, await raised({ site: 'balige' }), NOW_MS)

    assert.equal(names(told), ['boss'])
  })

  test('a note is told to nobody, nor does a real store tell people of simulated nodes', async () => {
    await onDuty({ person: await person('Rina') })
    await place(api, 'sim-1', 'balige', { quantity: 'ph', from: '2026-01-01T00:00:00Z' })
    await api.db.query('write', `UPDATE node SET simulated = true WHERE name = 'sim-1'`)

    const note = await recipientsOf(deps, await raised({ site: 'balige', tier: 'note' }), NOW_MS)
    const simulated = await raised({ site: 'balige', node: 'sim-1' })
    const inReal = await recipientsOf(deps, simulated, NOW_MS)
    const inSimulated = await recipientsOf({ ...deps, kind: 'simulated' }, simulated, NOW_MS)

    assert.equal([note, inReal], [[], []])
    assert.equal(names(inSimulated), ['rina'])
    assert.equal(await run(NOW_MS + HOUR_MS), [])
  })

  test('owners who confirmed are told of siaga and awas of their site, raised and cleared', async () => {
    await onDuty({ person: await person('Rina') })
    await owner('balige', 'confirmed')
    await owner('balige', 'asked')
    await owner('balige', 'left')
    await owner('ajibata', 'confirmed')
    const siaga = await raised({ site: 'balige' })

    const atRaise = await recipientsOf(deps, siaga, NOW_MS)
    await clear(api.db, siaga.alarmId, NOW_MS)
    const atClear = await cleared(siaga.alarmId)

    assert.equal(names(atRaise), ['rina', 'confirmed-balige'])
    assert.equal(names(atClear), ['rina', 'confirmed-balige'])
    assert.match(atRaise[1]?.link ?? '', /\/h\/[\w-]{22}$/)
    assert.match(atRaise[1]?.text ?? '', /^Siaga: Balige\n/)
    assert.match(atClear[1]?.text ?? '', /^Sudah pulih: Balige\n/)
  })

  test('the end that is told at the lowest tier reaches owners who were told of a higher one', async () => {
    await onDuty({ person: await person('Rina') })
    await owner('balige', 'confirmed')
    const waspada = await raised({ site: 'balige', tier: 'waspada' })
    const siaga = await raised({ site: 'balige' })
    await api.db.query('write', 'UPDATE alarm SET event_id = $1 WHERE id = $2', [
      waspada.alarmId,
      siaga.alarmId,
    ])
    await recipientsOf(deps, siaga, NOW_MS)

    await clear(api.db, siaga.alarmId, NOW_MS)
    const better = await cleared(siaga.alarmId)
    await clear(api.db, waspada.alarmId, NOW_MS)
    const over = await cleared(waspada.alarmId)

    assert.equal(
      [names(better), names(over)],
      [
        ['rina', 'confirmed-balige'],
        ['rina', 'confirmed-balige'],
      ],
    )
    assert.match(better[1]?.text ?? '', /^Membaik, belum pulih: Balige\n/)
    assert.match(over[1]?.text ?? '', /^Sudah pulih: Balige\n/)
  })

  test('owners are not told of waspada, of upkeep, nor that somebody acknowledged', async () => {
    await onDuty({ person: await person('Rina') })
    await owner('balige', 'confirmed')
    const siaga = await raised({ site: 'balige' })
    await recipientsOf(deps, siaga, NOW_MS)

    const waspada = await raised({ site: 'balige', tier: 'waspada' })
    const upkeep = await raised({ site: 'balige', purpose: 'upkeep' })
    await clear(api.db, waspada.alarmId, NOW_MS)
    const over = await notify(api.db, waspada.alarmId, { transition: 'cleared', atMs: NOW_MS })
    const seen = await notify(api.db, siaga.alarmId, { transition: 'acknowledged', atMs: NOW_MS })

    for (const notification of [waspada, over, upkeep, seen]) {
      assert.equal(names(await recipientsOf(deps, notification, NOW_MS)), ['rina'])
    }
  })

  test('without an answer the deputy is told, then the next, each once', async () => {
    const boss = await person('Boss')
    await onDuty({ person: await person('Rina'), deputy: await person('Tigor') })
    await setSteps([10, null], [25, boss])
    await recipientsOf(deps, await raised({ site: 'balige' }), NOW_MS)

    const early = await run(NOW_MS + 9 * MINUTE_MS)
    const deputy = await run(NOW_MS + 10 * MINUTE_MS)
    const between = await run(NOW_MS + 24 * MINUTE_MS)
    const next = await run(NOW_MS + 25 * MINUTE_MS)
    const after = await run(NOW_MS + 24 * HOUR_MS)

    assert.equal([early, deputy, between, next, after], [[], ['tigor'], [], ['boss'], []])
  })

  test('without a deputy the next takes the deputy’s turn', async () => {
    const boss = await person('Boss')
    await onDuty({ person: await person('Rina') })
    await setSteps([10, null], [25, boss])
    await recipientsOf(deps, await raised({ site: 'balige' }), NOW_MS)

    assert.equal(await run(NOW_MS + 10 * MINUTE_MS), ['boss'])
  })

  test('nobody is told next once it was acknowledged or is over', async () => {
    await onDuty({ person: await person('Rina'), deputy: await person('Tigor') })
    const [seen, over, open] = await Promise.all([0, 1, 2].map(() => raised({ site: 'balige' })))
    for (const one of [seen, over, open]) if (one) await recipientsOf(deps, one, NOW_MS)
    await api.db.query('write', 'UPDATE alarm SET acknowledged_at = now() WHERE id = $1', [
      seen?.alarmId,
    ])
    await clear(api.db, over?.alarmId ?? 0, NOW_MS)

    const done = await escalate(deps, NOW_MS + HOUR_MS, async () => {})

    assert.equal(
      done.map(({ notificationId }) => notificationId),
      [open?.id],
    )
  })

  test('what could not be handed over is told at the next look', async () => {
    await onDuty({ person: await person('Rina'), deputy: await person('Tigor') })
    await recipientsOf(deps, await raised({ site: 'balige' }), NOW_MS)

    const failed = await escalate(deps, NOW_MS + HOUR_MS, async () => {
      throw new Error('full')
    }).then(
      () => '',
      (error: Error) => error.message,
    )

    assert.is(failed, 'full')
    assert.equal(await run(NOW_MS + HOUR_MS), ['tigor'])
  })

  test('services that look at once tell the deputy once', async () => {
    await onDuty({ person: await person('Rina'), deputy: await person('Tigor') })
    await recipientsOf(deps, await raised({ site: 'balige' }), NOW_MS)

    const all = await Promise.all([1, 2, 3, 4, 5].map(() => run(NOW_MS + HOUR_MS)))

    assert.equal(all.flat(), ['tigor'])
  })

  test('the service’s own word goes to the duty, without a link', async () => {
    await onDuty({ person: await person('Rina'), sites: ['balige'] })

    const told = await recipientsOf(deps, { id: 1, alarmId: null, transition: 'test' }, NOW_MS)

    assert.equal(
      told.map(({ address, link }) => [address, link]),
      [['rina@toba.example', null]],
    )
  })

  async function person(title: string, contacts = [mail(title)]): Promise<number> {
    return (await made<{ id: number }>(api, 'people', { title, contacts })).id
  }

  function mail(name: string) {
    return { channel: 'email', address: `${name.toLowerCase()}@toba.example`, language: 'id' }
  }

  async function onDuty(duty: {
    person: number
    deputy?: number
    sites?: string[]
    from?: number
  }): Promise<void> {
    const from = duty.from ?? NOW_MS - HOUR_MS
    await made(api, 'duties', {
      ...duty,
      from: new Date(from).toISOString(),
      to: new Date(from + 48 * HOUR_MS).toISOString(),
    })
  }

  async function setSteps(...steps: [number, number | null][]): Promise<void> {
    const body = { steps: steps.map(([afterMinutes, person]) => ({ afterMinutes, person })) }
    await made(api, 'escalation', body, 'PUT')
  }

  async function raised(alarm: Omit<Parameters<typeof raise>[1], 'raisedMs'>) {
    const alarmId = await raise(api.db, { ...alarm, raisedMs: NOW_MS })
    return notify(api.db, alarmId, { transition: 'raised', atMs: NOW_MS })
  }

  async function cleared(alarmId: number) {
    const written = await notify(api.db, alarmId, { transition: 'cleared', atMs: NOW_MS })
    return recipientsOf(deps, written, NOW_MS)
  }

  async function owner(site: string, state: 'asked' | 'confirmed' | 'left'): Promise<void> {
    const at = new Date(NOW_MS)
    await api.db.query(
      'write',
      `INSERT INTO subscription (site_id, channel, address, language, asked_at, confirmed_at, unsubscribed_at)
       SELECT id, 'email', $2, 'id', $3, $4, $5 FROM site WHERE name = $1`,
      [
        site,
        `${state}-${site}@toba.example`,
        at,
        state === 'asked' ? null : at,
        state === 'left' ? at : null,
      ],
    )
  }

  /** Who is told next, from now on `nowMs`. */
  async function run(nowMs: number): Promise<string[]> {
    const added: Escalation[] = []
    await escalate(deps, nowMs, async (_session, escalation) => {
      added.push(escalation)
    })
    return added.flatMap(({ recipients }) => names(recipients))
  }

  function names(told: readonly { address: string }[]): string[] {
    return told.map(({ address }) => address.split('@')[0] ?? '')
  }

  async function links(link: string): Promise<number> {
    const key = link.split('/').at(-1) ?? ''
    const [row] = await api.db.query<{ n: number }>(
      'read',
      `SELECT count(*)::int AS n FROM one_time_link WHERE position($1 IN one_time_link::text) > 0`,
      [key],
    )
    return row?.n ?? -1
  }
})
