import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrokerAddress } from '../addresses.js'
import { ensureStation } from '../ensure-station.js'
import { LightNode } from '../light-node.js'
import { marksOf } from '../report/marks.js'
import { writeReport } from '../report/report.js'
import { type ServiceClient, ServiceError, serviceClient } from '../service-client.js'
import { createWorld } from '../world/world.js'
import { type Balance, balanceOf } from './balance.js'
import { type FleetClock, fleetClock, rest } from './clock.js'
import { LakeNode } from './lake-node.js'
import { Ledger } from './ledger.js'
import { LightStation } from './light-station.js'
import { FleetNodes } from './nodes.js'
import type { FleetOptions } from './options.js'
import { startOwnService } from './service.js'
import { summary } from './summary.js'
import { type Moment, type Row, span } from './table.js'
import { UsageMeter } from './usage.js'

export interface FleetSurroundings {
  environment: Record<string, string | undefined>
  /** The lake station's built script. */
  firmware: string
  /** A folder that is not there yet. */
  out: string
  /** As it was typed. */
  command: string
  /** Where a report of the run goes. */
  report: string | undefined
  /** Unix ms. */
  now(): number
  signal: AbortSignal
  print(line: string): void
  /** Called every second or so. */
  show(rows: readonly Row[], moment: Moment): void
}

/** What left in the last moment is acknowledged before the goodbye. */
const LAST_WAIT_MS = 1_500
const DAY_MS = 24 * 3_600_000
/** Between two samples of an air or road station. */
const LIGHT_STEP_S = 300

/** Runs to the end of the time, or until the signal. @throws ServiceError when the service fails. */
export async function runFleet(options: FleetOptions, around: FleetSurroundings): Promise<void> {
  const { signal, print } = around
  await mkdir(around.out, { recursive: true })
  const clock = fleetClock(options.speed, options.durationMs ?? DAY_MS, around.now)
  if (options.service !== undefined) {
    const { address, broker } = options.service
    const client = serviceClient(address)
    await play(options, around, { clock, client, broker, isOwn: false })
    return
  }
  print('starting a service on a simulated store …')
  const dataDir = join(around.out, 'store')
  const own = await startOwnService({
    dataDir,
    environment: around.environment,
    clockSetting: clock.setting,
    // The clock may run for months of its own time.
    tokenDays: 366,
    signal,
  })
  if (own === undefined) return
  print(`page  http://localhost:${own.process.httpPort} while the fleet runs, all SIMULATED`)
  const over = new AbortController()
  let hasCrashed = false
  void own.process.ended.then(() => {
    hasCrashed = !over.signal.aborted
    over.abort()
  })
  const until = { ...around, signal: AbortSignal.any([signal, over.signal]) }
  try {
    await play(options, until, { clock, client: own.client, broker: own.broker, isOwn: true })
  } catch (error) {
    // What then fails on the way is only a consequence.
    if (!hasCrashed) throw error
  } finally {
    over.abort()
    await own.process.stop()
  }
  if (hasCrashed) {
    throw new ServiceError(0, `the service ended; ${join(dataDir, 'service.log')} says why`)
  }
  print(`look at it again: STORE_KIND=simulated DATA_DIR=${dataDir} npm start`)
}

interface Target {
  clock: FleetClock
  client: ServiceClient
  broker: BrokerAddress
  /** Nobody else sends to the service. */
  isOwn: boolean
}

async function play(
  options: FleetOptions,
  around: FleetSurroundings,
  target: Target,
): Promise<void> {
  const ledger = new Ledger(join(around.out, 'truth.csv'))
  const { clock, client } = target
  const meter = new UsageMeter(target.isOwn ? client : undefined)
  let fleet: FleetNodes | undefined
  try {
    around.print('preparing sites and nodes …')
    fleet = await prepare(options, around, { ...target, ledger })
    const { startMs } = fleet
    const wantedMs = startMs + (options.durationMs ?? Number.POSITIVE_INFINITY)
    const endMs = Math.min(wantedMs, clock.limitMs)
    if (endMs < wantedMs) {
      around.print(`the service took long to start: only ${span(endMs - startMs)} are left to play`)
    }
    const over = new AbortController()
    const watching = meter.watch(AbortSignal.any([around.signal, over.signal]))
    await fleet.run(clock, endMs, around).finally(() => over.abort())
    await watching
    // With the clock stopped nothing new is due.
    await rest(LAST_WAIT_MS, around.signal)
  } finally {
    await fleet?.stop()
    await ledger.close()
  }
  const balance = balanceOf(fleet.rows, target.isOwn ? await client.text('/metrics') : undefined)
  await meter.look()
  const lines = summary(fleet.rows.length, balance, meter.result(), around.out)
  for (const line of lines) around.print(line)
  for (const line of fleet.problems) around.print(line)
  if (around.report === undefined) return
  await report(around.report, { options, around, target, fleet, balance })
  around.print(`report        ${around.report}`)
}

function report(
  path: string,
  run: {
    options: FleetOptions
    around: FleetSurroundings
    target: Target
    fleet: FleetNodes
    balance: Balance
  },
): Promise<void> {
  const { options, around, target, fleet, balance } = run
  const { startMs, nowMs, rows } = fleet
  const about = {
    ...{ command: around.command, seed: options.seed, speed: options.speed, startMs },
    endMs: nowMs,
    nodes: rows,
    marks: marksOf(options, options.sites, startMs),
  }
  const truth = join(around.out, 'truth.csv')
  return writeReport(path, about, { truth, balance, service: target.client })
}

/** Sites, nodes and placements are there, and the nodes ready. */
async function prepare(
  { sites, seed, events, faults, speed }: FleetOptions,
  { firmware, signal }: FleetSurroundings,
  { clock, client, broker, ledger }: Target & { ledger: Ledger },
): Promise<FleetNodes> {
  const logins = []
  for (const site of sites) {
    if (signal.aborted) break
    const name = `sim-${site.name}`
    const from = new Date(clock.now())
    const { secret } = await ensureStation(client, site, { node: name, from })
    logins.push({ site, name, secret, ledger: ledger.account(site.code, name) })
  }
  const startMs = Math.floor(clock.now() / 1000) * 1000
  const fleet = new FleetNodes({ speed, startMs })
  const { network } = fleet
  const world = createWorld({ seed, startMs, sites: [...sites], events, faults })
  const boot = Math.floor(startMs / 1000) % 0x7fffffff
  let boards = 0
  for (const login of logins) {
    const both = { ...login, world }
    if (login.site.kind !== 'lake') {
      const node = new LightNode({ ...login, ...broker })
      fleet.add(new LightStation({ ...both, node, boot, stepS: LIGHT_STEP_S }))
    } else {
      const delayMs = boards++ * speed * 500
      fleet.add(new LakeNode({ ...both, broker, firmware, network, startMs, seed, delayMs }))
    }
  }
  return fleet
}
