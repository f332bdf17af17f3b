import * as assert from 'uvu/assert'
import { AppError } from '../../ingest/errors.js'
import type { Database } from '../../ingest/store/database.js'
import { ingestRig, oxygenFrame, type Rig } from '../ingest-fixture.js'
import { login, publish } from '../mqtt-client.js'
import { engines } from '../store-fixture.js'
import { suite } from '../suite.js'

/** A database that fails on demand, in front of a real one. */
function breakable(db: Database): Database & { broken: AppError | undefined; gate: Promise<void> } {
  return {
    ...db,
    broken: undefined,
    gate: Promise.resolve(),
    async run(lane, work) {
      if (lane === 'write') await this.gate
      if (this.broken !== undefined) throw this.broken
      return db.run(lane, work)
    },
    async transaction(lane, work) {
      if (lane === 'write') await this.gate
      if (this.broken !== undefined) throw this.broken
      return db.transaction(lane, work)
    },
  }
}

for (const engine of engines()) {
  suite(`acknowledgement on the ${engine.name} engine`, (test, { before, after }) => {
    if (!engine.available) return test.skip('all tests', engine.why)
    let rig: Rig
    let database: ReturnType<typeof breakable>
    before(async () => {
      rig = await ingestRig(engine.name, {
        database: (db) => {
          database = breakable(db)
          return database
        },
      })
    })
    after(() => rig.close())

    const stored = async (nodeId: number) =>
      Number(
        (await rig.rows('SELECT count(*) AS n FROM reading WHERE node_id = $1', [nodeId]))[0]?.n,
      )

    test('an acknowledged frame is stored, with its raw bytes and its latest value', async () => {
      const node = await rig.addNode('ack-stored')
      const client = await login(rig.broker.port, node.name, node.secret)
      const start = rig.clock.seconds - 600
      const bytes = oxygenFrame({ start })

      await publish(client, 'toba/ack-stored/r', bytes)

      assert.is(await stored(node.id), 4)
      const [latest] = await rig.rows(
        'SELECT value, flag, extract(epoch FROM time)::int AS time FROM latest WHERE node_id = $1 AND quantity_id = 3',
        [node.id],
      )
      assert.equal(latest, { value: 686, flag: 1, time: start + 300 })
      const [frame] = await rig.rows('SELECT bytes, boot, seq FROM frame WHERE node_id = $1', [
        node.id,
      ])
      assert.equal(frame, { bytes: Buffer.from(bytes), boot: 3, seq: 1 })
      client.end()
    })

    test('the same bytes again are acknowledged and store nothing', async () => {
      const node = await rig.addNode('ack-repeat')
      const client = await login(rig.broker.port, node.name, node.secret)
      const bytes = oxygenFrame({ start: rig.clock.seconds - 600 })
      await publish(client, 'toba/ack-repeat/r', bytes, 1)
      const before = rig.pipeline.balance()

      await publish(client, 'toba/ack-repeat/r', bytes, 2)

      const { frames, readings } = rig.pipeline.balance()
      assert.is(frames.repeated - before.frames.repeated, 1)
      assert.is(readings.repeated - before.readings.repeated, 4)
      assert.is(await stored(node.id), 4)
      assert.is((await rig.rows('SELECT FROM frame WHERE node_id = $1', [node.id])).length, 1)
      client.end()
    })

    test('another value under the same identity never overwrites and is kept as a conflict', async () => {
      const node = await rig.addNode('ack-conflict')
      const client = await login(rig.broker.port, node.name, node.secret)
      const start = rig.clock.seconds - 600
      await publish(client, 'toba/ack-conflict/r', oxygenFrame({ start, values: [684, 686] }))

      await publish(
        client,
        'toba/ack-conflict/r',
        oxygenFrame({ start, seq: 2, values: [684, 120, 90] }),
        2,
      )

      const values = await rig.rows(
        'SELECT value FROM reading WHERE node_id = $1 AND quantity_id = 3 ORDER BY time',
        [node.id],
      )
      assert.equal(
        values.map((row) => row.value),
        [684, 686, 90],
        'first stays, neighbours are stored',
      )
      const [rejected] = await rig.rows(
        'SELECT reason, readings, seq FROM rejected_frame WHERE node_id = $1',
        [node.id],
      )
      assert.equal(rejected, { reason: 'conflict', readings: 1, seq: 2 })
      client.end()
    })

    test('a conflict that comes again, or is replayed, stays a conflict', async () => {
      const node = await rig.addNode('ack-conflict-again')
      const topic = 'toba/ack-conflict-again/r'
      const client = await login(rig.broker.port, node.name, node.secret)
      const start = rig.clock.seconds - 600
      const differing = oxygenFrame({ start, seq: 2, values: [684, 120] })
      await publish(client, topic, oxygenFrame({ start, values: [684, 686] }), 1)
      await publish(client, topic, differing, 2)

      await publish(client, topic, differing, 3)
      const kept = () =>
        rig.rows(
          `SELECT id::int, reason, times_received AS times, resolved_at AS resolved
           FROM rejected_frame WHERE node_id = $1`,
          [node.id],
        )
      const [frame] = await kept()
      assert.equal([frame?.reason, frame?.times], ['conflict', 2])
      const [result] = await rig.replayer.replay([Number(frame?.id)])

      assert.is(result?.outcome, 'rejected')
      assert.equal(await kept(), [frame], 'a replay is no receipt')
      client.end()
    })

    test('readings of one batch are settled against what is stored', async () => {
      const node = await rig.addNode('ack-batch')
      const sender = { ...node, trailerRequired: false, trailerKeys: [] }
      const start = rig.clock.seconds - 600
      const send = (seq: number, oxygen: number) =>
        rig.pipeline.submit(sender, oxygenFrame({ start, seq, values: [oxygen] }))
      await send(1, 500)

      await Promise.all([send(2, 700), send(3, 500), send(4, 700), send(5, 500)])

      const rejected = await rig.rows(
        'SELECT seq, readings FROM rejected_frame WHERE node_id = $1 ORDER BY seq',
        [node.id],
      )
      assert.equal(rejected, [
        { seq: 2, readings: 1 },
        { seq: 4, readings: 1 },
      ])
      assert.is(await stored(node.id), 2)
    })

    test('latest is the latest measured, not the latest received', async () => {
      const node = await rig.addNode('ack-latest')
      const client = await login(rig.broker.port, node.name, node.secret)
      const now = rig.clock.seconds
      await publish(
        client,
        'toba/ack-latest/r',
        oxygenFrame({ start: now - 300, values: [700] }),
        1,
      )

      await publish(
        client,
        'toba/ack-latest/r',
        oxygenFrame({ start: now - 9000, seq: 2, values: [100] }),
        2,
      )

      const [latest] = await rig.rows(
        'SELECT value FROM latest WHERE node_id = $1 AND quantity_id = 3',
        [node.id],
      )
      assert.is(latest?.value, 700)
      client.end()
    })

    test('while the database fails nothing is acknowledged and the connection is closed', async () => {
      const node = await rig.addNode('ack-outage')
      const client = await login(rig.broker.port, node.name, node.secret)
      database.broken = new AppError('STORE_BUSY', 'no connection', { temporary: true })

      const answer = publish(
        client,
        'toba/ack-outage/r',
        oxygenFrame({ start: rig.clock.seconds - 600 }),
      )
      const error = await answer.then(
        () => undefined,
        (reason) => reason,
      )

      database.broken = undefined
      assert.instance(error, Error)
      assert.is(await stored(node.id), 0)
      assert.ok(rig.pipeline.balance().frames.refused >= 1)
      const again = await login(rig.broker.port, node.name, node.secret)
      await publish(again, 'toba/ack-outage/r', oxygenFrame({ start: rig.clock.seconds - 600 }))
      assert.is(await stored(node.id), 4)
      again.end()
    })

    test('a frame that is not stored by its deadline is refused, and later counts once', async () => {
      const node = await rig.addNode('ack-deadline')
      const client = await login(rig.broker.port, node.name, node.secret)
      let open = () => {}
      database.gate = new Promise((resolve) => {
        open = resolve
      })
      const answer = publish(
        client,
        'toba/ack-deadline/r',
        oxygenFrame({ start: rig.clock.seconds - 600 }),
      )
      answer.catch(() => {})
      while (rig.pipeline.balance().frames.inFlight === 0) await new Promise(setImmediate)

      rig.clock.ms += 10_001
      const error = await answer.then(
        () => undefined,
        (reason) => reason,
      )

      open()
      database.gate = Promise.resolve()
      assert.instance(error, Error)
      assert.is(rig.pipeline.balance().frames.inFlight, 0)
    })

    test('a row that the store refuses is set aside alone, its batch is stored', async () => {
      const good = await rig.addNode('ack-good')
      const bad = {
        id: good.id + 1_000_000,
        name: 'nobody',
        trailerRequired: false,
        trailerKeys: [],
      }
      const sender = { ...good, trailerRequired: false, trailerKeys: [] }
      const start = rig.clock.seconds - 600
      const poison = oxygenFrame({ start })
      // The reading table has no foreign key; a rejected frame has. So the poison is one that is rejected.
      const broken = poison.slice(0, 5)

      const results = await Promise.allSettled([
        rig.pipeline.submit(sender, oxygenFrame({ start, seq: 1 })),
        rig.pipeline.submit(bad, broken),
        rig.pipeline.submit(sender, oxygenFrame({ start: start + 30, seq: 2 })),
      ])

      assert.equal(
        results.map((result) => result.status),
        ['fulfilled', 'rejected', 'fulfilled'],
      )
      assert.is(await stored(good.id), 8)
    })

    test('acknowledgements keep the order of the packets, rejected frames included', async () => {
      const node = await rig.addNode('ack-order')
      const client = await login(rig.broker.port, node.name, node.secret)
      const start = rig.clock.seconds - 90_000
      const acks: number[] = []
      const ids = Array.from({ length: 40 }, (_, index) => index + 1)

      await Promise.all(
        ids.map(async (id) => {
          const bytes = oxygenFrame({ start: start + id * 600, seq: id })
          acks.push(
            await publish(client, 'toba/ack-order/r', id % 5 === 0 ? bytes.slice(0, 9) : bytes, id),
          )
        }),
      )

      assert.equal(acks, ids)
      client.end()
    })

    test('the balance holds in frames and in readings', () => {
      for (const tally of Object.values(rig.pipeline.balance())) {
        const { received, stored, repeated, rejected, refused, inFlight } = tally
        assert.is(received, stored + repeated + rejected + refused + inFlight)
        assert.is(inFlight, 0)
        assert.ok(received > 0)
      }
    })
  })
}
