import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

/** What one run of the demo leaves to the next: how often it was started, and how to sign in. */

const memorySchema = z.object({ starts: z.int().min(0), password: z.string() })

export type Memory = z.infer<typeof memorySchema>

/** Counts this start. The file holds a password, so it is readable to its owner only. */
export async function rememberStart(dataDir: string): Promise<Memory> {
  const path = join(dataDir, 'demo.json')
  const before = await readFile(path, 'utf8').catch(() => undefined) // absent on the first start
  const known = before === undefined ? undefined : memorySchema.safeParse(parse(before)).data
  const memory = {
    starts: (known?.starts ?? 0) + 1,
    password: known?.password ?? randomBytes(9).toString('base64url'),
  }
  await writeFile(`${path}.new`, JSON.stringify(memory), { mode: 0o600 })
  await rename(`${path}.new`, path)
  return memory
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Cut short by a full disk: as good as absent.
    return undefined
  }
}
