import { type ServiceClient, ServiceError } from '../service-client.js'
import { outcomeIn, rejectedFrames } from '../service-outcomes.js'

/** What the service says about where readings and frames ended, before and after a run. */

export interface Outcome {
  /** Readings by ending, of everything the service received since it started; undefined when it does not tell. */
  readings: Balance | undefined
  /** Open rejected frames of the run, by reason. */
  rejected: Map<string, number>
}

export interface Balance {
  received: number
  stored: number
  repeated: number
  rejected: number
}

export async function readOutcome(
  service: ServiceClient,
  nodes: readonly string[],
  boot: number,
): Promise<Outcome> {
  const rejected = new Map<string, number>()
  for (const node of nodes) {
    for await (const { reason, boot: itsBoot } of rejectedFrames(service, node)) {
      if (itsBoot === boot) rejected.set(reason, (rejected.get(reason) ?? 0) + 1)
    }
  }
  return { readings: await readBalance(service), rejected }
}

/** Undefined when the service does not tell. */
export async function readBalance(service: ServiceClient): Promise<Balance | undefined> {
  let metrics: string
  try {
    metrics = await service.text('/metrics')
  } catch (error) {
    // Metrics may be closed to a token; the run is none the worse.
    if (error instanceof ServiceError && error.status > 0) return undefined
    throw error
  }
  const of = (outcome: keyof Balance) => outcomeIn(metrics, 'readings', outcome)
  const balance = {
    received: of('received'),
    stored: of('stored'),
    repeated: of('repeated'),
    rejected: of('rejected'),
  }
  return Object.values(balance).some(Number.isNaN) ? undefined : balance
}
