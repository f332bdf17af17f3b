import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { SystemClock } from '../clock.js'
import { AppError } from '../errors.js'
import { hasEngine } from '../store/embedded-folder.js'
import { asOwner } from '../store/offline.js'
import { restoreBackup, verifyBackup } from '../store/restore.js'
import { exactly } from './arguments.js'
import { configFor, megabytes, runCommand, stamp, usageOf, withProgress } from './command.js'

const USAGE = `npm run restore -- BACKUP [--check] [--replace] [--data FOLDER]

Verifies a backup, copies it beside the store, opens and counts it there, and only then gives it its place.

  --check        verify only
  --replace      where there is a store already: it is renamed, never deleted
  --data FOLDER  data folder of the service, which must not run (default: DATA_DIR, else .data)

A store on a server is restored there: ingest/deploy/README.md`

await runCommand('restore', async (signal) => {
  const { values, positionals } = parse(process.argv.slice(2))
  if (values.help) return [USAGE]
  const [name] = exactly(positionals, 'BACKUP')
  const backup = resolve(name)
  const config = configFor(values.data)
  if (config.databaseUrl !== undefined && !values.check) {
    throw new AppError('BACKUP', 'DATABASE_URL is set: use pg_restore, see ingest/deploy/README.md')
  }
  const manifest = await withProgress('verify', (onProgress) =>
    verifyBackup(backup, { signal, onProgress }),
  )
  const { kind, migrations, takenAt, atLeast, bytes } = manifest
  const what = `a ${kind} store at ${migrations.at(-1)} of ${takenAt}, ${megabytes(bytes)}, ${atLeast.reading} readings or more`
  if (values.check) return [`${backup} is whole: ${what}`]
  const clock = new SystemClock(config.clockTrusted)
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
  const moved = await asOwner(config.dataDir, async () => {
    const occupied = await hasEngine(config.dataDir)
    if (occupied && !values.replace) {
      throw new AppError(
        'BACKUP',
        `there is a store in ${config.dataDir} already; --replace renames it and puts the backup there`,
      )
    }
    const aside = occupied ? `engine.before-restore-${stamp(clock.now())}` : undefined
    await withProgress('restore', (onProgress) =>
      restoreBackup(backup, config.dataDir, { signal, onProgress, clock, aside }),
    )
    return aside
  })
  return [
    `restored to ${config.dataDir}: ${what}`,
    ...(moved === undefined
      ? []
      : [`  the store that was there is now ${config.dataDir}/${moved}`]),
    ...(kind === config.storeKind ? [] : [`  start the service with STORE_KIND=${kind}`]),
  ]
})

function parse(args: string[]) {
  return usageOf(() =>
    parseArgs({
      args,
      allowPositionals: true,
      options: {
        check: { type: 'boolean' },
        replace: { type: 'boolean' },
        data: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }),
  )
}
