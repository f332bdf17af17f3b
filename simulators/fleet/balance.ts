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

export interface Outcomes {
  received: number
  stored: number
  repeated: number
  rejected: number
  refused: number
  inFlight: number
}

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
  const count = (what: string, outcome: string) =>
    Number(
      new RegExp(`^toba_${what}\\{outcome="${outcome}"\\} (\\d+)`, 'm').exec(metrics)?.[1] ?? 0,
    )
  const outcomes = (what: string): Outcomes => ({
    received: count(what, 'received'),
    stored: count(what, 'stored'),
    repeated: count(what, 'repeated'),
    rejected: count(what, 'rejected'),
    refused: count(what, 'refused'),
    inFlight: count(what, 'inFlight'),
  })
  return { frames: outcomes('frames'), readings: outcomes('readings') }
}
