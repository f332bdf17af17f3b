import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { SystemClock } from '../clock.js'
import { asOwner } from '../store/offline.js'
import { type Upgrade, upgradeEmbedded, upgradeServer } from '../store/upgrade.js'
import { exactly } from './arguments.js'
import { configFor, runCommand, stamp, usageOf, withProgress } from './command.js'

const USAGE = `npm run upgrade [-- --to FOLDER] [--data FOLDER] [--backed-up]

Brings the store to this version of the service, which must not run: backs it up, does what migrations are
missing, and verifies: no row of what was entrusted to us is gone, every reading's value is what it was,
latest values are the newest readings, constraints and indexes are valid. When anything fails, the store is as
it was before.

  --to FOLDER    where the backup goes (default: backups/before-upgrade-TIME in the data folder)
  --data FOLDER  data folder of the service (default: DATA_DIR, else .data)
  --backed-up    with DATABASE_URL: the database has been dumped (ingest/deploy/README.md); it is migrated and
                 verified in one transaction`

await runCommand('upgrade', async (signal) => {
  const { values, positionals } = parse(process.argv.slice(2))
  if (values.help) return [USAGE]
  exactly(positionals)
  const config = configFor(values.data)
  const say = (line: string) => console.error(`upgrade: ${line}`)
  const { databaseUrl, dataDir } = config
  if (databaseUrl !== undefined) {
    const isBackedUp = values['backed-up'] ?? false
    return summary(await upgradeServer(databaseUrl, { say, signal, isBackedUp }))
  }
  const clock = new SystemClock(config.clockTrusted)
  const name = `before-upgrade-${stamp(clock.now())}`
  const backup = resolve(values.to ?? join(dataDir, 'backups', name))
  const upgrade = await asOwner(dataDir, () =>
    withProgress('backup', (onProgress) =>
      upgradeEmbedded(dataDir, { clock, backup, say, signal, onProgress }),
    ),
  )
  return summary(upgrade, backup)
})

function summary({ from, migrated }: Upgrade, backup?: string): string[] {
  if (migrated.length === 0) return [`the store is at ${from} already, and sound`]
  return [
    `upgraded from ${from} to ${migrated.at(-1)}, verified`,
    ...(backup === undefined ? [] : [`  the store before that: ${backup}`]),
  ]
}

function parse(args: string[]) {
  return usageOf(() =>
    parseArgs({
      args,
      allowPositionals: true,
      options: {
        to: { type: 'string' },
        data: { type: 'string' },
        'backed-up': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }),
  )
}
