import { WHY } from '../../shared/schema/flags.js'
import { longestStepS } from '../../shared/science/qartod/flat-time.js'
import { seenValue } from '../../shared/science/qartod/judgement.js'
import type { FlatTimes, QualityLimits } from '../../shared/science/qartod/limits.js'
import { judgeOnward, packTail } from '../../shared/science/qartod/tail.js'
import {
  type Reflagged,
  reflag,
  rejudgeLatest,
  type StoredReading,
  type Stretch,
  type Window,
  windowsAround,
} from './channels.js'
import type { Session } from './database.js'
import type { Judgeable } from './flagging.js'

/** Six readings at the usual interval: in most series that is enough to end every flat line. */
const NEAR_S = 1800
/** Windows of a day and more are read so many at a time. */
const WIDE_AT_ONCE = 50

type Part = Stretch & { series: Judgeable }

/**
 * Judges what was stored late, and what is stored around it, by the stored readings themselves: a reading between
 * others changes the verdicts of its neighbours and of the flat lines through it. Most lines end close by; only
 * where one may be longer than that is looked as far as it can matter.
 */
export async function judgeLate(session: Session, late: readonly Judgeable[]): Promise<void> {
  const parts = late.flatMap(partsOf)
  if (parts.length === 0) return
  const near = parts.map((part) => ({ ...part, reachS: Math.min(NEAR_S, part.reachS) }))
  const windows = await windowsAround(session, near)
  const isSettled = (index: number) => linesEnd(windows[index] as Window, near[index] as Part)
  await judgeWindows(
    session,
    near.flatMap((part, index) =>
      isSettled(index) ? [{ part, window: windows[index] as Window }] : [],
    ),
  )
  const wide = parts.filter((_, index) => !isSettled(index))
  for (let from = 0; from < wide.length; from += WIDE_AT_ONCE) {
    const some = wide.slice(from, from + WIDE_AT_ONCE)
    const wideWindows = await windowsAround(session, some)
    await judgeWindows(
      session,
      some.map((part, index) => ({ part, window: wideWindows[index] as Window })),
    )
  }
}

/** Late readings that lie far apart do not need what is between them. */
function partsOf(series: Judgeable): Part[] {
  const reachS = reachOf(series.limits)
  const parts: Part[] = []
  for (const { time } of series.readings) {
    const last = parts.at(-1)
    if (last !== undefined && time - last.toS <= 2 * reachS) last.toS = time
    else parts.push({ ...series.channel, fromS: time, toS: time, reachS, series })
  }
  return parts
}

/** A line counts for as long as its longer duration, and begins a step before. */
function reachOf({ flat }: QualityLimits): number {
  return Math.max(flat.suspectS, flat.failS) + longestStepS(flat)
}

/** Whether every flat line that passes the stretch begins and ends within the window. */
function linesEnd({ readings, judgedFrom }: Window, { toS, series }: Part): boolean {
  const { flat } = series.limits
  const before = readings.slice(0, judgedFrom + 1)
  const after = readings.filter(({ time }) => time > toS)
  const isAtEnd = readings.at(-1)?.time === newestTime(series)
  return isBroken(before, flat) && (isAtEnd || isBroken(after, flat))
}

function isBroken(readings: readonly StoredReading[], { tolerance }: FlatTimes): boolean {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const reading of readings) {
    const value = seenValue(reading)
    if (value === null) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return high - low >= tolerance
}

async function judgeWindows(
  session: Session,
  windows: readonly { part: Part; window: Window }[],
): Promise<void> {
  const reflagged: Reflagged[] = []
  const latest: (Reflagged & { tail: (number | null)[] })[] = []
  for (const { part, window } of windows) {
    const { nodeId, quantityId, position, series } = part
    const channel = { nodeId, quantityId, position }
    const { readings, judgedFrom } = window
    const { judgements, tail } = judgeOnward(undefined, readings, series.limits)
    const isAtEnd = readings.at(-1)?.time === newestTime(series)
    const added = new Map(series.readings.map((reading) => [reading.time, reading]))
    for (const [index, stored] of readings.entries()) {
      const isLast = index === readings.length - 1
      // The last one's spike verdict wants a neighbour that the window has not, unless there is none.
      if (index < judgedFrom || (isLast && !isAtEnd)) continue
      const isManual = (stored.why & WHY.manual) !== 0
      const { flag, why } = isManual ? stored : (judgements[index] ?? stored)
      const { time } = stored
      Object.assign(added.get(time) ?? {}, { flag, why })
      if (flag !== stored.flag || why !== stored.why)
        reflagged.push({ ...channel, time, flag, why })
      if (isLast && tail !== undefined) {
        latest.push({ ...channel, time, flag, why, tail: packTail(tail, series.limits) })
      }
    }
  }
  await reflag(session, reflagged)
  await rejudgeLatest(session, latest)
}

function newestTime({ readings, state }: Judgeable): number {
  return Math.max(readings.at(-1)?.time ?? 0, state?.time ?? Number.NEGATIVE_INFINITY)
}
