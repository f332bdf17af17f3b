import { decodeFrame } from '../../shared/wire/decode.js'
import { encodeFrame } from '../../shared/wire/encode.js'
import { LightNode } from '../light-node.js'
import { channelsAt, sampleAt } from '../world/samples.js'
import { STATION_KEYS } from '../world/sensors.js'
import type { WorldSite } from '../world/sites.js'
import type { World } from '../world/world.js'
import { measure, type NodeLedger } from './ledger.js'

/** An air or road station until its driver is there: the shared codec and a light node, a sample each five minutes. */

export interface LightStationOptions {
  site: WorldSite
  name: string
  secret: string
  broker: { host: string; port: number; tls?: object }
  boot: number
  world: World
  ledger: NodeLedger
}

const STEP_S = 300

export class LightStation {
  readonly site: WorldSite
  readonly name: string
  readonly ledger: NodeLedger
  readonly #options: LightStationOptions
  readonly #node: LightNode
  #seq = 0
  /** Unix seconds. */
  #lastS: number | undefined

  constructor(options: LightStationOptions) {
    this.site = options.site
    this.name = options.name
    this.ledger = options.ledger
    this.#options = options
    this.#node = new LightNode({ name: options.name, secret: options.secret, ...options.broker })
    this.#node.start()
  }

  get state(): string {
    return this.#node.isConnected ? 'online' : 'offline'
  }

  /** Sends what has become due. */
  tick(nowMs: number): void {
    const nowS = Math.floor(nowMs / 1000 / STEP_S) * STEP_S
    for (let timeS = (this.#lastS ?? nowS) + STEP_S; timeS <= nowS; timeS += STEP_S) {
      this.#send(timeS)
    }
    this.#lastS = nowS
  }

  async stop(): Promise<void> {
    await this.#node.stop()
    this.ledger.finish()
  }

  #send(timeS: number): void {
    const { site, world, boot } = this.#options
    const when = { timeMs: timeS * 1000, periodS: STEP_S }
    this.ledger.measured(measure(this.#options, STATION_KEYS[site.kind], when))
    const sample = sampleAt(world, site, { timeS, periodS: STEP_S })
    // A frame holds no sample without a value: a silent station sends none.
    if (sample.values.every((value) => value === null)) return
    const seq = this.#seq++
    const channels = channelsAt(site)
    const frame = encodeFrame({ boot, seq, undated: false, channels, samples: [sample] })
    this.ledger.sent(decodeFrame(frame))
    // Stopping the fleet takes it back; until then the node keeps it.
    this.#node.publish(frame).then(
      () => void this.ledger.acknowledged++,
      () => {},
    )
  }
}
