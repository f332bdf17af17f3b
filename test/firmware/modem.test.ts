import * as assert from 'uvu/assert'
import { suite } from '../suite.js'
import { FakeModem, type ModemFaults } from './fake-modem.js'
import { bundle, FakeNode, FakeSocket, runBundle, Timers } from './link-rig.js'
import { type Script, ScriptedBroker } from './scripted-broker.js'

const ENTRY = `
import { openSession, startLink } from './link.js'
import { modemTransport } from './modem.js'
Object.assign(global, { openSession, startLink, modemTransport })`
const TOPIC = 'toba/toba-01/r'
/** 24 November 2026, 03:46:40 UTC: what the modem's clock says, which is seven hours ahead. */
const NOW = Date.UTC(2026, 10, 24, 3, 46, 40) / 1000

let script: Promise<string> | undefined

async function modemRig(faults: ModemFaults = {}, broker?: Script) {
  script ??= bundle(ENTRY)
  const timers = new Timers()
  const brokers: ScriptedBroker[] = []
  const sockets: FakeSocket[] = []
  const network = { isReachable: true }
  const connect = () => {
    const socket = new FakeSocket(timers)
    const scripted = new ScriptedBroker(socket, broker)
    socket.isOpen = network.isReachable
    socket.onBytes = (bytes) => scripted.receive(bytes)
    sockets.push(socket)
    brokers.push(scripted)
    return socket
  }
  let toBoard: (data: string) => void = () => {}
  const modem = new FakeModem(timers, (text) => toBoard(text), { connect, faults })
  const serial = {
    setup() {},
    write: (data: string) => timers.after(1, () => modem.receive(data)),
    on: (_event: 'data', handler: (data: string) => void) => {
      toBoard = handler
    },
  }
  const supply = { write: (value: unknown) => modem.power(Boolean(value)) }
  const link = runBundle(await script, timers, {})
  const node = new FakeNode()
  const { host, port } = node.needs.identity
  const transport = link.modemTransport(serial, supply, { apn: 'internet', host, port })
  link.startLink(transport, node.needs)
  const pollute = (text: string) => toBoard(text)
  return { timers, modem, node, link, transport, brokers, sockets, network, pollute }
}

/** How a session with such a modem ends, and whether it is without power afterwards. */
async function ending(faults: ModemFaults, broker?: Script) {
  const rig = await modemRig(faults, broker)
  rig.node.frames.push('frame')
  rig.link.openSession(false)
  while (rig.node.endings.length === 0 && rig.timers.nowMs < 600_000) rig.timers.run(1)
  const seconds = rig.timers.nowMs / 1000
  assert.is(rig.modem.isPowered, false)
  rig.timers.run(60)
  assert.is(rig.node.endings.length, 1)
  assert.is(rig.timers.pending, 0)
  return { reason: rig.node.endings[0], seconds, rig }
}

suite('a modem', (test) => {
  test('carries a session and has power during it only', async () => {
    const { link, node, brokers, timers, modem, transport } = await modemRig()
    const every = Buffer.from(Array.from({ length: 1024 }, (_, n) => n & 255)).toString('latin1')
    node.frames.push(every, 'OK\r\nERROR\r\n> ', 'last')

    link.openSession(false)
    timers.run(60)

    assert.equal(node.heard, ['config {"revision":0}', 'time 1795000000', 'ended well'])
    assert.equal(brokers[0]?.published(TOPIC), [every, 'OK\r\nERROR\r\n> ', 'last'])
    assert.is(brokers[0]?.packets.at(-1)?.cmd, 'disconnect')
    assert.is(transport.signal(), -77)
    assert.equal([modem.isPowered, modem.hardCuts], [false, 0])
    assert.is(timers.pending, 0)
  })

  test('hears what came, whatever bytes and however much', async () => {
    const { link, node, brokers, timers } = await modemRig()
    link.openSession(true)
    timers.run(60)
    const broker = brokers[0]
    const texts = ['CLOSED\r\nNO CARRIER\r\nOK\r\n', 'x'.repeat(1900), '\r\n\r\n']
    for (const text of texts) broker?.send(broker.message('toba/toba-01/c', text))
    timers.run(10)
    assert.equal(
      node.heard.slice(-3),
      texts.map((text) => `config ${text}`),
    )
    assert.equal(node.endings, [])
  })

  test('tells the time of the network where the service has none', async () => {
    const { link, node, brokers, timers } = await modemRig({}, (_, broker) => {
      broker.answers.t = undefined
      return false
    })
    node.frames.push('frame')
    link.openSession(false)
    timers.run(60)
    const [config, time, ended] = node.heard
    assert.equal([config, ended], ['config {"revision":0}', 'ended well'])
    const lateS = Number(time?.replace('time ', '')) - NOW
    assert.ok(lateS > 0 && lateS < 5, time)
    assert.equal(brokers[0]?.published(TOPIC), ['frame'])
  })

  test('reads the clock of any day and zone, and not one that was never set', async () => {
    const clocks: [string, number | undefined][] = [
      ['28/02/29,00:00:00+00', Date.UTC(2028, 1, 29) / 1000],
      ['28/03/01,00:00:00+00', Date.UTC(2028, 2, 1) / 1000],
      ['27/01/01,06:59:59+28', Date.UTC(2026, 11, 31, 23, 59, 59) / 1000],
      ['26/12/31,20:30:00-14', Date.UTC(2027, 0, 1, 0, 0, 0) / 1000],
      ['20/01/31,12:00:00+00', Date.UTC(2020, 0, 31, 12) / 1000],
      ['04/01/01,00:00:12+00', undefined],
      ['80/01/06,00:00:12+00', undefined],
      ['00/01/01,00:00:12+00', undefined],
      ['', undefined],
    ]
    for (const [clock, expected] of clocks) {
      const { link, timers, transport } = await modemRig({ clock })
      link.openSession(true)
      timers.run(60)
      const told: (number | undefined)[] = []
      transport.time((seconds) => told.push(seconds))
      timers.run(1000)
      transport.time((seconds) => told.push(seconds))
      const [first, second] = told
      if (expected === undefined) {
        assert.equal(told, [undefined, undefined], clock)
      } else {
        // The session is a minute old.
        const lateS = Number(first) - expected
        assert.ok(lateS > 0 && lateS < 60, `${clock}: ${lateS} s`)
        assert.is(Math.round(Number(second) - Number(first)), 1000)
      }
    }
  })

  test('names the command that fails: no card, no network, no access', async () => {
    const card = await ending({ hasCard: false })
    assert.is(card.reason, 'modem: AT+CPIN?')
    const network = await ending({ registers: false })
    assert.is(network.reason, 'modem: AT+CREG?')
    assert.ok(network.seconds > 60 && network.seconds < 80, `${network.seconds} s`)
    const access = await ending({ refuses: 'AT+CIICR' })
    assert.is(access.reason, 'modem: AT+CIICR')
    assert.ok(access.seconds < 30, `${access.seconds} s`)
  })

  test('a mute modem costs no more than the limits, at whatever step', async () => {
    const limits: [string, number, string][] = [
      ['AT', 25, 'modem: AT'],
      ['AT+CREG?', 90, 'modem: AT+CREG?'],
      ['AT+CIICR', 110, 'modem: AT+CIICR'],
      ['AT+CSQ', 25, 'modem: AT+CSQ;+CCLK?'],
      ['AT+CIPSTART', 45, 'modem: AT+CIPSTART="TCP","broker.test",1883'],
    ]
    for (const [muteFrom, limit, reason] of limits) {
      const { seconds, ...ended } = await ending({ muteFrom })
      assert.is(ended.reason, reason, muteFrom)
      assert.ok(seconds <= limit, `${muteFrom}: ${seconds} s`)
    }
  })

  test('a modem that does not say good-bye is cut off', async () => {
    const { reason, rig } = await ending({ muteFrom: 'AT+CPOWD' })
    assert.equal([reason, rig.modem.hardCuts], ['well', 1])
  })

  test('goes down orderly at any time, and says so once it has no power', async () => {
    for (const seconds of [2, 6, 11, 30]) {
      const { timers, transport, modem } = await modemRig()
      const told: string[] = []
      transport.up(() => told.push('up'))
      timers.run(seconds)
      transport.down(() => told.push(modem.isPowered ? 'too early' : 'down'))
      timers.run(20)
      assert.equal(told, seconds < 30 ? ['down'] : ['up', 'down'], `${seconds} s`)
      assert.is(modem.hardCuts, 0, `${seconds} s`)
      assert.is(timers.pending, 0)
    }
  })

  test('a connection closes once, whoever ends it', async () => {
    for (const end of ['service', 'node', 'transport'] as const) {
      const { timers, transport, sockets } = await modemRig()
      transport.up(() => {})
      timers.run(30)
      let closed = 0
      const socket = transport.connect('broker.test', 1883)
      socket.on('data', () => {})
      socket.on('close', () => closed++)
      if (end === 'service') sockets[0]?.close()
      timers.run(1)
      if (end === 'node') socket.end()
      assert.is(closed, end === 'transport' ? 0 : 1)
      if (end !== 'transport') socket.end()
      transport.down(() => {})
      timers.run(20)
      assert.is(closed, 1, end)
    }
  })

  test('noise between the answers is no harm', async () => {
    const { reason, rig } = await ending({ noise: '\r\n\xff\x00#\r\nRDY\r\n' })
    assert.is(reason, 'well')
    assert.equal(rig.brokers[0]?.published(TOPIC), ['frame'])
  })

  test('noise without end fills nothing', async () => {
    const rig = await modemRig({ muteFrom: 'AT' })
    rig.link.openSession(false)
    const before = process.memoryUsage().heapUsed
    for (let n = 0; n < 14; n++) {
      rig.timers.run(1)
      rig.pollute('\xff'.repeat(10_000_000))
    }
    assert.ok(process.memoryUsage().heapUsed - before < 70_000_000)
    rig.timers.run(10)
    assert.equal(rig.node.endings, ['modem: AT'])
  })

  test('what the modem says by itself costs its own session only', async () => {
    for (const [text, reason] of [
      ['\r\n+PDP: DEACT\r\n', 'closed'],
      ['\r\nCLOSED\r\n', 'closed'],
      ['\r\nRING\r\n\r\nRING\r\n', 'bad-packet'],
    ] as const) {
      const { link, node, timers, pollute } = await modemRig()
      link.openSession(true)
      timers.run(60)
      for (let at = 0; at < text.length; at += 7) pollute(text.slice(at, at + 7))
      timers.run(60)
      assert.equal(node.endings, [reason])
      link.openSession(false)
      timers.run(60)
      assert.equal(node.endings, [reason, 'well'])
    }
  })

  test('a service that cannot be reached, or closes, ends the session', async () => {
    const away = await modemRig()
    away.network.isReachable = false
    away.link.openSession(false)
    away.timers.run(60)
    assert.equal(away.node.endings, ['modem: AT+CIPSTART="TCP","broker.test",1883'])

    const closed = await ending({}, (packet, broker) => {
      if (packet.cmd === 'subscribe') broker.close()
      return packet.cmd === 'subscribe'
    })
    assert.is(closed.reason, 'closed')
  })

  test('what the service said before it closed is heard', async () => {
    const { reason } = await ending({}, (packet, broker) => {
      if (packet.cmd !== 'connect') return false
      broker.send({ cmd: 'connack', returnCode: 4, sessionPresent: false })
      broker.close()
      return true
    })
    assert.is(reason, 'login-refused')
  })

  test('a new session begins with a modem that was off, also right after the last', async () => {
    const { link, node, timers, modem, sockets } = await modemRig({}, (packet, broker) => {
      if (packet.cmd !== 'connect' || sockets.length > 1) return false
      broker.send({ cmd: 'connack', returnCode: 3, sessionPresent: false })
      return true
    })
    link.openSession(false)
    while (node.endings.length === 0) timers.run(0.1)
    link.openSession(false)
    timers.run(60)
    assert.equal(node.endings, ['login-later', 'well'])
    assert.is(modem.commands.filter((command) => command.startsWith('AT+CLTS')).length, 2)
  })
})
