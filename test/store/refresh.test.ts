import * as assert from 'uvu/assert'
import type { Database } from '../../ingest/store/database.js'
import { createRefresher } from '../../ingest/store/refresh.js'
import { type TestStore, withStore } from '../store-fixture.js'
import { suite } from '../suite.js'

/** A local day begins. */
const DAY_S = Date.UTC(2026, 6, 1, 17) / 1000
const HOURS = 26
const NOW_MS = (DAY_S + (HOURS + 1) * 3600) * 1000
const long = { limitMs: 60_000 }

/** The embedded engine's aggregates where so many series make a bucket that it is made in parts. */
suite('store: refresh in parts', (test, { before, after }) => {
  let rig: TestStore
  const query = <Row extends object>(text: string) => rig.store.db.query<Row>('write', text)
  const refresh = (db: Database = rig.store.db) => createRefresher(db).refresh(0, NOW_MS)
  const insert = (db: Database, nodes: string, minute: number) =>
    db.query(
      'write',
      `INSERT INTO reading (time, node_id, quantity_id, position, value, flag)
       SELECT to_timestamp(${DAY_S} + h * 3600 + ${minute} * 60), n, 1, 0, n + h, 2
       FROM ${nodes} n, generate_series(0, ${HOURS - 1}) h`,
    )
  /** Readings a node has in each computed hour, and in the first computed day. */
  const counts = async (node: number) => {
    const hours = await query<{ n: number }>(
      `SELECT n_all::int AS n FROM reading_hour WHERE node_id = ${node} ORDER BY bucket`,
    )
    const [day] = await query<{ n: number }>(
      `SELECT n_all::int AS n FROM reading_day WHERE node_id = ${node} ORDER BY day LIMIT 1`,
    )
    return [...new Set(hours.map(({ n }) => n)), day?.n]
  }
  before(async () => {
    rig = await withStore('embedded')
    // More series than are ever aggregated at once; nodes with ids beyond the last one known are included.
    await query(
      `INSERT INTO latest (node_id, quantity_id, position, time, received_at, value, flag, why)
       SELECT n, 1, 0, now(), now(), 0, 2, 0 FROM generate_series(1, 6000) n`,
    )
    await query(
      `INSERT INTO node (name, title, kind, simulated, secret_hash)
       SELECT 'node-' || n, 'x', 'lake', true, '' FROM generate_series(1, 450) n`,
    )
    await insert(rig.store.db, 'generate_series(1, 500)', 0)
    await refresh()
  })
  after(() => rig.close())

  test('gives the rows that TimescaleDB’s own refresh gives', async () => {
    const rows = async () => [
      await query('SELECT * FROM reading_hour ORDER BY node_id, bucket'),
      await query('SELECT * FROM reading_day ORDER BY node_id, day'),
    ]
    const inParts = await rows()

    for (const view of ['reading_hour', 'reading_day']) {
      await query(`CALL refresh_continuous_aggregate('${view}', NULL, '2026-07-03T17:00Z', true)`)
    }

    assert.equal(
      inParts.map(({ length }) => length),
      [500 * HOURS, 500 * 2],
    )
    assert.equal(await rows(), inParts)
  })

  test(
    'shows late readings after the next refresh, and leaves nothing to do then',
    async () => {
      await insert(rig.store.db, 'unnest(ARRAY[7, 480])', 30)
      const beforeIt = await counts(7)

      await refresh()

      assert.equal(beforeIt, [1, 24])
      assert.equal(await counts(7), [2, 48])
      assert.equal(await counts(480), [2, 48])
      const calls = await countParts(rig.store.db, refresh)
      assert.is(calls, 0)
    },
    long,
  )

  test(
    'does not miss what comes while the parts are made',
    async () => {
      await insert(rig.store.db, 'unnest(ARRAY[400])', 15)
      const { db } = rig.store
      let parts = 0
      const whileRefreshing = watching(db, async () => {
        // Node 1 was in the first part, which is done.
        if (++parts === 3) await insert(db, 'unnest(ARRAY[1])', 20)
      })

      await refresh(whileRefreshing)
      await refresh()

      assert.equal(await counts(1), [2, 48])
    },
    long,
  )

  test(
    'makes a bucket anew whose parts were interrupted',
    async () => {
      await insert(rig.store.db, 'unnest(ARRAY[2, 450])', 25)
      let parts = 0
      const ending = watching(rig.store.db, async () => {
        if (++parts === 3) throw new RangeError('killed')
      })

      const error = await refresh(ending).catch((reason: unknown) => reason)
      await refresh()

      assert.instance(error, RangeError)
      assert.equal(await counts(2), [2, 48])
      assert.equal(await counts(450), [2, 48])
    },
    long,
  )
})

/** `db`, with something done before each of its transactions. */
function watching(db: Database, beforeEach: () => Promise<void>): Database {
  return {
    ...db,
    transaction: async (lane, work) => {
      await beforeEach()
      return db.transaction(lane, work)
    },
  }
}

async function countParts(db: Database, refresh: (db: Database) => Promise<void>): Promise<number> {
  let parts = 0
  await refresh(
    watching(db, async () => {
      parts++
    }),
  )
  return parts
}
