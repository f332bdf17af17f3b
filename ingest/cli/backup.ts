import { once } from 'node:events'
import { request } from 'node:http'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { SystemClock } from '../clock.js'
import { AppError } from '../errors.js'
import { takeBackup } from '../store/backup.js'
import type { CopyOptions } from '../store/backup-files.js'
import { type Manifest, manifestSchema } from '../store/backup-manifest.js'
import { asOwner, withEngine } from '../store/offline.js'
import { exactly } from './arguments.js'
import { configFor, megabytes, runCommand, stamp, usageOf, withProgress } from './command.js'
import { answers } from './control.js'

const USAGE = `npm run backup [-- FOLDER] [--data FOLDER]

Copies the store of the embedded engine, through the running service or, while none runs, from its folder.
The copy holds everything acknowledged before it began, and has its name only when it is whole and on the disk.

  FOLDER         where to, does not exist yet (default: backups/TIME in the data folder; keep one elsewhere too)
  --data FOLDER  data folder of the service (default: DATA_DIR, else .data)

A store on a server is backed up there: ingest/deploy/README.md`

const ENDED = 'the service ended before the backup was complete'

/** What the service tells while it works. Above the command, which runs before anything below it exists. */
const lineSchema = z.union([
  z.object({ manifest: manifestSchema }),
  z.object({ problem: z.string() }),
  z.object({ doneBytes: z.number(), totalBytes: z.number() }),
])

await runCommand('backup', async (signal) => {
  const { values, positionals } = parse(process.argv.slice(2))
  if (values.help) return [USAGE]
  if (positionals.length > 1) exactly(positionals, 'FOLDER')
  const config = configFor(values.data)
  if (config.databaseUrl !== undefined) {
    throw new AppError('BACKUP', 'DATABASE_URL is set: use pg_dump, see ingest/deploy/README.md')
  }
  const clock = new SystemClock(config.clockTrusted)
  const folder = resolve(positionals[0] ?? join(config.dataDir, 'backups', stamp(clock.now())))
  const socketPath = join(config.dataDir, 'control.sock')
  const running = await answers(socketPath)
  const manifest = await withProgress('backup', (onProgress) =>
    running
      ? throughService(socketPath, folder, { signal, onProgress })
      : asOwner(config.dataDir, () =>
          withEngine(config.dataDir, clock, (source) =>
            takeBackup(source, folder, { signal, onProgress }),
          ),
        ),
  )
  return summary(manifest, folder, running)
})

function summary(manifest: Manifest, folder: string, running: boolean): string[] {
  const { kind, migrations, atLeast, bytes, rows } = manifest
  const schema = migrations.at(-1)
  return [
    `backup of a ${kind} store at ${schema}, ${megabytes(bytes)}${running ? ', taken while the service ran' : ''}`,
    `  ${atLeast.reading} readings${running ? ' or more' : ''}, ${rows.node} nodes, ${rows.site} sites`,
    `  ${folder}`,
    `  put it back with: npm run restore -- ${folder}`,
  ]
}

async function throughService(
  socketPath: string,
  folder: string,
  { signal, onProgress }: CopyOptions,
): Promise<Manifest> {
  const outgoing = request({
    socketPath,
    method: 'POST',
    path: '/api/v1/backups',
    headers: { 'content-type': 'application/json' },
  })
  const end = () => outgoing.destroy()
  signal?.addEventListener('abort', end)
  try {
    outgoing.end(JSON.stringify({ folder }))
    const [response] = await once(outgoing, 'response')
    for await (const text of createInterface({ input: response })) {
      const line = lineSchema.safeParse(JSON.parse(text)).data
      if (line === undefined) throw new AppError('BACKUP', `the service refused it: ${text}`)
      if ('manifest' in line) return line.manifest
      if ('problem' in line) throw new AppError('BACKUP', line.problem)
      onProgress?.(line)
    }
  } catch (cause) {
    signal?.throwIfAborted()
    // What carries no code of the system is a mistake of ours, and shall look like one.
    if (!(cause instanceof Error && 'code' in cause) || cause instanceof AppError) throw cause
    throw new AppError('BACKUP', ENDED, { cause })
  } finally {
    signal?.removeEventListener('abort', end)
  }
  signal?.throwIfAborted()
  throw new AppError('BACKUP', ENDED)
}

function parse(args: string[]) {
  const options = { data: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const
  return usageOf(() => parseArgs({ args, allowPositionals: true, options }))
}
