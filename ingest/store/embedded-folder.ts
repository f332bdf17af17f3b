import { existsSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startThread } from './embedded-thread.js'

const NAME = 'engine'
const UNFINISHED = `${NAME}.new-`

/**
 * The engine's folder inside the data folder, created at the first start. A kill during initialisation
 * leaves a folder that never opens again, so it is done beside, renamed when whole, and what an earlier
 * start left unfinished is removed. The caller holds the lock of `dataFolder`.
 */
export async function engineFolder(dataFolder: string, powerSafe: boolean): Promise<string> {
  for (const name of await readdir(dataFolder)) {
    if (name.startsWith(UNFINISHED)) await rm(join(dataFolder, name), { recursive: true })
  }
  const folder = join(dataFolder, NAME)
  if (existsSync(folder)) return folder
  const unfinished = join(dataFolder, `${UNFINISHED}${process.pid}`)
  await mkdir(unfinished)
  const thread = await startThread({ folder: unfinished, powerSafe })
  await thread.stop()
  await rename(unfinished, folder)
  await syncFolder(dataFolder)
  return folder
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
