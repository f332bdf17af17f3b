import { TcpNetwork } from '../board/networks/tcp.js'
import { ensureStation } from '../ensure-station.js'
import type { FaultTarget } from '../faults/kinds.js'
import { FaultProxy } from '../faults/proxy.js'
import { realTimer } from '../faults/real-timer.js'
import { LakeNode } from '../fleet/lake-node.js'
import type { Ledger } from '../fleet/ledger.js'
import { tapped } from '../fleet/tap.js'
import { LightNode, type LightNodeOptions } from '../light-node.js'
import type { ServiceClient } from '../service-client.js'
import type { WorldSite } from '../world/sites.js'
import { createWorld, type World } from '../world/world.js'
import { Account } from './account.js'
import { LightStation, type Sender } from './light-station.js'
import type { Scenario } from './scenario.js'

/** The nodes of a scenario, each behind a line of its own. */

export interface Stage {
  client: ServiceClient
  broker: { host: string; port: number }
  ledger: Ledger
  firmware: string
  /** Unix ms at which the scenario begins. */
  startMs: number
  /** Instead of a `LightNode`. */
  createSender?: (options: LightNodeOptions) => Sender
}

export interface Member {
  node: LakeNode | LightStation
  account: Account
  target: FaultTarget
}

/** Real time between two boards' starts; boards that wake at one moment would wait for each other. */
const BOARD_GAP_MS = 500

export class Cast {
  readonly members: Member[] = []
  readonly #scenario: Scenario
  readonly #stage: Stage
  readonly #network: TcpNetwork
  readonly #world: World

  constructor(scenario: Scenario, stage: Stage) {
    const { sites, seed, events, sensorFaultsAt: faults, speed } = scenario
    this.#scenario = scenario
    this.#stage = stage
    this.#network = new TcpNetwork({ speed, patienceMs: 0 })
    this.#world = createWorld({ seed, startMs: stage.startMs, sites: [...sites], events, faults })
  }

  /** Sites, nodes and placements are there, and every node has its line. */
  async prepare(signal: AbortSignal): Promise<void> {
    const { client, broker, startMs } = this.#stage
    for (const site of this.#scenario.sites) {
      if (signal.aborted) return
      const name = `sim-${site.name}`
      const from = new Date(startMs)
      const { secret } = await ensureStation(client, site, { node: name, from })
      const link = new FaultProxy(broker, realTimer(this.#scenario.speed))
      const line = await link.start()
      const isBoard = this.#scenario.boards && site.kind === 'lake'
      const login = { site, name, secret, line, link }
      this.members.push(isBoard ? this.#board(login) : this.#light(login))
    }
  }

  at(site: WorldSite): FaultTarget[] {
    return this.members.filter(({ node }) => node.site === site).map(({ target }) => target)
  }

  /** Everything until now; light nodes make no frame after `lastMs`. */
  async advance(nowMs: number, lastMs: number): Promise<void> {
    const boards: LakeNode[] = []
    for (const { node } of this.members) {
      if (node instanceof LightStation) node.tick(Math.min(nowMs, lastMs))
      else {
        await node.tick()
        boards.push(node)
      }
    }
    const aheadMs = nowMs - this.#stage.startMs - this.#network.clock.nowMs
    if (aheadMs > 0) await boards[0]?.advance(aheadMs)
  }

  /** Every frame made until now is acknowledged. */
  get isSettled(): boolean {
    return this.members.every(({ account }) => account.lost === 0)
  }

  async stop(): Promise<void> {
    await Promise.all(this.members.map(({ node }) => node.stop()))
    await Promise.all(this.members.map(({ target }) => target.link.stop()))
  }

  #board({ site, name, secret, line, link }: Login): Member {
    const { seed, speed } = this.#scenario
    const { firmware, startMs, ledger } = this.#stage
    const account = new Account(name)
    const network = tapped(this.#network, name, {
      sent: (_frame, bytes) => account.made(bytes),
      acknowledged: (bytes) => account.acknowledged(bytes),
    })
    const node = new LakeNode({
      ...{ site, name, secret, firmware, network, startMs, seed, broker: line },
      world: this.#world,
      ledger: ledger.account(site.code, name),
      delayMs: this.members.length * speed * BOARD_GAP_MS,
    })
    const leapClock = (seconds: number) => node.leapClock(seconds)
    return { node, account, target: { link, leapClock, misbehave: undefined } }
  }

  #light({ site, name, secret, line, link }: Login): Member {
    const { seed, interval } = this.#scenario
    const { startMs, ledger, createSender } = this.#stage
    const account = new Account(name)
    const startS = startMs / 1000
    const node = new LightStation({
      ...{ site, name, secret, line, account, seed, startS, boot: startS },
      world: this.#world,
      ledger: ledger.account(site.code, name),
      intervalS: interval,
      createSender: createSender ?? ((options) => new LightNode(options)),
    })
    const leapClock = (seconds: number) => node.leapClock(seconds)
    return { node, account, target: { link, leapClock, misbehave: (m) => node.misbehave(m) } }
  }
}

interface Login {
  site: WorldSite
  name: string
  secret: string
  line: { host: string; port: number }
  link: FaultProxy
}
