import type { Duplex } from 'node:stream'
import * as assert from 'uvu/assert'
import { Board } from '../../simulators/board/board.js'
import { MemoryNetwork } from '../../simulators/board/networks/memory.js'
import { suite } from '../suite.js'
import { bundle, LINK } from './link-rig.js'
import { type Script, ScriptedBroker } from './scripted-broker.js'

const HOST = 'broker.test'
const TOPIC = 'toba/toba-01/r'
/** The rest of the node, in the board's own words. */
const NODE = `
var heard = [], frames = [], network = wifiTransport({ ssid: 'toba', password: 'PASSWORD', sntp: 'ntp.test' });
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

async function boardRig(broker?: Script, password = 'danau') {
  script ??= bundle(LINK)
  const network = new MemoryNetwork()
  const brokers: ScriptedBroker[] = []
  network.serve(HOST, 1883, (stream: Duplex) => {
    const send = (bytes: Buffer) => void stream.write(bytes)
    const scripted = new ScriptedBroker({ send, close: () => void stream.destroy() }, broker)
    stream.on('data', (bytes: Buffer) => scripted.receive(bytes))
    brokers.push(scripted)
  })
  const board = new Board({
    network,
    accessPoints: [{ ssid: 'toba', password: 'danau', rssi: -61 }],
    files: { '.bootcde': `${await script}\n${NODE.replace('PASSWORD', password)}` },
  })
  await board.powerOn()
  const heard = () => JSON.parse(String(board.evaluate('JSON.stringify(heard)'))) as string[]
  const run = async (seconds: number) => {
    await board.advance(seconds * 1000)
    assert.is(board.stats.uncaught, 0, board.console.join('\n'))
    return heard()
  }
  return { board, network, brokers, run }
}

suite('a session on the emulated board', (test) => {
  test('is over in seconds, and the radio is off before and after', async () => {
    const { board, brokers, run } = await boardRig()
    assert.equal(await run(60), [])
    assert.is(board.stats.radioS, 0)
    board.evaluate('frames.push("first", "second"), openSession(false)')

    assert.equal(await run(60), ['config {"revision":0}', 'time 1795000000', 'ended undefined'])

    assert.equal(brokers[0]?.published(TOPIC), ['first', 'second'])
    assert.is(brokers[0]?.packets.at(-1)?.cmd, 'disconnect')
    assert.ok(board.stats.radioS > 0 && board.stats.radioS < 10, `${board.stats.radioS} s`)
  })

  test('ends when the password is wrong, with the reason of the board', async () => {
    const { board, run } = await boardRig(undefined, 'wrong')
    board.evaluate('openSession(false)')
    assert.equal(await run(60), ['ended wifi: 4WAY_HANDSHAKE_TIMEOUT'])
    assert.ok(board.stats.radioS < 31)
  })

  test('ends when the name is unknown, nobody listens or nothing comes back', async () => {
    const unknown = await boardRig()
    unknown.network.forget(HOST)
    unknown.board.evaluate('openSession(false)')
    assert.equal(await unknown.run(60), ['ended InternalError: Unable to locate host'])

    const refused = await boardRig()
    refused.network.setFault(HOST, 'refuse')
    refused.network.serve(HOST, 1883, () => {})
    refused.network.setFault(HOST, 'half-open')
    refused.board.evaluate('openSession(false)')
    assert.equal(await refused.run(60), ['ended no-connack'])
  })

  test('that stays notices a half-open connection, a reset and a lost access point', async () => {
    for (const fault of ['half-open', 'reset', 'air'] as const) {
      const { board, network, run } = await boardRig()
      board.evaluate('openSession(true)')
      assert.equal((await run(600)).length, 2)
      if (fault === 'half-open') network.setFault(HOST, 'half-open')
      if (fault === 'reset') network.reset(HOST)
      if (fault === 'air') {
        board.air.remove('toba')
        network.setFault(HOST, 'half-open')
      }
      const ended = (await run(120)).at(-1)
      assert.is(ended, fault === 'reset' ? 'ended closed' : 'ended no-pingresp')
    }
  })

  test('asks SNTP where the service has no time', async () => {
    const { board, network, run } = await boardRig((_, broker) => {
      broker.answers.t = undefined
      return false
    })
    network.serveDatagrams('ntp.test', 123, (question) => {
      const answer = Buffer.alloc(48)
      answer.set([0x24, 2])
      answer.set(question.subarray(40, 48), 24)
      answer.writeUInt32BE(1_795_000_000 + 2_208_988_800, 40)
      return answer
    })
    board.evaluate('openSession(false)')
    assert.equal(await run(60), ['config {"revision":0}', 'time 1795000000', 'ended undefined'])
  })

  test('tells its signal while it is on', async () => {
    const { board, run } = await boardRig()
    assert.is(board.evaluate('network.signal()'), undefined)
    board.evaluate('openSession(true)')
    await run(10)
    assert.is(board.evaluate('network.signal()'), -61)
  })
})
