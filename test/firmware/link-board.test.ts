import * as assert from 'uvu/assert'
import { suite } from '../suite.js'
import { boardLinkRig, HOST, TOPIC } from './board-link-rig.js'
import { bundle, LINK } from './link-rig.js'
import type { Script } from './scripted-broker.js'

let script: Promise<string> | undefined

async function boardRig(broker?: Script, password = 'danau') {
  script ??= bundle(LINK)
  const rig = boardLinkRig({
    script: await script,
    transport: `wifiTransport({ ssid: 'toba', password: '${password}', sntp: 'ntp.test' })`,
    broker,
    close: 'destroy',
    accessPoints: [{ ssid: 'toba', password: 'danau', rssi: -61 }],
  })
  await rig.board.powerOn()
  return rig
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
