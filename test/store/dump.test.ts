import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { openStore } from '../../ingest/store/open.js'
import { loadReleaseInto, readRelease, releases } from '../fixtures/release.js'
import { withDatabase } from '../store-fixture.js'
import { suite } from '../suite.js'

suite('a store on a server', (test) => {
  const name = 'dumped and restored as ingest/deploy/README.md says, it is the same and goes on'
  const hasServer = process.env.DATABASE_URL !== undefined
  const hasDump = spawnSync('pg_dump', ['--version']).status === 0
  if (!hasServer || !hasDump) {
    return test.skip(name, hasServer ? 'there is no pg_dump here' : 'DATABASE_URL names no server')
  }

  test(
    name,
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'toba-dump-'))
      const release = readRelease(releases()[0] ?? '')
      const readings = release.tables.reading?.length ?? 0
      await withDatabase((from) =>
        withDatabase(async (to) => {
          await loadReleaseInto(from, release)

          dumpAndRestore(from, to, folder)

          const store = await openStore({
            folder,
            databaseUrl: to,
            kind: 'simulated',
            log: { info() {}, warn() {}, error() {} },
            clock: { now: () => Date.now() },
          })
          const count = async (what: string) =>
            (await store.db.query<{ n: number }>('read', `SELECT ${what}`))[0]?.n
          assert.is(await count('count(*)::float8 AS n FROM reading'), readings)
          await store.db.query(
            'write',
            `INSERT INTO reading (time, node_id, value, quantity_id, position, flag)
             VALUES (now() - interval '3 hours', 1, 1, 1, 0, 2)`,
          )
          await store.maintain()
          assert.is(await count('sum(n_all)::float8 AS n FROM reading_hour'), readings + 1)
          await store.close()
        }),
      )
      await rm(folder, { recursive: true })
    },
    { limitMs: 300_000 },
  )
})

/** The page's commands, into a database that is there already. */
function dumpAndRestore(from: string, to: string, cwd: string): void {
  const run = (program: string, ...args: string[]) => {
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8', cwd })
    assert.is(status, 0, `${program}: ${stderr}`)
  }
  run('pg_dump', '--format=custom', '--file=toba.dump', from)
  run('psql', '-d', to, '-c', 'CREATE EXTENSION IF NOT EXISTS timescaledb')
  run('psql', '-d', to, '-c', 'SELECT timescaledb_pre_restore()')
  run('pg_restore', '--no-owner', '-d', to, 'toba.dump')
  run('psql', '-d', to, '-c', 'SELECT timescaledb_post_restore()', '-c', 'ANALYZE')
}
