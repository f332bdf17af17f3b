import { type Allowance, exceeds, RECORD_CRITERIA } from './criteria.js'
import { type ChannelCheck, type RecordErrors, recordErrors } from './errors.js'
import { type CalibrationPoint, type Line, onLine, UNCHANGED } from './fit.js'

/**
 * All that is known of a channel's sensor, and what it makes of the channel's raw readings: one pure function of what
 * is stored, so that whoever withdraws something gets back exactly what was there before. Times in unix seconds;
 * spans without their end.
 */

export interface Span {
  fromS: number
  /** Infinity: it still holds. */
  toS: number
}

export interface Calibration extends Span, Line {}

/** What a visit says about a channel; `check` as the sensor said it, before any calibration. */
export interface ChannelVisit {
  startedS: number
  endedS: number
  /** Null: nothing was measured on this channel, or the record is to stay as it is. */
  check: ChannelCheck | null
}

export interface ChannelHistory {
  quantityKey: string
  /** In order of time, none reaching into the next. */
  calibrations: readonly Calibration[]
  /** When probes were put in. */
  installedS: readonly number[]
  visits: readonly ChannelVisit[]
  /** Readings of these were taken while somebody worked on the node. */
  maintenance: readonly Span[]
}

/** An error that grew evenly from nothing at `fromS` to its whole at the visit that found it. */
export interface Growth<Whole> {
  fromS: number
  whole: Whole
}

/** The record between two visits. */
export interface Interval extends Span {
  fouling: Growth<number>
  drift: Growth<Line>
  atMost: Allowance
}

export interface ChannelCorrection {
  calibrations: readonly Calibration[]
  intervals: readonly Interval[]
  maintenance: readonly Span[]
}

export const NOTHING_CORRECTED: ChannelCorrection = {
  calibrations: [],
  intervals: [],
  maintenance: [],
}

export interface Corrected {
  value: number
  /** It would need more correction than is allowed: `value` is without any, and the reading fails. */
  isBeyond: boolean
  isMaintained: boolean
}

/** What a raw value, in the quantity's unit, was at a time. */
export function correctedValue(
  { calibrations, intervals, maintenance }: ChannelCorrection,
  raw: number,
  timeS: number,
): Corrected {
  const isMaintained = maintenance.some((span) => isIn(span, timeS))
  const calibration = calibrations.find((span) => isIn(span, timeS))
  const value = onLine(calibration ?? UNCHANGED, raw)
  const interval = intervals.find((span) => isIn(span, timeS))
  if (interval === undefined) return { value, isBeyond: false, isMaintained }
  const { fouling, drift, toS, atMost } = interval
  const clean = value + share(fouling, toS, timeS) * fouling.whole
  const truth = clean + share(drift, toS, timeS) * (onLine(drift.whole, clean) - clean)
  if (exceeds(truth - value, value, atMost)) return { value, isBeyond: true, isMaintained }
  return { value: truth, isBeyond: false, isMaintained }
}

/** From 0 at its beginning to 1 at the visit. */
function share({ fromS }: Growth<unknown>, toS: number, timeS: number): number {
  return Math.max(0, (timeS - fromS) / (toS - fromS))
}

export function channelCorrection(history: ChannelHistory): ChannelCorrection {
  const { calibrations, maintenance } = history
  const intervals = history.visits.flatMap((visit) => intervalsBefore(visit, history))
  return { calibrations, intervals, maintenance }
}

/** What a visit found: the errors of the sensor under the calibration that held when it began. */
export function visitErrors(
  { quantityKey, calibrations }: Pick<ChannelHistory, 'quantityKey' | 'calibrations'>,
  { startedS, check }: ChannelVisit,
): RecordErrors | undefined {
  if (check === null) return undefined
  const line = calibrationBefore(calibrations, startedS) ?? UNCHANGED
  const beside = (pair: ChannelCheck['asFound']) =>
    pair && { ...pair, sensor: onLine(line, pair.sensor) }
  const inStandard = ({ reference, raw }: CalibrationPoint) => ({
    reference,
    raw: onLine(line, raw),
  })
  return recordErrors(quantityKey, {
    asFound: beside(check.asFound),
    afterCleaning: beside(check.afterCleaning),
    standards: check.standards.map(inStandard),
  })
}

/** None where nothing is corrected, or where nobody knows when the sensor was last in order. */
function intervalsBefore(visit: ChannelVisit, history: ChannelHistory): Interval[] {
  const errors = visitErrors(history, visit)
  const criteria = RECORD_CRITERIA[history.quantityKey]
  if (errors === undefined || criteria === undefined || !errors.isCorrected) return []
  const { startedS: toS } = visit
  const fromS = latestBefore(toS, [
    ...history.visits.filter((other) => other !== visit).map(({ endedS }) => endedS),
    ...history.installedS,
  ])
  if (fromS === undefined) return []
  // A calibration ends the drift before it, but cleans nothing.
  const calibratedS = calibrationBefore(history.calibrations, toS)?.fromS ?? fromS
  return [
    {
      fromS,
      toS,
      fouling: { fromS, whole: errors.fouling },
      drift: { fromS: Math.max(fromS, calibratedS), whole: errors.drift },
      atMost: criteria.atMost,
    },
  ]
}

/** One that begins with the visit is made at it. */
function calibrationBefore(
  calibrations: readonly Calibration[],
  timeS: number,
): Calibration | undefined {
  return calibrations.find(({ fromS, toS }) => fromS < timeS && timeS <= toS)
}

function latestBefore(timeS: number, times: readonly number[]): number | undefined {
  const earlier = times.filter((time) => time < timeS)
  return earlier.length === 0 ? undefined : Math.max(...earlier)
}

function isIn({ fromS, toS }: Span, timeS: number): boolean {
  return fromS <= timeS && timeS < toS
}

/** From the first to the last moment at which the two may make different values of the same raw one. */
export function changedSpan(before: ChannelCorrection, after: ChannelCorrection): Span | undefined {
  const times = [...new Set([before, after].flatMap(timesOf))].sort((a, b) => a - b)
  let changed: Span | undefined
  for (const [index, fromS] of times.entries()) {
    if (stateAt(before, fromS) === stateAt(after, fromS)) continue
    changed = { fromS: changed?.fromS ?? fromS, toS: times[index + 1] ?? Number.POSITIVE_INFINITY }
  }
  return changed
}

function timesOf({ calibrations, intervals, maintenance }: ChannelCorrection): number[] {
  const spans: readonly Span[] = [...calibrations, ...intervals, ...maintenance]
  return spans.flatMap(({ fromS, toS }) => [fromS, toS]).filter(Number.isFinite)
}

/** Everything that a value depends on from this moment to the next one in `timesOf`. */
function stateAt({ calibrations, intervals, maintenance }: ChannelCorrection, timeS: number) {
  const { gain, offset } = calibrations.find((span) => isIn(span, timeS)) ?? UNCHANGED
  const interval = intervals.find((span) => isIn(span, timeS)) ?? null
  return JSON.stringify([gain, offset, interval, maintenance.some((span) => isIn(span, timeS))])
}
