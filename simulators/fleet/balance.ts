import { type Ending, outcomeIn } from '../service-outcomes.js'
import type { NodeLedger } from './ledger.js'

/** What became of what was sent. */
export interface Balance {
  samples: number
  frames: number
  readings: number
  acknowledged: number
  /** Frames and readings as the service counts them; undefined where others send to it too. */
  service: { frames: Outcomes; readings: Outcomes } | undefined
}

export type Outcomes = Record<Ending, number>

/** @param metrics of a service to which nobody else sends. */
export function balanceOf(
  rows: readonly { ledger: NodeLedger }[],
  metrics: string | undefined,
): Balance {
  const sum = (of: (ledger: NodeLedger) => number) =>
    rows.reduce((all, { ledger }) => all + of(ledger), 0)
  return {
    samples: sum(({ samples }) => samples),
    frames: sum(({ frames }) => frames),
    readings: sum(({ readings }) => readings),
    acknowledged: sum(({ acknowledged }) => acknowledged),
    service: metrics === undefined ? undefined : told(metrics),
  }
}

function told(metrics: string): { frames: Outcomes; readings: Outcomes } {
  const outcomes = (what: 'frames' | 'readings'): Outcomes => {
    // What it does not tell has not happened yet.
    const count = (ending: Ending) => outcomeIn(metrics, what, ending) || 0
    return {
      received: count('received'),
      stored: count('stored'),
      repeated: count('repeated'),
      rejected: count('rejected'),
      refused: count('refused'),
      inFlight: count('inFlight'),
    }
  }
  return { frames: outcomes('frames'), readings: outcomes('readings') }
}
