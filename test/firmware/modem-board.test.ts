import type { Duplex } from 'node:stream'
import * as assert from 'uvu/assert'
import { Board } from '../../simulators/board/board.js'
import { MemoryNetwork } from '../../simulators/board/networks/memory.js'
import { AtModem } from '../../simulators/board/peers/at-modem.js'
import { suite } from '../suite.js'
import { bundle } from './link-rig.js'
import { type Script, ScriptedBroker } from './scripted-broker.js'

const HOST = 'broker.test'
const TOPIC = 'toba/toba-01/r'
/** 24 November 2026, 03:46:40 UTC. */
const NOW = Date.UTC(2026, 10, 24, 3, 46, 40) / 1000
const ENTRY = `
import { openSession, startLink } from './link.js'
import { modemTransport } from './modem.js'
Object.assign(global, { openSession, startLink, modemTransport })`
/** The rest of the node, in the board's own words. */
const NODE = `
var heard = [], frames = [];
var network = modemTransport({ serial: Serial3, pins: { rx: D18, tx: D19 }, power: D26, apn: 'internet' });
startLink(network, {
  login: { node: 'toba-01', secret: '0123456789abcdef' }, host: '${HOST}', port: 1883,
  next: function () { return frames[0]; },
  sent: function () { frames.shift(); },
  time: function (seconds) { heard.push('time ' + seconds); },
  config: function (text) { heard.push('config ' + text); },
  ended: function (reason) { heard.push('ended ' + reason); },
  progress: function () {}
});`

let script: Promise<string> | undefined

async function modemRig(broker?: Script) {
  script ??= bundle(ENTRY)
  const network = new MemoryNetwork()
  const brokers: ScriptedBroker[] = []
  network.serve(HOST, 1883, (stream: Duplex) => {
    const send = (bytes: Buffer) => void stream.write(bytes)
    const scripted = new ScriptedBroker({ send, close: () => void stream.end() }, broker)
    stream.on('data', (bytes: Buffer) => scripted.receive(bytes))
    brokers.push(scripted)
  })
  const board = new Board({ network, files: { '.bootcde': `${await script}\n${NODE}` } })
  const modem = board.attach(new AtModem({ power: 26, tx: 19, rx: 18, networkTime: () => NOW }))
  await board.powerOn()
  const heard = () => JSON.parse(String(board.evaluate('JSON.stringify(heard)'))) as string[]
  const run = async (seconds: number) => {
    await board.advance(seconds * 1000)
    assert.is(board.stats.uncaught, 0, board.console.join('\n'))
    return heard()
  }
  return { board, network, modem, brokers, run }
}

suite('a modem on the emulated board', (test) => {
  test('carries a session and is off before and after', async () => {
    const { board, brokers, run } = await modemRig()
    assert.equal(await run(60), [])
    assert.is(board.stats.radioS, 0)
    board.evaluate(
      'frames.push("first", "OK\\r\\nCLOSED\\r\\n> ", "x".repeat(1024)), openSession(false)',
    )

    assert.equal(await run(90), ['config {"revision":0}', 'time 1795000000', 'ended undefined'])

    const frames = ['first', 'OK\r\nCLOSED\r\n> ', 'x'.repeat(1024)]
    assert.equal(brokers[0]?.published(TOPIC), frames)
    assert.is(brokers[0]?.packets.at(-1)?.cmd, 'disconnect')
    assert.is(board.evaluate('network.signal()'), -77)
    assert.ok(board.stats.radioS > 10 && board.stats.radioS < 30, `${board.stats.radioS} s`)
  })

  test('takes out a message that is larger than one answer', async () => {
    const { board, brokers, run } = await modemRig()
    board.evaluate('openSession(true)')
    await run(60)
    const broker = brokers[0]
    const text = 'x'.repeat(1900)
    broker?.send(broker.message('toba/toba-01/c', text))
    assert.is((await run(5)).at(-1), `config ${text}`)
  })

  test('tells the time of its network where the service has none', async () => {
    const { board, run } = await modemRig((_, broker) => {
      broker.answers.t = undefined
      return false
    })
    board.evaluate('openSession(false)')
    const [config, time, ended] = await run(90)
    assert.is(config, 'config {"revision":0}')
    assert.is(time, `time ${NOW}`)
    assert.is(ended, 'ended undefined')
  })

  test('names what is wrong with it, and is off again', async () => {
    const reasons: [AtModem['fault'], string][] = [
      ['silent', 'modem: AT'],
      ['garbage', 'modem: AT'],
      ['no-card', 'modem: AT+CPIN?'],
      ['not-registered', 'modem: AT+CREG?'],
      ['denied', 'modem: AT+CREG?'],
      ['no-bearer', 'modem: AT+CIICR'],
    ]
    for (const [fault, reason] of reasons) {
      const { board, modem, run } = await modemRig()
      modem.fault = fault
      board.evaluate('openSession(false)')
      assert.equal(await run(120), [`ended ${reason}`])
      const seconds = board.stats.radioS
      await run(60)
      assert.is(board.stats.radioS, seconds)
      assert.ok(seconds < 80, `${fault}: ${seconds} s`)
    }
  })

  test('ends the session when the service is away, frozen or gone, or the bearer is lost', async () => {
    const away = await modemRig()
    away.network.forget(HOST)
    away.board.evaluate('openSession(false)')
    assert.equal(await away.run(90), ['ended closed'])

    for (const fault of ['half-open', 'reset', 'bearer'] as const) {
      const { board, network, modem, run } = await modemRig()
      board.evaluate('openSession(true)')
      assert.is((await run(60)).length, 2)
      if (fault === 'half-open') network.setFault(HOST, 'half-open')
      if (fault === 'reset') network.reset(HOST)
      if (fault === 'bearer') modem.dropBearer()
      const ended = (await run(120)).at(-1)
      assert.is(ended, fault === 'half-open' ? 'ended no-pingresp' : 'ended closed', fault)
    }
  })

  test('hears why it is not let in before the connection closes', async () => {
    const { board, run } = await modemRig((packet, broker) => {
      if (packet.cmd !== 'connect') return false
      broker.send({ cmd: 'connack', returnCode: 5, sessionPresent: false })
      broker.close()
      return true
    })
    board.evaluate('openSession(false)')
    assert.equal(await run(90), ['ended login-refused'])
  })
})
