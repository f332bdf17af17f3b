import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { openEmbedded } from '../../ingest/store/embedded.js'
import { lockFolder } from '../../ingest/store/lock.js'
import { asOwner, withEngine } from '../../ingest/store/offline.js'
import { openStore } from '../../ingest/store/open.js'
import { verifyBackup } from '../../ingest/store/restore.js'
import { upgradeEmbedded, upgradeServer } from '../../ingest/store/upgrade.js'
import {
  digests,
  loadRelease,
  loadReleaseInto,
  MIGRATIONS,
  readRelease,
  releases,
} from '../fixtures/release.js'
import { withDatabase } from '../store-fixture.js'
import { suite } from '../suite.js'
import { runCommand } from './run-command.js'

/** Engines and commands start here, each in seconds, in many on a busy machine. */
const LIMIT = { limitMs: 300_000 }
const clock = { now: () => Date.UTC(2026, 10, 24) }
const log = { info() {}, warn() {}, error() {} }
const quiet = { kind: 'simulated', powerSafe: false, log, clock } as const
const say = () => {}
const ALL = 'SELECT count(*)::float8 AS n FROM reading'
const HOURS = 'SELECT sum(n_all)::float8 AS n FROM reading_hour'

/** What a later version might do; all but the first must come to nothing. */
const NEXT = `ALTER TABLE site ADD COLUMN basin text; UPDATE site SET basin = 'toba';`
const BROKEN = 'ALTER TABLE site ADD COLUMN basin text; SELECT no_such_column FROM site;'
const LOSING = 'ALTER TABLE site ADD COLUMN basin text; DELETE FROM reading WHERE value < 600;'
const FORGETTING = 'ALTER TABLE site ADD COLUMN basin text; UPDATE latest SET value = value + 1;'

suite('npm run upgrade', (test, { before, after }) => {
  let root: string
  /** A data folder with an engine that has no table yet. */
  let bare: string
  let folders = 0
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'toba-upgrade-'))
    bare = join(root, 'bare')
    await mkdir(bare)
    const engine = await openEmbedded({
      dataFolder: bare,
      powerSafe: false,
      callLimitMs: 5000,
      log: { warn: () => {}, error: () => {} },
    })
    await engine.close()
  })
  after(() => rm(root, { recursive: true }))

  async function folderOf(release: string): Promise<string> {
    const folder = join(root, `data-${folders++}`)
    await cp(bare, folder, { recursive: true })
    await withEngine(folder, clock, ({ engine }) =>
      engine.prepare((client) => loadRelease(client, readRelease(release))),
    )
    return folder
  }

  async function withNext<T>(sql: string, work: (dir: string) => Promise<T>): Promise<T> {
    const dir = await mkdtemp(join(root, 'migrations-'))
    await cp(MIGRATIONS, dir, { recursive: true })
    await writeFile(join(dir, '900_next.sql'), sql)
    return work(dir)
  }

  const embedded = (folder: string, sql: string) =>
    withNext(sql, (migrations) =>
      asOwner(folder, () =>
        upgradeEmbedded(folder, { clock, backup: join(folder, 'saved'), say, migrations }),
      ),
    )

  for (const name of releases()) {
    const release = readRelease(name)
    const readings = release.tables.reading?.length ?? 0

    test(`${name}: no migration was edited after its release`, () => {
      assert.equal(digests(Object.keys(release.migrations)), release.migrations)
    })

    test(
      `${name}: the command brings it to this version, and the service opens it`,
      async () => {
        const folder = await folderOf(name)

        const { code, stdout, stderr } = await command('--data', folder)

        assert.is(code, 0, stderr)
        assert.match(stdout, /^(the store is at \d{3}_\w+ already, and sound|upgraded from \d{3}_)/)
        const { db, close } = await openStore({ ...quiet, folder })
        assert.is(await count(db.query('read', ALL)), readings)
        assert.is(await count(db.query('read', HOURS)), readings)
        await close()
      },
      LIMIT,
    )

    test(
      `${name}: a migration is done, with a backup of what was before`,
      async () => {
        const folder = await folderOf(name)

        const { migrated } = await embedded(folder, NEXT)

        assert.is(migrated.at(-1), '900_next')
        await withEngine(folder, clock, async ({ db }) => {
          const basins = `SELECT count(*)::float8 AS n FROM site WHERE basin = 'toba'`
          assert.is(await count(db.query('read', basins)), 2)
          assert.is(await count(db.query('read', ALL)), readings)
        })
        const { migrations, atLeast } = await verifyBackup(join(folder, 'saved'))
        assert.equal(migrations, Object.keys(release.migrations))
        assert.is(atLeast.reading, readings)
      },
      LIMIT,
    )
  }

  const failures: [string, string, RegExp][] = [
    ['fails halfway', BROKEN, /^not upgraded, the store is as it was: .*no_such_column/],
    [
      'loses readings',
      LOSING,
      /as it was: verification failed: .*the readings are not what they were/,
    ],
    [
      'forgets what is latest',
      FORGETTING,
      /as it was: verification failed: \d+ latest values that differ/,
    ],
  ]
  for (const [what, sql, message] of failures) {
    test(
      `a migration that ${what} leaves the store as it was`,
      async () => {
        const name = releases()[0] ?? ''
        const folder = await folderOf(name)

        const error = await caught(embedded(folder, sql))

        assert.match(error.message, message)
        const { db, close } = await openStore({ ...quiet, folder })
        const readings = readRelease(name).tables.reading?.length
        assert.is(await count(db.query('read', ALL)), readings)
        const columns = `SELECT count(*)::float8 AS n FROM pg_attribute
          WHERE attrelid = 'site'::regclass AND attname = 'basin'`
        assert.is(await count(db.query('read', columns)), 0)
        await close()
      },
      LIMIT,
    )
  }

  test(
    'while somebody else holds the folder, and where there is no store, it is one line and no change',
    async () => {
      const held = lockFolder(bare)
      const busy = await command('--data', bare)
      held.release()
      const nowhere = join(root, 'nowhere')
      await mkdir(nowhere)
      const nothing = await command('--data', nowhere)

      assert.equal([busy.code, nothing.code], [1, 1])
      assert.match(busy.stderr, /^upgrade: .* is in use by process \d+$/)
      assert.match(nothing.stderr, /^[^\n]*there is no store of the embedded engine in [^\n]*$/)
      assert.not(existsSync(join(nowhere, 'engine')))
    },
    LIMIT,
  )

  const onServer = 'on a server it wants to hear of a dump, and does all or nothing'
  if (process.env.DATABASE_URL === undefined) test.skip(onServer, 'DATABASE_URL names no server')
  else {
    test(
      onServer,
      () =>
        withDatabase(async (url) => {
          await loadReleaseInto(url, readRelease(releases()[0] ?? ''))
          const upgrade = (sql: string, isBackedUp: boolean) =>
            withNext(sql, (migrations) => upgradeServer(url, { say, migrations, isBackedUp }))

          assert.match((await caught(upgrade(NEXT, false))).message, /pg_dump first/)
          assert.match((await caught(upgrade(LOSING, true))).message, /the database is as it was/)
          const { migrated } = await upgrade(NEXT, true)

          assert.is(migrated.at(-1), '900_next')
        }),
      LIMIT,
    )
  }
})

function command(...args: string[]) {
  return runCommand('upgrade', args)
}

async function count(rows: Promise<{ n?: number }[]>): Promise<number> {
  return (await rows)[0]?.n ?? 0
}

async function caught(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('it was not refused')
}
