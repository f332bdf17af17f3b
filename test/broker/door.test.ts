import { Server } from 'node:net'
import * as assert from 'uvu/assert'
import { disableNode, rotateNode } from '../../ingest/store/nodes.js'
import { newSecret } from '../../ingest/store/secrets.js'
import { ingestRig, oxygenFrame, type Rig } from '../ingest-fixture.js'
import { connectPacket, login, openSocket, publish, type RawClient } from '../mqtt-client.js'
import { suite } from '../suite.js'

suite('the door for nodes', (test, { before, after }) => {
  let rig: Rig
  before(async () => {
    rig = await ingestRig('embedded', { broker: { maxConnectionsPerAddress: 30 } })
  })
  after(() => rig.close())

  const refusedNow = async (work: () => Promise<unknown>) => {
    const known = rig.refused.length
    await work()
    return rig.refused.slice(known)
  }

  test('an unknown node and a wrong secret are refused with CONNACK 4 and a reason', async () => {
    const node = await rig.addNode('door-secret')
    const reasons = await refusedNow(async () => {
      assert.is((await login(rig.broker.port, 'no-such-node', 'x')).returnCode, 4)
      assert.is((await login(rig.broker.port, node.name, 'wrong')).returnCode, 4)
      const foreignId = { clientId: 'another-name' }
      assert.is((await login(rig.broker.port, node.name, node.secret, foreignId)).returnCode, 4)
    })
    assert.equal(reasons, ['unknown-node', 'wrong-secret', 'client-id'])
    assert.ok(
      rig.logged.some(({ event, reason }) => event === 'refused' && reason === 'wrong-secret'),
    )
  })

  test('names of object properties are nobody', async () => {
    const reasons = await refusedNow(async () => {
      for (const name of ['constructor', '__proto__', 'toba/+/r']) {
        assert.is((await login(rig.broker.port, name, '')).returnCode, 4)
      }
    })
    assert.equal(reasons, ['unknown-node', 'client-id', 'client-id'])
  })

  test('after a rotation the old secret logs in until the new one has', async () => {
    const node = await rig.addNode('door-rotate')
    const fresh = newSecret()
    await rig.db.transaction('write', (session) =>
      rotateNode(session, node.name, fresh, new Date(rig.clock.ms)),
    )
    const codes = []
    for (const secret of [node.secret, fresh, node.secret, fresh]) {
      const client = await login(rig.broker.port, node.name, secret)
      codes.push(client.returnCode)
      client.end()
    }
    assert.equal(codes, [0, 0, 4, 0])
  })

  test('a disabled node is cut off at once, stays out, and its data stays', async () => {
    const node = await rig.addNode('door-disabled')
    const client = await login(rig.broker.port, node.name, node.secret)
    await publish(client, 'toba/door-disabled/r', oxygenFrame({ start: rig.clock.seconds - 600 }))
    await rig.db.transaction('write', (session) =>
      disableNode(session, node.name, new Date(rig.clock.ms)),
    )

    rig.broker.disconnect(node.name)

    await client.closed
    assert.is((await login(rig.broker.port, node.name, node.secret)).returnCode, 5)
    assert.is((await rig.rows('SELECT FROM reading WHERE node_id = $1', [node.id])).length, 4)
  })

  test('a foreign topic closes the connection and stores nothing', async () => {
    const node = await rig.addNode('door-topic')
    await rig.addNode('door-victim')
    const bytes = oxygenFrame({ start: rig.clock.seconds - 600 })
    const reasons = await refusedNow(async () => {
      for (const topic of [
        'toba/door-victim/r',
        'toba/door-topic/c',
        '$SYS/x',
        'toba/door-topic/r/x',
      ]) {
        const client = await login(rig.broker.port, node.name, node.secret)
        const answer = await publish(client, topic, bytes).catch(() => 'closed')
        assert.is(answer, 'closed', topic)
      }
    })
    assert.equal([...new Set(reasons)], ['foreign-topic'])
    assert.is((await rig.rows('SELECT FROM reading WHERE node_id = $1', [node.id])).length, 0)
  })

  test('only the own topics c and t can be subscribed to', async () => {
    const node = await rig.addNode('door-listen')
    const client = await login(rig.broker.port, node.name, node.secret)
    const topics = [
      'toba/door-listen/c',
      'toba/door-listen/t',
      'toba/door-victim/c',
      '#',
      'toba/+/r',
    ]
    client.send({
      cmd: 'subscribe',
      messageId: 9,
      subscriptions: topics.map((topic) => ({ topic, qos: 1 })),
    })
    const suback = await client.next('suback')
    assert.equal('granted' in suback && suback.granted, [1, 1, 128, 128, 128])
    client.end()
  })

  test('QoS 2 and a session that should be kept are refused', async () => {
    const node = await rig.addNode('door-qos')
    const reasons = await refusedNow(async () => {
      const client = await login(rig.broker.port, node.name, node.secret)
      client.send({
        cmd: 'publish',
        topic: 'toba/door-qos/r',
        payload: Buffer.from(oxygenFrame({ start: rig.clock.seconds - 600 })),
        qos: 2,
        messageId: 1,
        dup: false,
        retain: false,
      })
      await client.closed
      const kept = await login(rig.broker.port, node.name, node.secret, { clean: false }).catch(
        () => 'closed',
      )
      assert.is(kept, 'closed')
    })
    assert.equal(reasons, ['qos-2', 'clean-session-required'])
  })

  test('100 MB declared before or after login are refused on the fixed header', async () => {
    const node = await rig.addNode('door-huge')
    const huge = Buffer.from([0x30, 0xff, 0xff, 0xff, 0x2f])
    const memory = process.memoryUsage().rss
    const reasons = await refusedNow(async () => {
      const stranger = await openSocket(rig.broker.port)
      stranger.socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x2f]))
      await stranger.closed
      const client = await login(rig.broker.port, node.name, node.secret)
      client.socket.write(huge)
      await client.closed
    })
    assert.equal(reasons, ['packet-too-large', 'packet-too-large'])
    assert.ok(process.memoryUsage().rss - memory < 50_000_000)
  })

  test('the largest frame passes', async () => {
    const node = await rig.addNode('door-'.padEnd(32, 'x'))
    const client = await login(rig.broker.port, node.name, node.secret)
    await publish(client, `toba/${node.name}/r`, new Uint8Array(1024))
    const [rejected] = await rig.rows('SELECT reason FROM rejected_frame WHERE node_id = $1', [
      node.id,
    ])
    assert.is(rejected?.reason, 'unknown-version')
    client.end()
  })

  test('sockets of one address are limited, and room is made when they close', async () => {
    const sockets = await Promise.all(Array.from({ length: 30 }, () => openSocket(rig.broker.port)))
    const one = await openSocket(rig.broker.port)
    await one.closed
    assert.is(rig.refused.at(-1), 'too-many-sockets')
    for (const socket of sockets) socket.end()
    await Promise.all(sockets.map((socket) => socket.closed))
    const node = await rig.addNode('door-room')
    // The broker's side of a closed socket closes a moment later.
    let client = await login(rig.broker.port, node.name, node.secret).catch(() => undefined)
    for (let tries = 0; client === undefined && tries < 50; tries++) {
      client = await login(rig.broker.port, node.name, node.secret).catch(() => undefined)
    }
    assert.is(client?.returnCode, 0)
    client?.end()
  })

  test('a socket that sends no CONNECT in time is closed', async () => {
    const silent = await openSocket(rig.broker.port)
    const slow = await openSocket(rig.broker.port)
    slow.socket.write(Buffer.from([0x10]))
    const known = rig.refused.length
    await Promise.all([silent.closed, slow.closed])
    assert.equal(rig.refused.slice(known), ['connect-timeout', 'connect-timeout'])
  })

  test('a node that would never be missed is refused by its keepalive', async () => {
    const node = await rig.addNode('door-keepalive')
    const reasons = await refusedNow(async () => {
      for (const keepalive of [0, 1201]) {
        const client = await login(rig.broker.port, node.name, node.secret, { keepalive })
        assert.is.not(client.returnCode, 0)
        await client.closed
      }
    })
    assert.equal(reasons, ['keepalive', 'keepalive'])
  })

  test('a socket that cannot be accepted is counted and ends nothing', async () => {
    const reasons = await refusedNow(async () => {
      listenerOn(rig.broker.port)?.emit('error', new Error('accept EMFILE'))
    })
    assert.equal(reasons, ['accept-failed'])
  })

  test('a node that is cut off or breaks off while it logs in is not connected', async () => {
    let hold: Promise<void> | undefined
    let read = () => {}
    const slow = await ingestRig('embedded', {
      database: (db) => ({
        ...db,
        async query(lane, text, values) {
          const rows = await db.query<never>(lane, text, values)
          if (text.includes('secret_hash')) {
            read()
            await hold
          }
          return rows
        },
      }),
    })
    const { name, secret } = await slow.addNode('door-raced')
    const endings = [
      () => slow.broker.disconnect(name),
      // Its CONNACK finds nobody, which Aedes learns only after it has let the node in.
      (client: RawClient) => client.socket.resetAndDestroy(),
    ]
    for (const end of endings) {
      let release = () => {}
      hold = new Promise((resolve) => {
        release = resolve
      })
      const isRead = new Promise<void>((resolve) => {
        read = resolve
      })
      const client = await openSocket(slow.broker.port)
      client.send(connectPacket(name, secret))
      await isRead
      end(client)
      release()
      await client.closed
      for (let turn = 0; turn < 20; turn++) await new Promise((next) => setImmediate(next))
      assert.is(slow.broker.connected().size, 0)
    }
    await slow.close()
  })

  test('a login from outside the named networks needs TLS', async () => {
    const { BlockList } = await import('node:net')
    const outside = await ingestRig('embedded', { broker: { plainNetworks: new BlockList() } })
    const socket = await openSocket(outside.broker.port)
    await socket.closed
    assert.equal(outside.refused, ['plain-network'])
    await outside.close()
  })

  test('the second login of a node takes over the first', async () => {
    const node = await rig.addNode('door-twice')
    const first = await login(rig.broker.port, node.name, node.secret)
    const second = await login(rig.broker.port, node.name, node.secret)
    await first.closed
    await publish(second, 'toba/door-twice/r', oxygenFrame({ start: rig.clock.seconds - 600 }))
    assert.ok(rig.broker.connected().has(node.name))
    second.end()
  })
})

/** What the system's errors of accept() arrive at. */
function listenerOn(port: number): Server | undefined {
  const handles: unknown[] = Reflect.get(process, '_getActiveHandles').call(process)
  return handles.find((handle): handle is Server => {
    const address = handle instanceof Server ? handle.address() : null
    return typeof address === 'object' && address?.port === port
  })
}
