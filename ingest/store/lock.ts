import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { tryLock } from 'fs-native-extensions'
import { AppError } from '../errors.js'

export interface FolderLock {
  release(): void
}

/**
 * Makes this process the one owner of `folder`, until `release` or its end: the operating system drops the
 * lock with the process, so a kill leaves nothing to clean up. The file itself stays; it names the owner.
 * Throws STORE_LOCKED when another process (or another store in this one) owns the folder.
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, 'lock')
  const descriptor = openSync(path, 'a+')
  if (!tryLock(descriptor)) {
    closeSync(descriptor)
    const owner = readFileSync(path, 'utf8').trim() || 'of another user'
    throw new AppError('STORE_LOCKED', `${folder} is in use by process ${owner}`)
  }
  ftruncateSync(descriptor)
  writeSync(descriptor, `${process.pid}\n`)
  return { release: () => closeSync(descriptor) }
}
