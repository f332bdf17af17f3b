import * as assert from 'uvu/assert'
import { suite } from '../suite.js'
import { linkRig } from './link-rig.js'

const UNIX = 1_795_000_000
const NTP_TO_UNIX = 2_208_988_800

interface Reply {
  leap?: number
  mode?: number
  stratum?: number
  /** Seconds since 1900, modulo 2^32. */
  transmit?: number
  /** In place of what the client sent. */
  origin?: Buffer
}

function reply(question: Buffer, changes: Reply = {}): Buffer {
  const { leap = 0, mode = 4, stratum = 2, transmit = UNIX + NTP_TO_UNIX } = changes
  const answer = Buffer.alloc(48)
  answer[0] = (leap << 6) | (4 << 3) | mode
  answer[1] = stratum
  answer.set(changes.origin ?? question.subarray(40, 48), 24)
  answer.writeUInt32BE(transmit % 2 ** 32, 40)
  return answer
}

/** What the node learns from an SNTP server that answers so, and how long it takes. */
async function asked(answer: (question: Buffer) => Buffer[]) {
  const { network, timers, datagrams } = await linkRig()
  datagrams.answer = answer
  const told: { seconds: number | undefined; afterS: number }[] = []
  network.time((seconds) => told.push({ seconds, afterS: timers.nowMs / 1000 }))
  timers.run(60)
  assert.is(told.length, 1)
  assert.is(datagrams.open, 0)
  assert.is(timers.pending, 0)
  return { ...told[0], datagrams }
}

suite('SNTP', (test) => {
  test('asks one question as RFC 4330 has it and takes the answer', async () => {
    const { seconds, datagrams } = await asked((question) => [reply(question)])
    assert.is(seconds, UNIX)
    const [{ question, port, host } = { question: Buffer.alloc(0), port: 0, host: '' }, ...more] =
      datagrams.asked
    assert.equal([question.length, question[0], port, host], [48, 0x23, 123, 'ntp.test'])
    assert.equal(more, [])
  })

  test('goes on after 2036', async () => {
    const { seconds } = await asked((question) => [reply(question, { transmit: 2 ** 32 + 86_400 })])
    assert.is(seconds, 2 ** 32 + 86_400 - NTP_TO_UNIX)
  })

  test('waits five seconds for a server that is silent', async () => {
    const { seconds, afterS } = await asked(() => [])
    assert.equal([seconds, afterS], [undefined, 5])
  })

  test('believes no server that does not know the time itself', async () => {
    const bad: [string, Reply][] = [
      ['kiss of death', { stratum: 0 }],
      ['no source', { stratum: 16 }],
      ['a client', { mode: 3 }],
      ['a broadcast', { mode: 5 }],
      ['leap alarm', { leap: 3 }],
      ['2019', { transmit: 1_577_836_799 + NTP_TO_UNIX }],
      ['zero, which is 2036', { transmit: 0, stratum: 0 }],
    ]
    for (const [name, changes] of bad) {
      const { seconds } = await asked((question) => [reply(question, changes)])
      assert.is(seconds, undefined, name)
    }
  })

  test('takes an answer to its own question only', async () => {
    const foreign = (question: Buffer) => reply(question, { origin: Buffer.alloc(8), transmit: 2 })
    const { seconds } = await asked((question) => [
      foreign(question),
      Buffer.from('short'),
      Buffer.alloc(0),
      reply(question),
    ])
    assert.is(seconds, UNIX)
    const alone = await asked((question) => [foreign(question)])
    assert.is(alone.seconds, undefined)
  })

  test('does without where there is no socket to ask through', async () => {
    const { network, timers } = await linkRig(undefined, { modules: { dgram: {} } })
    const told: (number | undefined)[] = []
    network.time((seconds) => told.push(seconds))
    assert.equal(told, [undefined])
    assert.is(timers.pending, 0)
  })
})
