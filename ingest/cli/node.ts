import { parseArgs } from 'node:util'
import { readConfig } from '../config.js'
import { AppError } from '../errors.js'
import { UsageError } from './arguments.js'
import { openControl } from './control.js'
import { COMMANDS, type Options, type Result } from './node-commands.js'

/** `npm run node`: provisions nodes, through the running service or, while none runs, in its store. */

const USAGE = `npm run node -- COMMAND …

  add NAME --kind lake|air|road|check [--title TITLE] [--simulated] [--trailer]
                       creates a node and prints its secret, once
  list                 all nodes: kind, state, last readings, open rejected frames
  rotate NAME          gives a new secret; the old one works until the new one has logged in
  disable NAME         cuts the node off at once; its data stays
  enable NAME          lets it in again
  site NAME LON LAT [--kind lake|air|road|point] [--title TITLE]
                       creates a place to measure at
  sites                all sites
  place NODE SITE [QUANTITY[@POSITION] …] [--depth M] [--direction DEG] [--from TIME]
                       from now on (or TIME) these channels measure at this site; without a quantity,
                       all that the node has ever sent. What was placed elsewhere ends there

  --data FOLDER        data folder of the service (default: DATA_DIR, else .data)
  --json               one JSON object instead of text`

const OPTIONS = {
  kind: { type: 'string' },
  title: { type: 'string' },
  simulated: { type: 'boolean' },
  trailer: { type: 'boolean' },
  depth: { type: 'string' },
  direction: { type: 'string' },
  from: { type: 'string' },
  data: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

// The reader went away, as in `… list | head`.
process.stdout.on('error', () => process.exit())

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof AppError || error instanceof UsageError)) throw error
  console.error(error.message)
  if (error instanceof UsageError) console.error('npm run node -- --help lists the commands')
  process.exitCode = error instanceof UsageError ? 2 : 1
}

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parse(args)
  const [name, ...rest] = positionals
  if (values.help || name === undefined) {
    console.log(USAGE)
    return values.help ? 0 : 2
  }
  const command = COMMANDS.get(name)
  if (command === undefined) throw new UsageError(`there is no command ${name}`)
  // Wrong input is found before the store is opened.
  const work = command(rest, values)
  const environment = values.data === undefined ? {} : { DATA_DIR: values.data }
  const control = await openControl(readConfig({ ...process.env, ...environment }))
  let result: Result
  try {
    result = await work(control)
  } finally {
    await control.close()
  }
  if (values.json) console.log(JSON.stringify(result.json))
  else for (const line of result.lines) console.log(line)
  return 0
}

function parse(args: string[]): { values: Options; positionals: string[] } {
  try {
    return parseArgs({ args, allowPositionals: true, options: OPTIONS })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new UsageError(message.split('\n', 1)[0])
  }
}
