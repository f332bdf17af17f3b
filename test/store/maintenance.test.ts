import * as assert from 'uvu/assert'
import { merged } from '../../ingest/store/refresh.js'
import { fitChunks } from '../../ingest/store/upkeep.js'
import { engines, type TestStore, withStore } from '../store-fixture.js'
import { suite, type Test } from '../suite.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Opening an engine and refreshing months takes a while on a busy machine. */
const long = { limitMs: 120_000 }

suite('store: changed ranges', (test) => {
  test('are merged where they touch, newest first', () => {
    const ranges = [
      { fromMs: 0, toMs: 10 },
      { fromMs: 30, toMs: 40 },
      { fromMs: 10, toMs: 20 },
      { fromMs: 32, toMs: 50 },
    ]

    assert.equal(merged(ranges), [
      { fromMs: 30, toMs: 50 },
      { fromMs: 0, toMs: 20 },
    ])
  })
})

suite('store: the span of chunks, embedded', (test) => {
  const INSERT = `INSERT INTO reading (time, node_id, quantity_id, position, value, flag)
    SELECT $1::timestamptz + s * interval '10 minutes', n, 1, 0, 7, 2
    FROM generate_series(0, 143) s, generate_series(1, $2::int) n`
  const hours = async ({ store }: TestStore) => {
    const [row] = await store.db.query<{ hours: number }>(
      'read',
      `SELECT (extract(epoch FROM time_interval) / 3600)::int AS hours
       FROM timescaledb_information.dimensions WHERE hypertable_name = 'reading'`,
    )
    return row?.hours
  }

  test(
    'is short in a store that is not a day old, then follows the readings of a day',
    async () => {
      const rig = await withStore('embedded')
      const spans = [await hours(rig)]
      const insert = (days: number, nodes: number) =>
        rig.store.db.query('write', INSERT, [new Date(Date.now() - days * DAY_MS), nodes])
      for (const add of [() => insert(0.9, 600), () => insert(3, 1)]) {
        await add()
        await fitChunks(rig.store.db, Date.now())
        spans.push(await hours(rig))
      }

      const [fresh, atFirst, fitted] = spans
      assert.equal([fresh, atFirst], [24, 24])
      // 600 nodes, 144 readings a day each, of which the last tenth lies ahead
      assert.ok(fitted !== undefined && fitted > 50 && fitted < 66, `${fitted} hours`)
      await rig.close()
    },
    long,
  )

  test(
    'is 30 days where there are few',
    async () => {
      const rig = await withStore('embedded')
      await rig.store.db.query('write', INSERT, [new Date(Date.now() - 3 * DAY_MS), 1])

      await fitChunks(rig.store.db, Date.now())

      assert.is(await hours(rig), 720)
      await rig.close()
    },
    long,
  )
})

for (const { name, available, why } of engines()) {
  suite(`store: maintenance, ${name}`, (test, { before, after }) => {
    if (!available) return test.skip('keeps aggregates and chunks in shape', why)
    let rig: TestStore
    before(async () => {
      rig = await withStore(name, { retention: { framesDays: 365 } })
      await insertHourly(rig, 1, 100 * 24)
      await rig.store.maintain()
    })
    after(() => rig.close())
    aggregates(test, () => rig)
    chunks(test, () => rig)
  })
}

function aggregates(test: Test, rig: () => TestStore): void {
  const hoursOf = async (node: number) =>
    (await rig().store.db.query('read', 'SELECT 1 FROM reading_hour WHERE node_id = $1', [node]))
      .length

  test('shows fresh readings before any refresh', async () => {
    await insertAt(rig(), 2, [Date.now() - 1000])

    assert.is(await hoursOf(2), 1)
  })

  test(
    'shows readings that came days, months or years late after the next refresh',
    async () => {
      const late = [2, 20, 50, 80, 2000].map((days) => Date.now() - days * DAY_MS)
      await insertAt(rig(), 3, late)

      await rig().store.maintain()

      assert.is(await hoursOf(3), late.length)
      const days = await rig().store.db.query(
        'read',
        'SELECT n_all::int AS n, sum::int AS sum FROM reading_day WHERE node_id = 3',
      )
      assert.equal(
        days,
        late.map(() => ({ n: 1, sum: 7 })),
      )
    },
    long,
  )

  test(
    'keeps fresh readings visible after a reading of the year 2099',
    async () => {
      await insertAt(rig(), 4, [Date.UTC(2099, 0, 1)])
      await rig().store.maintain()

      await insertAt(rig(), 5, [Date.now() - 1000])

      assert.is(await hoursOf(5), 1)
    },
    long,
  )
}

function chunks(test: Test, rig: () => TestStore): void {
  test('has compressed what is older than 45 days, and nothing younger', async () => {
    const rows = await rig().store.db.query<{ compressed: boolean; old: boolean }>(
      'read',
      `SELECT is_compressed AS compressed, range_end < now() - interval '45 days' AS old
       FROM timescaledb_information.chunks WHERE hypertable_name = 'reading'`,
    )

    assert.ok(rows.some(({ old }) => old))
    for (const { compressed, old } of rows) assert.is(compressed, old)
  })

  test('keeps what is compressed in chunks of a month at most, few and whole', async () => {
    const spans = await rig().store.db.query<{ days: number }>(
      'read',
      `SELECT extract(epoch FROM range_end - range_start)::float8 / 86400 AS days
       FROM timescaledb_information.chunks
       WHERE hypertable_name = 'reading' AND is_compressed AND range_end > now() - interval '101 days'`,
    )

    assert.ok(spans.length > 0 && spans.length <= 3, `${spans.length} chunks`)
    assert.ok(spans.every(({ days }) => days <= 30))
    const found = await rig().store.db.query('read', 'SELECT 1 FROM reading WHERE node_id = 1')
    assert.is(found.length, 100 * 24)
  })

  test('takes late readings into compressed chunks, each once', async () => {
    const late = Date.now() - 90 * DAY_MS

    const first = await insertAt(rig(), 6, [late, late + 1000])
    const second = await insertAt(rig(), 6, [late, late + 1000, late + 2000])

    assert.is(first, 2)
    assert.is(second, 1)
    const found = await rig().store.db.query('read', 'SELECT 1 FROM reading WHERE node_id = 6')
    assert.is(found.length, 3)
  })

  test(
    'drops raw frames after their year and keeps the readings',
    async () => {
      const { db } = rig().store
      await db.query(
        'write',
        `INSERT INTO frame (received_at, node_id, boot, seq, first, last, bytes)
         SELECT t, 1, 1, 1, t, t, '' FROM unnest(ARRAY[now() - interval '500 days', now()]) AS t`,
      )

      await rig().store.maintain()

      const frames = await db.query(
        'read',
        `SELECT received_at > now() - interval '1 day' AS fresh FROM frame`,
      )
      assert.equal(frames, [{ fresh: true }])
      const old = await db.query(
        'read',
        `SELECT 1 FROM reading WHERE time < now() - interval '1000 days'`,
      )
      assert.is(old.length, 1)
    },
    long,
  )
}

/** One reading an hour up to now. */
async function insertHourly(rig: TestStore, node: number, hours: number): Promise<void> {
  const now = Date.now()
  await insertAt(
    rig,
    node,
    Array.from({ length: hours }, (_, i) => now - i * HOUR_MS),
  )
}

/** Readings with the value 7; returns how many were not there yet. */
async function insertAt({ store }: TestStore, node: number, timesMs: number[]): Promise<number> {
  const rows = await store.db.query(
    'write',
    `INSERT INTO reading (time, node_id, quantity_id, position, value, flag)
     SELECT to_timestamp(ms / 1000), $1, 1, 0, 7, 2 FROM unnest($2::float8[]) AS ms
     ON CONFLICT DO NOTHING RETURNING 1`,
    [node, timesMs],
  )
  return rows.length
}
