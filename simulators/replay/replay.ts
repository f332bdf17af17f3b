import { createHash } from 'node:crypto'
import type { ServiceClient } from '../service-client.js'
import { progressOf } from '../terminal.js'
import { startCrew } from './crew.js'
import { framesOf } from './frames.js'
import { fingerprintFiles, openFiles } from './join.js'
import type { ReplayOptions } from './options.js'
import { readOutcome } from './outcome.js'
import { withPeriod } from './period.js'
import { sendFrames } from './send.js'
import { type Row, type Series, SeriesError } from './series.js'
import { columnLines, summaryLines } from './summary.js'
import { prepareNodes, siteOf } from './target.js'

/** Enough on the way to fill the database's batches, few enough that a cut re-sends little. */
const IN_FLIGHT = 32

/**
 * Sends a recorded series and prints what became of it.
 * @throws ServiceError, SeriesError, ColumnError with a message for the command line.
 */
export async function replay(
  options: ReplayOptions,
  service: ServiceClient,
  signal: AbortSignal,
  print: (line: string) => void,
): Promise<void> {
  const { sha256, lines } = await fingerprintFiles(options.files)
  const series = withPeriod(await openFiles(options.files, options), options.periodS)
  const { mapped } = series.columns
  for (const line of columnLines(series.columns)) print(line)
  const rows = series.rows()
  const first = await rows.next()
  if (first.done) {
    throw new SeriesError(['no row can be sent', ...series.report.problems.lines()].join('; '))
  }
  const logins = await prepareNodes(options, service, mapped, new Date(first.value.time * 1000))
  const boot = options.boot ?? bootOf(sha256, options, series)
  const before = await readOutcome(service, options.nodes, boot)
  const frames = framesOf(prepend(first.value, rows), {
    channels: mapped.map(({ quantity, position }) => ({ quantity, position })),
    boot,
    samplesPerFrame: options.samplesPerFrame,
  })

  const crew = startCrew({ logins, broker: options.mqtt, inFlight: IN_FLIGHT, signal, print })
  const progress = progressOf(lines, 'replay')
  const result = await sendFrames(frames, crew.nodes, {
    speed: options.speed,
    ahead: 2 * IN_FLIGHT,
    signal: crew.signal,
    acknowledged: ({ acknowledgedFrames }) =>
      progress.update(series.report.rowsRead, `${acknowledgedFrames} frames acknowledged`),
  }).finally(() => {
    progress.stop()
    return crew.stop()
  })

  const after = await readOutcome(service, options.nodes, boot)
  const resent = crew.nodes.reduce((sum, node) => sum + node.counters.resent, 0)
  const facts = { report: series.report, result, resent, before, after }
  for (const line of summaryLines(facts)) print(line)
  for (const node of options.nodes) print(`node ${node} at site ${siteOf(options, node)}`)
  if (signal.aborted) print('interrupted: the same command sends what is missing')
}

/** Two bytes: the same content with the same options is the same boot, and it stays short on the wire. */
function bootOf(sha256: Buffer, options: ReplayOptions, series: Series): number {
  const { zone, shiftTo, samplesPerFrame } = options
  const deciding = [sha256.toString('hex'), zone, shiftTo, samplesPerFrame, series.columns.mapped]
  return createHash('sha256').update(JSON.stringify(deciding)).digest().readUInt16BE()
}

async function* prepend(first: Row, rest: AsyncIterable<Row>): AsyncGenerator<Row> {
  yield first
  yield* rest
}
