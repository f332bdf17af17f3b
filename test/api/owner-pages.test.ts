import * as assert from 'uvu/assert'
import { recipientsOf } from '../../ingest/alarms/people.js'
import type { Recipient } from '../../shared/schema/channel.js'
import { forgetAlarms, notify, raise } from '../alarms/alarm-rows.js'
import { suite } from '../suite.js'
import { NOW_MS, place, type Rig, rig, storeReadings, tellingBy } from './rig.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const ORIGIN = 'http://toba.example.id'
const PHONE = { channel: 'gateway', address: '0812-3456 7890' }
const NUMBER = '+6281234567890'

interface Sent {
  to: Recipient
  text: string
}

/** Over a real socket, as a telephone asks. */
suite('pages of cage owners', (test, { before, beforeEach, after }) => {
  let api: Rig
  let listening = ''
  let sent: Sent[] = []
  let isBroken = false
  let tests = 0
  before(async () => {
    api = await rig({
      kind: 'real',
      changes: {
        config: { origin: ORIGIN, trustProxy: true },
        telling: tellingBy(async (to, text) => {
          if (isBroken) throw new Error('the gateway is away')
          sent.push({ to, text })
        }),
      },
    })
    listening = await api.app.listen({ host: '127.0.0.1', port: 0 })
    const from = '2026-01-01T00:00:00Z'
    await place(api, 'balige-1', 'balige', { quantity: 'dissolved_oxygen', from, depthM: 5 })
    await place(api, 'sim-1', 'ajibata', { quantity: 'dissolved_oxygen', from })
    await api.db.query('write', `UPDATE node SET simulated = true WHERE name = 'sim-1'`)
    for (const node of ['balige-1', 'sim-1']) {
      await storeReadings(api, node, 'dissolved_oxygen', [[NOW_MS / 1000 - 600, 361, 3]])
    }
  })
  beforeEach(async () => {
    api.clock.nowMs += 2 * DAY_MS
    sent = []
    isBroken = false
    tests++
    await forgetAlarms(api.db)
  })
  after(() => api.close())

  test('the page of a site shows its latest values and whether to trust them, in under 20 kB', async () => {
    api.clock.nowMs = NOW_MS

    const answer = await get('/s/balige')

    assert.is(answer.status, 200)
    assert.match(
      answer.text,
      /Balige[\s\S]*Oksigen terlarut, 5 m[\s\S]*3,61 mg\/L[\s\S]*perlu diperiksa/,
    )
    assert.match(answer.text, /indikatif/)
    assert.not.match(answer.text, /<script/)
    assert.ok(Buffer.byteLength(answer.text) < 20_000)
  })

  test('a real store shows people nothing of simulated nodes, and a site that is not there is said kindly', async () => {
    api.clock.nowMs = NOW_MS

    const simulated = await get('/s/ajibata')
    const none = await get('/s/nowhere?en')
    const strange = await get('/s/%3Cb%3E')

    assert.match(simulated.text, /Belum ada pengukuran/)
    assert.not.match(simulated.text, /3,61/)
    assert.is(none.status, 404)
    assert.match(none.text, /This place is not known/)
    assert.is(strange.status, 404)
  })

  test('the poster has the place, its address and a QR code', async () => {
    const { text } = await get('/s/balige/qr')

    assert.match(text, /<h1>Balige<\/h1>[\s\S]*<svg[\s\S]*toba\.example\.id\/s\/balige/)
  })

  test('a subscription counts once its link was pressed, not when it is asked for or looked at', async () => {
    const asked = await post('/s/balige', { ...PHONE, what: 'start' })
    const atFirst = await active()
    const link = linkIn(sent[0])
    const looked = await get(link)
    const afterLook = await active()
    const done = await post(link, {})

    assert.match(asked.text, /Periksa pesan Anda/)
    assert.equal(
      sent.map(({ to }) => to),
      [{ channel: 'gateway', address: NUMBER, language: 'id' }],
    )
    assert.match(looked.text, /Terima kabar dari Balige\?[\s\S]*\+62…890/)
    assert.equal([atFirst, afterLook], [[], []])
    assert.match(done.text, /Anda akan dikabari/)
    assert.equal(await active(), [NUMBER])
  })

  test('a link to confirm works once, for a day; pressing twice says the same', async () => {
    await post('/s/balige', { ...PHONE, what: 'start' })
    api.clock.nowMs += DAY_MS
    const late = await post(linkIn(sent[0]), {})
    await post('/s/balige', { ...PHONE, what: 'start' })
    const link = linkIn(sent[1])
    await post(link, {})
    const again = await get(link)

    assert.is(late.status, 410)
    assert.match(late.text, /tidak berlaku lagi/)
    assert.match(again.text, /Anda akan dikabari/)
    assert.equal((await post('/y/never-was', {})).status, 410)
    assert.equal((await get('/y/never-was')).status, 404)
  })

  test('the answer is the same for an address that is subscribed and for one that is not', async () => {
    await subscribe()

    const answers = [
      await post('/s/balige', { ...PHONE, what: 'start' }),
      await post('/s/balige', { ...PHONE, address: '081200000001', what: 'start' }),
      await post('/s/balige', { ...PHONE, what: 'stop' }),
      await post('/s/balige', { ...PHONE, address: '081200000002', what: 'stop' }),
    ]

    const [first] = answers
    for (const answer of answers) assert.equal(answer, first)
    assert.equal(
      sent
        .slice(1)
        .map(({ to, text }) => [to.address, /sudah menerima|ada yang meminta/.exec(text)?.[0]]),
      [
        [NUMBER, 'sudah menerima'],
        ['+6281200000001', 'ada yang meminta'],
        [NUMBER, 'ada yang meminta'],
      ],
      'only who holds the address learns it; an address that is not subscribed gets nothing to stop',
    )
  })

  test('asking to stop stops nothing; the link that is sent does', async () => {
    await subscribe()
    await post('/s/balige', { channel: 'gateway', address: '62 812 3456 7890', what: 'stop' })
    const asked = await active()
    const link = linkIn(sent[1])
    const looked = await get(link)
    const afterLook = await active()
    const stopped = await post(link, {})

    assert.equal([asked, afterLook], [[NUMBER], [NUMBER]])
    assert.match(looked.text, /Berhenti menerima kabar<\/button>/)
    assert.match(stopped.text, /tidak menerima kabar dari lokasi ini lagi/)
    assert.equal(await active(), [])
  })

  test('every message has a page with place, value, trend, what to do and who checked, and stops with one press', async () => {
    await subscribe()
    api.clock.nowMs = NOW_MS
    const alarmId = await raise(api.db, { site: 'balige', node: 'balige-1', raisedMs: NOW_MS })
    const raised = await notify(api.db, alarmId, { transition: 'raised', atMs: NOW_MS })
    const deps = { db: api.db, kind: 'real', origin: ORIGIN } as const
    const told = await recipientsOf(deps, raised, NOW_MS)
    const owner = told.find(({ audience }) => audience === 'owner')

    const page = await get(pathOf(owner?.link ?? ''))
    await post(pathOf(owner?.link ?? ''), {})

    const words = [
      /Balige/,
      /3,61 mg\/L/,
      /Hentikan pakan, nyalakan aerasi/,
      /belum diperiksa petugas/,
    ]
    for (const word of words) {
      assert.match(page.text, word)
      assert.match(owner?.text ?? '', word)
    }
    assert.not.match(page.text + owner?.text, /upwelling|limbah|pencemar|penyebab|Rina/i)
    assert.equal(await active(), [])
  })

  test('who stopped is not brought back by an older link', async () => {
    await post('/s/balige', { ...PHONE, what: 'start' })
    await post('/s/balige', { ...PHONE, what: 'start' })
    await post(linkIn(sent[0]), {})
    await post('/s/balige', { ...PHONE, what: 'stop' })
    await post(linkIn(sent[2]), {})

    const answer = await post(linkIn(sent[1]), {})

    assert.is(answer.status, 410)
    assert.equal(await active(), [])
  })

  test('no address gets more than three messages an hour that others have asked for', async () => {
    for (let i = 0; i < 5; i++) await post('/s/balige', { ...PHONE, what: 'start' }, `10.0.0.${i}`)
    const inHour = sent.length
    await post('/s/balige', { ...PHONE, address: '081200000001', what: 'start' })
    api.clock.nowMs += HOUR_MS
    await post('/s/balige', { ...PHONE, what: 'start' })

    assert.is(inHour, 3)
    assert.is(sent.length, 5, 'others are not held up, and an hour later it goes on')
  })

  test('who asks for many addresses has to wait, others do not', async () => {
    const from = '203.0.113.7'
    const statuses: number[] = []
    for (let i = 0; i < 22; i++) {
      const address = `0812000000${String(i).padStart(2, '0')}`
      statuses.push((await post('/s/balige', { ...PHONE, address, what: 'start' }, from)).status)
    }

    const other = await post('/s/balige', { ...PHONE, what: 'start' }, '203.0.113.8')

    assert.equal([statuses[0], statuses[19], statuses[21], other.status], [200, 200, 429, 200])
    assert.is(sent.length, statuses.filter((status) => status === 200).length + 1)
  })

  test('what cannot be an address is said, and sent to nobody', async () => {
    for (const [channel, address] of [
      ['gateway', '12'],
      ['gateway', 'rina@toba.example'],
      ['email', '0812 3456 7890'],
      ['email', '"><b>'],
    ] as const) {
      const answer = await post('/s/balige', { channel, address, what: 'start' })

      assert.is(answer.status, 400, address)
      assert.match(answer.text, /tidak dapat dibaca/)
      assert.not.match(answer.text, /<b>"?</)
    }
    assert.equal(sent, [])
  })

  test('a gateway that is away changes no answer', async () => {
    isBroken = true

    const answer = await post('/s/balige', { ...PHONE, what: 'start' })

    assert.is(answer.status, 200)
    assert.match(answer.text, /Periksa pesan Anda/)
  })

  test('an address that nobody confirmed is forgotten after a week', async () => {
    await post('/s/balige', { ...PHONE, what: 'start' })
    api.clock.nowMs += 8 * DAY_MS
    await post('/s/balige', { channel: 'email', address: 'Rina@Toba.example', what: 'start' })

    const rows = await api.db.query<{ address: string }>('read', 'SELECT address FROM subscription')

    assert.equal(rows, [{ address: 'rina@toba.example' }])
  })

  test('officers see who is subscribed, masked, and can end it', async () => {
    await subscribe()
    const list = await api.operator({ url: '/api/v1/subscriptions?site=balige' })
    const [row] = list.json<{ subscriptions: { id: number; address: string }[] }>().subscriptions

    const url = `/api/v1/subscriptions/${row?.id}`
    const ended = await api.operator({ method: 'DELETE', url })
    const missing = await api.operator({ method: 'DELETE', url: '/api/v1/subscriptions/999' })

    assert.equal([row?.address, ended.statusCode, missing.statusCode], ['+62…890', 204, 404])
    assert.not.match(list.body, /3456/)
    assert.equal(await active(), [])
  })

  test('without a way to send messages the page says so and shows no form', async () => {
    const plain = await rig({ kind: 'real' })
    try {
      await place(plain, 'balige-1', 'balige', { quantity: 'ph', from: '2026-01-01T00:00:00Z' })

      const answer = await plain.app.inject({ url: '/s/balige' })

      assert.match(answer.body, /belum dibuka/)
      assert.not.match(answer.body, /<form/)
    } finally {
      await plain.close()
    }
  })

  async function subscribe(): Promise<void> {
    await post('/s/balige', { ...PHONE, what: 'start' })
    await post(linkIn(sent[0]), {})
  }

  async function active(): Promise<string[]> {
    const rows = await api.db.query<{ address: string }>(
      'read',
      `SELECT address FROM subscription WHERE confirmed_at IS NOT NULL AND unsubscribed_at IS NULL`,
    )
    return rows.map(({ address }) => address)
  }

  async function get(path: string) {
    const answer = await fetch(listening + path)
    return { status: answer.status, text: await answer.text() }
  }

  /** `from`: the address that the proxy in front names. */
  async function post(path: string, body: Record<string, string>, from = `10.1.0.${tests}`) {
    const answer = await fetch(listening + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-forwarded-for': from,
      },
      body: new URLSearchParams(body).toString(),
    })
    return { status: answer.status, text: await answer.text() }
  }

  function linkIn(message: Sent | undefined): string {
    return pathOf(/http:\S+/.exec(message?.text ?? '')?.[0] ?? '')
  }

  function pathOf(link: string): string {
    return link.replace(ORIGIN, '')
  }
})
