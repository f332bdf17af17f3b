import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import pino from 'pino'
import { ScaledClock, SystemClock } from './clock.js'
import { describeSettings, readConfig } from './config.js'
import { AppError } from './errors.js'
import { openStore } from './store/open.js'

/** `npm start`: the process around the service. Says what it does, stops on SIGTERM and Ctrl-C. */

/**
 * An orderly stop takes less than 10 s, all of them only when the database hangs. Whatever hangs after this
 * is left to the operating system; nothing acknowledged depends on it.
 */
const STOP_LIMIT_MS = 12_000

if (process.argv.includes('--help')) {
  console.log('npm start\n\nStarts the service. Settings are environment variables:\n')
  for (const { key, fallback, meaning } of describeSettings()) {
    console.log(`  ${key.padEnd(34)}${meaning}${fallback === '' ? '' : ` [${fallback}]`}`)
  }
  process.exit(0)
}

await main().catch((error) => {
  if (!(error instanceof AppError)) throw error
  console.error(`toba-sense: ${error.message}`)
  process.exit(1)
})

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const log = pino({ level: config.logLevel })
  const machine = new SystemClock(config.clockTrusted)
  const scale = config.scaledClock
  if (scale === undefined) await machine.start()
  const clock = scale === undefined ? machine : new ScaledClock(scale)
  const opening = openStore({
    databaseUrl: config.databaseUrl,
    folder: config.dataDir,
    kind: config.storeKind,
    retention: config.retention,
    log,
    clock,
  })
  // The embedded engine starts in its own thread; the rest is loaded meanwhile, which takes about a second.
  const [store, { startService }] = await Promise.all([opening, import('./app.js')])
  const service = await startService({ store, config, clock, log })
  log.info({
    event: 'started',
    http: service.httpPort,
    mqtt: service.mqttPort,
    data: config.dataDir,
  })
  if (!existsSync(fileURLToPath(new URL('web/dist/index.html', import.meta.url)))) {
    console.error('toba-sense: the page is not built; run: npm run build')
  }
  if (service.setupSecret !== undefined) {
    console.log(
      `First administrator: open the page and use this one-time secret: ${service.setupSecret}`,
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop(signal).catch((error) => {
        log.error({ event: 'stop_failed', reason: String(error) })
        process.exit(1)
      })
    })
  }

  async function stop(signal: string): Promise<void> {
    log.info({ event: 'stopping', signal })
    setTimeout(() => {
      log.error({ event: 'stop_too_slow' })
      process.exit(1)
    }, STOP_LIMIT_MS).unref()
    await service.stop()
    machine.stop()
    log.info({ event: 'stopped' })
    process.exit(0)
  }
}
