import { decodeFrame } from '../../shared/wire/decode.js'
import { encodeFrame } from '../../shared/wire/encode.js'
import type { LightNode } from '../light-node.js'
import { channelsAt, sampleAt } from '../world/samples.js'
import { STATION_KEYS } from '../world/sensors.js'
import type { WorldSite } from '../world/sites.js'
import type { World } from '../world/world.js'
import { measure, type NodeLedger } from './ledger.js'

/** An air or road station until its driver is there: the shared codec and a light node. */

export interface LightStationOptions {
  site: WorldSite
  name: string
  /** Started and stopped by the station. */
  node: LightNode
  boot: number
  /** Between two samples. */
  stepS: number
  world: World
  ledger: NodeLedger
}

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
    this.#node = options.node
    this.#node.start()
  }

  get state(): string {
    return this.#node.isConnected ? 'online' : 'offline'
  }

  /** Sends what has become due. */
  tick(nowMs: number): void {
    const { stepS } = this.#options
    const nowS = Math.floor(nowMs / 1000 / stepS) * stepS
    for (let timeS = (this.#lastS ?? nowS) + stepS; timeS <= nowS; timeS += stepS) {
      this.#send(timeS)
    }
    this.#lastS = nowS
  }

  async stop(): Promise<void> {
    await this.#node.stop()
    this.ledger.finish()
  }

  #send(timeS: number): void {
    const { site, world, boot, stepS: periodS } = this.#options
    const when = { timeMs: timeS * 1000, periodS }
    this.ledger.measured(measure(this.#options, STATION_KEYS[site.kind], when))
    const sample = sampleAt(world, site, { timeS, periodS })
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
