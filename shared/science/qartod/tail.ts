import { lineVerdict, longestStepS } from './flat-time.js'
import { grossVerdict } from './gross-range.js'
import { type Judgement, type Point, seenValue, untested, withVerdict } from './judgement.js'
import type { FlatTimes, QualityLimits } from './limits.js'
import { rateVerdict } from './rate-of-change.js'
import { spikeVerdict } from './spike.js'
import { isOutside, type Verdict } from './verdict.js'

/** What the tests need to know of a series up to its newest reading, to judge the next one. */
export interface Tail {
  /** Of the newest reading; its value is null where it is implausible. */
  time: number
  value: number | null
  /** The value of the reading before it; null where there is none or it is implausible. */
  before: number | null
  /** Where the newest readings are all implausible: the time of the first of them, a part of the next line. */
  silentSince: number | null
  /** The flat lines that end with the newest reading and may go on, the longest and widest first. */
  lines: readonly Line[]
}

interface Line {
  since: number
  low: number
  high: number
}

interface Step {
  tail: Tail
  /** Of the new reading. Its spike verdict needs the next one. */
  judgement: Judgement
  /** Of the reading before, for `withVerdict`; 2 where there is nothing to say. */
  spikeBefore: Verdict
}

/** One more reading at the end of a series; `tail` is undefined at its beginning. */
function nextStep(tail: Tail | undefined, point: Point, limits: QualityLimits): Step {
  const value = seenValue(point)
  const stepS = tail === undefined ? 0 : point.time - tail.time
  const next = nextTail(tail, { time: point.time, value }, limits.flat)
  if (value === null) return { tail: next, judgement: untested(point.why), spikeBefore: 2 }
  const lengthS = point.time - (next.lines[0]?.since ?? point.time)
  const isExempt = value >= limits.flatExemptFrom
  const verdicts = {
    gross: grossVerdict(value, limits.gross),
    climatology: climateVerdict(value, limits),
    rate: tail?.value == null ? 1 : rateVerdict(value - tail.value, stepS, limits.rate),
    flat: isExempt ? 1 : lineVerdict(lengthS, stepS, limits.flat),
  } as const
  const of = { value, limits }
  let judgement = untested(point.why)
  judgement = withVerdict(judgement, { test: 'gross', verdict: verdicts.gross }, of)
  judgement = withVerdict(judgement, { test: 'climatology', verdict: verdicts.climatology }, of)
  judgement = withVerdict(judgement, { test: 'rate', verdict: verdicts.rate }, of)
  judgement = withVerdict(judgement, { test: 'flat', verdict: verdicts.flat }, of)
  return { tail: next, judgement, spikeBefore: spikeOfLast(tail, value, limits) }
}

export interface Onward {
  judgements: Judgement[]
  /** Undefined where nothing is known and nothing came. */
  tail: Tail | undefined
  /** Of the last reading before these, for `withVerdict`. */
  spikeBefore: Verdict
}

/** Readings at the end of a series, in ascending order of time. */
export function judgeOnward(
  tail: Tail | undefined,
  points: readonly Point[],
  limits: QualityLimits,
): Onward {
  const onward: Onward = { judgements: [], tail, spikeBefore: 2 }
  for (const [index, point] of points.entries()) {
    const step = nextStep(onward.tail, point, limits)
    const before = points[index - 1]
    const ofBefore = onward.judgements[index - 1]
    if (before === undefined || ofBefore === undefined) onward.spikeBefore = step.spikeBefore
    else {
      const spike = { test: 'spike', verdict: step.spikeBefore } as const
      const of = { value: before.value, limits }
      onward.judgements[index - 1] = withVerdict(ofBefore, spike, of)
    }
    onward.judgements.push(step.judgement)
    onward.tail = step.tail
  }
  return onward
}

function climateVerdict(value: number, { climatologySpan }: QualityLimits): Verdict {
  if (climatologySpan === undefined) return 2
  return isOutside(value, climatologySpan) ? 3 : 1
}

function spikeOfLast(tail: Tail | undefined, after: number, limits: QualityLimits): Verdict {
  if (tail === undefined || tail.before === null || tail.value === null) return 2
  return spikeVerdict([tail.before, tail.value, after], limits.spike)
}

function nextTail(
  tail: Tail | undefined,
  { time, value }: { time: number; value: number | null },
  limits: FlatTimes,
): Tail {
  const isContinued = tail !== undefined && time - tail.time <= longestStepS(limits)
  const silentSince = (isContinued ? tail.silentSince : null) ?? time
  const lines = isContinued ? tail.lines : []
  const before = tail?.value ?? null
  if (value === null) return { time, value, before, silentSince, lines }
  const own = { since: silentSince, low: value, high: value }
  const next = flatWith([...lines, own], value, limits.tolerance)
  return { time, value, before, silentSince: null, lines: next }
}

/** Of several lines with one range only the longest counts. */
function flatWith(lines: readonly Line[], value: number, tolerance: number): Line[] {
  const flat: Line[] = []
  for (const { since, low, high } of lines) {
    const line = { since, low: Math.min(low, value), high: Math.max(high, value) }
    const longer = flat.at(-1)
    const isSame = longer?.low === line.low && longer.high === line.high
    if (!isSame && line.high - line.low < tolerance) flat.push(line)
  }
  return flat
}

/** A tail as numbers, to be kept beside the series. */
export function packTail(tail: Tail, { flat }: QualityLimits): (number | null)[] {
  const { time, value, before, silentSince, lines } = tail
  const numbers = lines.flatMap(({ since, low, high }) => [since, low, high])
  return [time, flat.tolerance, longestStepS(flat), value, before, silentSince, ...numbers]
}

/** Undefined where the numbers were not packed for a series that ends at `time` and is judged by `limits`. */
export function unpackTail(
  packed: readonly (number | null)[] | null,
  time: number,
  { flat }: QualityLimits,
): Tail | undefined {
  const [packedTime, tolerance, longest, value = null, before = null, silentSince = null] =
    packed ?? []
  const isOurs = tolerance === flat.tolerance && longest === longestStepS(flat)
  if (packed === null || packedTime !== time || !isOurs) return undefined
  const lines: Line[] = []
  for (let at = 6; at < packed.length; at += 3) {
    const [since, low, high] = packed.slice(at, at + 3)
    if (since == null || low == null || high == null) return undefined
    lines.push({ since, low, high })
  }
  return { time, value, before, silentSince, lines }
}
