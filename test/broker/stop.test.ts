import * as assert from 'uvu/assert'
import { ingestRig, oxygenFrame } from '../ingest-fixture.js'
import { login } from '../mqtt-client.js'
import { suite } from '../suite.js'

suite('the end of the broker', (test) => {
  test('every frame that is stored during the stop is acknowledged before the connection ends', async () => {
    let gate: Promise<void> = Promise.resolve()
    const rig = await ingestRig('embedded', {
      database: (db) => ({
        ...db,
        async run(lane, work) {
          if (lane === 'write') await gate
          return db.run(lane, work)
        },
        async transaction(lane, work) {
          if (lane === 'write') await gate
          return db.transaction(lane, work)
        },
      }),
    })
    const node = await rig.addNode('stop-acks')
    const client = await login(rig.broker.port, node.name, node.secret)
    let open = () => {}
    gate = new Promise((resolve) => {
      open = resolve
    })
    const ids = Array.from({ length: 50 }, (_, index) => index + 1)
    const acknowledged: number[] = []
    // In one piece: Aedes reads on only when what it has read is settled.
    client.socket.cork()
    for (const messageId of ids) {
      const start = rig.clock.seconds - 600 * messageId
      client.send({
        cmd: 'publish',
        topic: 'toba/stop-acks/r',
        payload: Buffer.from(oxygenFrame({ start, seq: messageId })),
        qos: 1,
        messageId,
        dup: false,
        retain: false,
      })
      void client.next('puback').then(
        (packet) => acknowledged.push(packet.messageId ?? 0),
        () => {},
      )
    }
    client.socket.uncork()
    while (rig.pipeline.balance().frames.received === 0) await turn()

    const closing = rig.close()
    open()
    await closing
    await client.closed

    const { stored } = rig.pipeline.balance().frames
    assert.ok(stored > 0)
    assert.equal(acknowledged, ids.slice(0, stored))
  })
})

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
