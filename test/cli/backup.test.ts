import { existsSync, readdirSync } from 'node:fs'
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { nodeByName } from '../../ingest/store/nodes.js'
import { openStore } from '../../ingest/store/open.js'
import { LightNode } from '../../simulators/light-node.js'
import { freePort } from '../faults/mortal-service.js'
import { addNode, oxygenFrame } from '../ingest-fixture.js'
import { spawnService } from '../service-process.js'
import { withStore } from '../store-fixture.js'
import { suite } from '../suite.js'
import { runCommand } from './run-command.js'

/** Services, engines and commands start here, each in seconds, in many on a busy machine. */
const LIMIT = { limitMs: 300_000 }

const quiet = {
  kind: 'simulated',
  powerSafe: false,
  log: { info() {}, warn() {}, error() {} },
  clock: { now: () => Date.now() },
} as const

function command(name: 'backup' | 'restore' | 'upgrade', ...args: string[]) {
  return runCommand(name, args, { STORE_KIND: 'simulated' })
}

suite('backup and restore', (test, { before, after }) => {
  let root: string
  /** A data folder without a service, and a backup of it. */
  let data: string
  let backup: string
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'toba-backup-'))
    const { store, folder } = await withStore('embedded')
    await addNode(store.db, 'balige-1')
    await store.close()
    data = folder
    backup = join(root, 'first')
  })
  after(async () => {
    for (const folder of [root, data]) await rm(folder, { recursive: true, force: true })
  })

  test(
    'while nodes send: what was acknowledged before is in it, and a backlog drains into what is restored',
    async () => {
      const { store, folder } = await withStore('embedded')
      const { secret } = await addNode(store.db, 'lake-1')
      await store.close()
      const port = await freePort()
      const service = spawnService({ folder, environment: { MQTT_PORT: String(port) } })
      await service.started
      const node = new LightNode({ name: 'lake-1', secret, host: '127.0.0.1', port, inFlight: 4 })
      node.start()
      const start = Math.floor(Date.now() / 1000) - 500_000
      let sent = 0
      const send = () =>
        node.publish(oxygenFrame({ start: start + 600 * sent, seq: ++sent, values: [684, 686] }))
      for (let n = 0; n < 30; n++) await send()
      const acknowledged = sent
      let isLoading = true
      const load = (async () => {
        while (isLoading && sent < 600) await send()
      })()
      const target = join(root, 'under-load')

      const taken = await command('backup', target, '--data', folder)

      isLoading = false
      await load
      assert.is(taken.code, 0, taken.stderr)
      assert.match(taken.stdout, 'taken while the service ran')
      const refused = await command('restore', target, '--replace', '--data', folder)
      assert.is(refused.code, 1)
      assert.match(refused.stderr, /^restore: .* is in use by process \d+$/)
      await service.end()
      // The machine is lost; the node has measured on, and nobody has acknowledged that.
      const firstUnsent = sent
      const backlog = Array.from({ length: 20 }, send)
      await rm(folder, { recursive: true })
      const restored = await command('restore', target, '--data', folder)
      assert.is(restored.code, 0, restored.stderr)
      const again = spawnService({ folder, environment: { MQTT_PORT: String(port) } })
      await again.started
      await Promise.all(backlog)
      await node.stop()
      await again.end('SIGTERM')

      const { db, close } = await openStore({ ...quiet, folder })
      const rows = await db.query<{ s: number; n: number }>(
        'read',
        `SELECT extract(epoch FROM time)::float8 AS s, count(*)::float8 AS n FROM reading
         WHERE quantity_id = 3 GROUP BY time ORDER BY time LIMIT 2000`,
      )
      await close()
      await rm(folder, { recursive: true })
      const stored = new Set(rows.map(({ s }) => s))
      const expected = Array.from({ length: sent }, (_, n) => n).filter(
        (n) => n < acknowledged || n >= firstUnsent,
      )
      const missing = expected.filter((n) => !stored.has(start + 600 * n))
      assert.equal(missing, [])
      assert.ok(
        rows.every(({ n }) => n === 1),
        'stored twice',
      )
    },
    LIMIT,
  )

  test(
    'without a service it is taken from the folder, and lies there whole under its name',
    async () => {
      const { code, stdout, stderr } = await command('backup', backup, '--data', data)

      assert.is(code, 0, stderr)
      assert.match(stdout, /backup of a simulated store at \d{3}_\w+/)
      assert.match(stdout, '1 nodes')
      assert.equal(readdirSync(backup).sort(), ['SHA256SUMS', 'engine', 'manifest.json'])
      const again = await command('backup', backup, '--data', data)
      assert.is(again.code, 1)
      assert.is(again.stderr, `backup: ${backup} exists already`)
      assert.equal(
        readdirSync(root).filter((name) => name.includes('unfinished')),
        [],
      )
    },
    LIMIT,
  )

  test(
    'a store that is there is replaced only when told, and kept beside',
    async () => {
      const { store } = await withStoreAt(data)
      await addNode(store.db, 'balige-2')
      await store.close()

      const refused = await command('restore', backup, '--data', data)
      assert.is(refused.code, 1)
      assert.match(refused.stderr, /there is a store in .* already; --replace renames it/)
      const { code, stderr } = await command('restore', backup, '--replace', '--data', data)

      assert.is(code, 0, stderr)
      const { store: found } = await withStoreAt(data)
      assert.is((await nodeByName(found.db, 'balige-1')).name, 'balige-1')
      const lost = await nodeByName(found.db, 'balige-2').then(
        () => false,
        () => true,
      )
      assert.ok(lost, 'the newer store is still there')
      await found.close()
      const kept = readdirSync(data).filter((name) => name.startsWith('engine.before-restore-'))
      assert.is(kept.length, 1)
    },
    LIMIT,
  )

  const damages: [string, (folder: string) => Promise<unknown>, RegExp][] = [
    [
      'a file changed',
      (f) => appendFile(join(f, 'engine/PG_VERSION'), ' '),
      /PG_VERSION is not as/,
    ],
    ['a file missing', (f) => rm(join(f, 'engine/global/pg_control')), /pg_control is missing/],
    [
      'a file too many',
      (f) => writeFile(join(f, 'engine/more'), ''),
      /engine\/more does not belong/,
    ],
    ['no manifest', (f) => rm(join(f, 'manifest.json')), /is not a finished backup/],
    ['a newer schema', (f) => edit(f, '003_quality', '999_future'), /newer than this version/],
  ]
  for (const [what, damage, message] of damages) {
    test(
      `${what}: the backup is refused in one line, and nothing is touched`,
      async () => {
        const copy = join(root, 'damaged')
        await cp(backup, copy, { recursive: true })
        await damage(copy)
        const empty = join(root, 'empty')
        await mkdir(empty)

        const { code, stderr } = await command('restore', copy, '--data', empty)

        assert.is(code, 1)
        assert.match(stderr, message)
        assert.is(stderr.split('\n').length, 1)
        assert.equal(readdirSync(empty), [])
        for (const folder of [copy, empty]) await rm(folder, { recursive: true })
      },
      LIMIT,
    )
  }

  test(
    'a backup that is interrupted leaves nothing, and the next one succeeds',
    async () => {
      const { store } = await withStoreAt(data)
      const ended = new AbortController()
      const target = join(root, 'interrupted')

      const error = await store
        .backup(target, {
          signal: ended.signal,
          onProgress: () => ended.abort(new Error('enough')),
        })
        .catch((thrown: Error) => thrown)

      assert.match(String(error), 'enough')
      assert.equal(
        readdirSync(root).filter((name) => name.startsWith('interrupted')),
        [],
      )
      await store.backup(target)
      assert.ok(existsSync(join(target, 'manifest.json')))
      await store.close()
    },
    LIMIT,
  )
})

function withStoreAt(folder: string) {
  return openStore({ ...quiet, folder }).then((store) => ({ store }))
}

/** As a newer version would have written it: its digests are right. */
async function edit(folder: string, from: string, to: string): Promise<void> {
  const path = join(folder, 'manifest.json')
  await writeFile(path, (await readFile(path, 'utf8')).replace(from, to))
}
