import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

/** What one run of the demo leaves to the next. */

const memorySchema = z.object({
  starts: z.int().min(0),
  /** To sign in with. */
  password: z.string(),
  /** Unix seconds up to which the nodes ran. */
  ranUntilS: z.int().optional(),
  /** What is missing of each site's past. */
  gaps: z
    .record(z.string(), z.array(z.object({ fromS: z.int(), toS: z.int() })).readonly())
    .default({}),
})

export type Memory = z.infer<typeof memorySchema>

/** Counts this start. */
export async function rememberStart(dataDir: string): Promise<Memory> {
  const before = await readFile(pathIn(dataDir), 'utf8').catch(() => undefined) // absent on the first start
  const known = before === undefined ? undefined : memorySchema.safeParse(parse(before)).data
  const memory = known ?? { starts: 0, password: randomBytes(9).toString('base64url'), gaps: {} }
  memory.starts++
  await remember(dataDir, memory)
  return memory
}

/** The file holds a password, so it is readable to its owner only. */
export async function remember(dataDir: string, memory: Memory): Promise<void> {
  await replaceFile(pathIn(dataDir), JSON.stringify(memory))
}

/** Readable to its owner only, and whole or not there, whenever it ends. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(`${path}.new`, content, { mode: 0o600 })
  await rename(`${path}.new`, path)
}

function pathIn(dataDir: string): string {
  return join(dataDir, 'demo.json')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Cut short by a full disk: as good as absent.
    return undefined
  }
}
