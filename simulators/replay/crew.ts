import type { BrokerAddress } from '../addresses.js'
import { LightNode } from '../light-node.js'
import type { NodeLogin } from '../provision.js'
import { ServiceError } from '../service-client.js'

export interface CrewOptions {
  logins: readonly NodeLogin[]
  broker: BrokerAddress
  /** Frames of one node on their way at the same time. */
  inFlight: number
  /** Ends the work when the user wants so. */
  signal: AbortSignal
  print(line: string): void
}

/** The nodes of one run, which work and fail together. */
export interface Crew {
  nodes: readonly LightNode[]
  /** Aborted by the user, or because a node cannot work at all. */
  signal: AbortSignal
  /** @throws ServiceError when the run ended because a node could not work. */
  stop(): Promise<void>
}

/**
 * Starts the nodes. A broker that cannot be reached or that refuses a login at the first attempt ends the
 * run; a connection lost later is taken up again.
 */
export function startCrew({ logins, broker, inFlight, signal, print }: CrewOptions): Crew {
  const ending = new AbortController()
  const at = `${broker.host}:${broker.port}`
  let failure: ServiceError | undefined
  const fail = (message: string) => {
    failure ??= new ServiceError(0, message)
    ending.abort()
  }
  const nodes = logins.map(({ node: { name }, secret }) => {
    let hasWorked = false
    const events = {
      connected: () => {
        hasWorked = true
      },
      refused: (code: number) =>
        fail(`the broker at ${at} refused the login of ${name} (CONNACK ${code})`),
      disconnected: (reason: string) => {
        if (ending.signal.aborted) return
        if (hasWorked) print(`${name}: connection lost (${reason}), trying again`)
        else fail(`no broker answers at ${at}: ${reason}; --mqtt HOST:PORT names another`)
      },
    }
    return new LightNode({ name, secret, ...broker, inFlight, events })
  })
  const stopNodes = () => Promise.all(nodes.map((node) => node.stop()))
  // A node that stops gives back what it holds, and so ends the wait of whoever sends.
  ending.signal.addEventListener('abort', () => void stopNodes(), { once: true })
  signal.addEventListener('abort', () => ending.abort(), { once: true })
  if (signal.aborted) ending.abort()
  else for (const node of nodes) node.start()
  return {
    nodes,
    signal: ending.signal,
    async stop() {
      ending.abort()
      await stopNodes()
      if (failure !== undefined) throw failure
    },
  }
}
