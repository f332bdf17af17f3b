import * as assert from 'uvu/assert'
import { Alarms } from '../../ingest/alarms/alarms.js'
import type { Alarm, AlarmYear, Ledger, Rule } from '../../shared/schema/alarm.js'
import { suite } from '../suite.js'
import { made, makeAccount, NOW_MS, place, type Rig, rig, signIn, storeReadings } from './rig.js'

const NOW_S = NOW_MS / 1000
const STEP_S = 300
const iso = (timeS: number) => new Date(timeS * 1000).toISOString()

interface Detail extends Alarm {
  ledger: Ledger
  notifications: { transition: string; textId: string; textEn: string }[]
}

suite('rules and alarms', (test, { before, after }) => {
  let api: Rig
  let alarms: Alarms
  before(async () => {
    api = await rig()
    const log = { info: () => {}, warn: () => {} }
    const clock = { now: () => api.clock.nowMs }
    alarms = new Alarms({ db: api.db, kind: 'simulated', clock, log, origin: undefined })
    await alarms.tick()
  })
  after(async () => {
    await alarms.stop()
    await api.close()
  })

  const get = async <Body>(url: string) =>
    (await api.operator({ url: `/api/v1/${url}` })).json<Body>()
  const put = (url: string, payload: object) =>
    api.operator({ method: 'PUT', url: `/api/v1/${url}`, payload })

  /** Oxygen of the last two hours, lowest now. */
  async function dying(site: string): Promise<void> {
    const node = `${site}-1`
    await place(api, node, site, { quantity: 'dissolved_oxygen', from: iso(NOW_S - 86_400) })
    const values = [650, 651, 640, 600, 560, 520, 490, 480, 470, 450, 390, 380, 350, 290, 280]
    const rows = values.map((value, index): [number, number, number] => [
      NOW_S - (values.length - index) * STEP_S,
      value,
      1,
    ])
    await storeReadings(api, node, 'dissolved_oxygen', rows)
    const [found] = await api.db.query<{ id: number }>(
      'read',
      'SELECT id FROM node WHERE name = $1',
      [node],
    )
    alarms.changed(rows.map(([time]) => ({ nodeId: found?.id ?? 0, time })))
    await alarms.settled()
  }

  test('a new store has the default rules as version 1', async () => {
    const { rules } = await get<{ rules: Rule[] }>('rules')

    const oxygen = rules.find(({ name }) => name === 'oxygen')
    assert.is(oxygen?.version, 1)
    assert.is(oxygen?.enabled, true)
    assert.ok(rules.some(({ name }) => name === 'silence'))
  })

  test('a change is a new version with a reason, audited, and the old one stays', async () => {
    const [before] = (await get<{ rules: Rule[] }>('rules/low-battery')).rules
    if (before?.definition.kind !== 'level') throw new Error('no level')
    const definition = {
      ...before.definition,
      levels: [{ tier: 'waspada', raise: 3.4, clear: 3.6 }],
    }
    await makeAccount(api, 'officer-rules', 'officer')
    const officer = await signIn(api, 'officer-rules')
    const change = (payload: object) =>
      officer.inject({ method: 'PUT', url: '/api/v1/rules/low-battery', payload })

    const done = await change({ definition, reason: 'other cells' })
    const again = await change({ definition, reason: 'other cells' })

    assert.is(done.statusCode, 200)
    assert.is(done.json<Rule>().version, 2)
    assert.is(again.statusCode, 409)
    const { rules } = await get<{ rules: Rule[] }>('rules/low-battery')
    assert.equal(
      rules.map(({ version, by }) => [version, by]),
      [
        [2, 'officer-rules'],
        [1, 'toba-sense'],
      ],
    )
    assert.ok(api.asked.includes('rules'))
    const [entry] = await api.db.query<{ actor: string; detail: { reason: string } }>(
      'read',
      `SELECT actor, detail FROM audit WHERE action = 'rule.change'`,
    )
    assert.is(entry?.actor, 'officer-rules')
    assert.is(entry?.detail.reason, 'other cells')
  })

  test('a rule that makes no sense, or is of another kind, is refused with the reason', async () => {
    const [oxygen] = (await get<{ rules: Rule[] }>('rules/oxygen')).rules
    if (oxygen?.definition.kind !== 'level') throw new Error('no level')
    const levels = [{ tier: 'awas', raise: 3, clear: 2 }]

    const backwards = await put('rules/oxygen', {
      definition: { ...oxygen.definition, levels },
      reason: 'because',
    })
    const other = await put('rules/oxygen', {
      definition: { kind: 'silence', intervals: 3, tier: 'awas' },
      reason: 'because',
    })

    assert.is(backwards.statusCode, 400)
    assert.match(backwards.body, /awas: it would be over at 2 while it is raised at 3/)
    assert.is(other.statusCode, 400)
    assert.is((await put('rules/oxygen', { definition: oxygen.definition })).statusCode, 400)
    assert.is(
      (await put('rules/nothing', { definition: oxygen.definition, reason: 'because' })).statusCode,
      404,
    )
  })

  test('an alarm is listed by site and state, with its event’s ledger and what was told', async () => {
    await dying('listed')

    const { alarms: found } = await get<{ alarms: Alarm[] }>(
      'alarms?site=listed&open=true&tier=waspada&purpose=danger',
    )
    const awas = found.find(({ tier }) => tier === 'awas')
    const detail = await get<Detail>(`alarms/${awas?.id}`)

    assert.equal(
      found.map(({ tier }) => tier),
      ['awas', 'siaga', 'waspada'],
    )
    assert.is(new Set(found.map(({ event }) => event)).size, 1)
    assert.is(detail.ledger.oxygenBelow3At, iso(NOW_S - 2 * STEP_S).replace('.000', ''))
    assert.is(detail.ledger.deliveredAt, null)
    assert.match(detail.notifications[0]?.textId ?? '', /AWAS: Oksigen terlarut rendah/)
    assert.is((await get<{ alarms: Alarm[] }>('alarms?site=listed&open=false')).alarms.length, 0)
    assert.is((await api.operator({ url: '/api/v1/alarms/999999' })).statusCode, 404)
  })

  test('the first acknowledgement counts, for the whole event, and the others hear of it', async () => {
    await dying('acked')
    const { alarms: found } = await get<{ alarms: Alarm[] }>('alarms?site=acked&tier=awas')
    const id = found[0]?.id ?? 0
    await makeAccount(api, 'tech-acks', 'technician')
    const tech = await signIn(api, 'tech-acks')
    const url = `/api/v1/alarms/${id}/acknowledge`

    const first = await tech.inject({ method: 'POST', url, payload: { note: 'perahu jalan' } })
    await made(api, `alarms/${id}/acknowledge`, { note: 'too late' })

    assert.is(first.statusCode, 200)
    const detail = await get<Detail>(`alarms/${id}`)
    assert.is(detail.acknowledgedBy, 'tech-acks')
    assert.is(detail.acknowledgeNote, 'perahu jalan')
    const told = detail.notifications.filter(({ transition }) => transition === 'acknowledged')
    assert.is(told.length, 1)
    assert.match(told[0]?.textId ?? '', /Oleh tech-acks: perahu jalan\./)
    const { alarms: all } = await get<{ alarms: Alarm[] }>('alarms?site=acked&tier=waspada')
    assert.ok(all.every(({ acknowledgedBy }) => acknowledgedBy === 'tech-acks'))
  })

  test('an officer confirms, a technician may not', async () => {
    await dying('confirmed')
    const { alarms: found } = await get<{ alarms: Alarm[] }>('alarms?site=confirmed&tier=awas')
    const url = `/api/v1/alarms/${found[0]?.id}/confirm`
    await makeAccount(api, 'tech-confirms', 'technician')

    const tech = await (await signIn(api, 'tech-confirms')).inject({ method: 'POST', url })
    const operator = await api.operator({ method: 'POST', url })

    assert.is(tech.statusCode, 403)
    assert.is(operator.json<Detail>().confirmedBy, 'operator')
  })

  test('a year has its events and their warning minutes', async () => {
    await dying('yearly')

    const year = await get<AlarmYear>('alarms/years/2026')
    const before = await get<AlarmYear>('alarms/years/2025')

    assert.ok(year.events > 0)
    assert.is(year.told, year.events)
    assert.is(year.belowThree, year.events)
    assert.is(before.events, 0)
  })

  test('a preview says how often a rule would have been met, and none by the clock', async () => {
    await dying('previewed')
    const [oxygen] = (await get<{ rules: Rule[] }>('rules/oxygen')).rules
    const preview = (definition: object) =>
      api.operator({ method: 'POST', url: '/api/v1/rules/preview', payload: { definition } })

    const met = await preview(oxygen?.definition ?? {})
    const clock = await preview({ kind: 'silence', intervals: 3, tier: 'waspada' })

    const { times } = met.json<{ times: { site: string; tier: string; times: number }[] }>()
    const here = times.filter(({ site }) => site === 'previewed')
    assert.equal(
      here.map(({ tier, times: n }) => [tier, n]),
      [
        ['note', 1],
        ['waspada', 1],
        ['siaga', 1],
        ['awas', 1],
      ],
    )
    assert.is(clock.statusCode, 400)
  })

  test('maintenance of a site holds its messages back until it is ended', async () => {
    await place(api, 'worked-1', 'worked', { quantity: 'ph', from: iso(NOW_S - 86_400) })
    const until = iso(NOW_S + 3600)

    await made(api, 'sites/worked/maintenance', { until, reason: 'new probe' }, 'PUT')
    await dying('worked')
    const { alarms: held } = await get<{ alarms: Alarm[] }>('alarms?site=worked&tier=awas')
    await made(
      api,
      'sites/worked/maintenance',
      { until: iso(NOW_S), reason: 'done with it' },
      'PUT',
    )

    assert.is(held[0]?.untold, 'maintenance')
    assert.is((await get<{ active: boolean }>('sites/worked/maintenance')).active, false)
    assert.is(
      (await put('sites/nowhere/maintenance', { until, reason: 'because' })).statusCode,
      404,
    )
  })
})
