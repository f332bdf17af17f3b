import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../errors.js'
import type { BackupSource } from './backup.js'
import { EmbeddedEngine } from './embedded.js'
import { hasEngine } from './embedded-folder.js'
import { lockFolder } from './lock.js'
import { databaseOn } from './session.js'

/** Nobody else waits for the engine here, so its calls may take their time. */
const CALL_LIMIT_MS = 3_600_000
const silent = { warn() {}, error() {} }

export interface OpenedFolder extends BackupSource {
  engine: EmbeddedEngine
}

/** `work` as the one owner of `dataFolder`. @throws AppError STORE_LOCKED while a service runs there. */
export async function asOwner<T>(dataFolder: string, work: () => Promise<T>): Promise<T> {
  if (!existsSync(dataFolder)) throw new AppError('BACKUP', `there is no folder ${dataFolder}`)
  const lock = lockFolder(dataFolder)
  try {
    return await work()
  } finally {
    lock.release()
  }
}

/** The engine of a data folder as it is, migrations and all; the caller is its owner. */
export async function withEngine<T>(
  dataFolder: string,
  clock: { now(): number },
  work: (opened: OpenedFolder) => Promise<T>,
): Promise<T> {
  if (!(await hasEngine(dataFolder))) {
    throw new AppError('BACKUP', `there is no store of the embedded engine in ${dataFolder}`)
  }
  return withEngineFolder(join(dataFolder, 'engine'), clock, work)
}

/** As `withEngine`, for an engine's folder wherever it is. */
export async function withEngineFolder<T>(
  folder: string,
  clock: { now(): number },
  work: (opened: OpenedFolder) => Promise<T>,
): Promise<T> {
  const engine = new EmbeddedEngine(
    { dataFolder: folder, powerSafe: true, callLimitMs: CALL_LIMIT_MS, log: silent },
    folder,
  )
  try {
    await engine.start()
    return await work({ engine, db: databaseOn(engine), folder, clock })
  } finally {
    await engine.close()
  }
}
