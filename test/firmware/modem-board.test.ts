import * as assert from 'uvu/assert'
import { AtModem } from '../../simulators/board/peers/at-modem.js'
import { suite } from '../suite.js'
import { boardLinkRig, HOST, TOPIC } from './board-link-rig.js'
import { bundle } from './link-rig.js'
import type { Script } from './scripted-broker.js'

/** 24 November 2026, 03:46:40 UTC. */
const NOW = Date.UTC(2026, 10, 24, 3, 46, 40) / 1000
const ENTRY = `
import { openSession, startLink } from './link.js'
import { modemTransport } from './modem.js'
Object.assign(global, { openSession, startLink, modemTransport })`

let script: Promise<string> | undefined

async function modemRig(broker?: Script) {
  script ??= bundle(ENTRY)
  const rig = boardLinkRig({
    script: await script,
    transport: `(Serial3.setup(9600, { rx: D18, tx: D19 }),
      modemTransport(Serial3, D26, { apn: 'internet', host: '${HOST}', port: 1883 }))`,
    broker,
    close: 'end',
  })
  const networkTime = () => NOW
  const modem = rig.board.attach(new AtModem({ power: 26, tx: 19, rx: 18, networkTime }))
  await rig.board.powerOn()
  return { ...rig, modem }
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

  test('hears a message that is larger than the input of its UART', async () => {
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
    const lateS = Number(time?.replace('time ', '')) - NOW
    assert.ok(lateS > 0 && lateS < 5, time)
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
    assert.equal(await away.run(90), [`ended modem: AT+CIPSTART="TCP","${HOST}",1883`])

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
