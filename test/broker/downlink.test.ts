import type { Packet } from 'mqtt-packet'
import * as assert from 'uvu/assert'
import { setNodeConfig } from '../../ingest/store/nodes.js'
import { ingestRig, oxygenFrame, type Rig } from '../ingest-fixture.js'
import { login, publish, type RawClient } from '../mqtt-client.js'
import { suite } from '../suite.js'

suite('what a node is told', (test, { before, after }) => {
  let rig: Rig
  before(async () => {
    rig = await ingestRig('embedded')
  })
  after(() => rig.close())

  const subscribe = async (client: RawClient, ...topics: string[]) => {
    client.send({
      cmd: 'subscribe',
      messageId: 7,
      subscriptions: topics.map((topic) => ({ topic, qos: 1 })),
    })
    await client.next('suback')
  }
  const json = (packet: Packet): unknown =>
    packet.cmd === 'publish' ? JSON.parse(packet.payload.toString()) : undefined

  test('its configuration comes on subscription and again when it changes', async () => {
    const node = await rig.addNode('down-config')
    const client = await login(rig.broker.port, node.name, node.secret)
    await subscribe(client, 'toba/down-config/c')
    assert.equal(json(await client.next('publish')), { revision: 0 })

    await rig.db.transaction('write', (session) =>
      setNodeConfig(session, node.name, { intervalS: 60 }),
    )
    await rig.broker.sendConfig(node.name)

    assert.equal(json(await client.next('publish')), { intervalS: 60, revision: 1 })
    client.end()
  })

  test('the time answer carries time, configuration revision and open rejected frames', async () => {
    const node = await rig.addNode('down-time')
    const client = await login(rig.broker.port, node.name, node.secret)
    await subscribe(client, 'toba/down-time/t')
    await publish(client, 'toba/down-time/r', new Uint8Array(3), 1)
    await publish(client, 'toba/down-time/q', new Uint8Array(0), 2)
    assert.equal(json(await client.next('publish')), { t: rig.clock.seconds, c: 0, x: 1 })
    client.end()
  })

  test('without a synchronised server clock no time is handed out', async () => {
    const node = await rig.addNode('down-clock')
    const client = await login(rig.broker.port, node.name, node.secret)
    await subscribe(client, 'toba/down-clock/t')
    rig.clock.isSynchronised = false
    await publish(client, 'toba/down-clock/q', new Uint8Array(0), 2)
    rig.clock.isSynchronised = true
    assert.equal(json(await client.next('publish')), { c: 0, x: 0 })
    client.end()
  })

  test('a will and a retained message leave nothing behind', async () => {
    const node = await rig.addNode('down-will')
    const will = {
      topic: 'toba/down-will/c',
      payload: Buffer.from('x'),
      qos: 1 as const,
      retain: true,
    }
    const client = await login(rig.broker.port, node.name, node.secret, { will })
    client.send({
      cmd: 'publish',
      topic: 'toba/down-will/r',
      payload: Buffer.from(oxygenFrame({ start: rig.clock.seconds - 600 })),
      qos: 1,
      messageId: 3,
      dup: false,
      retain: true,
    })
    await client.next('puback')
    client.end()
    await client.closed

    const again = await login(rig.broker.port, node.name, node.secret)
    await subscribe(again, 'toba/down-will/c')
    assert.equal(json(await again.next('publish')), { revision: 0 }, 'only the database speaks')
    again.end()
  })

  test('a subscriber that stopped reading holds up nobody else', async () => {
    const frozen = await rig.addNode('down-frozen')
    const other = await rig.addNode('down-other')
    const client = await login(rig.broker.port, frozen.name, frozen.secret)
    await subscribe(client, 'toba/down-frozen/c')
    client.socket.pause()
    const configuration = { settings: { note: 'x'.repeat(60) } }
    await rig.db.transaction('write', (session) =>
      setNodeConfig(session, frozen.name, configuration),
    )
    await Promise.all(Array.from({ length: 3000 }, () => rig.broker.sendConfig(frozen.name)))

    const healthy = await login(rig.broker.port, other.name, other.secret)
    await publish(healthy, 'toba/down-other/r', oxygenFrame({ start: rig.clock.seconds - 600 }))
    healthy.end()
    client.end()
  })
})
