import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from './backup-files.js'
import { startThread } from './embedded-thread.js'

const NAME = 'engine'
const UNFINISHED = `${NAME}.new-`
/** Whole, and about to take the place of the engine's folder. */
const NEXT = `${NAME}.next`

/**
 * The engine's folder inside the data folder, created at the first start. A kill during initialisation
 * leaves a folder that never opens again, so it is done beside and renamed when whole. The caller holds the
 * lock of `dataFolder`.
 */
export async function engineFolder(dataFolder: string, powerSafe: boolean): Promise<string> {
  await clearUnfinished(dataFolder)
  const folder = join(dataFolder, NAME)
  if (existsSync(folder)) return folder
  const unfinished = unfinishedFolder(dataFolder)
  await mkdir(unfinished)
  const thread = await startThread({ folder: unfinished, powerSafe })
  await thread.stop()
  await rename(unfinished, folder)
  await syncFolder(dataFolder)
  return folder
}

/** A folder that counts for nothing until it is given to `replaceEngine`, and is removed at the next start. */
export function unfinishedFolder(dataFolder: string): string {
  return join(dataFolder, `${UNFINISHED}${process.pid}`)
}

/** Whether there is a store in `dataFolder`; what a kill left unfinished is removed or finished before. */
export async function hasEngine(dataFolder: string): Promise<boolean> {
  await clearUnfinished(dataFolder)
  return existsSync(join(dataFolder, NAME))
}

/**
 * Puts `replacement`, whole and on the disk, in the engine's place; what was there is renamed to `aside`. A
 * kill between the two renames leaves no engine but a `NEXT`, and the next start takes that.
 */
export async function replaceEngine(
  dataFolder: string,
  replacement: string,
  aside: string,
): Promise<void> {
  const folder = join(dataFolder, NAME)
  await rename(replacement, join(dataFolder, NEXT))
  await syncFolder(dataFolder)
  if (existsSync(folder)) await rename(folder, join(dataFolder, aside))
  await rename(join(dataFolder, NEXT), folder)
  await syncFolder(dataFolder)
}

async function clearUnfinished(dataFolder: string): Promise<void> {
  for (const name of await readdir(dataFolder)) {
    if (name.startsWith(UNFINISHED)) await rm(join(dataFolder, name), { recursive: true })
  }
  const next = join(dataFolder, NEXT)
  if (!existsSync(next)) return
  // Beside an engine it had not begun to take its place.
  if (existsSync(join(dataFolder, NAME))) await rm(next, { recursive: true })
  else await rename(next, join(dataFolder, NAME))
}
