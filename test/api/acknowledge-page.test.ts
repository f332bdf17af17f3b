import * as assert from 'uvu/assert'
import { recipientsOf } from '../../ingest/alarms/people.js'
import { clear, forgetAlarms, notify, raise } from '../alarms/alarm-rows.js'
import { suite } from '../suite.js'
import { made, NOW_MS, place, type Rig, rig, storeReadings } from './rig.js'

const HOUR_MS = 3_600_000
const NOW_S = NOW_MS / 1000

/** Over a real socket, as a telephone asks. */
suite('acknowledging by link', (test, { before, beforeEach, after }) => {
  let api: Rig
  let origin = ''
  before(async () => {
    api = await rig({ kind: 'real' })
    origin = await api.app.listen({ host: '127.0.0.1', port: 0 })
    const from = '2026-01-01T00:00:00Z'
    await place(api, 'balige-1', 'balige', { quantity: 'dissolved_oxygen', from })
    await storeReadings(api, 'balige-1', 'dissolved_oxygen', [
      [NOW_S - 3 * 3600, 512],
      [NOW_S - 1800, 361],
      [NOW_S - 600, 362, 4],
    ])
  })
  beforeEach(async () => {
    api.clock.nowMs = NOW_MS
    await forgetAlarms(api.db)
  })
  after(() => api.close())

  test('the page has place, value, time in WIB, trend, what to do and who was told, in under 20 kB', async () => {
    const { link } = await alarm()

    const answer = await fetch(link)
    const text = await answer.text()

    assert.is(answer.status, 200)
    for (const word of [
      'Balige',
      '3,61 mg/L',
      '06.30 WIB',
      'Turun 1,5 mg/L dalam 3 jam terakhir',
    ]) {
      assert.ok(text.includes(word), word)
    }
    for (const word of ['hubungi pemilik keramba', 'Rina', 'belum diperiksa petugas']) {
      assert.ok(text.includes(word), word)
    }
    assert.not.match(text, /<script|3,62/)
    assert.ok(Buffer.byteLength(text) < 20_000, `${Buffer.byteLength(text)} bytes`)
    assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'/)
  })

  test('it is in English where that is asked for, for the form’s answer too', async () => {
    const { link } = await alarm()

    const text = await (await fetch(`${link}?en&fbclid=1`)).text()
    const done = await (await fetch(`${link}?en`, form(''))).text()

    assert.match(text, /<html lang="en">[\s\S]*Fell by 1\.5 mg\/L in the last 3 hours/)
    assert.match(done, /Thank you, it is recorded/)
  })

  test('opening the link acknowledges nothing, however often; the form does, with its note', async () => {
    const { link, alarmId } = await alarm()

    for (let i = 0; i < 3; i++) await fetch(link)
    const before = await acknowledged(alarmId)
    const answer = await fetch(link, form('Perahu <b>berangkat</b>'))
    const text = await answer.text()

    assert.is(before, null)
    assert.is(answer.status, 200)
    assert.is(await acknowledged(alarmId), 'Rina: Perahu <b>berangkat</b>')
    assert.match(text, /Terima kasih[\s\S]*Perahu &lt;b&gt;berangkat&lt;\/b&gt;/)
    assert.not.match(text, /<form/)
    assert.equal(await audit(), ['Rina alarm.acknowledge'])
  })

  test('a used link says so, with who it was, and changes nothing', async () => {
    const { link, alarmId } = await alarm()
    await fetch(link, form('pertama'))

    const looked = await fetch(link)
    const again = await fetch(link, form('kedua'))

    for (const answer of [looked, again]) {
      assert.is(answer.status, 410)
      assert.match(await answer.text(), /sudah dipakai[\s\S]*Diterima oleh Rina/)
    }
    assert.is(await acknowledged(alarmId), 'Rina: pertama')
    assert.equal((await audit()).length, 1)
  })

  test('of two forms at once one acknowledges', async () => {
    const { link } = await alarm()

    const answers = await Promise.all([fetch(link, form('a')), fetch(link, form('b'))])

    assert.equal(answers.map(({ status }) => status).sort(), [200, 410])
    assert.equal((await audit()).length, 1)
  })

  test('an expired link acknowledges nothing and says where to go', async () => {
    const { link, alarmId } = await alarm()
    api.clock.nowMs += 48 * HOUR_MS

    const looked = await fetch(link)
    const posted = await fetch(link, form(''))

    assert.equal([looked.status, posted.status], [410, 410])
    assert.match(await looked.text(), /tidak berlaku[\s\S]*Command Center/)
    assert.is(await acknowledged(alarmId), null)
  })

  test('a link that never was tells nothing of any alarm', async () => {
    await alarm()

    const looked = await fetch(`${origin}/a/${'x'.repeat(22)}`)
    const posted = await fetch(`${origin}/a/${'x'.repeat(22)}`, form(''))

    assert.equal([looked.status, posted.status], [404, 404])
    assert.not.match(await looked.text(), /Balige|<form/)
  })

  test('a form that another site sends is refused', async () => {
    const { link, alarmId } = await alarm()

    const answer = await fetch(link, {
      ...form(''),
      headers: { ...form('').headers, origin: 'https://elsewhere.example' },
    })

    assert.is(answer.status, 403)
    assert.is(await acknowledged(alarmId), null)
  })

  test('the whole event is acknowledged with it, another one is not, and those who were told hear of it', async () => {
    const { link, alarmId } = await alarm()
    const lower = await raise(api.db, { site: 'balige', tier: 'waspada', raisedMs: NOW_MS })
    const other = await raise(api.db, { site: 'balige', tier: 'waspada', raisedMs: NOW_MS })
    await api.db.query('write', 'UPDATE alarm SET event_id = $1 WHERE id = $2', [alarmId, lower])

    await fetch(link, form('Perahu berangkat'))
    const texts = await api.db.query<{ text: string }>(
      'read',
      `SELECT text_id AS text FROM notification WHERE transition = 'acknowledged'`,
    )

    assert.is(await acknowledged(lower), 'Rina: Perahu berangkat')
    assert.is(await acknowledged(other), null)
    assert.is(texts.length, 1)
    assert.match(texts[0]?.text ?? '', /Rina: Perahu berangkat/)
  })

  test('what was acknowledged by somebody else needs no form, and what is over says so', async () => {
    const { link, alarmId } = await alarm()
    await api.db.query(
      'write',
      `UPDATE alarm SET acknowledged_at = $2, acknowledged_by = 'Tigor', acknowledge_note = '' WHERE id = $1`,
      [alarmId, new Date(NOW_MS)],
    )
    await clear(api.db, alarmId, NOW_MS)

    const text = await (await fetch(link)).text()

    assert.match(text, /Diterima oleh Tigor/)
    assert.match(text, /Sudah pulih/)
    assert.not.match(text, /<form/)
  })

  test('whoever was taken off the roster can acknowledge no more', async () => {
    const { link, alarmId, person } = await alarm()
    await api.db.query('write', 'DELETE FROM duty')
    await api.operator({ method: 'DELETE', url: `/api/v1/people/${person}` })

    const answer = await fetch(link, form(''))

    assert.is(answer.status, 410)
    assert.is(await acknowledged(alarmId), null)
  })

  async function alarm() {
    const contact = { channel: 'email', address: 'rina@toba.example', language: 'id' }
    const { id } = await made<{ id: number }>(api, 'people', { title: 'Rina', contacts: [contact] })
    const at = (ms: number) => new Date(ms).toISOString()
    await made(api, 'duties', { person: id, from: at(NOW_MS - HOUR_MS), to: at(NOW_MS + HOUR_MS) })
    await api.db.query('write', `DELETE FROM audit WHERE action NOT LIKE 'node%'`)
    const alarmId = await raise(api.db, { site: 'balige', node: 'balige-1', raisedMs: NOW_MS })
    const written = await notify(api.db, alarmId, { transition: 'raised', atMs: NOW_MS })
    const [told] = await recipientsOf({ db: api.db, kind: 'real', origin }, written, NOW_MS)
    return { alarmId, person: id, link: told?.link ?? '' }
  }

  function form(note: string) {
    return {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ note }).toString(),
    }
  }

  async function acknowledged(id: number): Promise<string | null> {
    const [row] = await api.db.query<{ said: string | null }>(
      'read',
      `SELECT acknowledged_by || ': ' || acknowledge_note AS said FROM alarm WHERE id = $1`,
      [id],
    )
    return row?.said ?? null
  }

  async function audit(): Promise<string[]> {
    const rows = await api.db.query<{ said: string }>(
      'read',
      `SELECT actor || ' ' || action AS said FROM audit WHERE action LIKE 'alarm%' ORDER BY id`,
    )
    return rows.map(({ said }) => said)
  }
})
