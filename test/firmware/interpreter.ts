import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The real interpreter for Linux, where it is at hand. */
export const INTERPRETER = process.env.ESPRUINO
export const WHY = 'set ESPRUINO to the path of the Linux interpreter'

const LIMIT_MS = 60_000

/** What a script prints, run by itself in an empty folder. */
export async function runScript(code: string): Promise<string> {
  if (INTERPRETER === undefined) throw new Error(WHY)
  const folder = mkdtempSync(join(tmpdir(), 'toba-script-'))
  try {
    writeFileSync(join(folder, 'script.js'), code)
    const options = { cwd: folder, timeout: LIMIT_MS, killSignal: 'SIGKILL' } as const
    // A script that fails makes the interpreter end with 1, after what it printed.
    const run = promisify(execFile)(INTERPRETER, ['script.js'], options)
    const { stdout } = await run.catch((error: { stdout?: string }) => {
      if (typeof error.stdout !== 'string') throw error
      return { stdout: error.stdout }
    })
    return stdout.replace(/\r/g, '').replace(/\n>$/, '\n')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
