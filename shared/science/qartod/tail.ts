import { lineVerdict, longestStepS } from './flat-time.js'
import { grossVerdict } from './gross-range.js'
import {
  isBad,
  type Judgement,
  type Point,
  passed,
  seenValue,
  type TestName,
  untested,
  withVerdict,
} from './judgement.js'
import type { FlatTimes, QualityLimits } from './limits.js'
import { rateVerdict } from './rate-of-change.js'
import { isChangeScatter, isSpikeScatter } from './scatter.js'
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
  const verdicts = {
    gross: grossVerdict(value, limits.gross),
    climatology: climateVerdict(value, limits),
    rate: rateFrom(tail?.value ?? null, value, { stepS, limits }),
    flat: value >= limits.flatExemptFrom ? 1 : lineVerdict(lengthS, stepS, limits.flat),
  }
  const judgement = conclude(point.why, verdicts, { value, limits })
  return { tail: next, judgement, spikeBefore: spikeOfLast(tail, value, limits) }
}

function conclude(
  why: number,
  verdicts: Record<Exclude<TestName, 'spike'>, Verdict>,
  of: { value: number; limits: QualityLimits },
): Judgement {
  const { gross, climatology, rate, flat } = verdicts
  // Nearly all readings; the others may take their time.
  if (!(isBad(gross) || isBad(climatology) || isBad(rate) || isBad(flat))) return passed(why)
  let judgement = passed(why)
  judgement = withVerdict(judgement, { test: 'gross', verdict: gross }, of)
  judgement = withVerdict(judgement, { test: 'climatology', verdict: climatology }, of)
  judgement = withVerdict(judgement, { test: 'rate', verdict: rate }, of)
  return withVerdict(judgement, { test: 'flat', verdict: flat }, of)
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
  const judgements: Judgement[] = []
  let spikeBefore: Verdict = 2
  let last = tail
  for (const point of points) {
    const step = nextStep(last, point, limits)
    const ofBefore = judgements.at(-1)
    if (ofBefore === undefined) spikeBefore = step.spikeBefore
    else if (isBad(step.spikeBefore)) {
      const spike = { test: 'spike', verdict: step.spikeBefore } as const
      judgements[judgements.length - 1] = withVerdict(ofBefore, spike, {
        value: last?.value ?? 0,
        limits,
      })
    }
    judgements.push(step.judgement)
    last = step.tail
  }
  return { judgements, tail: last, spikeBefore }
}

function climateVerdict(value: number, { climatologySpan }: QualityLimits): Verdict {
  if (climatologySpan === undefined) return 2
  return isOutside(value, climatologySpan) ? 3 : 1
}

function rateFrom(
  before: number | null,
  value: number,
  { stepS, limits }: { stepS: number; limits: QualityLimits },
): Verdict {
  if (before === null || isChangeScatter([before, value], limits.scatterShare)) return 1
  return rateVerdict(value - before, stepS, limits.rate)
}

function spikeOfLast(tail: Tail | undefined, after: number, limits: QualityLimits): Verdict {
  if (tail === undefined || tail.before === null || tail.value === null) return 2
  const three = [tail.before, tail.value, after] as const
  return isSpikeScatter(three, limits.scatterShare) ? 1 : spikeVerdict(three, limits.spike)
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
  const next: Line[] = []
  for (const line of lines) addLine(next, withValue(line, value), limits.tolerance)
  addLine(next, { since: silentSince, low: value, high: value }, limits.tolerance)
  return { time, value, before, silentSince: null, lines: next }
}

function withValue({ since, low, high }: Line, value: number): Line {
  return { since, low: Math.min(low, value), high: Math.max(high, value) }
}

/** Of several lines with one range only the first, the longest, counts. */
function addLine(lines: Line[], line: Line, tolerance: number): void {
  if (line.high - line.low >= tolerance) return
  const longer = lines.at(-1)
  if (longer?.low !== line.low || longer.high !== line.high) lines.push(line)
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
