import type { Packet } from 'mqtt-packet'
import * as assert from 'uvu/assert'
import type { Lane } from '../../ingest/store/database.js'
import { setNodeConfig } from '../../ingest/store/nodes.js'
import { ingestRig, oxygenFrame, type Rig } from '../ingest-fixture.js'
import { login, publish, type RawClient } from '../mqtt-client.js'
import { suite } from '../suite.js'

suite('what a node is told', (test, { before, after }) => {
  let rig: Rig
  /** Rows reach whoever asked for them once this is settled. */
  let hold: (lane: Lane, text: string) => Promise<unknown> | undefined = () => undefined
  before(async () => {
    rig = await ingestRig('embedded', {
      database: (db) => ({
        ...db,
        async query(lane, text, values) {
          const rows = await db.query<never>(lane, text, values)
          await hold(lane, text)
          return rows
        },
      }),
    })
  })
  after(() => rig.close())

  const isDownlink = (text: string) => text.includes('config_revision AS revision')
  const never = new Promise(() => {})
  const opened = () => {
    let open = () => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    return { gate, open }
  }

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

  test('a question is acknowledged in its turn, before the frame that follows it', async () => {
    const node = await rig.addNode('down-order')
    const client = await login(rig.broker.port, node.name, node.secret)
    await subscribe(client, 'toba/down-order/t')
    const { gate, open } = opened()
    hold = (_, text) => (isDownlink(text) ? gate : undefined)
    const known = rig.batches.length
    const question = publish(client, 'toba/down-order/q', new Uint8Array(0), 1)
    const bytes = oxygenFrame({ start: rig.clock.seconds - 600 })
    const frame = publish(client, 'toba/down-order/r', bytes, 2)
    while (rig.batches.length === known) await turn()
    for (let turns = 0; turns < 20; turns++) await turn()
    open()
    assert.equal(await Promise.all([question, frame]), [1, 2])
    client.end()
  })

  test('a configuration that was read before a newer one is not sent after it', async () => {
    const node = await rig.addNode('down-edits')
    const client = await login(rig.broker.port, node.name, node.secret)
    await subscribe(client, 'toba/down-edits/c')
    await client.next('publish')
    const edit = () =>
      rig.db.transaction('write', (session) => setNodeConfig(session, node.name, {}))
    const { gate, open } = opened()
    const { gate: isRead, open: read } = opened()
    await edit()
    hold = (_, text) => {
      if (!isDownlink(text)) return undefined
      hold = () => undefined
      read()
      return gate
    }
    const overtaken = rig.broker.sendConfig(node.name)
    await isRead
    await edit()
    await rig.broker.sendConfig(node.name)
    open()
    await overtaken
    await edit()
    await rig.broker.sendConfig(node.name)
    assert.equal(json(await client.next('publish')), { revision: 2 })
    assert.equal(json(await client.next('publish')), { revision: 3 })
    client.end()
  })

  test('a node is let in and told while the pages wait for the store', async () => {
    const node = await rig.addNode('down-lane')
    hold = (lane) => (lane === 'read' ? never : undefined)
    const client = await login(rig.broker.port, node.name, node.secret)
    await subscribe(client, 'toba/down-lane/c')
    assert.equal(json(await client.next('publish')), { revision: 0 })
    hold = () => undefined
    client.end()
  })

  test('a store that hangs holds up no login and no question for longer than 10 s', async () => {
    const node = await rig.addNode('down-hangs')
    const client = await login(rig.broker.port, node.name, node.secret)
    await subscribe(client, 'toba/down-hangs/t')
    hold = () => never
    const question = publish(client, 'toba/down-hangs/q', new Uint8Array(0)).catch(() => 'closed')
    const another = login(rig.broker.port, 'down-lane', 'x')
    assert.is((await another).returnCode, 3)
    assert.is(await question, 'closed')
    hold = () => undefined
    assert.ok(rig.refused.includes('store-away'))
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

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
