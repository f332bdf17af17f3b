import { JobRunner } from '../../ingest/store/job-runner.js'
import { openStore } from '../../ingest/store/open.js'
import { limitsOf } from '../../shared/science/qartod/limits.js'

/**
 * A service of its own at the jobs of the store in `process.argv[2]`, for tests that kill one: it adds ten steps to
 * every value, reports each page when it has begun it, and stays in the second.
 */
const [folder = ''] = process.argv.slice(2)
const ignore = () => {}
const log = { info: ignore, warn: ignore, error: ignore }
const clock = { now: () => Date.now() }

const { db } = await openStore({ folder, kind: 'simulated', powerSafe: false, log, clock })
let pages = 0
await new JobRunner({
  db,
  clock,
  log,
  retention: { framesDays: 365 },
  rules: {
    limitsOf,
    correctionOf: async () => {
      pages++
      process.send?.({ page: pages })
      if (pages === 2) await new Promise<void>(() => {})
      return (raw) => raw + 10
    },
  },
}).run()
