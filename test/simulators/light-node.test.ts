import { spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { generate } from 'mqtt-packet'
import * as assert from 'uvu/assert'
import { LightNode, type LightNodeOptions } from '../../simulators/light-node.js'
import { suite } from '../suite.js'
import { type SmallBroker, smallBroker } from './small-broker.js'

const frame = (n: number) => Uint8Array.from([n >> 8, n & 255])
const hex = (n: number) => Buffer.from(frame(n)).toString('hex')

suite('light node', (test, hooks) => {
  let broker: SmallBroker
  const nodes: LightNode[] = []

  hooks.beforeEach(async () => {
    broker = await smallBroker()
  })
  hooks.afterEach(async () => {
    await Promise.all(nodes.splice(0).map((node) => node.stop()))
    await broker.close()
  })

  function start(options: Partial<LightNodeOptions> = {}): LightNode {
    const node = new LightNode({
      name: 'lake-1',
      secret: 'abc',
      host: '127.0.0.1',
      port: broker.port,
      backOffMs: [1, 20],
      random: () => 0.5,
      ...options,
    })
    nodes.push(node)
    node.start()
    return node
  }

  test('a publish settles on its PUBACK, not before', async () => {
    let release = () => {}
    broker.onFrame = () =>
      new Promise((resolve) => {
        release = resolve
      })
    const node = start()
    let isSettled = false
    const published = node.publish(frame(1)).then((acknowledgement) => {
      isSettled = true
      return acknowledgement
    })
    await broker.until(() => broker.arrived.length === 1)
    assert.is(isSettled, false)
    assert.is(node.waiting, 1)
    release()
    const { attempts, latencyMs } = await published
    assert.is(attempts, 1)
    assert.ok(latencyMs > 0)
    assert.equal(node.counters, { sent: 1, acknowledged: 1, resent: 0, refused: 0 })
  })

  test('it logs in with its name and secret, subscribes to its c and t, and asks q', async () => {
    const logins: string[] = []
    broker.acceptsLogin = (name, secret) => logins.push(`${name}:${secret}`) > 0
    start()
    await broker.until(() => broker.questions.length === 1 && broker.subscriptions.length === 2)
    assert.equal(logins, ['lake-1:abc'])
    assert.equal(broker.subscriptions, ['toba/lake-1/c', 'toba/lake-1/t'])
    assert.equal(broker.questions, ['toba/lake-1/q'])
  })

  test('what arrives on c and t reaches its listener', async () => {
    const heard: string[] = []
    let arrived = () => {}
    const both = new Promise<void>((resolve) => {
      arrived = resolve
    })
    const hear = (text: string) => {
      if (heard.push(text) === 2) arrived()
    }
    const events = { time: (p: string) => hear(`t ${p}`), config: (p: string) => hear(`c ${p}`) }
    const node = start({ events })
    await broker.until(() => broker.subscriptions.length === 2)
    await node.publish(frame(1))
    await broker.send('toba/lake-1/t', '{"t":1}')
    await broker.send('toba/lake-1/c', '{"revision":2}')
    await both
    assert.equal(heard, ['t {"t":1}', 'c {"revision":2}'])
  })

  test('no more frames are on their way than the window holds', async () => {
    const releases: (() => void)[] = []
    broker.onFrame = () => new Promise((resolve) => releases.push(resolve))
    const node = start({ inFlight: 3 })
    const published = Array.from({ length: 7 }, (_, n) => node.publish(frame(n)))
    await broker.until(() => broker.arrived.length === 3)
    assert.is(node.counters.sent, 3)
    for (const release of releases) release()
    await published[2]
    await broker.until(() => broker.arrived.length > 3)
    assert.is.not(node.counters.sent, 7)
    broker.onFrame = async () => {}
    for (const release of releases) release()
    await Promise.all(published)
    assert.equal(
      broker.arrived.map((entry) => entry.hex),
      [0, 1, 2, 3, 4, 5, 6].map(hex),
    )
  })

  test('after a cut the unacknowledged frames come again, the same bytes in the same order', async () => {
    let isCut = false
    broker.onFrame = async (_hex, index) => {
      if (index === 2) await new Promise(() => {})
    }
    const node = start({ inFlight: 4 })
    const published = [0, 1, 2, 3, 4, 5].map((n) => node.publish(frame(n)))
    await Promise.all(published.slice(0, 2))
    await broker.until(() => broker.arrived.length >= 6)
    isCut = true
    broker.cutAll()
    const acknowledgements = await Promise.all(published)
    assert.ok(isCut)
    const after = broker.arrived.slice(6).map((entry) => entry.hex)
    assert.ok(after.length >= 1 && after.length <= 4, `${after.length} came again`)
    assert.is(after[0], hex(2))
    assert.equal(after, [...after].sort())
    assert.equal(new Set(broker.arrived.map((entry) => entry.hex)).size, 6)
    assert.is(acknowledgements[2]?.attempts, 2)
    assert.is(node.counters.sent, 6)
    assert.is(node.counters.acknowledged, 6)
    assert.is(node.counters.resent, after.length)
  })

  test('nothing is lost over many cuts at random places', async () => {
    const acknowledged: number[] = []
    const node = start({ inFlight: 5 })
    let nextCut = 3
    broker.onFrame = async (_hex, index) => {
      if (index < nextCut) return
      nextCut += 7
      broker.cutAll()
    }
    await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        await node.publish(frame(n))
        acknowledged.push(n)
      }),
    )
    const stored = new Set(broker.arrived.map((entry) => entry.hex))
    assert.is(acknowledged.length, 100)
    assert.is(stored.size, 100)
    assert.ok(node.counters.resent > 0)
    // Each frame's first arrival is in the order of publishing.
    assert.equal(
      [...stored],
      Array.from({ length: 100 }, (_, n) => hex(n)),
    )
  })

  test('a missing PUBACK makes it connect again', async () => {
    broker.onFrame = async (_hex, index) => {
      if (index === 0) await new Promise(() => {})
    }
    const reasons: string[] = []
    const events = { disconnected: (reason: string) => reasons.push(reason) }
    const node = start({ ackTimeoutMs: 40, events })
    const { attempts } = await node.publish(frame(9))
    assert.is(attempts, 2)
    assert.is(broker.logins, 2)
    assert.equal(reasons, ['no acknowledgement within 40 ms'])
  })

  test('a refused login is counted, told and tried again', async () => {
    broker.acceptsLogin = () => broker.logins > 2
    const codes: number[] = []
    const node = start({ events: { refused: (code) => codes.push(code) } })
    await node.publish(frame(1))
    assert.equal(codes, [5, 5])
    assert.is(node.counters.refused, 2)
  })

  test('pauses double, and an acknowledgement ends that', async () => {
    const port = broker.port
    await broker.close()
    const pausedAt: number[] = []
    // Half of 2, 4, 8 … ms; the eighth pause takes 128.
    const random = () => {
      pausedAt.push(performance.now())
      if (pausedAt.length === 8) void smallBroker(port).then((late) => Object.assign(broker, late))
      return 0
    }
    const node = start({ random, backOffMs: [2, 100_000] })
    await node.publish(frame(1))
    for (let n = 1; n < 8; n++) {
      const pauseMs = (pausedAt[n] ?? 0) - (pausedAt[n - 1] ?? 0)
      assert.ok(pauseMs >= 2 ** (n - 1) - 1, `pause ${n} took ${pauseMs} ms`)
    }

    const cutAt = performance.now()
    node.cut()
    await node.publish(frame(2))
    const backAfterMs = performance.now() - cutAt
    assert.ok(backAfterMs < 200, `back after ${backAfterMs} ms`)
  })

  test('an acknowledgement of what was not sent ends the connection', async () => {
    let reason = ''
    const server = createServer((socket) => {
      socket.once('data', () => {
        socket.write(generate({ cmd: 'connack', returnCode: 0, sessionPresent: false }))
        socket.write(generate({ cmd: 'puback', messageId: 999 }))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await new Promise<void>((resolve) => {
      const disconnected = (why: string) => {
        reason = why
        resolve()
      }
      start({ port, events: { disconnected } })
    })
    await Promise.all(nodes.splice(0).map((node) => node.stop()))
    server.close()
    assert.is(reason, 'acknowledged what was not sent')
  })

  test('stopping gives back what was not acknowledged', async () => {
    broker.onFrame = () => new Promise(() => {})
    const node = start()
    const published = node.publish(frame(1))
    await broker.until(() => broker.arrived.length === 1)
    await Promise.all([
      node.stop(),
      published.then(
        () => assert.unreachable(),
        (error) => assert.match(error.message, 'lake-1 was stopped'),
      ),
    ])
    assert.is(node.waiting, 0)
  })

  test('bytes that are no MQTT end the connection, not the process', async () => {
    const reasons: string[] = []
    let told = () => {}
    const twice = new Promise<void>((resolve) => {
      told = resolve
    })
    const server = createServer((socket) => socket.end(Buffer.from('HTTP/1.1 400 Bad Request\r\n')))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const node = start({
      port,
      events: {
        disconnected: (reason) => {
          if (reasons.push(reason) === 2) told()
        },
      },
    })
    await twice
    await node.stop()
    server.close()
    assert.match(reasons[0] ?? '', /unreadable packet|closed by the broker/)
  })

  const tlsTest = 'with TLS it checks the certificate of the broker'
  if (!hasOpenssl()) test.skip(tlsTest, 'openssl is not installed')
  else {
    test(tlsTest, async () => {
      const certificate = selfSigned()
      const secure = await smallBroker(0, certificate)
      try {
        const node = start({ port: secure.port, tls: { ca: certificate.cert } })
        await node.publish(frame(1))
        assert.is(secure.arrived.length, 1)
        const reason = await new Promise<string>((disconnected) => {
          start({ name: 'lake-2', port: secure.port, tls: {}, events: { disconnected } })
        })
        assert.match(reason, 'self-signed certificate')
        assert.is(secure.logins, 1)
      } finally {
        await Promise.all(nodes.splice(0).map((node) => node.stop()))
        await secure.close()
      }
    })
  }
})

function hasOpenssl(): boolean {
  return spawnSync('openssl', ['version']).status === 0
}

/** Key and certificate for 127.0.0.1, good for a day. */
function selfSigned(): { key: string; cert: string } {
  const made = spawnSync(
    'openssl',
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout - -out -'.split(
      ' ',
    ),
    { encoding: 'utf8' },
  )
  const key = /-----BEGIN PRIVATE KEY-----[\s\S]+-----END PRIVATE KEY-----/.exec(made.stdout)?.[0]
  const cert = /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.exec(made.stdout)?.[0]
  if (key === undefined || cert === undefined) throw new Error(`openssl: ${made.stderr}`)
  return { key, cert }
}
