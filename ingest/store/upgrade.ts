import type { ClientBase } from 'pg'
import { AppError } from '../errors.js'
import { takeBackup } from './backup.js'
import type { CopyOptions } from './backup-files.js'
import { migrate, migrationsIn, missingMigrations } from './migrate.js'
import { withEngine } from './offline.js'
import { restoreBackup } from './restore.js'
import { openServer } from './server.js'
import { findings, stateOf } from './verify.js'

export interface UpgradeOptions extends CopyOptions {
  clock: { now(): number }
  /** Where the backup goes; it stays there. */
  backup: string
  /** What is being done, for whoever watches. */
  say(line: string): void
  /** Folder of the migrations; default: this version's. */
  migrations?: string
}

export interface Upgrade {
  from: string
  /** What was migrated, in order; nothing when the store was at this version. */
  migrated: string[]
}

/**
 * Brings the embedded store of `dataFolder`, whose owner the caller is, to this version: backup, all missing
 * migrations with the verification in one transaction, and a second verification of the folder opened
 * again. When the transaction fails the database undoes it; when the folder is not right afterwards the
 * backup takes its place.
 */
export async function upgradeEmbedded(
  dataFolder: string,
  options: UpgradeOptions,
): Promise<Upgrade> {
  const { clock, backup, say, migrations } = options
  const before = await withEngine(dataFolder, clock, async ({ engine, ...source }) => {
    const present = await engine.prepare(migrationsIn)
    const missing = await missingMigrations(present, migrations)
    if (missing.length === 0) {
      say('nothing to migrate; verifying')
      await engine.prepare(requireSound)
      return { from: present.at(-1) ?? '', migrated: [], state: undefined }
    }
    say(`backing up to ${backup}`)
    await takeBackup(source, backup, options)
    say(`migrating: ${missing.join(', ')}`)
    const { migrated, state } = await engine.prepare((client) => migrateSoundly(client, options))
    return { from: present.at(-1) ?? '', migrated, state }
  }).catch((error) => {
    throw unchanged(error, 'the store is as it was')
  })
  const { state, ...result } = before
  if (state === undefined) return result
  try {
    say('opening it again and verifying')
    await withEngine(dataFolder, clock, ({ engine }) =>
      engine.prepare((client) => requireSound(client, state)),
    )
  } catch (error) {
    const aside = `engine.failed-upgrade-${process.pid}`
    await restoreBackup(backup, dataFolder, { clock, aside })
    throw unchanged(error, `the backup has taken its place again, what failed is in ${aside}`)
  }
  return result
}

/** The same for a server, in one transaction and without a backup, which is the business of pg_dump. */
export async function upgradeServer(
  databaseUrl: string,
  options: Pick<UpgradeOptions, 'say' | 'migrations' | 'signal'> & { isBackedUp: boolean },
): Promise<Upgrade> {
  const { say, migrations, isBackedUp } = options
  const log = { warn: () => {} }
  const engine = await openServer({
    databaseUrl,
    writers: 1,
    readers: 1,
    statementTimeoutMs: 5000,
    log,
  })
  try {
    return await engine.prepare(async (client) => {
      const present = await migrationsIn(client)
      const missing = await missingMigrations(present, migrations)
      if (present.length === 0)
        throw new AppError('BACKUP', 'there is no store in this database yet')
      const from = present.at(-1) ?? ''
      if (missing.length === 0) {
        say('nothing to migrate; verifying')
        await requireSound(client)
        return { from, migrated: [] }
      }
      if (!isBackedUp) {
        throw new AppError(
          'BACKUP',
          `${missing.join(', ')} to be done: back the database up with pg_dump first, then say --backed-up`,
        )
      }
      say(`migrating: ${missing.join(', ')}`)
      const { migrated } = await migrateSoundly(client, options)
      return { from, migrated }
    })
  } catch (error) {
    throw unchanged(error, 'the database is as it was')
  } finally {
    await engine.close()
  }
}

async function migrateSoundly(
  client: ClientBase,
  { migrations, signal }: Pick<UpgradeOptions, 'migrations' | 'signal'>,
) {
  const state = await stateOf(client)
  const migrated = await migrate(client, {
    ...(migrations === undefined ? {} : { dir: migrations }),
    verify: async () => {
      await requireSound(client, state)
      signal?.throwIfAborted()
    },
  })
  return { migrated, state }
}

async function requireSound(
  client: ClientBase,
  before?: Awaited<ReturnType<typeof stateOf>>,
): Promise<void> {
  const found = await findings(client, before)
  if (found.length > 0) throw new AppError('BACKUP', `verification failed: ${found.join('; ')}`)
}

function unchanged(error: unknown, state: string): AppError {
  const message = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error)
  const code = error instanceof AppError ? error.code : 'BACKUP'
  return new AppError(code, `not upgraded, ${state}: ${message}`, { cause: error })
}
