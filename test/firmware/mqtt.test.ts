import { generate, type Packet } from 'mqtt-packet'
import * as assert from 'uvu/assert'
import { suite } from '../suite.js'
import { type LinkRig, linkRig } from './link-rig.js'
import type { Script, ScriptedBroker } from './scripted-broker.js'

const TOPIC = 'toba/toba-01/r'
const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1')

/** Answers one kind of packet in its own way, and all others well. */
function on(cmd: Packet['cmd'], act: (broker: ScriptedBroker, packet: Packet) => void): Script {
  return (packet, broker) => {
    if (packet.cmd !== cmd) return false
    act(broker, packet)
    return true
  }
}

const onFrame =
  (act: (broker: ScriptedBroker, messageId: number) => void): Script =>
  (packet, broker) => {
    if (packet.cmd !== 'publish' || packet.topic !== TOPIC) return false
    act(broker, packet.messageId ?? 0)
    return true
  }

/** What ended the first session with this broker, and after how many seconds. */
async function endingWith(
  script: Script,
): Promise<{ reason: string; seconds: number; rig: LinkRig }> {
  const rig = await linkRig(script)
  rig.node.frames.push('frame')
  rig.link.openSession(false)
  while (rig.node.endings.length === 0 && rig.timers.nowMs < 600_000) rig.timers.run(0.5)
  const seconds = Math.floor(rig.timers.nowMs / 1000)
  assert.is(rig.timers.pending, 0)
  rig.timers.run(600)
  assert.is(rig.node.endings.length, 1, rig.node.heard.join())
  assert.is(rig.sockets[0]?.isOpen, false)
  return { reason: rig.node.endings[0] ?? '', seconds, rig }
}

suite('MQTT of the node', (test) => {
  test('logs in with its name, its secret, a clean session and its question as will', async () => {
    const { rig } = await endingWith(() => false)

    const [connect] = rig.brokers[0]?.packets ?? []
    assert.ok(connect?.cmd === 'connect')
    assert.is(connect.protocolVersion, 4)
    assert.is(connect.clientId, 'toba-01')
    assert.is(connect.username, 'toba-01')
    assert.is(connect.password?.toString(), '0123456789abcdef0123456789abcdef')
    assert.is(connect.clean, true)
    assert.is(connect.keepalive, 120)
    assert.is(connect.will?.topic, 'toba/toba-01/q')
    assert.is(connect.will?.payload.length, 0)
  })

  test('names why it is not let in', async () => {
    const reasons = []
    for (const returnCode of [1, 2, 3, 4, 5]) {
      const { reason } = await endingWith(
        on('connect', (broker) =>
          broker.send({ cmd: 'connack', returnCode, sessionPresent: false }),
        ),
      )
      reasons.push(reason)
    }
    assert.equal(reasons, [
      'login-refused',
      'login-refused',
      'login-later',
      'login-refused',
      'login-refused',
    ])
  })

  test('waits 20 s for a login that nobody answers', async () => {
    const { reason, seconds } = await endingWith(on('connect', () => {}))
    assert.is(reason, 'no-connack')
    assert.is(seconds, 20)
  })

  test('waits 20 s for its subscription, and does without none', async () => {
    const silent = await endingWith(on('subscribe', () => {}))
    assert.equal([silent.reason, silent.seconds], ['no-suback', 20])
    const refused = await endingWith(
      on('subscribe', (broker, { messageId }) =>
        broker.send({ cmd: 'suback', messageId: messageId ?? 0, granted: [1, 128] }),
      ),
    )
    assert.is(refused.reason, 'subscribe-refused')
  })

  test('carries all byte values and the largest frame', async () => {
    const rig = await linkRig()
    const largest = EVERY_BYTE.repeat(4)
    rig.node.frames.push(EVERY_BYTE, largest)
    rig.link.openSession(false)
    rig.timers.run(60)
    assert.equal(rig.brokers[0]?.published(TOPIC), [EVERY_BYTE, largest])
  })

  test('reads packets that come byte by byte, and many in one chunk', async () => {
    const config = { revision: 7, settings: { long: 'x'.repeat(64), text: 'y'.repeat(300) } }
    for (const size of [1, 3, 4096]) {
      const rig = await linkRig()
      rig.link.openSession(false)
      const broker = rig.brokers[0]
      const wire = rig.sockets[0]
      if (broker === undefined || wire === undefined) throw new Error('no connection')
      broker.answers.config = config
      let held = Buffer.alloc(0)
      broker.raw = (bytes) => {
        held = Buffer.concat([held, bytes])
      }
      for (let turn = 0; turn < 20; turn++) {
        rig.timers.run(0.1)
        for (let at = 0; at < held.length; at += size) wire.send(held.subarray(at, at + size))
        held = Buffer.alloc(0)
      }
      rig.timers.run(10)
      assert.equal(
        rig.node.heard,
        [`config ${JSON.stringify(config)}`, 'time 1795000000', 'ended well'],
        `${size} bytes a chunk`,
      )
    }
  })

  test('acknowledges what comes with QoS 1 and nothing else', async () => {
    const rig = await linkRig()
    rig.link.openSession(true)
    rig.timers.run(10)
    const broker = rig.brokers[0]
    const before = broker?.count('puback')
    broker?.send(broker.message('toba/toba-01/c', '{"revision":1}', 0))
    broker?.send(broker.message('toba/toba-01/c', '{"revision":2}', 1))
    rig.timers.run(1)
    assert.equal(rig.node.heard.slice(-2), ['config {"revision":1}', 'config {"revision":2}'])
    assert.equal([before, broker?.count('puback')], [2, 3])
  })

  test('takes only the acknowledgement of its own packet', async () => {
    const { reason, rig } = await endingWith(
      onFrame((broker, messageId) => broker.send({ cmd: 'puback', messageId: messageId + 1 })),
    )
    assert.is(reason, 'wrong-id')
    assert.equal(rig.node.frames, ['frame'])
  })

  test('gives up a frame that is not acknowledged in 20 s, and keeps it', async () => {
    const late: (() => void)[] = []
    const { reason, rig } = await endingWith(
      onFrame((broker, messageId) => {
        late.push(() => broker.send({ cmd: 'puback', messageId }))
      }),
    )
    for (const acknowledge of late) acknowledge()
    rig.timers.run(60)
    assert.is(reason, 'no-puback')
    assert.equal(rig.node.frames, ['frame'])
    assert.equal(rig.node.endings, ['no-puback'])
  })
  test('hears nothing of an old connection in a new one', async () => {
    let isFirst = true
    const rig = await linkRig((packet, broker) => {
      if (packet.cmd !== 'connect' || !isFirst) return false
      broker.raw(Buffer.from([0x30, 20, 0]))
      return true
    })
    rig.link.openSession(true)
    rig.timers.run(30)
    isFirst = false
    const [old] = rig.sockets
    if (old === undefined) throw new Error('no connection')
    // It is still on its way when the next session has begun.
    old.isOpen = true
    rig.link.openSession(true)
    rig.timers.run(0.0015)
    old.send(Buffer.from([0x20]))
    rig.timers.run(10)
    old.close()
    rig.timers.run(10)
    assert.equal(rig.node.endings, ['no-connack'])
    assert.is(rig.node.heard.length, 3)
  })

  test('takes an acknowledgement that is slow', async () => {
    const rig = await linkRig(
      onFrame((broker, messageId) =>
        rig.timers.after(19_000, () => broker.send({ cmd: 'puback', messageId })),
      ),
    )
    rig.node.frames.push('frame')
    rig.link.openSession(false)
    rig.timers.run(60)
    assert.equal(rig.node.endings, ['well'])
    assert.equal(rig.node.frames, [])
  })

  test('ends a connection over which something else comes than MQTT', async () => {
    const broken: [string, Buffer][] = [
      [
        'a web server',
        Buffer.from(
          'HTTP/1.1 400 Bad Request\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>no</body>',
        ),
      ],
      ['zeros', Buffer.alloc(4)],
      ['an answer to nothing', Buffer.from([0x20, 2, 0, 0])],
      [
        'QoS 2',
        generate({
          cmd: 'publish',
          topic: 'a',
          payload: 'text',
          qos: 2,
          messageId: 1,
          dup: false,
          retain: false,
        }),
      ],
      ['a topic longer than its packet', Buffer.from([0x32, 4, 0, 9, 0x61, 0x62])],
      ['an empty message', Buffer.from([0x30, 0])],
    ]
    for (const [name, bytes] of broken) {
      const later = await endingWith(onFrame((broker) => broker.raw(bytes)))
      assert.is(later.reason, 'bad-packet', name)
    }
  })

  test('refuses a packet that is too large by its first bytes', async () => {
    for (const bytes of [
      [0x30, 0xff, 0xff, 0xff, 0x7f],
      [0x30, 0x81, 0x10],
      [0x30, 0xff, 0xff],
    ]) {
      const { reason, seconds } = await endingWith(
        onFrame((broker) => broker.raw(Buffer.from(bytes))),
      )
      assert.equal([reason, seconds], ['too-large', 0])
    }
  })

  test('takes a message of 2,048 bytes', async () => {
    const rig = await linkRig()
    rig.link.openSession(true)
    rig.timers.run(10)
    const broker = rig.brokers[0]
    const text = 'x'.repeat(2048 - 'toba/toba-01/c'.length - 4)
    broker?.send(broker.message('toba/toba-01/c', text))
    rig.timers.run(1)
    assert.is(rig.node.heard.at(-1), `config ${text}`)
    broker?.send(broker.message('toba/toba-01/c', `${text}x`))
    rig.timers.run(1)
    assert.equal(rig.node.endings, ['too-large'])
  })

  test('asks whether the broker is there when it is quiet, and gives up one that is frozen', async () => {
    const rig = await linkRig()
    rig.link.openSession(true)
    rig.timers.run(3600)
    assert.equal(rig.node.endings, [])
    assert.is(rig.brokers[0]?.count('pingreq'), 59)

    const socket = rig.sockets[0]
    if (socket !== undefined) socket.isDead = true
    rig.timers.run(81)

    assert.equal(rig.node.endings, ['no-pingresp'])
    assert.is(rig.timers.pending, 0)
  })

  test('a frame that is sent while a ping is on its way needs its own acknowledgement only', async () => {
    const rig = await linkRig(
      on('pingreq', (broker) => rig.timers.after(500, () => broker.send({ cmd: 'pingresp' }))),
    )
    rig.link.openSession(true)
    rig.timers.run(60.2)
    assert.is(rig.brokers[0]?.count('pingreq'), 1)
    rig.node.frames.push('frame')
    rig.link.openSession(true)
    rig.timers.run(30)
    assert.equal(rig.node.frames, [])
    assert.equal(rig.node.endings, [])
  })

  test('a connection that breaks is named, at whatever step', async () => {
    for (const cmd of ['connect', 'subscribe', 'publish'] as const) {
      const reset = await endingWith(on(cmd, (broker) => broker.close('connection reset')))
      assert.is(reset.reason, 'closed')
      const closed = await endingWith(on(cmd, (broker) => broker.close()))
      assert.is(closed.reason, 'closed')
    }
  })
})
