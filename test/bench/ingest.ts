import { mkdtemp, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startServiceProcess } from '../service-process.js'
import { withDatabase } from '../store-fixture.js'
import { runPart, type StorePlace, WARM_UP_S } from './ingest/job.js'
import { NODES, nodeName } from './ingest/series.js'

export const HELP = `npm run bench -- ingest [--full] [--rounds N] [--seconds N] [--json]

Readings per second that are committed and acknowledged, against the raw limit of the same table and against
an MQTT subscriber with one INSERT a message. Every round measures every way once, in turn; medians count.
Quality tests are always on, as in service; with --full every channel has a calibration too, which makes
every value anew and keeps the raw one beside it.
The embedded engine always; a server too when DATABASE_URL names one (a database is created and dropped).`

interface LoadReport {
  readingsPerS: number
  p50: number
  p99: number
  disconnected: number
}

interface EngineResult {
  engine: string
  raw_readings_per_s: number
  naive_readings_per_s: number
  frames: {
    samples: number
    quantities: 5
    readings_per_s: number
    ratio_to_raw: number
    ack_ms_p50: number
    ack_ms_p99: number
  }[]
  busy_ack_ms_p99: number
}

/** Frames that a node can send at most in a second, for which the generator prepares. */
const FRAMES_PER_NODE_AND_S = { 1: 100, 12: 30 } as const
/** The embedded engine's first refresh comes a minute after its start. */
const FIRST_REFRESH_S = 62

/** Frames of a node on their way at once. */
const IN_FLIGHT = { 1: 4, 12: 2 } as const

export async function run(args: string[]): Promise<{ engines: EngineResult[] }> {
  const rounds = numberAfter(args, '--rounds', 3)
  const seconds = numberAfter(args, '--seconds', 5)
  const options = { rounds, seconds, isFull: args.includes('--full') }
  const engines: EngineResult[] = [await measure('embedded', undefined, options)]
  const { DATABASE_URL } = process.env
  if (DATABASE_URL === undefined) {
    console.log('server: skipped, DATABASE_URL names no server')
  } else {
    engines.push(await withDatabase((url) => measure('server', url, options)))
  }
  return { engines }
}

interface Options {
  rounds: number
  seconds: number
  isFull: boolean
}

async function measure(
  engine: string,
  databaseUrl: string | undefined,
  { rounds, seconds, isFull }: Options,
): Promise<EngineResult> {
  const folder = await mkdtemp(join(tmpdir(), 'toba-bench-'))
  const place: StorePlace = { folder, databaseUrl }
  const secrets = join(folder, 'secrets.json')
  try {
    say(
      `${engine}: a store with ${NODES} ${isFull ? 'calibrated ' : ''}nodes and a year of one node's readings`,
    )
    await runPart('prepare', { ...place, nodes: NODES, secrets, year: true, calibrated: isFull })
    const samples: Samples = { raw: [], naive: [], ours: { 12: [], 1: [] } }
    for (let round = 0; round < rounds; round++) {
      await measureRound(place, secrets, round, seconds, samples)
    }
    const busy = await measureBusy(place, secrets, rounds, seconds)
    return summarise(engine, samples, busy)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Samples {
  raw: number[]
  naive: number[]
  ours: Record<1 | 12, LoadReport[]>
}

async function measureRound(
  place: StorePlace,
  secrets: string,
  round: number,
  seconds: number,
  samples: Samples,
): Promise<void> {
  const base = 1 + round * 4
  const raw = []
  for (const [at, batch] of [1000, 5000].entries()) {
    const job = { ...place, batch, nodes: NODES, place: base + at, seconds }
    raw.push((await runPart<{ readingsPerS: number }>('raw', job)).readingsPerS)
  }
  samples.raw.push(Math.max(...raw))
  say(`  round ${round + 1}: raw ${raw.map(perS).join(' / ')} (batches of 1,000 / 5,000)`)
  const service = await startServiceProcess(place)
  for (const [at, size] of ([12, 1] as const).entries()) {
    const load = await runLoad(service, secrets, base + 2 + at, size, seconds)
    samples.ours[size].push(load)
    say(`  round ${round + 1}: ${describe(size, load)}`)
  }
  await service.end('SIGTERM')
  const job = { ...place, nodes: NODES, seconds, inFlight: 1 }
  const naive = await runPart<{ readingsPerS: number }>('naive', job)
  samples.naive.push(naive.readingsPerS)
  say(
    `  round ${round + 1}: naive ${perS(naive.readingsPerS)}   (load average ${loadavg()[0]?.toFixed(1)})`,
  )
}

function runLoad(
  service: { mqttPort: number },
  secrets: string,
  place: number,
  samples: 1 | 12,
  seconds: number,
): Promise<LoadReport> {
  return runPart<LoadReport>('load', {
    mqttPort: service.mqttPort,
    secrets,
    nodes: NODES,
    place,
    samples,
    inFlight: IN_FLIGHT[samples],
    framesPerNode: FRAMES_PER_NODE_AND_S[samples] * (seconds + WARM_UP_S),
    seconds,
  })
}

/**
 * The same load beside CSV exports of a year, one after the other, a refresh of the aggregates and 50 live
 * clients. The embedded engine refreshes a minute after its start, so there the load lasts until then.
 */
async function measureBusy(
  place: StorePlace,
  secrets: string,
  rounds: number,
  seconds: number,
): Promise<LoadReport> {
  const isServer = place.databaseUrl !== undefined
  const service = await startServiceProcess(place)
  const lasts = isServer ? seconds * 2 : FIRST_REFRESH_S + seconds
  const live = Array.from({ length: 50 }, () => stream(service.httpPort, '/api/v1/live'))
  const to = new Date()
  const from = new Date(to.getTime() - 365 * 86_400_000)
  const query = `node=${nodeName(NODES)}&from=${from.toISOString()}&to=${to.toISOString()}&resolution=raw&format=csv`
  let isOver = false
  let exports = 0
  const exporting = (async () => {
    for (; !isOver; exports++) {
      const csv = stream(service.httpPort, `/api/v1/readings?${query}`)
      await csv.ended
    }
  })()
  const refreshing = isServer ? refresh(place.databaseUrl) : Promise.resolve()
  const load = await runLoad(service, secrets, 1 + rounds * 4, 12, lasts)
  isOver = true
  await Promise.all([exporting, refreshing])
  say(
    `  busy: ${describe(12, load)}, ${exports} exports of a year, one refresh, 50 live clients, ${load.disconnected} connections cut`,
  )
  for (const { destroy } of live) destroy()
  await service.end('SIGTERM')
  return load
}

async function refresh(databaseUrl: string | undefined): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  for (const view of ['reading_hour', 'reading_day']) await refreshed(client, view)
  await client.end()
}

/** The server's own policies refresh too, and two at a time may deadlock: whoever loses tries again. */
async function refreshed(client: pg.Client, view: string): Promise<void> {
  for (;;) {
    try {
      await client.query(`CALL refresh_continuous_aggregate('${view}', NULL, now())`)
      return
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || error.code !== '40P01') throw error
    }
  }
}

function stream(port: number, path: string): { ended: Promise<void>; destroy(): void } {
  const request = get({ port, path, host: '127.0.0.1' })
  const ended = new Promise<void>((resolve) => {
    request.on('response', (response) => response.resume().on('close', resolve))
    request.on('error', () => resolve()) // it is cut when the measurement ends
  })
  return { ended, destroy: () => void request.destroy() }
}

function summarise(engine: string, samples: Samples, busy: { p99: number }): EngineResult {
  const raw = median(samples.raw)
  const naive = median(samples.naive)
  const frames = ([1, 12] as const).map((size) => {
    const loads = samples.ours[size]
    const readings = median(loads.map((load) => load.readingsPerS))
    return {
      samples: size,
      quantities: 5 as const,
      readings_per_s: Math.round(readings),
      ratio_to_raw: round2(readings / raw),
      ack_ms_p50: Math.round(median(loads.map((load) => load.p50))),
      ack_ms_p99: Math.round(median(loads.map((load) => load.p99))),
    }
  })
  const twelve = frames[1]?.readings_per_s ?? 0
  say(
    `${engine}: raw ${perS(raw)}, ours 12×5 ${perS(twelve)} = ${round2(twelve / raw)} of raw and ${round2(twelve / naive)} × naive (${perS(naive)}); busy p99 ${Math.round(busy.p99)} ms`,
  )
  return {
    engine,
    raw_readings_per_s: Math.round(raw),
    naive_readings_per_s: Math.round(naive),
    frames,
    busy_ack_ms_p99: Math.round(busy.p99),
  }
}

function describe(samples: number, load: LoadReport): string {
  return `${samples}×5 ${perS(load.readingsPerS)} readings, ack p50 ${Math.round(load.p50)} ms, p99 ${Math.round(load.p99)} ms`
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}

function perS(value: number): string {
  return `${Math.round(value).toLocaleString('en')}/s`
}

function round2(value: number): number {
  return Math.round(value * 100) / 100
}

function numberAfter(args: string[], flag: string, fallback: number): number {
  const index = args.indexOf(flag)
  const value = index < 0 ? fallback : Number(args[index + 1])
  if (!Number.isInteger(value) || value < 1) throw new Error(`${flag} needs a whole number above 0`)
  return value
}

function say(line: string): void {
  console.log(line)
}
