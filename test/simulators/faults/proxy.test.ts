import { connect, type Socket } from 'node:net'
import { generate, type Packet, parser } from 'mqtt-packet'
import * as assert from 'uvu/assert'
import { Clock } from '../../../simulators/board/clock.js'
import { FaultProxy } from '../../../simulators/faults/proxy.js'
import { suite } from '../../suite.js'
import { type SmallBroker, smallBroker } from '../small-broker.js'

suite('a faulty line', (test, hooks) => {
  let broker: SmallBroker
  let clock: Clock
  let proxy: FaultProxy
  let sockets: Socket[] = []
  hooks.beforeEach(async () => {
    broker = await smallBroker()
    clock = new Clock()
    proxy = new FaultProxy({ host: '127.0.0.1', port: broker.port }, clock)
    sockets = []
  })
  hooks.afterEach(async () => {
    for (const socket of sockets) socket.destroy()
    await proxy.stop()
    await broker.close()
  })

  /** A connection to the broker through the line, and whatever came back. */
  async function open() {
    const socket = connect(await address())
    sockets.push(socket)
    const packets: Packet[] = []
    const waiting: (() => void)[] = []
    const stream = parser({ protocolVersion: 4 })
    stream.on('packet', (packet) => {
      packets.push(packet)
      for (const wake of waiting.splice(0)) wake()
    })
    socket.on('data', (bytes) => stream.parse(bytes))
    let error: string | undefined
    socket.on('error', ({ message }) => {
      error = message
    })
    const closed = new Promise((resolve) => socket.once('close', resolve))
    const send = (packet: Packet) => void socket.write(generate(packet))
    return {
      send,
      packets,
      closed,
      error: () => error,
      async heard(cmd: Packet['cmd'], count = 1) {
        while (packets.filter((packet) => packet.cmd === cmd).length < count) {
          await new Promise<void>((resolve) => waiting.push(resolve))
        }
      },
      async logIn() {
        send({ cmd: 'connect', protocolId: 'MQTT', clientId: 'lake-1', clean: true, keepalive: 0 })
        await this.heard('connack')
      },
      frame: (messageId: number) => send(publish('toba/lake-1/r', messageId)),
      question: (messageId: number) => send(publish('toba/lake-1/q', messageId)),
    }
  }

  let line: Promise<{ host: string; port: number }> | undefined
  function address() {
    line ??= proxy.start()
    return line
  }
  hooks.beforeEach(() => {
    line = undefined
  })

  /** Virtual time passes, and then whatever is on real sockets. */
  async function pass(ms: number) {
    clock.moveTo(clock.nowMs + ms)
    while (clock.runNext());
    for (let round = 0; round < 20; round++) await new Promise((resolve) => setImmediate(resolve))
  }

  test('passes everything on while nothing is wrong', async () => {
    const node = await open()
    await node.logIn()
    node.frame(7)
    await node.heard('puback')

    assert.is(broker.arrived.length, 1)
    assert.equal(proxy.counters, { connections: 1, broken: 0, acksDropped: 0 })
  })

  test('drops the acknowledgements of frames, and of nothing else', async () => {
    const node = await open()
    await node.logIn()
    const end = proxy.impose({ dropsAcks: true })
    node.frame(7)
    await broker.until(() => broker.arrived.length === 1)
    node.question(8)
    await node.heard('puback')
    end()
    node.frame(9)
    await node.heard('puback', 2)

    const ids = node.packets.flatMap((packet) =>
      packet.cmd === 'puback' ? [packet.messageId] : [],
    )
    assert.equal(ids, [8, 9])
    assert.is(proxy.counters.acksDropped, 1)
    assert.is(broker.arrived.length, 2)
  })

  test('stalled, nothing arrives on either side, and all of it afterwards', async () => {
    const node = await open()
    await node.logIn()
    const end = proxy.impose({ isStalled: true })
    node.frame(7)
    await pass(60_000)
    const during = broker.arrived.length
    end()
    await node.heard('puback')

    assert.is(during, 0)
    assert.is(broker.arrived.length, 1)
  })

  test('stalled, the broker is not told that a node went away', async () => {
    let cut = 0
    broker.onFrame = async () => void cut++
    const node = await open()
    await node.logIn()
    const end = proxy.impose({ isStalled: true })
    node.frame(7)
    for (const socket of sockets) socket.end()
    await pass(60_000)
    assert.is(cut, 0)
    end()
    await broker.until(() => broker.arrived.length === 1)
  })

  test('delays by the clock that it was given', async () => {
    const node = await open()
    await node.logIn()
    proxy.impose({ delayMs: 4_000 })
    node.frame(7)
    await pass(0)
    await pass(3_900)
    const before = broker.arrived.length
    await pass(200)
    await broker.until(() => broker.arrived.length === 1)

    assert.is(before, 0)
    await pass(3_000)
    assert.not(node.packets.some(({ cmd }) => cmd === 'puback'))
    await pass(1_100)
    await node.heard('puback')
  })

  test('a narrow line takes a second for each so many bytes', async () => {
    const node = await open()
    await node.logIn()
    const size = generate(publish('toba/lake-1/r', 7)).length
    proxy.impose({ bytesPerS: size / 10 })
    node.frame(7)
    await pass(0)
    await pass(9_900)
    const before = broker.arrived.length
    await pass(200)
    await broker.until(() => broker.arrived.length === 1)

    assert.is(before, 0)
  })

  test('cut ends the connection, reset breaks it, refused lets no new one in', async () => {
    const [first, second] = [await open(), await open()]
    await first.logIn()
    proxy.cut()
    await first.closed
    await second.closed
    assert.is(first.error(), undefined)

    const third = await open()
    await third.logIn()
    proxy.reset()
    await third.closed
    assert.match(third.error() ?? '', 'ECONNRESET')

    const end = proxy.impose({ isRefusing: true })
    const fourth = await open()
    await fourth.closed
    end()
    const fifth = await open()
    await fifth.logIn()
    assert.equal(proxy.counters, { connections: 5, broken: 4, acksDropped: 0 })
  })

  test('of several faults at once the worst of each holds, until the last of them ends', async () => {
    const node = await open()
    await node.logIn()
    const ends = [proxy.impose({ isStalled: true }), proxy.impose({ isStalled: true })]
    node.frame(7)
    ends[0]?.()
    await pass(1_000)
    const during = broker.arrived.length
    ends[1]?.()
    await node.heard('puback')

    assert.is(during, 0)
  })
})

function publish(topic: string, messageId: number): Packet {
  return { cmd: 'publish', topic, payload: 'x', qos: 1, messageId, dup: false, retain: false }
}
