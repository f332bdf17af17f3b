import pino from 'pino'
import { Registry } from 'prom-client'
import * as assert from 'uvu/assert'
import type { AlarmConfig } from '../../ingest/alarm-config.js'
import { openChannels } from '../../ingest/alarms/channels/open.js'
import { Heartbeat } from '../../ingest/alarms/heartbeat.js'
import { openTelling } from '../../ingest/alarms/telling.js'
import { WeeklyTest } from '../../ingest/alarms/weekly-test.js'
import { readConfig } from '../../ingest/config.js'
import type { Database } from '../../ingest/store/database.js'
import { insertDuty, insertPerson } from '../../ingest/store/roster.js'
import { type TestStore, withStore } from '../store-fixture.js'
import { suite } from '../suite.js'
import { notify, raise } from './alarm-rows.js'
import { closedPort, standIn } from './stand-in.js'

const log = { info() {}, warn() {} }

suite('the weekly test', (test, { before, beforeEach, after }) => {
  let fixture: TestStore
  let db: Database
  before(async () => {
    fixture = await withStore('embedded')
    db = fixture.store.db
  })
  beforeEach(() => db.query('write', 'TRUNCATE notification CASCADE'))
  after(() => fixture.close())

  /** Local times of Balige, of the week of Monday 6 July 2026. */
  async function at(...times: string[]): Promise<string[]> {
    for (const time of times) {
      const clock = { now: () => Date.parse(`${time}+07:00`) }
      // Another service each time: nothing is remembered but by the store.
      await new WeeklyTest({ db, clock, log, onNotification: () => {} }).run()
    }
    const rows = await db.query<{ key: string }>('read', 'SELECT key FROM notification ORDER BY id')
    return rows.map(({ key }) => key)
  }

  test('is written once a Monday, however many services and restarts there are', async () => {
    const times = ['2026-07-06T09:00', '2026-07-06T09:05', '2026-07-06T16:59', '2026-07-13T10:00']
    assert.equal(await at(...times), ['test 2026-07-06', 'test 2026-07-13'])
  })

  test('never at night, and not on other days', async () => {
    const times = ['2026-07-05T12:00', '2026-07-06T08:59', '2026-07-06T17:00', '2026-07-07T10:00']
    assert.equal(await at(...times), [])
  })

  test('goes to people as an alarm does', async () => {
    const end = await standIn()
    const now = Date.parse('2026-07-06T09:00+07:00')
    await onDuty(db, { now, url: end.url, deputyUrl: undefined })
    const telling = await openTelling({
      people: { db, kind: 'real', origin: undefined },
      ...{ log, registry: new Registry(), clock: { now: () => now } },
      config: readConfig({ ALARM_WEBHOOK_SECRET: 'x'.repeat(16) }).alarms,
    })
    try {
      const asked = end.next()
      telling.start()
      assert.match((await asked).body, 'Weekly test of Toba Sense, 2026-07-06')
    } finally {
      await telling.stop()
      await end.close()
    }
  })
})

suite('an alarm', (test) => {
  test('reaches whoever is on duty, and the deputy when nobody has acknowledged it in time', async () => {
    const fixture = await withStore('embedded')
    const { db } = fixture.store
    const [duty, deputy] = [await standIn(), await standIn()]
    let now = Date.parse('2026-07-06T20:00+07:00')
    await onDuty(db, { now, url: duty.url, deputyUrl: deputy.url })
    const alarmId = await raise(db, { site: null, raisedMs: now })
    await notify(db, alarmId, { transition: 'raised', atMs: now })
    const telling = await openTelling({
      people: { db, kind: 'real', origin: 'https://toba.example.id' },
      ...{ log: { info() {}, warn() {} }, registry: new Registry(), clock: { now: () => now } },
      config: readConfig({ ALARM_WEBHOOK_SECRET: 'x'.repeat(16) }).alarms,
    })
    try {
      const [first, second] = [duty.next(), deputy.next()]
      telling.start()
      assert.match((await first).body, 'https://toba.example.id/a/')
      now += 11 * 60_000
      telling.wake()
      assert.match((await second).body, 'https://toba.example.id/a/')
    } finally {
      await telling.stop()
      await Promise.all([duty.close(), deputy.close(), fixture.close()])
    }
  })
})

async function onDuty(
  db: Database,
  { now, url, deputyUrl }: { now: number; url: string; deputyUrl: string | undefined },
): Promise<void> {
  const at = new Date(now)
  await db.transaction('write', async (session) => {
    const add = async (title: string, address: string) => {
      const contacts = [{ channel: 'webhook', address, language: 'en' } as const]
      return (await insertPerson(session, { title, account: null, contacts }, at)).id
    }
    const person = await add('Rina', url)
    const deputy = deputyUrl === undefined ? null : await add('Tigor', deputyUrl)
    const [from, to] = [at.toISOString(), new Date(now + 86_400_000).toISOString()]
    await insertDuty(session, { person, deputy, sites: [], from, to }, at)
  })
}

suite('the heartbeat', (test) => {
  test('asks another host while the service is ready, and is silent while it is not', async () => {
    const end = await standIn()
    let isReady = true
    const url = new URL(`${end.url}/ping/a-secret-key`)
    const heartbeat = new Heartbeat({
      ...{ url, method: 'POST', everyMs: 60_000, log },
      isReady: async () => isReady,
    })
    try {
      await heartbeat.beat()
      assert.is(end.asked[0]?.path, '/ping/a-secret-key')
      assert.is(end.asked[0]?.method, 'POST')
      isReady = false
      await heartbeat.beat()
      assert.is(end.asked.length, 1)
      assert.equal(heartbeat.state(), { state: 'not-ready', failures: 0 })
    } finally {
      await end.close()
    }
  })

  test('a host that does not take it is logged without its key, and told', async () => {
    const end = await standIn()
    const logged: object[] = []
    const note = (fields: object) => void logged.push(fields)
    const url = new URL(`${end.url}/ping/a-secret-key`)
    const heartbeat = new Heartbeat({
      ...{ url, method: 'GET', everyMs: 60_000, log: { info: note, warn: note } },
      isReady: async () => true,
    })
    end.answer = { status: 500, body: 'a-secret-key' }
    await heartbeat.beat()
    assert.equal(heartbeat.state(), { state: 'failed', failures: 1 })
    await end.close()
    await heartbeat.beat()
    assert.equal(heartbeat.state(), { state: 'failed', failures: 2 })
    assert.is(logged.length, 2)
    assert.not.match(JSON.stringify(logged), 'a-secret-key')
  })

  test('one that fails is told by /ready and by the metrics, and goes on', async () => {
    const fixture = await withStore('embedded')
    const registry = new Registry()
    const url = `http://127.0.0.1:${await closedPort()}/`
    const lines: string[] = []
    const write = (line: string) => void lines.push(line)
    const telling = await openTelling({
      people: { db: fixture.store.db, kind: 'real', origin: undefined },
      ...{ clock: { now: () => 0 }, registry },
      log: pino({ level: 'warn' }, { write }),
      config: readConfig({ HEARTBEAT_URL: url }).alarms,
    })
    try {
      assert.equal(telling.messages(), [])
      telling.start()
      while (telling.messages().length === 0) await new Promise(setImmediate)
      assert.match(telling.messages()[0] ?? '', 'heartbeat')
      assert.match(await registry.metrics(), 'toba_heartbeat_ok 0')
      assert.match(lines.join(''), 'ECONNREFUSED')
    } finally {
      await telling.stop()
      await fixture.close()
    }
  })
})

suite('the channels that are set up', (test, { before, after }) => {
  let fixture: TestStore
  before(async () => {
    fixture = await withStore('embedded')
  })
  after(() => fixture.close())
  const open = (settings: AlarmConfig['channels']) =>
    openChannels(settings, { db: fixture.store.db, clock: { now: () => 0 } })

  test('are those with settings, none by default', async () => {
    const none = await open(readConfig({}).alarms.channels)
    assert.is(none.channels.size, 0)
    assert.is(none.pushKey, undefined)
  })

  test('the push keys are made once, whoever asks first', async () => {
    const { channels } = readConfig({ ALARM_PUSH_CONTACT: 'mailto:a@toba.example.id' }).alarms
    const [one, other] = await Promise.all([open(channels), open(channels)])
    assert.ok(one.pushKey)
    assert.is(one.pushKey, other.pushKey)
    assert.is((await open(channels)).pushKey, one.pushKey)
  })

  test('all at once', async () => {
    const { channels } = readConfig(ALL).alarms
    const kinds = [...(await open(channels)).channels.keys()]
    assert.equal(kinds, ['email', 'webhook', 'telegram', 'gateway', 'push'])
    const { host, port, secure, auth } = channels.email ?? {}
    assert.equal([host, port, secure], ['mail.example.id', 587, false])
    assert.equal(auth, { user: 'toba', password: SECRET })
    assert.equal(channels.gateway?.body, { format: 'form', template: 'to={to}&text={text}' })
  })
})

const SECRET = 'a secret that nobody reads'
const ALL = {
  ALARM_SMTP_URL: 'smtp://mail.example.id',
  ALARM_SMTP_FROM: 'Toba Sense <toba@example.id>',
  ALARM_SMTP_USER: 'toba',
  ALARM_SMTP_PASSWORD: SECRET,
  ALARM_WEBHOOK_SECRET: SECRET,
  ALARM_TELEGRAM_TOKEN: `123:${'a'.repeat(35)}`,
  ALARM_GATEWAY_URL: 'https://gateway.example.id/send',
  ALARM_GATEWAY_FORM: 'to={to}&text={text}',
  ALARM_PUSH_CONTACT: 'mailto:a@toba.example.id',
}

suite('the settings of the channels', (test) => {
  for (const [wrong, message] of [
    [{ ALARM_SMTP_URL: `http://${SECRET}` }, /ALARM_SMTP_URL: expected smtp/],
    [{ ALARM_SMTP_FROM: undefined }, /must be set together/],
    [{ ALARM_SMTP_USER: undefined }, /ALARM_SMTP_USER and ALARM_SMTP_PASSWORD/],
    [
      { ALARM_SMTP_URL: 'smtp://u:secret-word@mail.example.id' },
      /name the user in ALARM_SMTP_USER/,
    ],
    [{ ALARM_WEBHOOK_SECRET: 'secret' }, /ALARM_WEBHOOK_SECRET/],
    [{ ALARM_TELEGRAM_TOKEN: SECRET }, /ALARM_TELEGRAM_TOKEN: expected a bot token/],
    [{ ALARM_GATEWAY_JSON: '{"to":"{to}"}' }, /not both/],
    [
      { ALARM_GATEWAY_FORM: undefined, ALARM_GATEWAY_JSON: `{${SECRET}` },
      /GATEWAY_JSON is not JSON/,
    ],
    [{ ALARM_GATEWAY_HEADERS: `{"key": "${SECRET}", "n": 1}` }, /not a JSON object of strings/],
    [{ ALARM_GATEWAY_SUCCESS: '(' }, /not a regular expression/],
    [{ ALARM_GATEWAY_FORM: 'to={to}' }, /both \{to\} and \{text\}/],
    [{ ALARM_GATEWAY_METHOD: 'GET' }, /GET has no body/],
    [{ ALARM_PUSH_CONTACT: 'a@b.id' }, /ALARM_PUSH_CONTACT: expected mailto/],
    [{ ALARM_PUSH_SERVICES: 'fcm.googleapis.com' }, /expected origins/],
    [{ HEARTBEAT_URL: 'ftp://x', HEARTBEAT_MINUTES: '0' }, /HEARTBEAT_URL.*HEARTBEAT_MINUTES/],
    [{ ALARM_TELEGRAM_TOKN: 'x' }, /ALARM_TELEGRAM_TOKN is not a setting/],
  ] as const) {
    test(`${Object.keys(wrong).join(', ')} that is wrong stops the start: ${message.source}`, () => {
      assert.throws(
        () => readConfig({ ...ALL, ...wrong }),
        (error: Error) => message.test(error.message) && !/secret/.test(error.message),
      )
    })
  }
})
