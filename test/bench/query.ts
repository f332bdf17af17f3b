import { mkdtemp, rm, statfs } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openStore, type Store } from '../../ingest/store/open.js'
import { compressOld, mergeCompressed } from '../../ingest/store/upkeep.js'
import { startServiceProcess } from '../service-process.js'
import { withDatabase } from '../store-fixture.js'
import { fill } from './query/fill.js'
import { type Answered, ask, questions } from './query/questions.js'
import { INTERVAL_S, makeYear, QUANTITIES, SAMPLES_PER_FRAME } from './query/year.js'

export const HELP = `npm run bench -- query [--months N] [--nodes N] [--rounds N] [--json]

How long the service takes to answer what pages ask, with a year (12 months) of 100 nodes with six
quantities every ten minutes in its store: 32 million readings, which takes a while to fill in. Use
--months 1 for everyday. The readings are a river record, tiled, and the world model. The embedded engine;
a server instead when DATABASE_URL names one (a database is created and dropped).`

const MONTH_DAYS = 365 / 12
/** Readings with their index before they are compressed, aggregates and log: an upper bound. */
const BYTES_PER_READING = 120

interface Options {
  months: number
  nodes: number
  rounds: number
}

interface Result {
  readings: number
  bytes_per_reading: number
  queries: Answered[]
}

export async function run(args: string[]): Promise<Result> {
  const options = readOptions(args)
  const stop = new AbortController()
  const end = () => stop.abort(new Error('stopped by you'))
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.once(signal, end)
  const folder = await mkdtemp(join(tmpdir(), 'toba-query-'))
  try {
    if (process.env.DATABASE_URL !== undefined) {
      return await withDatabase((url) =>
        measure({ folder, databaseUrl: url }, options, stop.signal),
      )
    }
    await requireRoom(folder, options)
    return await measure({ folder, databaseUrl: undefined }, options, stop.signal)
  } finally {
    await rm(folder, { recursive: true, force: true })
    for (const signal of signals) process.off(signal, end)
  }
}

function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      months: { type: 'string', default: '12' },
      nodes: { type: 'string', default: '100' },
      rounds: { type: 'string', default: '40' },
    },
  })
  const whole = (name: keyof typeof values, most: number) => {
    const value = Number(values[name])
    if (!Number.isInteger(value) || value < 1 || value > most) {
      throw new Error(`--${name} must be a whole number from 1 to ${most}, not ${values[name]}`)
    }
    return value
  }
  return { months: whole('months', 12), nodes: whole('nodes', 300), rounds: whole('rounds', 1000) }
}

function spanOf({ months, nodes }: Options) {
  const frameS = INTERVAL_S * SAMPLES_PER_FRAME
  const endS = Math.floor(Date.now() / 1000 / frameS) * frameS
  const frames = Math.round((months * MONTH_DAYS * 86_400) / frameS)
  const expected = frames * SAMPLES_PER_FRAME * nodes * QUANTITIES.length
  return { startS: endS - frames * frameS, endS, expected }
}

async function requireRoom(folder: string, options: Options): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const needed = spanOf(options).expected * BYTES_PER_READING
  if (bavail * bsize < needed) {
    throw new Error(
      `${gigabytes(needed)} are needed in ${tmpdir()}, which has ${gigabytes(bavail * bsize)}: free some, or set TMPDIR, or use fewer --months`,
    )
  }
}

interface Place {
  folder: string
  databaseUrl: string | undefined
}

async function measure(place: Place, options: Options, signal: AbortSignal): Promise<Result> {
  const { startS, endS } = spanOf(options)
  const engine = place.databaseUrl === undefined ? 'embedded' : 'server'
  const year = makeYear(options.nodes, startS)
  if (!year.isRecorded) {
    console.log(
      '../shared/data has no river record: the world model stands in, and compresses better',
    )
  }
  const clock = { nowMs: startS * 1000 }
  const begunMs = Date.now()
  const readings = await withFilled(place, clock, (store) =>
    fill(store, year, { nodes: options.nodes, startS, endS, clock, signal }),
  )
  const minutes = ((Date.now() - begunMs) / 60_000).toFixed(1)
  console.log(`${engine}: ${grouped(readings)} readings stored in ${minutes} minutes`)
  const service = await startServiceProcess(place)
  let queries: Answered[]
  try {
    const asked = questions(options.nodes, endS)
    queries = await ask(service.httpPort, asked, { rounds: options.rounds, signal })
  } finally {
    await service.end('SIGTERM')
  }
  const bytes = await withFilled(place, clock, bytesPerReading)
  const result = { readings, bytes_per_reading: Math.round(bytes * 100) / 100, queries }
  print(engine, result)
  return result
}

async function withFilled<T>(
  { folder, databaseUrl }: Place,
  clock: { nowMs: number },
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const ignore = () => {}
  const store = await openStore({
    folder,
    databaseUrl,
    kind: 'simulated',
    // What is measured is made once; a power cut ends the measurement anyway.
    powerSafe: false,
    // A busy machine makes the filling longer, and must not end it.
    callLimitMs: 120_000,
    clock: { now: () => clock.nowMs },
    log: {
      info: ignore,
      warn: (fields) => console.warn(JSON.stringify(fields)),
      error: console.error,
    },
  })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** On disk, of all that is compressed, indexes and all. A span too short for any is compressed for it now. */
async function bytesPerReading({ db }: Store): Promise<number> {
  const compressed = () =>
    db.query<{ bytes: number; readings: number }>(
      'read',
      `SELECT sum(pg_total_relation_size(format('%I.%I', c.schema_name, c.table_name)::regclass))::float8
                AS bytes, sum(s.numrows_pre_compression)::float8 AS readings
       FROM _timescaledb_catalog.compression_chunk_size s
       JOIN _timescaledb_catalog.chunk k ON k.id = s.chunk_id
       JOIN _timescaledb_catalog.chunk c ON c.id = s.compressed_chunk_id
       JOIN _timescaledb_catalog.hypertable h ON h.id = k.hypertable_id
       WHERE h.table_name = 'reading'`,
    )
  let [size] = await compressed()
  if ((size?.readings ?? 0) === 0) {
    await compressOld(db, Date.now() + 100 * 86_400_000, { info: console.log })
    if (db.engine === 'embedded') await mergeCompressed(db)
    ;[size] = await compressed()
  }
  return size === undefined ? Number.NaN : size.bytes / size.readings
}

function print(engine: string, { readings, bytes_per_reading, queries }: Result): void {
  console.log(`${engine}: ${grouped(readings)} readings, ${bytes_per_reading} bytes each once compressed
                                        p50        p95`)
  for (const { name, p50_ms, p95_ms } of queries) {
    console.log(
      `  ${name.padEnd(34)} ${p50_ms.toFixed(1).padStart(6)} ms ${p95_ms.toFixed(1).padStart(7)} ms`,
    )
  }
  console.log(`load average ${loadavg()[0]?.toFixed(1)}`)
}

function grouped(count: number): string {
  return count.toLocaleString('en-GB')
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`
}
