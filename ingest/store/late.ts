import { WHY } from '../../shared/schema/flags.js'
import { longestStepS } from '../../shared/science/qartod/flat-time.js'
import { seenValue } from '../../shared/science/qartod/judgement.js'
import type { FlatTimes, QualityLimits } from '../../shared/science/qartod/limits.js'
import { judgeOnward, packTail } from '../../shared/science/qartod/tail.js'
import { readingsAround, type StoredReading, type Stretch } from './channels.js'
import type { Session } from './database.js'
import type { Judgeable } from './flagging.js'
import { type Reflagged, reflag, rejudgeLatest } from './reflag.js'

/** In most series so few readings end every flat line; spike and rate need two. */
const NEAR = 6
/** Windows of a day and more are read so many at a time. */
const WIDE_AT_ONCE = 50

/** A stretch in which readings were added late. */
type Part = Stretch & { series: Judgeable }

/** Its readings and those around it, in ascending order of time, and which of them may have got another flag. */
interface Window {
  part: Part
  readings: StoredReading[]
  /** Index of the reading before the stretch: its verdict wants the next one. */
  judgedFrom: number
  /** The regime ends with the last of them. */
  isCut: boolean
}

/**
 * Judges what was stored late, and what is stored around it, by the stored readings themselves: a reading between
 * others changes the verdicts of its neighbours and of the flat lines through it. Most lines end close by; only
 * where one may be longer is looked as far as it can matter. Returns those of the others that have new flags.
 */
export async function judgeLate(
  session: Session,
  late: readonly Judgeable[],
): Promise<Reflagged[]> {
  const parts = late.flatMap(partsOf)
  if (parts.length === 0) return []
  const near = await windowsOf(session, parts, { stretches: parts, beside: NEAR })
  const reflagged = await judgeWindows(session, near.filter(linesEnd))
  const open = near.filter((window) => !linesEnd(window))
  for (let from = 0; from < open.length; from += WIDE_AT_ONCE) {
    const some = open.slice(from, from + WIDE_AT_ONCE)
    const stretches = some.map(widened)
    const wide = await windowsOf(
      session,
      some.map(({ part }) => part),
      { stretches, beside: 1 },
    )
    reflagged.push(...(await judgeWindows(session, wide)))
  }
  return reflagged
}

/** Late readings that lie far apart do not need what is between them. */
function partsOf(series: Judgeable): Part[] {
  const reachS = reachOf(series.limits)
  const parts: Part[] = []
  for (const { time } of series.readings) {
    const last = parts.at(-1)
    if (last !== undefined && time - last.toS <= 2 * reachS) last.toS = time
    else parts.push({ ...series.channel, fromS: time, toS: time, series })
  }
  return parts
}

/** A line counts for as long as its longer duration, and begins a step before. */
function reachOf({ flat }: QualityLimits): number {
  return Math.max(flat.suspectS, flat.failS) + longestStepS(flat)
}

async function windowsOf(
  session: Session,
  parts: readonly Part[],
  around: { stretches: readonly Stretch[]; beside: number },
): Promise<Window[]> {
  const readings = await readingsAround(session, around.stretches, around.beside)
  return parts.map((part, index) => {
    const { fromS, toS } = part.series
    const all = readings[index] ?? []
    const some = all.filter(({ time }) => time >= fromS && time < toS)
    const start = some.findIndex(({ time }) => time >= part.fromS)
    const isCut = (all.at(-1)?.time ?? Number.NEGATIVE_INFINITY) >= toS
    return { part, readings: some, judgedFrom: Math.max(0, start - 1), isCut }
  })
}

/** Whether every flat line that passes the stretch begins and ends within the window. */
function linesEnd(window: Window): boolean {
  const { part, readings, judgedFrom } = window
  const { flat } = part.series.limits
  const isAtStart = judgedFrom < NEAR - 1
  const isEndedBefore = isAtStart || isBroken(readings.slice(0, judgedFrom + 1), flat)
  return isEndedBefore && (isAtEnd(window) || isBroken(after(window), flat))
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

/** As far as a line may reach into the reading before the stretch, and from the one after it. */
function widened(window: Window): Stretch {
  const { part, readings, judgedFrom } = window
  const reachS = reachOf(part.series.limits)
  return {
    ...part,
    fromS: Math.min(part.fromS, readings[judgedFrom]?.time ?? part.fromS) - reachS,
    toS: (after(window)[0]?.time ?? part.toS) + reachS,
  }
}

function after({ readings, part }: Window): StoredReading[] {
  return readings.filter(({ time }) => time > part.toS)
}

function isAtEnd({ readings, part, isCut }: Window): boolean {
  if (isCut) return true
  const { state, readings: added } = part.series
  const newest = Math.max(added.at(-1)?.time ?? 0, state?.time ?? Number.NEGATIVE_INFINITY)
  return readings.at(-1)?.time === newest
}

async function judgeWindows(session: Session, windows: readonly Window[]): Promise<Reflagged[]> {
  const reflagged: Reflagged[] = []
  const others: Reflagged[] = []
  const latest: (Reflagged & { tail: (number | null)[] })[] = []
  for (const window of windows) {
    const { channel, limits, readings: added } = window.part.series
    const { judgements, tail } = judgeOnward(undefined, window.readings, limits)
    const byTime = new Map(added.map((reading) => [reading.time, reading]))
    // The last one's spike verdict wants a neighbour that the window has not, unless there is none.
    const end = isAtEnd(window) ? window.readings.length : window.readings.length - 1
    for (let index = window.judgedFrom; index < end; index++) {
      const stored = window.readings[index]
      const judgement = judgements[index]
      if (stored === undefined || judgement === undefined) continue
      const isManual = (stored.why & WHY.manual) !== 0
      const { flag, why } = isManual ? stored : judgement
      const { time, value } = stored
      const now = { ...channel, time, value, flag, why }
      const reading = byTime.get(time)
      if (reading !== undefined) Object.assign(reading, { flag, why })
      if (flag !== stored.flag || why !== stored.why) {
        reflagged.push(now)
        if (reading === undefined) others.push(now)
      }
      if (index === window.readings.length - 1 && tail !== undefined) {
        latest.push({ ...now, tail: packTail(tail, limits) })
      }
    }
  }
  await reflag(session, reflagged)
  await rejudgeLatest(session, latest)
  return others
}
