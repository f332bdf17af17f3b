import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrokerAddress } from '../addresses.js'
import { TcpNetwork } from '../board/networks/tcp.js'
import { ensureStation } from '../ensure-station.js'
import { type ServiceClient, ServiceError, serviceClient } from '../service-client.js'
import { createWorld } from '../world/world.js'
import { type FleetClock, fleetClock, rest } from './clock.js'
import { LakeNode } from './lake-node.js'
import { Ledger } from './ledger.js'
import { LightStation } from './light-station.js'
import type { FleetOptions } from './options.js'
import { startOwnService } from './service.js'
import { summary } from './summary.js'
import { type Moment, type Row, span } from './table.js'

export interface FleetSurroundings {
  environment: Record<string, string | undefined>
  /** The lake station's built script. */
  firmware: string
  /** A folder that is not there yet. */
  out: string
  /** Unix ms. */
  now(): number
  signal: AbortSignal
  print(line: string): void
  /** Called every second or so. */
  show(rows: readonly Row[], moment: Moment): void
}

/** Between two looks at the clock; at speed 60 a second of the fleet's. */
const TICK_MS = 20
const SHOW_EVERY_MS = 1_000
/** What left in the last moment is acknowledged before the goodbye. */
const LAST_WAIT_MS = 1_500
const DAY_MS = 24 * 3_600_000

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
  const fleet = new Fleet()
  const { clock, client } = target
  try {
    around.print('preparing sites and nodes …')
    const startMs = await fleet.prepare(options, around, { ...target, ledger })
    const wantedMs = startMs + (options.durationMs ?? Number.POSITIVE_INFINITY)
    const endMs = Math.min(wantedMs, clock.limitMs)
    if (endMs < wantedMs) {
      around.print(`the service took long to start: only ${span(endMs - startMs)} are left to play`)
    }
    await fleet.run(clock, [startMs, endMs], around)
    // With the clock stopped nothing new is due.
    await rest(LAST_WAIT_MS, around.signal)
  } finally {
    await fleet.stop()
    await ledger.close()
  }
  const told = target.isOwn ? await client.text('/metrics') : undefined
  for (const line of summary(fleet.rows, told, around.out)) around.print(line)
  for (const line of fleet.problems) around.print(line)
}

/** All nodes, on one clock. */
class Fleet {
  readonly #lake: LakeNode[] = []
  readonly #light: LightStation[] = []
  #network = new TcpNetwork()
  #startMs = 0

  get rows(): Row[] {
    return [...this.#lake, ...this.#light]
  }

  /** Errors that nobody in a station's firmware caught. */
  get problems(): string[] {
    return this.#lake
      .filter(({ uncaught }) => uncaught > 0)
      .map(({ name, uncaught, console }) => {
        const last = console.findLast((line) => line.startsWith('Uncaught')) ?? ''
        return `${name}: ${uncaught} errors in the firmware, the last: ${last}`
      })
  }

  /** Sites, nodes and placements are there, and the nodes ready. @returns when the world begins. */
  async prepare(
    options: FleetOptions,
    { firmware, signal }: FleetSurroundings,
    { clock, client, broker, ledger }: Target & { ledger: Ledger },
  ): Promise<number> {
    const { sites, seed, events, faults, speed } = options
    const logins = []
    for (const site of sites) {
      if (signal.aborted) return clock.now()
      const name = `sim-${site.name}`
      const from = new Date(clock.now())
      const { secret } = await ensureStation(client, site, { node: name, from })
      logins.push({ site, name, secret, ledger: ledger.account(site.code, name) })
    }
    // Bytes in flight must not hold the boards' clock back: the service's runs on.
    this.#network = new TcpNetwork({ speed, patienceMs: 0 })
    this.#startMs = Math.floor(clock.now() / 1000) * 1000
    const startMs = this.#startMs
    const world = createWorld({ seed, startMs, sites: [...sites], events, faults })
    const boot = Math.floor(startMs / 1000) % 0x7fffffff
    for (const login of logins) {
      const both = { ...login, broker, world }
      if (login.site.kind !== 'lake') this.#light.push(new LightStation({ ...both, boot }))
      else {
        const delayMs = this.#lake.length * speed * 500
        const network = this.#network
        this.#lake.push(new LakeNode({ ...both, firmware, network, startMs, seed, delayMs }))
      }
    }
    return startMs
  }

  async run(
    clock: FleetClock,
    [startMs, endMs]: readonly [number, number],
    { signal, show }: FleetSurroundings,
  ): Promise<void> {
    let shownMs = Number.NEGATIVE_INFINITY
    for (;;) {
      const nowMs = Math.min(clock.now(), endMs)
      await this.#advance(nowMs)
      const behindMs = Math.min(clock.now(), endMs) - startMs - this.#network.clock.nowMs
      const isOver = signal.aborted || nowMs >= endMs
      if (isOver || performance.now() - shownMs >= SHOW_EVERY_MS) {
        shownMs = performance.now()
        show(this.rows, {
          nowMs,
          startMs,
          behindMs: this.#lake.length > 0 ? behindMs : 0,
          speed: clock.speed,
        })
      }
      if (isOver) return
      await rest(TICK_MS, signal)
    }
  }

  async stop(): Promise<void> {
    for (const node of this.#lake) node.stop()
    await Promise.all(this.#light.map((station) => station.stop()))
  }

  async #advance(nowMs: number): Promise<void> {
    for (const station of this.#light) station.tick(nowMs)
    for (const node of this.#lake) await node.tick()
    const aheadMs = nowMs - this.#startMs - this.#network.clock.nowMs
    if (aheadMs > 0) await this.#lake[0]?.advance(aheadMs)
  }
}
