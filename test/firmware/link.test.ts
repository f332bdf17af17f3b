import * as assert from 'uvu/assert'
import { suite } from '../suite.js'
import { linkRig } from './link-rig.js'
import type { Script } from './scripted-broker.js'

const TOPIC = 'toba/toba-01/r'
const frames = (count: number) => Array.from({ length: count }, (_, n) => `frame ${n}`)
/** Leaves the node's question for the time without an answer. */
const noAnswer: Script = (packet, broker) => {
  if (packet.cmd !== 'publish' || !packet.topic.endsWith('/q')) return false
  broker.send({ cmd: 'puback', messageId: packet.messageId ?? 0 })
  return true
}

suite('a session', (test) => {
  test('gives configuration, time and every frame, then says good-bye', async () => {
    const { link, node, brokers, timers, sockets } = await linkRig()
    node.frames.push('first', 'second')

    link.openSession(false)
    timers.run(60)

    assert.equal(node.heard, ['config {"revision":0}', 'time 1795000000', 'ended well'])
    assert.equal(brokers[0]?.published(TOPIC), ['first', 'second'])
    assert.is(brokers[0]?.packets.at(-1)?.cmd, 'disconnect')
    assert.is(brokers[0]?.fault, undefined)
    assert.is(sockets[0]?.isOpen, false)
    assert.is(timers.pending, 0)
  })

  test('counts as progress what the service has answered for, and nothing else', async () => {
    const well = await linkRig()
    well.node.frames.push('first', 'second')
    well.link.openSession(false)
    well.timers.run(60)
    // CONNACK, the question and two frames.
    assert.is(well.node.progressed, 4)

    const refused = await linkRig((packet, broker) => {
      if (packet.cmd === 'connect')
        broker.send({ cmd: 'connack', returnCode: 5, sessionPresent: false })
      return true
    })
    refused.link.openSession(false)
    refused.timers.run(60)
    assert.is(refused.node.progressed, 0)
  })

  test('ends when the address cannot be found, thrown or told', async () => {
    const thrown = await linkRig(undefined, {
      onConnect: () => {
        throw new Error('Unable to locate host')
      },
    })
    const told = await linkRig()
    for (const rig of [thrown, told]) rig.link.openSession(false)
    told.sockets[0]?.close('not found')
    for (const rig of [thrown, told]) rig.timers.run(60)
    assert.equal(thrown.node.endings, ['Error: Unable to locate host'])
    assert.equal(told.node.endings, ['closed'])
    assert.is(thrown.timers.pending + told.timers.pending, 0)
  })

  test('sends a frame again when its acknowledgement was lost, the same one first', async () => {
    let isLost = true
    const { link, node, brokers, timers } = await linkRig((packet, broker) => {
      if (packet.cmd !== 'publish' || packet.topic !== TOPIC || !isLost) return false
      isLost = false
      broker.close()
      return true
    })
    node.frames.push('first', 'second')
    link.openSession(false)
    timers.run(60)
    link.openSession(false)
    timers.run(60)
    assert.equal(node.endings, ['closed', 'well'])
    assert.equal(brokers[1]?.published(TOPIC), ['first', 'second'])
  })

  test('one that stays sends what comes at once, and ends once, when the connection does', async () => {
    const { link, node, brokers, timers } = await linkRig()
    link.openSession(true)
    timers.run(300)
    assert.equal(node.endings, [])
    node.frames.push('urgent')
    link.openSession(true)
    timers.run(1)
    assert.equal(brokers[0]?.published(TOPIC), ['urgent'])
    assert.equal(node.endings, [])

    brokers[0]?.close('connection reset')
    timers.run(60)

    assert.equal(node.endings, ['closed'])
    assert.is(brokers.length, 1)
  })

  test('one that stays can be told to end, and one that ends to stay', async () => {
    const { link, node, timers, brokers } = await linkRig()
    link.openSession(true)
    timers.run(30)
    link.openSession(false)
    timers.run(30)
    assert.equal(node.endings, ['well'])

    link.openSession(false)
    link.openSession(true)
    timers.run(300)
    assert.equal(node.endings, ['well'])
    assert.is(brokers.length, 2)
  })

  test('a wake while a frame is on its way sends it once', async () => {
    const { link, node, brokers, timers } = await linkRig()
    link.openSession(true)
    timers.run(30)
    node.frames.push('one')
    link.openSession(true)
    link.openSession(true)
    timers.run(30)
    assert.equal(brokers[0]?.published(TOPIC), ['one'])
  })

  test('leaves a second to the others after every thirty frames', async () => {
    const { link, node, brokers, timers } = await linkRig()
    node.frames.push(...frames(70))
    link.openSession(true)
    timers.run(0.9)
    assert.is(brokers[0]?.published(TOPIC).length, 30)
    timers.run(1)
    assert.is(brokers[0]?.published(TOPIC).length, 60)
    timers.run(1)
    assert.equal(brokers[0]?.published(TOPIC), frames(70))
  })

  test('asks the network where the service has no time', async () => {
    const { link, node, brokers, timers, datagrams } = await linkRig()
    link.openSession(false)
    const broker = brokers[0]
    if (broker !== undefined) broker.answers.t = undefined
    timers.run(60)
    assert.is(datagrams.asked.length, 1)
    assert.equal(node.heard, ['config {"revision":0}', 'ended well'])
  })

  test('sends undated what it has when nobody knows the time', async () => {
    const { link, node, brokers, timers } = await linkRig(noAnswer)
    node.frames.push('frame')
    link.openSession(false)
    timers.run(9)
    assert.equal(brokers[0]?.published(TOPIC), [])
    timers.run(2)
    assert.equal(brokers[0]?.published(TOPIC), ['frame'])
    timers.run(60)
    assert.equal(node.endings, ['well'])
  })

  test('takes an answer that is no JSON, or null, for none', async () => {
    for (const text of ['', '{', 'null', '[]', '{"t":"now"}', '\xff\x00']) {
      const { link, node, timers, datagrams } = await linkRig((packet, broker) => {
        if (packet.cmd !== 'publish' || !packet.topic.endsWith('/q')) return false
        broker.send(broker.message('toba/toba-01/t', Buffer.from(text, 'latin1')))
        return noAnswer(packet, broker)
      })
      link.openSession(false)
      timers.run(60)
      assert.equal(node.heard, ['config {"revision":0}', 'ended well'], text)
      assert.is(datagrams.asked.length, 1)
    }
  })

  test('a time that comes after its session is not taken for the next one', async () => {
    const { link, node, brokers, timers } = await linkRig(noAnswer)
    node.frames.push('frame')
    link.openSession(false)
    timers.run(7)
    brokers[0]?.close()
    timers.run(0.1)
    assert.equal(node.endings, ['closed'])
    link.openSession(false)
    timers.run(4)
    assert.equal(brokers[1]?.published(TOPIC), [])
    timers.run(60)
    assert.equal(node.endings, ['closed', 'well'])
  })

  test('one that ends in a pause leaves nothing waiting', async () => {
    const { link, node, brokers, timers } = await linkRig()
    node.frames.push(...frames(40))
    link.openSession(true)
    timers.run(0.9)
    brokers[0]?.close()
    timers.run(0.01)
    assert.equal(node.endings, ['closed'])
    assert.is(timers.pending, 0)
  })

  test('waits for its configuration before it goes', async () => {
    const { link, node, brokers, timers } = await linkRig((packet, broker) => {
      if (packet.cmd !== 'subscribe') return false
      broker.send({ cmd: 'suback', messageId: packet.messageId ?? 0, granted: [1, 1] })
      return true
    })
    link.openSession(false)
    timers.run(3)
    const broker = brokers[0]
    broker?.send(broker.message('toba/toba-01/c', '{"revision":4}'))
    timers.run(60)
    assert.equal(node.heard, ['time 1795000000', 'config {"revision":4}', 'ended well'])
  })

  test('fifty sessions leave no timer, no open socket and no old one behind', async () => {
    const { link, node, sockets, brokers, timers } = await linkRig((_, broker) => {
      if (sockets.length % 3 === 1) broker.close()
      return sockets.length % 3 > 0
    })
    for (let n = 0; n < 50; n++) {
      link.openSession(false)
      timers.run(100)
    }
    assert.is(node.endings.length, 50)
    assert.equal([...new Set(node.endings)].sort(), ['closed', 'no-connack', 'well'])
    assert.is(timers.pending, 0)
    assert.is(sockets.filter(({ isOpen }) => isOpen).length, 0)
    brokers.splice(0)
    const old = sockets.splice(0).map((socket) => new WeakRef(socket))
    assert.ok((await aliveOf(old)) <= 1)
  })
})

/** How many are still held by somebody; the board may hold its last one. */
async function aliveOf(objects: WeakRef<object>[]): Promise<number> {
  const { setFlagsFromString } = await import('node:v8')
  const { runInNewContext } = await import('node:vm')
  setFlagsFromString('--expose-gc')
  await new Promise((resolve) => setImmediate(resolve))
  runInNewContext('gc')()
  return objects.filter((object) => object.deref() !== undefined).length
}
