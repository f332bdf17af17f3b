import { latestAnswerSchema } from '../../shared/schema/api.js'
import type { BrokerAddress } from '../addresses.js'
import { fleetClock, rest } from '../fleet/clock.js'
import { LakeNode } from '../fleet/lake-node.js'
import { NodeLedger } from '../fleet/ledger.js'
import { FleetNodes } from '../fleet/nodes.js'
import type { ServiceClient } from '../service-client.js'
import { progressOf } from '../terminal.js'
import { WORLD_SITES, type WorldSite } from '../world/sites.js'
import { FlashFolder } from './boards.js'
import {
  APART_S,
  gapsAt,
  HISTORY_S,
  HISTORY_STEP_S,
  newestPiece,
  timesIn,
  without,
} from './gaps.js'
import { type Memory, remember } from './memory.js'
import {
  nodeName,
  prepareStation,
  SAMPLES_PER_FRAME,
  type Station,
  world,
  writePast,
} from './stations.js'

export interface TobaOptions {
  dataDir: string
  client: ServiceClient
  broker: BrokerAddress
  firmware: string
  memory: Memory
  now(): number
  signal: AbortSignal
}

/** Written before anything else, of all sites: one frame of each. */
const RECENT_S = SAMPLES_PER_FRAME * HISTORY_STEP_S
/** Written at once later: what is acknowledged is remembered by the piece. */
const PIECE_S = 86_400
const SAVE_EVERY_MS = 5_000

/**
 * All stations of the demo. Light nodes write the past of every site, the newest first, and its present meanwhile;
 * when the past of a lake site is there, its board takes over, under the same name.
 */
export class Toba {
  readonly #options: TobaOptions
  readonly #flash: FlashFolder
  readonly #nodes: FleetNodes
  readonly #stations: Station[] = []
  readonly #boards: LakeNode[] = []
  #background: Promise<unknown> = Promise.resolve()

  constructor(options: TobaOptions) {
    this.#options = options
    this.#flash = new FlashFolder(options.dataDir)
    const startMs = Math.floor(options.now() / 1000) * 1000
    this.#nodes = new FleetNodes({ speed: 1, startMs })
  }

  get problems(): string[] {
    return this.#nodes.problems
  }

  /** Until the last hours of all sites are there, and all nodes live. */
  async begin(): Promise<void> {
    const { client, broker, memory, signal, now } = this.#options
    const startS = this.#nodes.startMs / 1000
    await this.#findGaps(startS)
    const clock = fleetClock(1, 0, now)
    const run = this.#nodes.run(clock, clock.limitMs, { signal, show: () => {} })
    this.#background = Promise.all([run, this.#keepSaving()])
    // Whoever waits for it hears what went wrong.
    this.#background.catch(() => {})
    const from = new Date((startS - HISTORY_S) * 1000)
    const prepare = async (site: WorldSite) => {
      const station = await prepareStation(client, site, { broker, from, starts: memory.starts })
      if (signal.aborted) return station.live.stop()
      this.#stations.push(station)
      this.#nodes.add(station.live)
      await this.#fillNewest(station, RECENT_S, startS - RECENT_S)
    }
    await Promise.all(WORLD_SITES.map(prepare))
  }

  /** Until all gaps are filled in and the boards have taken over. */
  async fillIn(): Promise<void> {
    const { gaps } = this.#options.memory
    const samples = () => Object.values(gaps).flat().flatMap(timesIn).length
    const total = samples()
    const progress = progressOf(total, 'history')
    const fill = async (station: Station) => {
      while (await this.#fillNewest(station, PIECE_S)) {
        progress.update(total - samples(), 'of 30 days; the page works meanwhile')
      }
      if (station.site.kind === 'lake') await this.#handOver(station)
    }
    await Promise.all(this.#stations.map(fill)).finally(() => progress.stop())
  }

  /** Until the signal. */
  async live(): Promise<void> {
    await this.#background
  }

  /** The last word of all nodes. */
  async stop(): Promise<void> {
    // Else its next round would power the boards on again.
    await this.#background
    await this.#nodes.stop()
    await Promise.all(this.#stations.map(({ node }) => node.stop()))
  }

  async #findGaps(nowS: number): Promise<void> {
    const { client, memory, dataDir } = this.#options
    const { latest } = await client.get('/api/v1/latest', latestAnswerSchema)
    for (const site of WORLD_SITES) {
      const times = latest
        .filter(({ node }) => node === nodeName(site))
        .map(({ time }) => Math.ceil(Date.parse(time) / 1000))
      const isNew = times.length === 0 && memory.gaps[site.name] === undefined
      // Boards may still hold what they measured until then.
      const coveredS = isNew ? undefined : Math.max(memory.ranUntilS ?? 0, ...times)
      memory.gaps[site.name] = gapsAt(nowS, memory.gaps[site.name] ?? [], coveredS)
    }
    memory.ranUntilS = nowS
    await remember(dataDir, memory)
  }

  /** @returns false when nothing is missing after `sinceS`. */
  async #fillNewest(station: Station, spanS: number, sinceS = 0): Promise<boolean> {
    const { gaps } = this.#options.memory
    const { name } = station.site
    const piece = newestPiece(gaps[name] ?? [], spanS)
    if (piece === undefined || piece.toS < sinceS) return false
    await writePast(station, piece)
    gaps[name] = without(gaps[name] ?? [], piece)
    return true
  }

  /** A node is connected once: the light one goes before the board comes. */
  async #handOver({ site, name, secret, node, live }: Station): Promise<void> {
    const { signal, now, firmware, memory, broker } = this.#options
    this.#nodes.remove(live)
    while (node.waiting > 0 && !signal.aborted) await rest(50, signal)
    await live.stop()
    const flash = await this.#flash.load(name)
    if (signal.aborted) return
    const { startMs, network } = this.#nodes
    const board = new LakeNode({
      ...{ site, name, secret, broker, network, firmware, startMs, flash, world },
      ledger: new NodeLedger(() => {}),
      // A board that lost its flash must not take the boot number that it had.
      seed: memory.starts,
      delayMs: now() + APART_S * 1000 - startMs,
    })
    this.#boards.push(board)
    this.#nodes.add(board)
  }

  async #keepSaving(): Promise<void> {
    const { signal } = this.#options
    while (!signal.aborted) {
      await rest(SAVE_EVERY_MS, signal)
      await this.save()
    }
  }

  /**
   * What the next start must know: first until when the nodes ran, since a board's samples are never later than
   * that.
   */
  async save(): Promise<void> {
    const { dataDir, memory, now } = this.#options
    memory.ranUntilS = Math.ceil(now() / 1000)
    await remember(dataDir, memory)
    await this.#flash.save(this.#boards)
  }
}
