import { grouped } from '../terminal.js'
import type { LatencySummary } from './histogram.js'
import { highestGood, LIMIT_MS, type Step } from './limit.js'
import type { LoadFacts } from './load.js'
import type { LoadOptions } from './options.js'

/** Later than this, and the machine that sends is part of what was measured. */
const LATE_MS = 100

/** Why the command fails, in words; undefined when all is well. */
export function failureOf(facts: LoadFacts): string | undefined {
  const { check, frames, steps, isInterrupted } = facts
  if (check !== undefined && check.missing > 0) {
    return `${grouped(check.missing)} acknowledged frames are not stored as they were sent`
  }
  const open = frames.sent - frames.acknowledged
  // Asking for too much is what the search is for.
  if (!isInterrupted && steps.length === 0 && open > 0) {
    return `${grouped(open)} frames were never acknowledged`
  }
  return undefined
}

/** A row of the table of steps; without one its head. */
export function stepLine(step?: Step): string {
  const cells =
    step === undefined
      ? ['frames/s', 'p50 ms', 'p99 ms', 'max ms', '']
      : [
          grouped(Math.round(step.framesPerS)),
          ...[step.p50Ms, step.p99Ms, step.maxMs].map((ms) => grouped(Math.round(ms))),
          step.isWithin ? 'kept' : step.why,
        ]
  return cells
    .map((cell, index) => (index < 4 ? cell.padStart(9) : `  ${cell}`))
    .join('')
    .trimEnd()
}

export function summaryLines(facts: LoadFacts, options: LoadOptions): string[] {
  const { frames, result, check } = facts
  const lines = [
    '',
    `nodes         ${grouped(facts.nodes)}, ${grouped(facts.made)} of them new here; connected in ${facts.connectS.toFixed(1)} s` +
      (facts.cuts > 0 ? `, ${grouped(facts.cuts)} connections lost` : ''),
    `frames        ${grouped(frames.sent)} sent, ${grouped(frames.acknowledged)} acknowledged, ` +
      `${grouped(frames.resent)} sent again, ${grouped(frames.reordered)} acknowledged out of order`,
    checkLine(check),
    ...readingsLines(facts, options),
  ]
  if (options.findsLimit) return [...lines, limitLine(facts, options)]
  if (result === undefined) return lines
  const lateNote = result.mostLateMs > LATE_MS ? '; the latencies contain that' : ''
  return [
    ...lines,
    `rate          ${(result.sent / Math.max(0.001, result.lastedS)).toFixed(1)} frames/s for ${result.lastedS.toFixed(0)} s, ` +
      `at most ${result.mostLateMs.toFixed(0)} ms late${lateNote}`,
    `latency       ${latency(result.fromDue.summary())}, from the moment it was due`,
    `              ${latency(result.fromSocket.summary())}, from its first byte`,
    ...result.fromDue.lines(),
  ]
}

/** The same for programs. */
export function summaryJson(facts: LoadFacts, options: LoadOptions): object {
  const { result, steps, frames, check } = facts
  const perFrame = options.frame.samples * options.frame.shapes.length
  const limit = highestGood(steps)
  return {
    nodes: facts.nodes,
    made: facts.made,
    connect_s: Math.round(facts.connectS * 10) / 10,
    connections_lost: facts.cuts,
    frames: { ...frames, checked: check?.frames ?? 0, missing: check?.missing ?? null },
    readings_per_frame: perFrame,
    readings: facts.readings ?? null,
    ...(options.findsLimit
      ? { steps, limit: { frames_per_s: limit, readings_per_s: limit * perFrame } }
      : {
          frames_per_s: options.framesPerS,
          lasted_s: result?.lastedS ?? 0,
          most_late_ms: result?.mostLateMs ?? 0,
          latency: result?.fromDue.summary() ?? null,
          latency_from_socket: result?.fromSocket.summary() ?? null,
          histogram: result?.fromDue
            .rows()
            .map(({ underMs, count }) => [Number.isFinite(underMs) ? underMs : null, count]),
        }),
    interrupted: facts.isInterrupted,
    failure: failureOf(facts) ?? null,
  }
}

function checkLine(check: LoadFacts['check']): string {
  if (check === undefined) return 'store         not compared: interrupted'
  const { frames, missing } = check
  return `store         ${grouped(frames)} acknowledged frames looked for, ${grouped(missing)} missing`
}

function readingsLines({ readings, frames }: LoadFacts, { frame }: LoadOptions): string[] {
  if (readings === undefined) return []
  const ours = frames.sent * frame.samples * frame.shapes.length
  // The service counts what all nodes send; only alone are the numbers this run's.
  const whose = readings.received <= ours ? '' : ' (with what was sent again or by others)'
  return [
    `readings      ${grouped(readings.stored)} new, ${grouped(readings.repeated)} repeated, ` +
      `${grouped(readings.rejected)} rejected${whose}`,
  ]
}

function limitLine({ steps }: LoadFacts, { frame }: LoadOptions): string {
  const limit = highestGood(steps)
  const perFrame = frame.samples * frame.shapes.length
  if (limit === 0) return 'limit         not even the first rate was kept; begin lower, with --rate'
  return (
    `limit         ${grouped(Math.round(limit))} frames/s, ${grouped(Math.round(limit * perFrame))} readings/s ` +
    `with p99 under ${LIMIT_MS / 1000} s`
  )
}

function latency({ p50Ms, p90Ms, p99Ms, maxMs }: LatencySummary): string {
  return `p50 ${p50Ms} ms, p90 ${p90Ms} ms, p99 ${p99Ms} ms, max ${maxMs} ms`
}
