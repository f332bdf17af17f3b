import { quantityById } from '../../shared/wire/quantities.js'
import { grouped } from '../terminal.js'
import type { Columns } from './columns.js'
import type { Balance, Outcome } from './outcome.js'
import { percentile, type SendResult } from './send.js'
import type { SeriesReport } from './series.js'

export function columnLines({ mapped, ignored }: Columns): string[] {
  const sent = mapped.map(({ header, quantity, position, factor }) => {
    const place = position === 0 ? '' : `@${position}`
    const times = factor === 1 ? '' : ` × ${factor}`
    return `${header} → ${quantityById(quantity)?.key}${place}${times}`
  })
  const lines = [`sent      ${sent.join(', ')}`]
  if (ignored.length > 0) lines.push(`not sent  ${ignored.join(', ')}`)
  return lines
}

export interface RunFacts {
  report: SeriesReport
  result: SendResult
  resent: number
  before: Outcome
  after: Outcome
}

export function summaryLines(facts: RunFacts): string[] {
  const { report, result } = facts
  return [
    '',
    `rows          ${grouped(report.rowsRead)} read, ${grouped(report.rowsGood)} good, ` +
      `${grouped(report.rowsRead - report.rowsGood)} not sent`,
    ...report.problems.lines().map((line) => `  ${line}`),
    ...noteLines(report),
    `sent          ${amount(result.frames, result.readings)}${resentText(facts.resent)}`,
    `acknowledged  ${amount(result.acknowledgedFrames, result.acknowledgedReadings)}`,
    `refused       ${refusedText(facts)}`,
    ...balanceLines(facts),
    ...latencyLines(result),
  ]
}

function amount(frames: number, readings: number): string {
  return `${grouped(frames)} frames, ${grouped(readings)} readings`
}

function resentText(resent: number): string {
  return resent === 0 ? '' : ` (${grouped(resent)} sent again after a cut)`
}

function noteLines(report: SeriesReport): string[] {
  const notes: [number, string][] = [
    [report.missingCells, 'empty cells: absent from their sample'],
    [report.roundedCells, 'values finer than the step of their quantity: rounded to it'],
    [report.cutTimes, 'times with a fraction of a second: cut to the second'],
    [report.ambiguousTimes, 'times in an hour that the clock ran twice: the order decided'],
  ]
  return notes.filter(([count]) => count > 0).map(([count, text]) => `  ${grouped(count)} ${text}`)
}

/** Frames of this run that the service keeps as rejected, whenever that happened first. */
function refusedText({ after }: RunFacts): string {
  const reasons = [...after.rejected].map(([reason, count]) => `${reason} ${grouped(count)}`)
  const total = [...after.rejected.values()].reduce((sum, count) => sum + count, 0)
  return total === 0 ? '0 frames' : `${grouped(total)} frames (${reasons.join(', ')})`
}

function balanceLines({ before, after, result }: RunFacts): string[] {
  if (before.readings === undefined || after.readings === undefined) return []
  const of = (key: keyof Balance) => (after.readings?.[key] ?? 0) - (before.readings?.[key] ?? 0)
  // The service counts what all nodes send; only alone are the numbers this run's.
  const isAlone = of('received') === result.readings
  const whose = isAlone ? '' : ' (with what other nodes sent meanwhile)'
  return [
    `readings      ${grouped(of('stored'))} new, ${grouped(of('repeated'))} repeated, ` +
      `${grouped(of('rejected'))} rejected${whose}`,
  ]
}

function latencyLines({ latenciesMs }: SendResult): string[] {
  if (latenciesMs.length === 0) return []
  const at = (share: number) => `${percentile(latenciesMs, share).toFixed(0)} ms`
  return [`latency       p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}`]
}
