import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import * as assert from 'uvu/assert'
import { type EmailSettings, emailChannel } from '../../ingest/alarms/channels/email.js'
import type { Recipient } from '../../shared/schema/channel.js'
import { suite } from '../suite.js'
import { aMessage, babbler, closedPort, never, outcome } from './stand-in.js'

const PASSWORD = 'a password of the mail'
const to: Recipient = { channel: 'email', address: 'dlh@toba.example.id', language: 'id' }

interface Mail {
  recipients: string[]
  content: string
}

/** A mail server of this machine, as `options` make it behave. */
async function mailServer(options: SMTPServerOptions = {}) {
  const mails: Mail[] = []
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    // The certificate it brings along is nobody's.
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    closeTimeout: 10,
    onData: async (stream, session, done) => {
      const content = await text(stream)
      mails.push({ content, recipients: session.envelope.rcptTo.map(({ address }) => address) })
      done()
    },
    ...options,
  })
  server.on('error', () => {}) // a client that hangs up
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  return { mails, port, close: () => new Promise<void>((resolve) => server.close(resolve)) }
}

const settings = (port: number, changes: Partial<EmailSettings> = {}): EmailSettings => ({
  ...{ host: '127.0.0.1', port, secure: false, auth: undefined },
  from: 'Toba Sense <toba@toba.example.id>',
  ...changes,
})

const sending = (port: number, changes: Partial<EmailSettings> = {}, signal = never()) =>
  outcome(emailChannel(settings(port, changes)).send(to, aMessage, signal))

const refusal = (responseCode: number) => Object.assign(new Error('no such user'), { responseCode })

suite('the channel email', (test) => {
  test('delivers the text with its link, under the same message id every time', async () => {
    const server = await mailServer()
    try {
      assert.is(await sending(server.port), 'taken')
      assert.is(await sending(server.port), 'taken')

      const [mail, repeat] = server.mails
      assert.equal(mail?.recipients, [to.address])
      assert.match(mail?.content ?? '', 'https://toba.example.id/a/17')
      assert.match(mail?.content ?? '', /^From: Toba Sense <toba@toba.example.id>/m)
      for (const { content } of [mail, repeat].filter((one) => one !== undefined)) {
        assert.match(content, /^Message-ID: <n-17@toba.example.id>/m)
      }
    } finally {
      await server.close()
    }
  })

  test('a title cannot add a header or a recipient', async () => {
    const server = await mailServer()
    try {
      const title = 'x\r\nBcc: other@example.id\r\n\r\nbody'
      const channel = emailChannel(settings(server.port))
      assert.is(await outcome(channel.send(to, { ...aMessage, title }, never())), 'taken')
      assert.equal(server.mails[0]?.recipients, [to.address])
      assert.not.match(server.mails[0]?.content ?? '', /^Bcc:/m)
    } finally {
      await server.close()
    }
  })

  test('an address that is none, or several, is refused before anybody is asked', async () => {
    const server = await mailServer()
    try {
      const channel = emailChannel(settings(server.port))
      for (const address of ['', 'nobody', 'a@b.id,c@d.id', 'a@b.id\r\nX: y', 'A <a@b.id>']) {
        const told = await outcome(channel.send({ ...to, address }, aMessage, never()))
        assert.ok(told !== 'taken' && !told.temporary, address)
        assert.match(told.message, 'not a mail address')
      }
      assert.is(server.mails.length, 0)
    } finally {
      await server.close()
    }
  })

  for (const [code, temporary] of [
    [550, false],
    [553, false],
    [450, true],
    [421, true],
  ] as const) {
    test(`a recipient refused with ${code} is ${temporary ? 'tried again' : 'given up'}`, async () => {
      const server = await mailServer({ onRcptTo: (_to, _session, done) => done(refusal(code)) })
      try {
        const told = await sending(server.port)
        assert.ok(told !== 'taken')
        assert.is(told.temporary, temporary)
        assert.match(told.message, String(code))
      } finally {
        await server.close()
      }
    })
  }

  test('a wrong password is no reason to try again, and is not told', async () => {
    const server = await mailServer({
      authOptional: false,
      onAuth: ({ username, password }, _session, done) => {
        const said = new Error(`${username} ${password} is wrong`)
        done(Object.assign(said, { responseCode: 535 }))
      },
    })
    try {
      const told = await sending(server.port, { auth: { user: 'toba', password: PASSWORD } })
      assert.ok(told !== 'taken' && !told.temporary)
      assert.match(told.message, '535')
      assert.not.match(told.message, PASSWORD)
    } finally {
      await server.close()
    }
  })

  test('leaves a server that does not answer when its time is up', async () => {
    const patience = new AbortController()
    const server = await mailServer({ onMailFrom: () => patience.abort() })
    try {
      const told = await sending(server.port, {}, patience.signal)
      assert.ok(told !== 'taken' && told.temporary)
      assert.match(told.message, 'no answer in time')
    } finally {
      await server.close()
    }
  })

  test('will try again where nobody listens, or something else than a mail server', async () => {
    const refused = await sending(await closedPort())
    const garbage = await babbler()
    try {
      for (const told of [refused, await sending(garbage.port)]) {
        assert.ok(told !== 'taken' && told.temporary)
      }
    } finally {
      await garbage.close()
    }
  })
})
