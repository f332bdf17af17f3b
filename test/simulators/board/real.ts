import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The real interpreter for Linux, where it is installed. */
export const ESPRUINO = process.env.ESPRUINO
export const NO_INTERPRETER = 'set ESPRUINO to the real interpreter to compare with it'

/** Lines that a script printed with `print('@' + …)`, each run on an empty Storage. */
export async function runReal(script: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'espruino-'))
  try {
    writeFileSync(join(folder, 'script.js'), script)
    const child = spawn(ESPRUINO ?? '', ['script.js'], {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    let output = ''
    for await (const chunk of child.stdout.setEncoding('latin1')) {
      output += chunk
      // It never ends by itself while its input is open; without input it hears no timers.
      if (output.includes('@end')) child.kill('SIGKILL')
    }
    return marked(output.split('\n'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export function marked(lines: readonly string[]): string[] {
  const found: string[] = []
  for (const line of lines) {
    const at = line.indexOf('@')
    if (at >= 0) found.push(line.slice(at + 1).trimEnd())
  }
  return found.slice(0, found.indexOf('end'))
}
