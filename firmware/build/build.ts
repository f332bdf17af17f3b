import { statSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'

const HELP = `npm run firmware

Builds what runs on the board into one Espruino script and reports its size. Today that is the frame
encoder: firmware/dist/wire.js.`

const room = fileURLToPath(new URL('..', import.meta.url))

/**
 * Bundles `firmware/wire.ts` into one script. Espruino cannot read `?.`, default parameters and more: es2019
 * lowers what can be lowered, and the sources leave out the rest.
 */
export async function buildWire(outFile = `${room}dist/wire.js`): Promise<string> {
  await build({
    entryPoints: [`${room}wire.ts`],
    outfile: outFile,
    bundle: true,
    format: 'iife',
    target: 'es2019',
    minify: true,
    charset: 'ascii',
    logLevel: 'silent',
  })
  return outFile
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', default: false } } })
  if (values.help) {
    console.log(HELP)
    return
  }
  const path = await buildWire()
  console.log(`${relative('.', path)}  ${statSync(path).size} bytes`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(`firmware: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  })
}
