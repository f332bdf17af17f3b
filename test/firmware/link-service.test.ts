import { connect } from 'node:net'
import * as assert from 'uvu/assert'
import { setNodeConfig } from '../../ingest/store/nodes.js'
import { toBinary } from '../../simulators/board/bytes.js'
import { ingestRig, oxygenFrame, type Rig } from '../ingest-fixture.js'
import { suite } from '../suite.js'
import { bundle, FakeNode, type Globals, LINK, runBundle } from './link-rig.js'

/** A net socket of Node, with the board's binary strings. */
function boardSocket(port: number) {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  return {
    write: (data: string) => socket.write(data, 'latin1'),
    end: () => socket.end(),
    on(event: string, handler: (data: string) => void) {
      socket.on(event, (data: unknown) => handler(data instanceof Buffer ? toBinary(data) : ''))
    },
  }
}

suite('a session with the real service', (test, { before, after }) => {
  let rig: Rig
  let script = ''
  before(async () => {
    rig = await ingestRig('embedded')
    script = await bundle(LINK)
  })
  after(() => rig.close())

  /** Runs one session in real time, to its end. */
  async function session(login: { name: string; secret: string }, frames: string[]) {
    const node = new FakeNode()
    node.frames.push(...frames)
    const net = { connect: () => boardSocket(rig.broker.port) }
    const timers = { set: setTimeout, clear: clearTimeout }
    const link: Globals = runBundle(script, timers, { net, dgram: {} })
    const ended = new Promise<void>((resolve) => {
      const needs = {
        ...node.needs,
        identity: { ...node.needs.identity, node: login.name, secret: login.secret },
        ended: (reason?: string) => {
          node.needs.ended(reason)
          resolve()
        },
      }
      link.startLink(link.wifiTransport({ ssid: '', password: '', sntp: '' }), needs)
    })
    link.openSession(false)
    await ended
    return node
  }

  test('frames are stored, and configuration and time told', async () => {
    const node = await rig.addNode('link-stored')
    await rig.db.transaction('write', (open) => setNodeConfig(open, node.name, { intervalS: 60 }))
    const start = rig.clock.seconds - 3600
    const frames = [oxygenFrame({ start, seq: 1 }), oxygenFrame({ start: start + 600, seq: 2 })]

    const { heard, frames: left } = await session(node, frames.map(toBinary))

    assert.equal(heard.slice().sort(), [
      'config {"intervalS":60,"revision":1}',
      'ended well',
      `time ${rig.clock.seconds}`,
    ])
    assert.equal(left, [])
    const rows = await rig.rows('SELECT time FROM reading WHERE node_id = $1', [node.id])
    assert.is(rows.length, 8)
    assert.equal(rig.refused, [])
  })

  test('a wrong secret is refused by name, and nothing is stored', async () => {
    const node = await rig.addNode('link-refused')
    const bytes = oxygenFrame({ start: rig.clock.seconds - 3600 })

    const { heard, frames } = await session({ ...node, secret: 'wrong' }, [toBinary(bytes)])

    assert.equal(heard, ['ended login-refused'])
    assert.is(frames.length, 1)
    assert.is((await rig.rows('SELECT time FROM reading WHERE node_id = $1', [node.id])).length, 0)
  })
})
