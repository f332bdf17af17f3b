import { LightNode } from '../../simulators/light-node.js'
import { NodeLedger } from './ledger.js'

/**
 * Publishing nodes that never give up. Each sends its next frame a moment after the last was acknowledged,
 * and now and then an old one again, as a node does whose acknowledgement was lost.
 */
export interface Crowd {
  ledgers: NodeLedger[]
  /** Stops making frames, and resolves when every frame made is acknowledged. */
  finish(): Promise<void>
  /** Gives up what is not acknowledged, for a service that does not come back. */
  abandon(): Promise<void>
}

export interface Place {
  port: number
  names: readonly string[]
  secrets: readonly string[]
}

/** With several places, each node has a twin of the same name at every one, which sends the same frames. */
export function startCrowd(
  places: readonly Place[],
  random: () => number,
  options: { longestPauseMs: number },
): Crowd {
  const [first] = places
  const ledgers = (first?.names ?? []).map((_, index) => new NodeLedger(index))
  let isFinishing = false
  const nodes: LightNode[] = []
  const work = ledgers.flatMap((ledger, index) => {
    const twins = places.map(({ port, names, secrets }) => {
      const node = new LightNode({
        name: names[index] ?? '',
        secret: secrets[index] ?? '',
        host: '127.0.0.1',
        port,
        inFlight: 4,
        backOffMs: [50, 250],
        random,
      })
      node.start()
      nodes.push(node)
      return node
    })
    return runNode(ledger, twins)
  })

  async function runNode(ledger: NodeLedger, twins: LightNode[]): Promise<void> {
    while (!isFinishing) {
      const { seq, bytes } = ledger.next()
      const again = random() < 0.1 ? [ledger.frame(Math.floor(random() * seq))] : []
      await Promise.all(
        twins.flatMap((node) => [bytes, ...again].map((frame) => node.publish(frame))),
      )
      ledger.acknowledged(seq)
      await new Promise((resolve) => setTimeout(resolve, random() * options.longestPauseMs))
    }
  }

  const all = Promise.all(work).then(() => {})
  all.catch(() => {}) // abandoned nodes reject what they hold
  const stop = () => Promise.all(nodes.map((node) => node.stop())).then(() => {})
  return {
    ledgers,
    async finish() {
      isFinishing = true
      await all
      await stop()
    },
    async abandon() {
      isFinishing = true
      await stop()
    },
  }
}
