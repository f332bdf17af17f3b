import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { QUANTITIES } from '../../shared/wire/quantities.js'
import { AppError } from '../errors.js'
import { takeBackup } from './backup.js'
import type { CopyOptions } from './backup-files.js'
import type { Manifest } from './backup-manifest.js'
import type { Database } from './database.js'
import { openEmbedded } from './embedded.js'
import { lockFolder } from './lock.js'
import { embeddedMaintenance } from './maintenance.js'
import { migrate } from './migrate.js'
import { type Maintenance, type Retention, serverPolicies } from './policies.js'
import { openServer } from './server.js'
import { databaseOn, type Engine } from './session.js'
import { fitChunks } from './upkeep.js'

export type StoreKind = 'real' | 'simulated'

export interface Store {
  readonly db: Database
  readonly kind: StoreKind
  /** True when a commit has reached the disk's platter or cells, not only the operating system. */
  readonly powerSafe: boolean
  /** Starts the policies: refresh of the aggregates, compression, retention, hygiene of the embedded engine. */
  startMaintenance(): void
  /** The same, all at once: resolves when every changed range has reached the aggregates. */
  maintain(): Promise<void>
  /** Copies the embedded engine to `destination` while it is used; one at a time, ended by `close`. */
  backup(destination: string, options?: CopyOptions): Promise<Manifest>
  close(): Promise<void>
}

export interface StoreOptions {
  /** A TimescaleDB server; without it the embedded engine in `folder`. */
  databaseUrl?: string | undefined
  /** The data folder, created if need be: one service per folder, whichever the engine. */
  folder: string
  kind: StoreKind
  log: { info(fields: object): void; warn(fields: object): void; error(fields: object): void }
  clock: { now(): number }
  /** Default: frames one year, readings without end. */
  retention?: Retention
  /** False leaves commits of the embedded engine to the operating system: faster, lost in a power cut. */
  powerSafe?: boolean
  /** Limit of a statement (server) or of a call (embedded). Below the broker's deadline of 10 s. */
  callLimitMs?: number
}

/** Opens, migrates and checks the store. Throws CONFIG, STORE_LOCKED, STORE_KIND: each one clear line. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const startedAt = options.clock.now()
  await mkdir(options.folder, { recursive: true })
  // With a server too: the folder holds the control socket. Several services may share one server.
  const lock = lockFolder(options.folder)
  let engine: Engine | undefined
  let maintenance: Maintenance | undefined
  let closing: Promise<void> | undefined
  const backups = oneAtATime()
  const close = () => {
    closing ??= (async () => {
      await backups.stop()
      maintenance?.stop()
      await engine?.close()
      lock.release()
    })()
    return closing
  }
  try {
    engine = await openEngine(options)
    await engine.prepare((client) => migrate(client))
    const db = databaseOn(engine)
    await fixKind(db, options.kind)
    await describeQuantities(db)
    // Before the first reading: its chunk would keep the span of a store that is known to be small.
    if (db.engine === 'embedded') await fitChunks(db, options.clock.now())
    const { retention = { framesDays: 365 }, clock, log } = options
    const policies =
      db.engine === 'server'
        ? serverPolicies(db, retention, log)
        : embeddedMaintenance({ db, retention, clock, log })
    maintenance = policies
    const ms = clock.now() - startedAt
    log.info({ event: 'store_opened', engine: db.engine, ms })
    return {
      db,
      kind: options.kind,
      powerSafe: engine.powerSafe,
      startMaintenance: () => policies.start(),
      maintain: () => policies.runOnce(),
      backup: (destination, copy = {}) => {
        if (db.engine === 'server') {
          throw new AppError('BACKUP', 'a store on a server is backed up there, with pg_dump')
        }
        const source = { db, folder: join(options.folder, 'engine'), clock }
        return backups.run(copy, (ending) => takeBackup(source, destination, ending))
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** The engine's session can be in one backup only, and its end waits until nothing half is left. */
function oneAtATime() {
  const closing = new AbortController()
  let running: Promise<unknown> | undefined
  return {
    async run<T>(options: CopyOptions, work: (options: CopyOptions) => Promise<T>): Promise<T> {
      if (running !== undefined) throw new AppError('CONFLICT', 'a backup is under way already')
      const signals = [closing.signal, ...(options.signal === undefined ? [] : [options.signal])]
      const result = work({ ...options, signal: AbortSignal.any(signals) })
      running = result
      try {
        return await result
      } finally {
        running = undefined
      }
    },
    async stop(): Promise<void> {
      closing.abort(new AppError('BACKUP', 'the service is stopping'))
      await running?.catch(() => {}) // reported to whoever asked for it
    },
  }
}

function openEngine(options: StoreOptions): Promise<Engine> {
  const { log, powerSafe = true, callLimitMs = 5000 } = options
  if (options.databaseUrl === undefined) {
    return openEmbedded({ dataFolder: options.folder, powerSafe, callLimitMs, log })
  }
  return openServer({
    databaseUrl: options.databaseUrl,
    writers: 2,
    readers: 4,
    statementTimeoutMs: callLimitMs,
    log,
  })
}

/** A store is real or simulated from its first start on, so that no simulated value meets a real one. */
async function fixKind(db: Database, kind: StoreKind): Promise<void> {
  await db.query('write', 'INSERT INTO store (kind) VALUES ($1) ON CONFLICT DO NOTHING', [kind])
  const [store] = await db.query<{ kind: StoreKind }>('write', 'SELECT kind FROM store')
  if (store?.kind !== kind) {
    throw new AppError(
      'STORE_KIND',
      `this store is ${store?.kind}, not ${kind}: use another folder`,
    )
  }
}

/** The registry is the source; the table is what SQL needs of it. An id once used keeps its meaning. */
async function describeQuantities(db: Database): Promise<void> {
  await db.query(
    'write',
    `INSERT INTO quantity (id, key, step, summary)
     SELECT * FROM unnest($1::smallint[], $2::text[], $3::float8[], $4::text[])
     ORDER BY 1
     ON CONFLICT (id) DO UPDATE SET key = excluded.key, step = excluded.step, summary = excluded.summary
     WHERE (quantity.key, quantity.step, quantity.summary)
       IS DISTINCT FROM (excluded.key, excluded.step, excluded.summary)`,
    [
      QUANTITIES.map(({ id }) => id),
      QUANTITIES.map(({ key }) => key),
      QUANTITIES.map(({ step }) => step),
      QUANTITIES.map(({ summary }) => summary),
    ],
  )
}
