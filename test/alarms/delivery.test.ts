import * as assert from 'uvu/assert'
import { type Channel, DeliveryError, type Message } from '../../ingest/alarms/channels/channel.js'
import { webhookChannel } from '../../ingest/alarms/channels/webhook.js'
import { DeliveryRunner, type Outcome } from '../../ingest/alarms/delivery.js'
import { GIVE_UP_AFTER_MS } from '../../ingest/alarms/retry.js'
import type { Database } from '../../ingest/store/database.js'
import { addDeliveries } from '../../ingest/store/notifications.js'
import type { Addressee } from '../../shared/schema/channel.js'
import { engines, type TestStore, withStore } from '../store-fixture.js'
import { suite, type Test } from '../suite.js'
import { aNotification, anAlarm } from './outbox.js'
import { standIn } from './stand-in.js'

const START_MS = Date.UTC(2026, 6, 1)
const MINUTE_MS = 60_000
const duty: Addressee = { channel: 'telegram', address: '42', language: 'id', audience: 'duty' }
const deputy: Addressee = { ...duty, channel: 'email', address: 'b@toba.id', language: 'en' }
const owner: Addressee = { ...duty, address: '77', audience: 'owner' }

for (const { name, available, why } of engines()) {
  suite(`delivery: ${name}`, (test, { before, beforeEach, after }) => {
    if (!available) return test.skip('the outbox', why)
    let fixture: TestStore
    before(async () => {
      fixture = await withStore(name)
    })
    beforeEach(() =>
      fixture.store.db.query('write', 'TRUNCATE alarm, notification, delivery CASCADE'),
    )
    after(() => fixture.close())
    tests(test, () => rig(fixture.store.db))
  })
}

/** What a service has around its runner; channels take everything unless `fails` says otherwise. */
function rig(db: Database) {
  const sent: { to: string; message: Message }[] = []
  const outcomes: Outcome[] = []
  const self = {
    db,
    nowMs: START_MS,
    sent,
    outcomes,
    logged: [] as object[],
    recipients: [duty] as readonly Addressee[],
    fails: (_to: string): Error | undefined => undefined,
    whileSending: async () => {},
    addresses: () => sent.map(({ to }) => to),
    later: (ms: number) => {
      self.nowMs += ms
    },
    runner: () => runnerOf(),
    deliveries: () =>
      db.query<{
        address: string
        attempts: number
        deliveredAt: Date | null
        givenUpAt: Date | null
        failure: string | null
        link: string | null
      }>(
        'read',
        `SELECT address, attempts, delivered_at AS "deliveredAt", given_up_at AS "givenUpAt",
                last_failure AS failure, link FROM delivery ORDER BY id`,
      ),
  }
  const channel = (kind: Channel['kind']): Channel => ({
    kind,
    send: async ({ address }, message) => {
      await self.whileSending()
      const failure = self.fails(address)
      if (failure !== undefined) throw failure
      sent.push({ to: address, message })
    },
  })
  const note = (fields: object) => void self.logged.push(fields)
  const runnerOf = () =>
    new DeliveryRunner({
      db,
      clock: { now: () => self.nowMs },
      log: { info: note, warn: note },
      channels: new Map([
        ['telegram', channel('telegram')],
        ['email', channel('email')],
      ]),
      recipientsOf: async () => self.recipients,
      escalate: async () => {},
      random: () => 0,
      onOutcome: (outcome) => void outcomes.push(outcome),
    })
  return self
}

const forNow = (retryAfterMs?: number) =>
  new DeliveryError('busy', { temporary: true, retryAfterMs })
const forGood = () => new DeliveryError('no such chat', { temporary: false })

function tests(test: Test, rigOf: () => ReturnType<typeof rig>): void {
  test('each recipient is told once, in their language, and never again', async () => {
    const it = rigOf()
    it.recipients = [duty, deputy, duty]
    await aNotification(it.db, { id: 'SIAGA\nOksigen 3,8\nhttps://toba.id/a/1', en: 'ALERT\nlow' })

    await it.runner().run()
    await it.runner().run()

    const [first, second] = it.sent
    assert.equal(it.addresses(), ['42', 'b@toba.id'])
    const { title, text, link, urgency } = first?.message ?? {}
    assert.equal([title, text, link], ['SIAGA', 'Oksigen 3,8', 'https://toba.id/a/1'])
    assert.is(urgency, 'high')
    assert.is(second?.message.title, 'ALERT')
  })

  test('several services at once tell everybody once', async () => {
    const it = rigOf()
    it.recipients = Array.from({ length: 30 }, (_, i) => ({ ...duty, address: String(i) }))
    for (let i = 0; i < 4; i++) await aNotification(it.db)

    await Promise.all([it.runner(), it.runner(), it.runner()].map((runner) => runner.run()))

    const told = it.sent.map(({ to, message }) => `${to} ${message.id}`)
    assert.is(told.length, 120)
    assert.is(new Set(told).size, 120)
  })

  test('what a service that was killed had in hand is told after its lease, not before', async () => {
    const it = rigOf()
    await aNotification(it.db)
    await it.runner().run()
    await it.db.query(
      'write',
      `UPDATE delivery SET delivered_at = NULL, worker = 'killed',
              lease_until = clock_timestamp() + interval '1 minute'`,
    )
    await it.runner().run()
    assert.is(it.sent.length, 1)

    await it.db.query('write', `UPDATE delivery SET lease_until = clock_timestamp()`)
    await it.runner().run()
    assert.is(it.sent.length, 2)
    assert.is(it.sent[0]?.message.id, it.sent[1]?.message.id)
  })

  test('a service that stops leaves what it could not send to the others', async () => {
    const it = rigOf()
    await aNotification(it.db)
    it.fails = () => new Error('connection string with a secret')
    const runner = it.runner()
    await runner.run()
    await runner.stop()
    await runner.run()
    assert.is((await it.deliveries())[0]?.attempts, 1)
    assert.not.match(JSON.stringify(it.logged), 'secret')

    it.fails = () => undefined
    it.later(MINUTE_MS)
    await it.runner().run()
    assert.is(it.sent.length, 1)
  })

  test('waits twice as long after each failure, or as long as it was asked to', async () => {
    const it = rigOf()
    await aNotification(it.db)
    it.fails = () => forNow()
    const tries: number[] = []
    for (let s = 0; s <= 120; s += 5) {
      const before = (await it.deliveries())[0]?.attempts ?? 0
      await it.runner().run()
      if (((await it.deliveries())[0]?.attempts ?? 0) > before) tries.push(s)
      it.later(5000)
    }
    assert.equal(tries, [0, 15, 45, 105])

    it.fails = () => forNow(30 * MINUTE_MS)
    it.later(2 * MINUTE_MS)
    await it.runner().run()
    it.fails = () => undefined
    it.later(29 * MINUTE_MS)
    await it.runner().run()
    assert.is(it.addresses().includes('42'), false)
    it.later(MINUTE_MS)
    await it.runner().run()
    assert.ok(it.addresses().includes('42'))
  })

  test('what is refused for good is not tried again, and the others are told at once', async () => {
    const it = rigOf()
    it.recipients = [duty, { ...duty, address: '43' }, deputy]
    it.fails = (to) => (to === 'b@toba.id' ? undefined : forGood())
    await aNotification(it.db, { id: 'SIAGA\nOksigen', en: 'ALERT\nOxygen' })

    await it.runner().run()
    await it.runner().run()

    const about = it.sent.map(({ to, message }) => `${to}: ${message.title}`)
    const expected = ['b@toba.id: ALERT', 'b@toba.id: A message by Telegram has not arrived']
    assert.equal(about, expected)
    assert.match(it.sent[1]?.message.text ?? '', 'no such chat')
    assert.match(it.sent[1]?.message.text ?? '', 'It says: ALERT')
    assert.is(it.sent[1]?.message.urgency, 'high')
    const [first] = await it.deliveries()
    assert.is(first?.givenUpAt?.getTime(), START_MS)
    assert.is(first?.failure, 'no such chat')
  })

  test('a channel that is down tells the others after ten minutes, and is given up after six hours', async () => {
    const it = rigOf()
    it.recipients = [duty, deputy]
    it.fails = (to) => (to === '42' ? forNow() : undefined)
    await aNotification(it.db)
    for (let minute = 0; minute <= 9; minute++) {
      await it.runner().run()
      it.later(MINUTE_MS)
    }
    assert.is(it.sent.length, 1)
    it.later(10 * MINUTE_MS)
    await it.runner().run()
    await it.runner().run()
    assert.match(it.sent.at(-1)?.message.text ?? '', 'It is still being tried')

    while (it.nowMs <= START_MS + GIVE_UP_AFTER_MS) {
      await it.runner().run()
      it.later(10 * MINUTE_MS)
    }
    assert.ok((await it.deliveries())[0]?.givenUpAt)
    assert.match(it.sent.at(-1)?.message.text ?? '', 'It is not tried again')
    assert.is(it.sent.length, 3)
  })

  test('a network that is down for all speaks of itself once, and stops', async () => {
    const it = rigOf()
    it.recipients = [duty, deputy]
    it.fails = forGood
    await aNotification(it.db)

    for (let i = 0; i < 5; i++) await it.runner().run()

    assert.is(it.sent.length, 0)
    assert.is(it.outcomes.filter((outcome) => outcome === 'given-up').length, 4)
  })

  test('a notification that is for nobody is counted and not asked about again', async () => {
    const it = rigOf()
    it.recipients = []
    await aNotification(it.db)
    await it.runner().run()
    await it.runner().run()
    assert.equal(it.outcomes, ['nobody'])
  })

  test('a notification of long ago wakes nobody', async () => {
    const it = rigOf()
    await aNotification(it.db)
    await it.db.query('write', 'UPDATE notification SET created_at = $1', [new Date(START_MS)])
    it.later(GIVE_UP_AFTER_MS + 1)
    await it.runner().run()
    await it.runner().run()
    assert.equal([it.sent.length, it.outcomes], [0, ['too-old']])
  })

  test('a channel that is not set up is given up, not waited for', async () => {
    const it = rigOf()
    it.recipients = [{ ...duty, channel: 'gateway', address: '628123456' }]
    await aNotification(it.db)
    await it.runner().run()
    assert.match((await it.deliveries())[0]?.failure ?? '', 'not set up')
    assert.is(it.outcomes[0], 'given-up')
  })

  test('whoever is told later is told once too', async () => {
    const it = rigOf()
    const id = await aNotification(it.db)
    await it.runner().run()
    for (let i = 0; i < 2; i++) {
      await it.db.transaction('write', (session) =>
        addDeliveries(session, id, { recipients: [duty, deputy], at: new Date(it.nowMs) }),
      )
      await it.runner().run()
    }
    assert.equal(it.addresses(), ['42', 'b@toba.id'])
  })

  test('the alarm knows when the duty and the first owner were told, each in words of their own', async () => {
    const it = rigOf()
    const alarmId = await anAlarm(it.db)
    it.recipients = [
      { ...duty, link: 'https://toba.id/ack/secret' },
      { ...owner, text: 'Awas\nAngkat' },
    ]
    it.fails = (to) => (to === '77' ? forNow() : undefined)
    await aNotification(it.db, { alarmId })
    await it.runner().run()
    assert.is(it.sent[0]?.message.link, 'https://toba.id/ack/secret')
    it.fails = () => undefined
    it.later(MINUTE_MS)
    await it.runner().run()

    const { title, text } = it.sent[1]?.message ?? {}
    assert.equal([title, text], ['Awas', 'Angkat'])
    const [alarm] = await it.db.query<{ delivered: Date; owners: Date }>(
      'read',
      'SELECT delivered_at AS delivered, owners_told_at AS owners FROM alarm',
    )
    assert.is(alarm?.delivered.getTime(), START_MS)
    assert.is(alarm?.owners.getTime(), START_MS + MINUTE_MS)
    assert.is((await it.deliveries())[0]?.link, null)
  })

  test('the duty goes before a crowd of owners, whatever came first', async () => {
    const it = rigOf()
    const crowd = Array.from({ length: 40 }, (_, i) => ({ ...owner, address: String(i + 100) }))
    it.recipients = [...crowd, duty]
    await aNotification(it.db)
    await it.runner().run()
    assert.ok(it.addresses().indexOf('42') < 8)
  })

  test('a new alarm does not wait for ends that are slow', async () => {
    const it = rigOf()
    it.recipients = [owner]
    let go = () => {}
    const slow = new Promise<void>((resolve) => {
      go = resolve
    })
    it.whileSending = async () => {
      it.whileSending = async () => go()
      it.recipients = [duty]
      await aNotification(it.db)
      runner.wake()
      await slow
    }
    await aNotification(it.db)
    const runner = it.runner()
    await runner.run()
    assert.equal(it.addresses(), ['42', '77'])
  })

  test('no session of the store is held while something is being sent', async () => {
    const it = rigOf()
    it.recipients = Array.from({ length: 8 }, (_, i) => ({ ...duty, address: String(i) }))
    let sending = 0
    let go = () => {}
    const all = new Promise<void>((resolve) => {
      go = resolve
    })
    // Eight are under way, more than there are sessions; the store still answers, and only then they end.
    it.whileSending = async () => {
      sending++
      if (sending === 8) void it.db.query('write', 'SELECT 1').then(go)
      await all
    }
    await aNotification(it.db)
    await it.runner().run()
    assert.is(it.sent.length, 8)
  })

  test('an end that does not answer is left after a while, and tried again', async () => {
    const it = rigOf()
    const end = await standIn()
    end.answer = 'none'
    const clock = { now: () => it.nowMs }
    const runner = new DeliveryRunner({
      ...{ db: it.db, clock, log: { info() {}, warn() {} }, random: () => 0 },
      channels: new Map([['webhook', webhookChannel({ secret: 'x'.repeat(16) }, clock)]]),
      recipientsOf: async () => [{ ...duty, channel: 'webhook', address: end.url }],
      escalate: async () => {},
      onOutcome: () => {},
      sendLimitMs: 30,
    })
    try {
      await aNotification(it.db)
      await runner.run()
      const [delivery] = await it.deliveries()
      assert.match(delivery?.failure ?? '', 'no answer in time')
      assert.is(delivery?.givenUpAt, null)
    } finally {
      await end.close()
    }
  })
}
