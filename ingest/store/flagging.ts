import { WHY } from '../../shared/schema/flags.js'
import { untested, withVerdict } from '../../shared/science/qartod/judgement.js'
import type { QualityLimits } from '../../shared/science/qartod/limits.js'
import { judgeOnward, packTail, unpackTail } from '../../shared/science/qartod/tail.js'
import type { Newest } from './batch-statements.js'
import type { NewReading } from './batches.js'
import type { Channel, LatestState } from './channels.js'
import { isDoubted } from './doubts.js'
import { byHand, markAt, type Said } from './marks.js'
import type { Reflagged } from './reflag.js'
import type { Regime } from './regimes.js'

/** By quantity; undefined where a quantity has no tests, and its readings stay as they came. */
export type LimitsOf = (quantityId: number) => QualityLimits | undefined

/** New readings of one series in ascending order of time, and what was known of it before them. */
export interface Added {
  channel: Channel
  readings: NewReading[]
  state: LatestState | undefined
  regimes: readonly Regime[]
  /** What was said of the time of the readings, before they were here. */
  said: Said
}

export interface Flagged {
  newest: Newest[]
  /** Stored readings whose flags follow from the new ones. */
  reflagged: Reflagged[]
  /** Series in which readings came late: they are judged once all of them are stored. */
  late: Judgeable[]
}

/** Readings of one series within one regime. */
export interface Judgeable extends Regime {
  channel: Channel
  readings: NewReading[]
  /** Undefined: nothing of the regime is stored before the readings. */
  state: LatestState | undefined
  limits: QualityLimits
}

/** Flags the readings that come after all of their series; the late ones get what they deserve alone. */
export function flagAdded(series: readonly Added[]): Flagged {
  const flagged: Flagged = { newest: [], reflagged: [], late: [] }
  for (const added of series) {
    let tail: (number | null)[] | null = null
    doubt(added)
    for (const part of inRegimes(added)) {
      tail = hasLimits(part) ? flagWithLimits(part, flagged) : null
    }
    flagByHand(added)
    const last = added.readings.at(-1)
    if (last && last.time > (added.state?.time ?? Number.NEGATIVE_INFINITY)) {
      flagged.newest.push({ reading: last, tail })
    }
  }
  return flagged
}

/** The neighbour test's word on a day holds for what arrives later too. */
function doubt({ readings, said: { doubts } }: Added): void {
  if (doubts.length === 0) return
  for (const reading of readings) {
    if (isDoubted(doubts, reading.time)) {
      Object.assign(reading, untested(reading.why | WHY.neighbour))
    }
  }
}

/** So does a person's word on a time. */
function flagByHand({ readings, said: { marks } }: Added): void {
  if (marks.length === 0) return
  for (const reading of readings) {
    const flag = markAt(marks, reading.time)
    if (flag !== undefined) Object.assign(reading, byHand(flag, reading.why))
  }
}

type Part = Regime & Omit<Judgeable, 'limits'>

/** Those of the readings that each regime holds: a regime is judged as if it were a series of its own. */
export function inRegimes({ channel, readings, state, regimes }: Omit<Added, 'said'>): Part[] {
  const [only] = regimes
  if (only !== undefined && regimes.length === 1) return [{ ...only, channel, readings, state }]
  return regimes
    .map((regime) => ({
      ...regime,
      channel,
      readings: readings.filter(({ time }) => time >= regime.fromS && time < regime.toS),
      state: state !== undefined && state.time < regime.fromS ? undefined : state,
    }))
    .filter((part) => part.readings.length > 0)
}

export function hasLimits(part: Part): part is Judgeable {
  return part.limits !== undefined
}

/** The tail after the new readings; null where it is not known yet. */
function flagWithLimits(added: Judgeable, flagged: Flagged): (number | null)[] | null {
  const { channel, readings, state, limits } = added
  const tail = state && unpackTail(state.tail, state.time, limits)
  const isKnown = state === undefined || tail !== undefined
  if (!isKnown || (readings[0]?.time ?? 0) <= (state?.time ?? Number.NEGATIVE_INFINITY)) {
    for (const reading of readings) {
      Object.assign(reading, judgeOnward(undefined, [reading], limits).judgements[0])
    }
    flagged.late.push(added)
    return null
  }
  const onward = judgeOnward(tail, readings, limits)
  for (const [index, reading] of readings.entries()) {
    const { flag, why } = onward.judgements[index] ?? untested(reading.why)
    reading.flag = flag
    reading.why = why
  }
  if (state !== undefined && (onward.spikeBefore === 3 || onward.spikeBefore === 4)) {
    const spike = { test: 'spike', verdict: onward.spikeBefore } as const
    const { time, value } = state
    const { flag, why } = withVerdict(state, spike, { value, limits })
    flagged.reflagged.push({ ...channel, time, value, flag, why })
  }
  return onward.tail === undefined ? null : packTail(onward.tail, limits)
}
