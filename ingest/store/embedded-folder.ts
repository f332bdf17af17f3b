import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from './backup-files.js'

const NAME = 'engine'
const UNFINISHED = `${NAME}.new-`
/** Whole, and about to take the place of the engine's folder. */
const NEXT = `${NAME}.next`
/** Beside an engine's folder that is being initialised. */
const MARK = `${NAME}.unfinished`

/**
 * The engine's folder inside the data folder, made at the first start. A kill during initialisation leaves a folder
 * that never opens again, so a new one counts for nothing, and is removed at the next start, until `keepEngine` is
 * called. (Initialising it under another name would take a second start of the engine.) The caller holds the lock of
 * `dataFolder`.
 */
export async function engineFolder(
  dataFolder: string,
): Promise<{ folder: string; isNew: boolean }> {
  await clearUnfinished(dataFolder)
  const folder = join(dataFolder, NAME)
  if (existsSync(folder)) return { folder, isNew: false }
  await writeFile(join(dataFolder, MARK), '')
  await syncFolder(dataFolder)
  await mkdir(folder)
  return { folder, isNew: true }
}

/** A new engine's folder is whole and on the disk: from now on it counts. */
export async function keepEngine(dataFolder: string): Promise<void> {
  await syncFolder(dataFolder)
  await rm(join(dataFolder, MARK))
  await syncFolder(dataFolder)
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
  await clearMarked(dataFolder)
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
  await clearMarked(dataFolder)
  const next = join(dataFolder, NEXT)
  if (!existsSync(next)) return
  // Beside an engine it had not begun to take its place.
  if (existsSync(join(dataFolder, NAME))) await rm(next, { recursive: true })
  else await rename(next, join(dataFolder, NAME))
}

/** The mark goes last: a kill meanwhile leaves it beside what is left of the folder. */
async function clearMarked(dataFolder: string): Promise<void> {
  if (!existsSync(join(dataFolder, MARK))) return
  await rm(join(dataFolder, NAME), { recursive: true, force: true })
  await rm(join(dataFolder, MARK))
}
