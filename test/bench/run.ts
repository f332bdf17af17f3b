import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { buildIfOld } from '../../simulators/build-if-old.js'

/**
 * `npm run bench -- NAME [--json] [option …]`: one file a measurement in this folder. Each exports
 * `run(args)`, which prints what people read and returns the object of the `--json` line, and `HELP`.
 */

const folder = fileURLToPath(new URL('.', import.meta.url))

interface Bench {
  run(args: string[]): Promise<object>
  HELP?: string
}

const names = readdirSync(folder)
  .filter((name) => name.endsWith('.ts') && name !== 'run.ts')
  .map((name) => basename(name, '.ts'))
  .sort()

const USAGE = `npm run bench -- NAME [--json] [--help]

Measures one part of the system: ${names.join(', ')}.
--json ends the output with one JSON object on a line of its own.`

async function main(args: string[]): Promise<void> {
  const name = args.find((arg) => !arg.startsWith('-'))
  if (name === undefined) {
    console.log(USAGE)
    if (!args.includes('--help')) process.exitCode = 1
    return
  }
  if (!names.includes(name)) {
    throw new Error(`no measurement "${name}"; there are ${names.join(', ')}`)
  }
  const bench: Bench = await import(pathToFileURL(`${folder}${name}.ts`).href)
  if (args.includes('--help')) {
    console.log(bench.HELP ?? USAGE)
    return
  }
  const options = args.toSpliced(args.indexOf(name), 1).filter((arg) => arg !== '--json')
  await buildIfOld(console.error)
  const result = await bench.run(options)
  if (args.includes('--json')) console.log(JSON.stringify(result))
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
})
