import * as assert from 'uvu/assert'
import { webhookChannel } from '../../ingest/alarms/channels/webhook.js'
import { say } from '../../ingest/alarms/send.js'
import { auditPage } from '../../ingest/store/audit.js'
import type { Recipient } from '../../shared/schema/channel.js'
import { type StandIn, standIn } from '../alarms/stand-in.js'
import { suite } from '../suite.js'
import { made, NOW_MS, type Rig, rig } from './rig.js'

suite('channels over HTTP', (test, { before, after }) => {
  let api: Rig
  let end: StandIn
  before(async () => {
    end = await standIn()
    const channel = webhookChannel({ secret: 'x'.repeat(16) }, { now: () => NOW_MS })
    const channels = new Map([['webhook', channel] as const])
    const telling = {
      channels,
      pushKey: 'BKey',
      say: (to: Recipient, text: string) => say(channels, to, text),
      messages: () => ['the heartbeat does not reach its host'],
    }
    api = await rig({ changes: { telling } })
  })
  after(async () => {
    await api.close()
    await end.close()
  })

  const to = (address: string) => ({ channel: 'webhook', address, language: 'id' })

  test('anybody may see which there are, and the key a browser subscribes with', async () => {
    const answer = await api.app.inject({ url: '/api/v1/channels' })
    assert.equal(answer.json(), { channels: ['webhook'], pushKey: 'BKey' })
  })

  test('a test message says what became of it, and is audited without the address', async () => {
    end.answer = { status: 200 }
    const good = await made(api, 'channels/test', to(`${end.url}/hook/secret`))
    end.answer = { status: 404 }
    const bad = await made<{ failure: string }>(api, 'channels/test', to(`${end.url}/hook/secret`))

    assert.equal(good, { delivered: true, failure: null })
    assert.match(bad.failure, 'answered 404')
    assert.match(end.asked[0]?.body ?? '', 'Ini bukan alarm')
    const rows = await auditPage(api.db, { subject: 'webhook', limit: 10 })
    assert.equal(
      rows.map(({ action, actor, detail }) => [action, actor, detail.delivered]),
      [
        ['channel.test', 'operator', false],
        ['channel.test', 'operator', true],
      ],
    )
    assert.not.match(JSON.stringify(rows), 'secret')
  })

  test('a channel that is not set up is a failure, not an error', async () => {
    const answer = await made(api, 'channels/test', { ...to('42'), channel: 'telegram' })
    assert.equal(answer, { delivered: false, failure: 'this channel is not set up' })
  })

  test('a heartbeat that does not arrive is told by /ready, which stays ready', async () => {
    const answer = await api.app.inject({ url: '/ready' })
    assert.is(answer.statusCode, 200)
    assert.match(answer.body, 'the heartbeat does not reach its host')
  })
})
