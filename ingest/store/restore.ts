import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../errors.js'
import {
  type CopyOptions,
  copyFile,
  digestOf,
  fileError,
  makeFolders,
  requireSpace,
  syncFolders,
  treeOf,
} from './backup-files.js'
import { ENGINE, type Manifest, readManifest, readSums, SUMS } from './backup-manifest.js'
import type { Database } from './database.js'
import { hasEngine, replaceEngine, unfinishedFolder } from './embedded-folder.js'
import { missingMigrations } from './migrate.js'
import { withEngineFolder } from './offline.js'
import { atLeast, chunkRows, tableRows } from './row-counts.js'

/**
 * Reads all of a backup and compares it with its digests.
 * @throws AppError BACKUP with the first file that is not as it was, CONFIG when it is newer than this version.
 */
export async function verifyBackup(folder: string, options: CopyOptions = {}): Promise<Manifest> {
  const { signal, onProgress } = options
  const manifest = await readManifest(folder)
  await missingMigrations(manifest.migrations)
  const sums = await readSums(folder)
  const { files } = await treeOf(folder)
  const present = new Set(files.map(({ path }) => path))
  const missing = [...sums.keys()].find((path) => !present.has(path))
  if (missing !== undefined) throw damaged(folder, `${missing} is missing`)
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0)
  let doneBytes = 0
  for (const { path } of files) {
    signal?.throwIfAborted()
    if (path === SUMS) continue
    const expected = sums.get(path)
    if (expected === undefined) throw damaged(folder, `${path} does not belong to it`)
    const digest = await digestOf(join(folder, path), (bytes) => {
      doneBytes += bytes
    })
    if (digest !== expected) throw damaged(folder, `${path} is not as it was written`)
    onProgress?.({ doneBytes, totalBytes })
  }
  return manifest
}

export interface RestoreOptions extends CopyOptions {
  clock: { now(): number }
  /** Where the present engine goes; undefined: the restore is refused when there is one. */
  aside?: string | undefined
}

/**
 * Puts a verified backup in the place of the engine of `dataFolder`, whose owner the caller is. It is copied
 * beside, opened and counted there, and then renamed, so that a failure or a kill leaves what was.
 */
export async function restoreBackup(
  backup: string,
  dataFolder: string,
  options: RestoreOptions,
): Promise<void> {
  const manifest = await readManifest(backup)
  if (options.aside === undefined && (await hasEngine(dataFolder))) {
    throw new AppError('BACKUP', `there is a store in ${dataFolder} already`)
  }
  const unfinished = unfinishedFolder(dataFolder)
  try {
    await rm(unfinished, { recursive: true, force: true })
    await copyBack(backup, unfinished, manifest, options)
    await withEngineFolder(unfinished, options.clock, ({ db }) => requireRows(db, manifest))
    options.signal?.throwIfAborted()
    await replaceEngine(dataFolder, unfinished, options.aside ?? '')
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    throw fileError(error, `the backup cannot be restored to ${dataFolder}`)
  }
}

async function copyBack(
  backup: string,
  target: string,
  manifest: Manifest,
  { signal, onProgress }: CopyOptions,
): Promise<void> {
  const sums = await readSums(backup)
  const totalBytes = manifest.bytes
  await requireSpace(target, totalBytes)
  await mkdir(target, { mode: 0o700 })
  await makeFolders(target, manifest.folders)
  let doneBytes = 0
  for (const [path, expected] of sums) {
    if (!path.startsWith(join(ENGINE, '/'))) continue
    signal?.throwIfAborted()
    const to = join(target, path.slice(ENGINE.length + 1))
    const digest = await copyFile(join(backup, path), to, (bytes) => {
      doneBytes += bytes
    })
    if (digest !== expected) throw damaged(backup, `${path} is not as it was written`)
    onProgress?.({ doneBytes, totalBytes })
  }
  await syncFolders(target, manifest.folders)
}

/** Opened, it must be what it was: a file may be right and still be one too few or from another moment. */
async function requireRows(db: Database, { rows, atLeast: least }: Manifest): Promise<void> {
  const counted = await chunkRows(db)
  const found = await db.run('read', async (session) => ({
    rows: await tableRows(session),
    hypertables: await atLeast(session, counted),
  }))
  const wrong = [
    ...Object.entries(rows).filter(([table, count]) => found.rows[table] !== count),
    ...Object.entries(least).filter(([table, count]) => (found.hypertables[table] ?? 0) < count),
  ].map(([table]) => table)
  if (wrong.length === 0) return
  throw new AppError('BACKUP', `the restored store lacks rows of ${wrong.join(', ')}`)
}

function damaged(folder: string, what: string): AppError {
  return new AppError('BACKUP', `the backup ${folder} is damaged: ${what}`)
}
