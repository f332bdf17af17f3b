import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../errors.js'
import {
  type CopyOptions,
  copyFile,
  digestOf,
  fileError,
  makeFolders,
  requireSpace,
  syncFolder,
  syncFolders,
  treeOf,
} from './backup-files.js'
import { ENGINE, MANIFEST, type Manifest, SUMS, sumsText, thisVersion } from './backup-manifest.js'
import type { Database, Session } from './database.js'
import type { StoreKind } from './open.js'
import { atLeast, chunkRows, tableRows } from './row-counts.js'

export interface BackupSource {
  db: Database
  /** The engine's own folder. */
  folder: string
  clock: { now(): number }
}

/** Keeps the log of the time of copying, whatever checkpoints meanwhile; gone with the engine's session. */
const SLOT = 'backup'
const CONTROL_FILE = join('global', 'pg_control')
const LOG = 'pg_wal'

/** What PostgreSQL's manual leaves out of a base backup; the log is taken last, as far as it is needed. */
const LEFT_OUT =
  /^(postmaster\.pid$|(pg_wal|pg_replslot|pg_stat_tmp|pg_notify|pg_dynshmem|pg_snapshots)[/\\])/

/**
 * Copies the store while it is written to, by PostgreSQL's own protocol for that: the files are copied as
 * they come between `pg_backup_start` and `pg_backup_stop`, and the log of that time makes them one state
 * when they are opened. Whatever was acknowledged before the copy was complete is in it. The session is
 * needed for a few short calls only. `destination` appears when it is whole and on the disk; on any failure
 * nothing is left.
 */
export async function takeBackup(
  source: BackupSource,
  destination: string,
  options: CopyOptions = {},
): Promise<Manifest> {
  if (existsSync(destination)) throw new AppError('BACKUP', `${destination} exists already`)
  const unfinished = `${destination}.unfinished-${process.pid}`
  try {
    await rm(unfinished, { recursive: true, force: true })
    await mkdir(join(unfinished, ENGINE), { recursive: true, mode: 0o700 })
    const manifest = await copyStore(source, unfinished, options)
    options.signal?.throwIfAborted()
    await rename(unfinished, destination)
    await syncFolder(dirname(destination))
    return manifest
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    throw fileError(error, `the backup ${destination} cannot be written`)
  }
}

async function copyStore(
  source: BackupSource,
  target: string,
  options: CopyOptions,
): Promise<Manifest> {
  const { db, folder, clock } = source
  const counted = await chunkRows(db)
  // By itself first, so that the one within pg_backup_start has next to nothing to write.
  await db.query('write', 'CHECKPOINT')
  const firstLog = await start(db)
  const takenAt = new Date(clock.now()).toISOString()
  try {
    const copy = new Copy(folder, target, options)
    const folders = await copy.tree()
    const stopped = await db.run('read', async (session) => {
      // Nobody writes now: the one file that must not be torn, and the rows as they will be found again.
      await copy.files([CONTROL_FILE])
      return stop(session, counted)
    })
    const { label, lastLog, ...found } = stopped
    const log = (await readdir(join(folder, LOG))).filter(
      (name) => name.length === 24 && name >= firstLog && name <= lastLog,
    )
    await copy.files(log.map((name) => join(LOG, name)))
    await copy.write(join(ENGINE, 'backup_label'), label)
    const { bytes } = copy
    const manifest: Manifest = { format: 1, ...thisVersion(), takenAt, ...found, bytes, folders }
    await copy.finish(manifest)
    return manifest
  } finally {
    await release(db)
  }
}

/** The files of one backup and their digests. */
class Copy {
  bytes = 0
  readonly #sums = new Map<string, string>()
  readonly #folder: string
  readonly #target: string
  readonly #options: CopyOptions

  constructor(folder: string, target: string, options: CopyOptions) {
    this.#folder = folder
    this.#target = target
    this.#options = options
  }

  /** Everything but the log and the control file; answers the folders. */
  async tree(): Promise<string[]> {
    const { signal, onProgress } = this.#options
    const { folders, files } = await treeOf(this.#folder, (path) => LEFT_OUT.test(path))
    const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0)
    await requireSpace(this.#target, totalBytes)
    await makeFolders(join(this.#target, ENGINE), folders)
    for (const { path } of files) {
      signal?.throwIfAborted()
      if (path !== CONTROL_FILE) await this.files([path])
      // A file may have grown since it was listed.
      onProgress?.({ doneBytes: Math.min(this.bytes, totalBytes), totalBytes })
    }
    return folders
  }

  async files(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      const from = join(this.#folder, path)
      const digest = await copyFile(from, join(this.#target, ENGINE, path), (bytes) => {
        this.bytes += bytes
      })
      // What was dropped meanwhile is dropped again by the log.
      if (digest !== undefined) this.#sums.set(join(ENGINE, path), digest)
    }
  }

  async write(path: string, text: string): Promise<void> {
    const file = join(this.#target, path)
    await writeFile(file, text, { flag: 'wx', mode: 0o600, flush: true })
    this.#sums.set(path, await digestOf(file))
  }

  async finish(manifest: Manifest): Promise<void> {
    await this.write(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`)
    await this.write(SUMS, sumsText(this.#sums))
    await syncFolders(join(this.#target, ENGINE), manifest.folders)
    await syncFolder(this.#target)
  }
}

/** Answers the first file of the log that the copy needs. */
function start(db: Database): Promise<string> {
  return db.run('read', async (session) => {
    await session.query('SELECT pg_create_physical_replication_slot($1, true, true)', [SLOT])
    const [started] = await session.query<{ log: string }>(
      `SELECT pg_walfile_name(pg_backup_start('toba-sense', true)) AS log`,
    )
    return started?.log ?? ''
  })
}

async function stop(session: Session, counted: ReadonlyMap<string, number>) {
  const [stopped] = await session.query<{ label: string; last: string }>(
    'SELECT labelfile AS label, pg_walfile_name(lsn) AS last FROM pg_backup_stop(false)',
  )
  const [store] = await session.query<{ kind: StoreKind }>('SELECT kind FROM store')
  const migrations = await session.query<{ name: string }>('SELECT name FROM migration ORDER BY id')
  return {
    label: stopped?.label ?? '',
    lastLog: stopped?.last ?? '',
    kind: store?.kind ?? 'real',
    migrations: migrations.map(({ name }) => name),
    rows: await tableRows(session),
    atLeast: await atLeast(session, counted),
  }
}

/** Lets the engine reuse its log again. Fails where the engine was ended meanwhile, and there is nothing to do. */
async function release(db: Database): Promise<void> {
  const run = (statement: string) => db.query('read', statement).catch(() => {})
  // After a failure the backup is still open; after a success this is refused.
  await run('SELECT pg_backup_stop(false)')
  await run(`SELECT pg_drop_replication_slot('${SLOT}')`)
}
