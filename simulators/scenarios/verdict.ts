import type { Frame } from '../../shared/wire/frame.js'
import type { Account } from './account.js'

/** What nodes were told against what the service keeps. */

export interface StoredReading {
  quantity: number
  position: number
  /** Unix seconds. */
  time: number
  /** In the quantity's step. */
  value: number
}

/** What the service keeps of one node. */
export interface Kept {
  readings: readonly StoredReading[]
  /** Frames kept aside whole, in hexadecimal. */
  rejected: ReadonlySet<string>
}

export interface Verdict {
  missing: number
  twice: number
  unsent: number
  lost: number
}

/** A reading that was acknowledged is a row with its value, or its frame is kept as rejected. */
export function judge(account: Account, kept: Kept): Verdict {
  const stored = new Map<string, number>()
  const verdict: Verdict = { missing: 0, twice: 0, unsent: 0, lost: account.lost }
  for (const reading of kept.readings) {
    const key = keyOf(reading)
    if (stored.has(key)) verdict.twice++
    stored.set(key, reading.value)
  }
  const sent = new Map<string, Set<number>>()
  const undated: { channel: string; value: number; isAcknowledged: boolean }[] = []
  for (const [hex, { frame, isAcknowledged }] of account.entries) {
    const isKept = kept.rejected.has(hex)
    if (frame === undefined && isAcknowledged && !isKept) verdict.missing++
    for (const reading of readingsOf(frame)) {
      if (frame?.undated) {
        if (!isKept) undated.push({ channel: channelOf(reading), ...reading, isAcknowledged })
        continue
      }
      const key = keyOf(reading)
      sent.set(key, (sent.get(key) ?? new Set()).add(reading.value))
      if (isAcknowledged && !isKept && stored.get(key) !== reading.value) verdict.missing++
    }
  }
  const unclaimed = kept.readings.filter((row) => !sent.get(keyOf(row))?.has(row.value))
  claim(undated, [...unclaimed], verdict)
  return verdict
}

export function sum(verdicts: readonly Verdict[]): Verdict {
  const total = { missing: 0, twice: 0, unsent: 0, lost: 0 }
  for (const verdict of verdicts) {
    for (const key of ['missing', 'twice', 'unsent', 'lost'] as const) total[key] += verdict[key]
  }
  return total
}

/** When an undated frame was measured is for the service to say: its values must be there, at whatever time. */
function claim(
  undated: readonly { channel: string; value: number; isAcknowledged: boolean }[],
  rows: StoredReading[],
  verdict: Verdict,
): void {
  for (const { channel, value, isAcknowledged } of undated) {
    const index = rows.findIndex((row) => channelOf(row) === channel && row.value === value)
    if (index >= 0) rows.splice(index, 1)
    else if (isAcknowledged) verdict.missing++
  }
  verdict.unsent += rows.length
}

function readingsOf(frame: Frame | undefined): StoredReading[] {
  if (frame === undefined) return []
  return frame.samples.flatMap(({ time, values }) =>
    values.flatMap((value, index) => {
      const channel = frame.channels[index]
      return value === null || channel === undefined ? [] : [{ ...channel, time, value }]
    }),
  )
}

function channelOf({ quantity, position }: StoredReading): string {
  return `${quantity} ${position}`
}

function keyOf(reading: StoredReading): string {
  return `${channelOf(reading)} ${reading.time}`
}
