import { ServiceError, serviceClient } from '../service-client.js'
import { failWith, UsageError } from '../terminal.js'
import { runLoad } from './load.js'
import { readLoadOptions, USAGE } from './options.js'
import { failureOf, summaryJson, summaryLines } from './summary.js'

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort())

try {
  const options = readLoadOptions(process.argv.slice(2), process.env)
  if (options === 'help') console.log(USAGE)
  else {
    const print = options.isJson ? console.error : console.log
    const facts = await runLoad(options, {
      service: serviceClient(options.service),
      folder: '.data/load',
      now: Date.now,
      signal: stop.signal,
      print,
    })
    for (const line of summaryLines(facts, options)) print(line)
    if (options.isJson) console.log(JSON.stringify(summaryJson(facts, options)))
    const failure = failureOf(facts)
    if (failure !== undefined) throw new ServiceError(0, failure)
    if (stop.signal.aborted) {
      print('stopped by you')
      process.exitCode = 130
    }
  }
} catch (error) {
  const isOfFiles = error instanceof Error && 'syscall' in error
  failWith(error, isOfFiles || error instanceof UsageError || error instanceof ServiceError)
  if (error instanceof UsageError) console.error('npm run load -- --help lists the options')
}
