import * as assert from 'uvu/assert'
import type { Duty, Escalation, Person } from '../../shared/schema/people.js'
import { forgetAlarms } from '../alarms/alarm-rows.js'
import { suite } from '../suite.js'
import { aSite, made, makeAccount, NOW_MS, type Rig, rig } from './rig.js'

const HOUR_MS = 3_600_000
const MAIL = { channel: 'email', address: 'rina@toba.example', language: 'id' }

suite('the duty roster', (test, { before, beforeEach, after }) => {
  let api: Rig
  before(async () => {
    api = await rig()
    for (const name of ['ajibata', 'balige']) await made(api, 'sites', { ...aSite, name })
    await makeAccount(api, 'rina', 'officer')
  })
  beforeEach(async () => {
    await forgetAlarms(api.db)
    await api.db.query('write', 'DELETE FROM audit')
  })
  after(() => api.close())

  test('a person has contacts, with an account or without, and each change is in the audit', async () => {
    const rina = await person({ title: 'Rina', account: 'rina', contacts: [MAIL] })
    await person({ title: 'Penjaga', contacts: [] })
    const contacts = [{ ...MAIL, channel: 'gateway', address: '+628123456789' }]
    await made(api, `people/${rina.id}`, { title: 'Rina S', account: 'rina', contacts }, 'PUT')

    const all = (await api.operator({ url: '/api/v1/people' })).json<{ people: Person[] }>().people

    assert.equal(
      all.map(({ title, account, contacts: own }) => [title, account, own.length]),
      [
        ['Penjaga', null, 0],
        ['Rina S', 'rina', 1],
      ],
    )
    assert.is(all[1]?.contacts[0]?.address, '+628123456789')
    assert.equal(await audit(), ['person.create', 'person.create', 'person.change'])
    const noted = await api.db.query<{ detail: object }>('read', 'SELECT detail FROM audit')
    assert.not.match(JSON.stringify(noted), /rina@|3456/, 'the audit outlives the address')
  })

  test('one account is one person, and an account or a channel that is not there is refused', async () => {
    await person({ title: 'Rina', account: 'rina', contacts: [] })
    const other = await person({ title: 'Other', contacts: [] })

    const body = { title: 'Rina', account: 'rina', contacts: [] }
    const twice = await send('POST', 'people', body)
    const taken = await send('PUT', `people/${other.id}`, body)
    const nobody = await send('POST', 'people', { ...body, account: 'nobody-here' })
    const pigeon = await send('POST', 'people', {
      ...body,
      contacts: [{ ...MAIL, channel: 'pigeon' }],
    })

    assert.equal([twice, taken, nobody, pigeon], [409, 409, 404, 400])
  })

  test('a duty is listed while it overlaps what is asked for, with its deputy and sites', async () => {
    const [rina, tigor] = [await person({ title: 'Rina' }), await person({ title: 'Tigor' })]
    const duty = await made<Duty>(api, 'duties', {
      ...{ person: rina.id, deputy: tigor.id, sites: ['balige', 'ajibata'] },
      ...span(1, 9),
    })

    const now = await duties(span(0, 2))
    const later = await duties(span(9, 20))

    assert.equal(now, [duty])
    assert.equal(duty.sites, ['ajibata', 'balige'])
    assert.equal([duty.person.title, duty.deputy?.title], ['Rina', 'Tigor'])
    assert.equal(later, [])
  })

  test('a duty that cannot be is refused, and leaves nothing behind', async () => {
    const { id } = await person({ title: 'Rina' })
    const body = { person: id, ...span(0, 8) }

    const refused = [
      await send('POST', 'duties', { ...body, ...span(8, 0) }),
      await send('POST', 'duties', { ...body, deputy: id }),
      await send('POST', 'duties', { ...body, person: 999 }),
      await send('POST', 'duties', { ...body, sites: ['balige', 'nowhere'] }),
    ]

    assert.equal(refused, [400, 400, 404, 404])
    assert.equal(await duties(span(0, 20)), [])
  })

  test('a duty is taken off once, and its person can go only then', async () => {
    const { id } = await person({ title: 'Rina', contacts: [MAIL] })
    const duty = await made<Duty>(api, 'duties', { person: id, ...span(0, 8) })

    const tooEarly = await send('DELETE', `people/${id}`)
    const off = await send('DELETE', `duties/${duty.id}`)
    const again = await send('DELETE', `duties/${duty.id}`)
    const gone = await send('DELETE', `people/${id}`)
    const kept = await api.db.query('read', 'SELECT address FROM contact')

    assert.equal([tooEarly, off, again, gone], [409, 204, 404, 204])
    assert.equal(kept, [], 'the address is forgotten')
    assert.equal(await duties(span(0, 20)), [])
  })

  test('the steps of escalation are replaced as a whole, in rising order', async () => {
    const { id } = await person({ title: 'Rina' })
    const steps = [
      { afterMinutes: 10, person: null },
      { afterMinutes: 30, person: id },
    ]

    const set = await send('PUT', 'escalation', { steps })
    const falling = await send('PUT', 'escalation', { steps: [...steps].reverse() })
    const unknown = await send('PUT', 'escalation', {
      steps: [{ afterMinutes: 5, person: 999 }],
    })
    const now = await api.operator({ url: '/api/v1/escalation' })
    const busy = await send('DELETE', `people/${id}`)

    assert.equal([set, falling, unknown, busy], [200, 400, 404, 409])
    assert.equal(now.json<Escalation>().steps, steps)
  })

  function person(body: object): Promise<Person> {
    return made<Person>(api, 'people', { contacts: [], ...body })
  }

  /** Hours from now. */
  function span(from: number, to: number) {
    const at = (hours: number) => new Date(NOW_MS + hours * HOUR_MS).toISOString()
    return { from: at(from), to: at(to) }
  }

  async function duties({ from, to }: { from: string; to: string }): Promise<Duty[]> {
    const answer = await api.operator({ url: `/api/v1/duties?from=${from}&to=${to}` })
    return answer.json<{ duties: Duty[] }>().duties
  }

  async function send(method: 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) {
    const options = { method, url: `/api/v1/${url}`, ...(payload && { payload }) }
    return (await api.operator(options)).statusCode
  }

  async function audit(): Promise<string[]> {
    const rows = await api.db.query<{ action: string }>(
      'read',
      'SELECT action FROM audit ORDER BY id',
    )
    return rows.map(({ action }) => action)
  }
})
