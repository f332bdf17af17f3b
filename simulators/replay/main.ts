import { ServiceError, serviceClient } from '../service-client.js'
import { failWith, UsageError } from '../terminal.js'
import { ColumnError } from './columns.js'
import { readOptions, USAGE } from './options.js'
import { replay } from './replay.js'
import { SeriesError } from './series.js'

const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
process.once('SIGTERM', () => stop.abort())

try {
  const options = readOptions(process.argv.slice(2), process.env)
  if (options === 'help') console.log(USAGE)
  else await replay(options, serviceClient(options.service), stop.signal, console.log)
  if (stop.signal.aborted) process.exitCode = 130
} catch (error) {
  const kinds = [UsageError, ColumnError, SeriesError, ServiceError]
  const isOfFiles = error instanceof Error && 'syscall' in error
  failWith(error, isOfFiles || kinds.some((kind) => error instanceof kind))
  if (error instanceof UsageError) console.error('npm run replay -- --help lists the options')
}
