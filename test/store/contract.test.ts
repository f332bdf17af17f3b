import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { AppError } from '../../ingest/errors.js'
import { openStore } from '../../ingest/store/open.js'
import { QUANTITIES } from '../../shared/wire/quantities.js'
import { engines, type TestStore, withStore } from '../store-fixture.js'
import { suite, type Test } from '../suite.js'

const INSERT_SITE = `INSERT INTO site (name, title, kind, longitude, latitude) VALUES ($1, $1, 'lake', 99, 2)`

/** What both engines promise, in the same words. */
for (const { name, available, why } of engines()) {
  suite(`store: ${name}`, (test, { before, after }) => {
    if (!available) return test.skip('keeps the contract', why)
    let rig: TestStore
    before(async () => {
      rig = await withStore(name)
    })
    after(() => rig.close())
    contract(test, () => rig)
    if (name === 'server') serverOnly(test, () => rig)
  })
}

function contract(test: Test, rig: () => TestStore): void {
  const db = () => rig().store.db

  test('has every quantity of the registry', async () => {
    const rows = await db().query('read', 'SELECT id, key, step, summary FROM quantity ORDER BY id')

    const expected = QUANTITIES.map(({ id, key, step, summary }) => ({ id, key, step, summary }))
    assert.equal(
      rows,
      expected.toSorted((a, b) => a.id - b.id),
    )
  })

  test('speaks in UTC and finds its tables', async () => {
    const [row] = await db().query(
      'read',
      `SELECT current_setting('TimeZone') AS zone,
      current_schema() AS schema, '2026-01-01T00:00:00Z'::timestamptz::text AS text`,
    )

    assert.equal(row, { zone: 'UTC', schema: 'public', text: '2026-01-01 00:00:00+00' })
  })

  test('rolls back when the work throws, and passes its error on', async () => {
    const error = await caught(
      db().transaction('write', async (session) => {
        await session.query(INSERT_SITE, ['rolled-back'])
        throw new RangeError('enough')
      }),
    )

    assert.instance(error, RangeError)
    assert.is(await countSites(rig(), 'rolled-back'), 0)
  })

  test('does not call a transaction committed that an error had ended', async () => {
    const error = await caught(
      db().transaction('write', async (session) => {
        await session.query(INSERT_SITE, ['swallowed'])
        await session.query('SELECT 1 / 0').catch(() => {})
      }),
    )

    assert.is(storeCode(error), 'STORE_REFUSED')
    assert.is(await countSites(rig(), 'swallowed'), 0)
  })

  test('keeps nothing of a session that ended inside BEGIN', async () => {
    await db().run('write', async (session) => {
      await session.query('BEGIN')
      await session.query(INSERT_SITE, ['abandoned'])
    })
    await db().query('write', INSERT_SITE, ['after-it'])

    await db().run('write', (session) => session.query('ROLLBACK'))

    assert.is(await countSites(rig(), 'abandoned'), 0)
    assert.is(await countSites(rig(), 'after-it'), 1)
  })

  test('keeps named statements usable after an error', async () => {
    const half = (value: number) =>
      db().run('write', (session) =>
        session.prepared('half', 'SELECT 10 / $1::int AS half', [value]),
      )
    await half(2)

    const error = await caught(half(0))

    assert.is(storeCode(error), 'STORE_REFUSED')
    assert.equal(await half(5), [{ half: 2 }])
  })

  test('refuses bad data for good', async () => {
    await db().query('write', INSERT_SITE, ['twice'])

    const twice = await caught(db().query('write', INSERT_SITE, ['twice']))
    const nonsense = await caught(db().query('read', `SELECT 'x'::int`))

    for (const error of [twice, nonsense]) {
      assert.is(storeCode(error), 'STORE_REFUSED')
      assert.is(error instanceof AppError && error.temporary, false)
    }
  })

  test('takes 5,000 readings in one statement, and again without a row more', async () => {
    const insert = async () => {
      const numbers = Array.from({ length: 5000 }, (_, i) => i)
      const rows = await db().run('write', (session) =>
        session.prepared(
          'insert-many',
          `INSERT INTO reading (time, node_id, quantity_id, position, value, flag)
           SELECT to_timestamp(1700000000 + n), 1, 1, 0, n, 2 FROM unnest($1::int[]) AS n
           ON CONFLICT DO NOTHING RETURNING 1`,
          [numbers],
        ),
      )
      return rows.length
    }

    assert.is(await insert(), 5000)
    assert.is(await insert(), 0)
  })

  // These open a store three times, which takes seconds on the embedded engine.
  const opening = { limitMs: 60_000 }

  test(
    'refuses to be opened as another kind',
    async () => {
      const { options, store, close } = await withStore(db().engine)
      await store.close()

      const error = await caught(openStore({ ...options, kind: 'real' }))

      assert.is(storeCode(error), 'STORE_KIND')
      await close()
    },
    opening,
  )

  test(
    'refuses a database that is newer than this version',
    async () => {
      const { options, store, close } = await withStore(db().engine)
      await store.db.query('write', `INSERT INTO migration (name, run_on) VALUES ('999', now())`)
      await store.close()

      const error = await caught(openStore(options))

      assert.is(storeCode(error), 'CONFIG')
      assert.match(String(error), 'newer than this version')
      await close()
    },
    opening,
  )
}

function serverOnly(test: Test, rig: () => TestStore): void {
  test('repeats transactions that collided until both are in', async () => {
    const { store, close } = await withStore('server')
    await store.db.query('write', INSERT_SITE, ['a'])
    await store.db.query('write', INSERT_SITE, ['b'])
    let tries = 0
    let met = () => {}
    const meeting = new Promise<void>((resolve) => {
      met = resolve
    })
    const update = (first: string, second: string) =>
      store.db.transaction('write', async (session) => {
        const touch = `UPDATE site SET elevation_m = coalesce(elevation_m, 0) + 1 WHERE name = $1`
        await session.query(touch, [first])
        if (++tries === 2) met()
        await meeting
        await session.query(touch, [second])
      })

    await Promise.all([update('a', 'b'), update('b', 'a')])

    const rows = await store.db.query('read', 'SELECT elevation_m FROM site ORDER BY name')
    assert.equal(rows, [{ elevation_m: 2 }, { elevation_m: 2 }])
    assert.ok(tries > 2)
    await close()
  })

  test('is busy, not broken, when a connection is cut or a statement takes too long', async () => {
    const { store, close } = await withStore('server', { callLimitMs: 200 })

    const cut = await caught(
      store.db.query('write', 'SELECT pg_terminate_backend(pg_backend_pid())'),
    )
    const slow = await caught(store.db.query('read', 'SELECT pg_sleep(5)'))

    for (const error of [cut, slow]) assert.is(storeCode(error), 'STORE_BUSY')
    assert.equal(await store.db.query('write', 'SELECT 1 AS one'), [{ one: 1 }])
    await close()
  })

  test('says in one line what is wrong with a DATABASE_URL', async () => {
    const { options } = rig()
    for (const databaseUrl of ['nonsense', 'postgres://nobody@127.0.0.1:1/x']) {
      const folder = join(options.folder, 'other')
      const error = await caught(openStore({ ...options, folder, databaseUrl }))

      assert.is(storeCode(error), 'CONFIG')
      assert.match(String(error), /^AppError: DATABASE_URL .*$/)
    }
  })
}

async function countSites({ store }: TestStore, name: string): Promise<number> {
  return (await store.db.query('read', 'SELECT 1 FROM site WHERE name = $1', [name])).length
}

async function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => assert.unreachable('it was not refused'),
    (error: unknown) => error,
  )
}

function storeCode(error: unknown): string {
  return error instanceof AppError ? error.code : String(error)
}
