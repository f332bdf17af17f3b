import { type ChildProcess, fork } from 'node:child_process'
import { existsSync, readdirSync, watch } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { AppError } from '../../ingest/errors.js'
import { openStore } from '../../ingest/store/open.js'
import { checkpointIfDue } from '../../ingest/store/upkeep.js'
import { withStore } from '../store-fixture.js'
import { suite } from '../suite.js'

const MIB = 1024 * 1024
/** Every one of these opens engines, which takes seconds on a busy machine. */
const opening = { limitMs: 120_000 }
const INSERT = `INSERT INTO reading (time, node_id, quantity_id, position, value, flag)
  VALUES (to_timestamp($1::float8), 1, 1, 0, 0, 2)`
/** Hours of work, which no setting of the engine would end. */
const ENDLESS = 'SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b'

suite('store: embedded engine', (test) => {
  test(
    'ends a call that takes too long, and opens again with what was committed',
    async () => {
      const events: object[] = []
      const log = { info() {}, warn() {}, error: (fields: object) => events.push(fields) }
      const { store, close } = await withStore('embedded', { callLimitMs: 1000, log })
      await store.db.query('write', INSERT, [1])
      const endless = caught(store.db.query('read', ENDLESS))
      // It waits behind the endless one, and must not be lost with it.
      const behind = store.db.query('write', INSERT, [2])

      const error = await endless

      assert.ok(error instanceof AppError && error.code === 'STORE_BUSY' && error.temporary)
      await behind
      const rows = await store.db.query('read', 'SELECT 1 FROM reading')
      assert.is(rows.length, 2)
      assert.equal(events, [
        { event: 'store_call_ended', lane: 'read', statement: ENDLESS.slice(0, 100), ms: 1000 },
      ])
      await close()
    },
    opening,
  )

  test(
    'opens again after the engine itself broke down',
    async () => {
      const { store, close } = await withStore('embedded')
      await store.db.query('write', INSERT, [1])

      // The one statement known to end this engine ("unreachable").
      const error = await caught(store.db.query('write', 'COPY site FROM STDIN'))

      assert.ok(error instanceof AppError && error.code === 'STORE_BUSY' && error.temporary)
      assert.is((await store.db.query('read', 'SELECT 1 FROM reading')).length, 1)
      await close()
    },
    opening,
  )

  test(
    'lets a second process in only when the first is gone, killed or not',
    async () => {
      const { folder, options, store, close } = await withStore('embedded')

      const second = child(folder, 'open')
      const message = await second.next()

      assert.match(JSON.stringify(message), `${folder} is in use by process ${process.pid}`)
      await store.close()
      const third = child(folder, 'open')
      assert.equal(await third.next(), { opened: true })
      await third.kill()
      const again = await openStore(options)
      await again.close()
      await close()
    },
    opening,
  )

  test(
    'has every row it answered for after a kill in the middle of writing',
    async () => {
      const { folder, options, store, close } = await withStore('embedded')
      await store.close()
      const writer = child(folder, 'write')
      await writer.next()
      let acknowledged = 0
      while (acknowledged < 200) acknowledged = (await writer.next()).stored ?? acknowledged
      await writer.kill()

      const again = await openStore(options)

      const rows = await again.db.query('read', 'SELECT 1 FROM reading WHERE value <= $1', [
        acknowledged,
      ])
      assert.is(rows.length, acknowledged)
      await again.close()
      await close()
    },
    opening,
  )

  test(
    'starts afresh where a first start was killed while it initialised',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'toba-store-'))
      const first = child(folder, 'open')
      await appears(folder, 'engine/base')
      await first.kill()
      assert.ok(existsSync(join(folder, 'engine.unfinished')))

      const again = child(folder, 'open')

      assert.equal(await again.next(), { opened: true })
      assert.equal(
        readdirSync(folder).filter((name) => name.startsWith('engine')),
        ['engine'],
      )
      await again.kill()
      await rm(folder, { recursive: true })
    },
    opening,
  )

  test(
    'reuses its write-ahead log once it has grown',
    async () => {
      const { store, folder, close } = await withStore('embedded')
      const write = () =>
        store.db.query(
          'write',
          `INSERT INTO frame (received_at, node_id, boot, seq, first, last, bytes)
           SELECT now(), 1, 1, n, now(), now(), decode(repeat(md5(n::text), 32), 'hex')
           FROM generate_series(1, 20000) AS n`,
        )

      assert.is(await checkpointIfDue(store.db, false), false)
      let checkpoints = 0
      for (let i = 0; i < 12; i++) {
        await write()
        if (await checkpointIfDue(store.db, false)) checkpoints++
      }

      assert.ok(checkpoints >= 1)
      const segments = readdirSync(join(folder, 'engine/pg_wal')).filter(
        (name) => name.length === 24,
      )
      assert.ok(segments.length * MIB < 160 * MIB, `${segments.length} MiB`)
      await close()
    },
    opening,
  )

  test(
    'says it is power-safe exactly when its commits reach the disk',
    async () => {
      const { options, store, close } = await withStore('embedded', { powerSafe: true })
      assert.is(store.powerSafe, true)
      await store.close()

      const relaxed = await openStore({ ...options, powerSafe: false })

      assert.is(relaxed.powerSafe, false)
      await relaxed.close()
      await close()
    },
    opening,
  )
})

interface Message {
  opened?: true
  stored?: number
  refused?: string
}

/** `store-child.ts` in a process of its own, and what it reports, in order. */
function child(folder: string, mode: 'open' | 'write') {
  const program = fileURLToPath(new URL('store-child.ts', import.meta.url))
  const process: ChildProcess = fork(program, [folder, mode], { execArgv: ['--import', 'tsx'] })
  const messages: Message[] = []
  let wake = () => {}
  process.on('message', (message: Message) => {
    messages.push(message)
    wake()
  })
  const gone = new Promise<void>((resolve) => process.once('exit', () => resolve()))
  void gone.then(() => {
    messages.push({ refused: 'the process has ended' })
    wake()
  })
  return {
    async next(): Promise<Message> {
      while (messages.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return messages.shift() ?? {}
    },
    async kill(): Promise<void> {
      process.kill('SIGKILL')
      await gone
    },
  }
}

/** Resolves when something whose name begins with `prefix` is created in `folder`. */
function appears(folder: string, prefix: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(folder, { recursive: true }, (_, name) => {
      if (!name?.startsWith(prefix)) return
      watcher.close()
      resolve()
    })
  })
}

async function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => assert.unreachable('it was not refused'),
    (error: unknown) => error,
  )
}
