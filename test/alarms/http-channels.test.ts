import { createHmac } from 'node:crypto'
import * as assert from 'uvu/assert'
import type { Channel } from '../../ingest/alarms/channels/channel.js'
import { gatewayChannel } from '../../ingest/alarms/channels/gateway.js'
import { newVapidKeys, pushChannel } from '../../ingest/alarms/channels/push.js'
import { telegramChannel } from '../../ingest/alarms/channels/telegram.js'
import { webhookChannel } from '../../ingest/alarms/channels/webhook.js'
import type { Recipient } from '../../shared/schema/channel.js'
import { suite } from '../suite.js'
import { aBrowser } from './push-browser.js'
import { aMessage, babbler, closedPort, never, outcome, type StandIn, standIn } from './stand-in.js'

const SECRET = 'a-secret-of-the-webhook'
const TOKEN = '123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc'
const NOW_MS = Date.UTC(2026, 6, 1)
const clock = { now: () => NOW_MS }

/** Each channel over HTTP, and whom it tells, with its other end at `url`. */
const CHANNELS: Record<string, (url: string) => { channel: Channel; address: string }> = {
  webhook: (url) => ({
    channel: webhookChannel({ secret: SECRET }, clock),
    address: `${url}/hook`,
  }),
  telegram: (url) => ({ channel: telegramChannel({ token: TOKEN, url }), address: '-100123' }),
  gateway: (url) => ({
    channel: gatewayChannel({
      method: 'POST',
      url: `${url}/send`,
      headers: { authorization: `Bearer ${SECRET}` },
      body: { format: 'json', template: { phone: '{to}', message: '{text}' } },
      success: undefined,
    }),
    address: '6281200001111',
  }),
  push: (url) => ({
    channel: pushChannel({ contact: 'mailto:a@toba.example.id', services: [url] }, newVapidKeys()),
    address: JSON.stringify(aBrowser(`${url}/push/${SECRET}`).subscription),
  }),
}

for (const [kind, made] of Object.entries(CHANNELS)) {
  suite(`the channel ${kind}`, (test, { beforeEach, afterEach }) => {
    let end: StandIn
    let channel: Channel
    let to: Recipient

    beforeEach(async () => {
      end = await standIn()
      end.answer = { status: 200, body: '{"ok":true}' }
      use(end.url)
    })
    afterEach(() => end.close())

    function use(url: string) {
      const { channel: one, address } = made(url)
      channel = one
      to = { channel: channel.kind, address, language: 'id' }
    }

    const sending = (signal = never()) => outcome(channel.send(to, aMessage, signal))

    test('delivers a message once', async () => {
      assert.is(await sending(), 'taken')
      assert.is(end.asked.length, 1)
    })

    test('gives up at once on what is refused for good', async () => {
      for (const status of [400, 403, 404, 410]) {
        end.answer = { status, body: `no ${SECRET} ${TOKEN}\n` }
        const told = await sending()
        assert.ok(told !== 'taken' && !told.temporary, String(status))
        assert.match(told.message, String(status))
        assert.not.match(told.message, kind === 'telegram' ? TOKEN : SECRET)
      }
    })

    test('will try again what is refused for now, after the time it was told', async () => {
      for (const status of [408, 429, 500, 502, 503]) {
        end.answer = { status, headers: { 'retry-after': '90' } }
        const told = await sending()
        assert.ok(told !== 'taken' && told.temporary, String(status))
        assert.is(told.retryAfterMs, 90_000)
      }
    })

    test('reads a date of Retry-After by the clock that wrote it', async () => {
      const date = new Date(0).toUTCString()
      const headers = { date, 'retry-after': new Date(120_000).toUTCString() }
      end.answer = { status: 429, headers }
      const told = await sending()
      assert.is(told !== 'taken' && told.retryAfterMs, 120_000)
    })

    test('follows no redirect', async () => {
      end.answer = { status: 307, headers: { location: `${end.url}/elsewhere` } }
      const told = await sending()
      assert.ok(told !== 'taken' && !told.temporary)
      assert.is(end.asked.length, 1)
    })

    test('leaves an end that does not answer when its time is up', async () => {
      end.answer = 'none'
      const patience = new AbortController()
      void end.next().then(() => patience.abort())
      const told = await sending(patience.signal)
      assert.ok(told !== 'taken' && told.temporary)
      assert.match(told.message, 'no answer in time')
    })

    test('will try again where nobody listens, and tells no secret of it', async () => {
      use(`http://127.0.0.1:${await closedPort()}`)
      const told = await sending()
      assert.ok(told !== 'taken' && told.temporary)
      assert.match(told.message, 'ECONNREFUSED')
      for (const secret of [SECRET, TOKEN]) assert.not.match(told.message, secret)
    })

    test('takes an answer that is no HTTP for a trouble that passes', async () => {
      const garbage = await babbler()
      try {
        use(`http://127.0.0.1:${garbage.port}`)
        const told = await sending()
        assert.ok(told !== 'taken' && told.temporary)
      } finally {
        await garbage.close()
      }
    })

    test('asks nobody about an address that is none', async () => {
      for (const address of ['', 'no address', '{"endpoint":7}']) {
        to = { ...to, address }
        const told = await sending()
        assert.ok(told !== 'taken' && !told.temporary, address)
      }
      assert.is(end.asked.length, 0)
    })
  })
}

suite('what the channels over HTTP say', (test, { beforeEach, afterEach }) => {
  let end: StandIn
  beforeEach(async () => {
    end = await standIn()
  })
  afterEach(() => end.close())

  test('a webhook can check that the message is ours, and of this moment', async () => {
    const channel = webhookChannel({ secret: SECRET }, clock)
    await channel.send({ channel: 'webhook', address: end.url, language: 'id' }, aMessage, never())

    const [asked] = end.asked
    const timeS = NOW_MS / 1000
    const hmac = createHmac('sha256', SECRET).update(`${timeS}.${asked?.body}`).digest('hex')
    assert.is(asked?.headers['toba-signature'], `t=${timeS},v1=${hmac}`)
    assert.equal(JSON.parse(asked?.body ?? ''), aMessage)
  })

  test('Telegram gets the text as it is, within its limit, with the link whole', async () => {
    const channel = telegramChannel({ token: TOKEN, url: end.url })
    end.answer = { status: 200, body: '{"ok":true,"result":{}}' }
    const long = { ...aMessage, text: '🌊'.repeat(3000) }
    await channel.send({ channel: 'telegram', address: '42', language: 'id' }, aMessage, never())
    await channel.send({ channel: 'telegram', address: '42', language: 'id' }, long, never())
    const short = { ...aMessage, text: '', link: undefined }
    await channel.send({ channel: 'telegram', address: '42', language: 'id' }, short, never())

    assert.is(end.asked[0]?.path, `/bot${TOKEN}/sendMessage`)
    const [first, second, third] = end.asked.map(({ body }) => JSON.parse(body))
    assert.is(first.text, `${aMessage.title}\n${aMessage.text}\n${aMessage.link}`)
    assert.is(first.parse_mode, undefined)
    assert.is(third.text, aMessage.title)
    assert.ok(second.text.length <= 4096 && second.text.endsWith(`🌊…\n${aMessage.link}`))
  })

  test('an answer that is not Telegram’s is no success', async () => {
    const channel = telegramChannel({ token: TOKEN, url: end.url })
    for (const body of ['<html>please sign in</html>', '{"ok":false}', '']) {
      end.answer = { status: 200, body }
      const to: Recipient = { channel: 'telegram', address: '42', language: 'id' }
      const told = await outcome(channel.send(to, aMessage, never()))
      assert.ok(told !== 'taken' && told.temporary, body)
    }
  })

  test('a browser reads its push, and nobody else: it is encrypted, urgent and replaces its repeat', async () => {
    const keys = newVapidKeys()
    const contact = 'mailto:a@toba.example.id'
    const channel = pushChannel({ contact, services: [end.url] }, keys)
    const browser = aBrowser(`${end.url}/push/1`)
    const address = JSON.stringify(browser.subscription)
    const long = { ...aMessage, text: '"🌊'.repeat(3000) }
    for (const message of [aMessage, aMessage, long]) {
      await channel.send({ channel: 'push', address, language: 'id' }, message, never())
    }

    const [first, second, third] = end.asked
    assert.equal(first && browser.read(first.bytes), aMessage)
    assert.is(first?.headers.urgency, 'high')
    assert.match(String(first?.headers.topic), /^[\w-]{32}$/)
    assert.is(first?.headers.topic, second?.headers.topic)
    assert.match(String(first?.headers.authorization), `k=${keys.publicKey}`)
    assert.ok((third?.bytes.length ?? 0) < 4096)
  })

  test('a push goes to the services we know, whatever a subscription names', async () => {
    const services = ['https://*.push.services.mozilla.com', 'https://fcm.googleapis.com']
    const channel = pushChannel({ contact: 'mailto:a@b.id', services }, newVapidKeys())
    for (const endpoint of [
      `${end.url}/internal`,
      'https://fcm.googleapis.com.evil.example/x',
      'https://evil.example/.push.services.mozilla.com',
    ]) {
      const address = JSON.stringify(aBrowser(endpoint).subscription)
      const to: Recipient = { channel: 'push', address, language: 'id' }
      const told = await outcome(channel.send(to, aMessage, never()))
      assert.ok(told !== 'taken' && !told.temporary)
      assert.match(told.message, 'not among ours')
    }
    assert.is(end.asked.length, 0)
  })
})

suite('what the gateway is sent', (test, { beforeEach, afterEach }) => {
  const to: Recipient = { channel: 'gateway', address: '+6281200001111', language: 'id' }
  const evil = { ...aMessage, text: '","to":"+1900"} &to=+1900#?{to}\n%26\u2028 é' }
  const told = `${evil.title}\n${evil.text}\n${evil.link}`
  let end: StandIn
  beforeEach(async () => {
    end = await standIn()
  })
  afterEach(() => end.close())

  test('no text leaves its place in a JSON body', async () => {
    const template = { to: ['{to}'], 'x{to}': 7, message: { body: '[{text}] {id}' } }
    const channel = gatewayChannel({
      ...{ method: 'PUT', url: `${end.url}/v1`, headers: { 'x-key': 'k' }, success: undefined },
      body: { format: 'json', template },
    })
    await channel.send(to, evil, never())

    const [asked] = end.asked
    const expected = { to: [to.address], 'x{to}': 7, message: { body: `[${told}] n-17` } }
    assert.equal(JSON.parse(asked?.body ?? ''), expected)
    assert.is(asked?.method, 'PUT')
    assert.is(asked?.headers['x-key'], 'k')
    assert.is(asked?.headers['content-type'], 'application/json')
  })

  test('nor in a form, nor in the address', async () => {
    const channel = gatewayChannel({
      ...{ method: 'POST', headers: {}, success: undefined },
      url: `${end.url}/send/{to}?key=a%26b&text={text}`,
      body: { format: 'form', template: 'target={to}&message={text}&a%26b=1' },
    })
    await channel.send(to, evil, never())

    const [asked] = end.asked
    const form = new URLSearchParams(asked?.body)
    assert.equal([...form.keys()], ['target', 'message', 'a&b'])
    assert.is(form.get('message'), told)
    assert.is(form.get('target'), to.address)
    const url = new URL(asked?.path ?? '', end.url)
    assert.is(url.pathname, '/send/%2B6281200001111')
    assert.equal(
      [...url.searchParams],
      [
        ['key', 'a&b'],
        ['text', told],
      ],
    )
  })

  test('a gateway that answers 200 to everything is believed only when its answer says so', async () => {
    const channel = gatewayChannel({
      ...{ method: 'GET', url: `${end.url}/?t={text}`, headers: {}, body: undefined },
      success: /"status":\s*true/,
    })
    end.answer = { status: 200, body: '{"status": false, "reason": "device offline"}' }
    const refused = await outcome(channel.send(to, aMessage, never()))
    end.answer = { status: 200, body: '{"status":true}' }

    assert.ok(refused !== 'taken' && refused.temporary)
    assert.match(refused.message, 'device offline')
    assert.is(await outcome(channel.send(to, aMessage, never())), 'taken')
  })
})
