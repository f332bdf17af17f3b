import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { nodeByName } from '../../ingest/store/nodes.js'
import { openStore, type Store } from '../../ingest/store/open.js'
import { addNode } from '../ingest-fixture.js'
import { spawnService, startServiceProcess } from '../service-process.js'
import { type Crowd, startCrowd } from './crowd.js'
import type { KillPoint } from './kill-points.js'
import { total, type Verdict } from './ledger.js'
import { freePort, MortalService } from './mortal-service.js'

/** One kind of trouble, run to its end and judged by the rows in the store. */
export interface Trouble {
  folder: string
  databaseUrl: string | undefined
  kills: number
  nodes: number
  random: () => number
  say: (line: string) => void
}

export interface Result extends Verdict {
  name: string
  acknowledged_frames: number
  /** From the process' start to its open doors after a kill, ms. */
  slowest_start_ms: number
  /** Of that, until the store was open again, ms; what is left is Node loading the service. */
  slowest_reopening_ms: number
  /** Write-ahead log found after a kill, bytes; 0 on a server. */
  largest_wal_bytes: number
}

const ACK_EARLY = fileURLToPath(new URL('ack-early.ts', import.meta.url))
const POINTS: readonly (KillPoint | 'anywhere')[] = [
  'insert',
  'anywhere',
  'committed',
  'refresh',
  'anywhere',
  'checkpoint',
]

/** The service is killed again and again while nodes publish: anywhere, and at the named points. */
export function killService(trouble: Trouble): Promise<Result> {
  return withCrowd('kill-service', trouble, {}, async ([service], watch) => {
    for (let kill = 0; kill < trouble.kills; kill++) {
      const point = POINTS[kill % POINTS.length] ?? 'anywhere'
      await service?.live(point, trouble.random)
      await watch()
      trouble.say(`kill ${kill + 1} of ${trouble.kills}: ${point}`)
    }
  })
}

/** The service is stopped in order while nodes publish: it ends by itself, and in time. */
export function stopUnderLoad(trouble: Trouble): Promise<Result> {
  return withCrowd('stop-under-load', trouble, {}, async ([mortal], watch) => {
    for (let stop = 0; stop < trouble.kills; stop++) {
      const service = await mortal?.start()
      await pause(300 + trouble.random() * 500)
      const code = await service?.end('SIGTERM')
      if (code !== 0) throw new Error(`stopped with code ${code}:\n${service?.output()}`)
      await watch()
      trouble.say(`stopped ${stop + 1} of ${trouble.kills}`)
    }
  })
}

/** A service that acknowledges before it stores, killed the same way: readings must be missing. */
export function mutant(trouble: Trouble): Promise<Result> {
  const options = { preload: [ACK_EARLY] }
  return withCrowd('mutant', trouble, options, async ([service], watch) => {
    for (let kill = 0; kill < trouble.kills; kill++) {
      await service?.live('anywhere', trouble.random)
      await watch()
      trouble.say(`mutant killed ${kill + 1} of ${trouble.kills}`)
    }
  })
}

/** On a server: connections are ended under the running service, at random moments. */
export function killBackends(trouble: Trouble): Promise<Result> {
  return withCrowd('kill-backends', trouble, {}, async ([service]) => {
    await service?.start()
    const client = new pg.Client({ connectionString: trouble.databaseUrl })
    await client.connect()
    for (let kill = 0; kill < trouble.kills; kill++) {
      await pause(50 + trouble.random() * 250)
      await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'toba-sense' AND random() < 0.7`,
      )
      trouble.say(`connections ended ${kill + 1} of ${trouble.kills}`)
    }
    await client.end()
  })
}

/** On a server: two services store the same frames of the same nodes at once, and one of them is killed. */
export function collide(trouble: Trouble): Promise<Result> {
  return withCrowd(
    'colliding-batches',
    trouble,
    { services: 2 },
    async ([mortal, steady], watch) => {
      await steady?.start()
      for (let kill = 0; kill < trouble.kills; kill++) {
        await mortal?.live('anywhere', trouble.random)
        await watch()
        trouble.say(`one of two services killed ${kill + 1} of ${trouble.kills}`)
      }
    },
  )
}

/** The very first start is killed at moments spread over it; the next start must succeed. */
export async function killFirstStart(trouble: Trouble): Promise<Result> {
  const startsMs: number[] = []
  for (let kill = 0; kill < trouble.kills; kill++) {
    const folder = join(trouble.folder, `first-${kill}`)
    const attempt = spawnService({ folder })
    const timer = setTimeout(() => attempt.child.kill('SIGKILL'), 500 + trouble.random() * 5_000)
    await Promise.race([attempt.exited, attempt.started.catch(() => {})])
    clearTimeout(timer)
    await attempt.end()
    const startedAt = performance.now()
    const service = await startServiceProcess({ folder })
    startsMs.push(performance.now() - startedAt)
    await service.end('SIGTERM')
    trouble.say(`first start killed ${kill + 1} of ${trouble.kills}, the next one succeeded`)
  }
  return {
    name: 'kill-first-start',
    ...total([]),
    acknowledged_frames: 0,
    ...extremes(startsMs, [], []),
  }
}

type Script = (services: MortalService[], watch: () => Promise<void>) => Promise<void>

/** Nodes publish while `script` makes trouble; then everything is acknowledged, stopped and compared. */
async function withCrowd(
  name: string,
  trouble: Trouble,
  options: { services?: number; preload?: string[] },
  script: Script,
): Promise<Result> {
  const names = Array.from({ length: trouble.nodes }, (_, index) =>
    `fault-${name}-${index}`.slice(0, 32),
  )
  const secrets = await withStoreOf(trouble, async (store) => {
    const found: string[] = []
    for (const node of names) found.push((await addNode(store.db, node)).secret)
    return found
  })
  const services: MortalService[] = []
  for (let index = 0; index < (options.services ?? 1); index++) {
    const folder = index === 0 ? trouble.folder : join(trouble.folder, `service-${index}`)
    const preload = options.preload ?? []
    const { databaseUrl } = trouble
    services.push(new MortalService({ port: await freePort(), folder, databaseUrl, preload }))
  }
  const crowd = startCrowd(
    services.map(({ port }) => ({ port, names, secrets })),
    trouble.random,
    { longestPauseMs: 60 },
  )
  const logs: number[] = []
  try {
    await script(services, async () => void logs.push(await walBytes(trouble.folder)))
    for (const service of services) await service.start()
    await crowd.finish()
    await Promise.all(services.map((service) => service.stop()))
  } catch (error) {
    await crowd.abandon()
    await Promise.all(services.map((service) => service.stop()))
    throw error
  }
  const verdict = await withStoreOf(trouble, (store) => compare(store, crowd, names))
  return {
    name,
    ...verdict,
    acknowledged_frames: crowd.ledgers.reduce((sum, ledger) => sum + ledger.acknowledgedCount, 0),
    ...extremes(
      services.flatMap((service) => service.startsMs),
      services.flatMap((service) => service.reopeningsMs),
      logs,
    ),
  }
}

async function compare(store: Store, crowd: Crowd, names: string[]): Promise<Verdict> {
  const verdicts: Verdict[] = []
  for (const [index, ledger] of crowd.ledgers.entries()) {
    const { id } = await nodeByName(store.db, names[index] ?? '')
    verdicts.push(await ledger.compare(store.db, id))
  }
  return total(verdicts)
}

async function withStoreOf<T>(trouble: Trouble, work: (store: Store) => Promise<T>): Promise<T> {
  const ignore = () => {}
  const store = await openStore({
    folder: trouble.folder,
    databaseUrl: trouble.databaseUrl,
    kind: 'simulated',
    clock: { now: () => Date.now() },
    log: { info: ignore, warn: ignore, error: ignore },
  })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function extremes(
  startsMs: number[],
  reopeningsMs: number[],
  logs: number[],
): Pick<Result, 'slowest_start_ms' | 'slowest_reopening_ms' | 'largest_wal_bytes'> {
  return {
    slowest_start_ms: Math.round(Math.max(0, ...startsMs)),
    slowest_reopening_ms: Math.max(0, ...reopeningsMs),
    largest_wal_bytes: Math.max(0, ...logs),
  }
}

async function walBytes(folder: string): Promise<number> {
  const wal = join(folder, 'engine', 'pg_wal')
  // A server keeps its log elsewhere.
  const names = await readdir(wal).catch(() => [])
  const sizes = await Promise.all(
    names.map((name) => stat(join(wal, name)).then(({ size }) => size)),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
