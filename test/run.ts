import { fork } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildIfOld } from '../simulators/build-if-old.js'

/**
 * `npm test [-- PATTERN …]`: every `*.test.ts` under test/, each in a process of its own, two at a time, so
 * that a crash or a hang costs one file only. Ends with the plain line `N passed, N failed[, N skipped]`.
 */

const here = fileURLToPath(new URL('.', import.meta.url))
const FILE_LIMIT_MS = 50 * 60_000
const AT_ONCE = 2

interface Counts {
  passed: number
  failed: number
  skipped: number
}

const patterns = process.argv.slice(2)
if (patterns.includes('--help')) {
  console.log(
    'npm test [-- PATTERN …]\n\nRuns the test files whose path contains one of the patterns.',
  )
  process.exit(0)
}

const files = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .filter((name) => patterns.length === 0 || patterns.some((pattern) => name.includes(pattern)))
  .sort()

await buildIfOld(console.log)
const total: Counts = { passed: 0, failed: 0, skipped: 0 }
const queue = [...files]
await Promise.all(Array.from({ length: AT_ONCE }, runNext))
if (files.length === 0) {
  console.error(`no test file matches ${patterns.join(', ')}`)
  total.failed++
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`)
process.exitCode = total.failed > 0 ? 1 : 0

async function runNext(): Promise<void> {
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const { counts, output } = await runFile(name)
    console.log(`${relative('.', here + name)}\n${output}`)
    total.passed += counts.passed
    total.failed += counts.failed
    total.skipped += counts.skipped
  }
}

function runFile(name: string): Promise<{ counts: Counts; output: string }> {
  if (/\.only\(/.test(readFileSync(here + name, 'utf8'))) {
    const output = '  FAIL: a test is left on its own, marked "only"\n'
    return Promise.resolve({ counts: { passed: 0, failed: 1, skipped: 0 }, output })
  }
  return new Promise((resolve) => {
    const child = fork(here + name, [], { execArgv: ['--import', 'tsx'], stdio: 'pipe' })
    let output = ''
    let counts: Counts | undefined
    child.stdout?.on('data', (chunk) => {
      output += chunk
    })
    child.stderr?.on('data', (chunk) => {
      output += chunk
    })
    child.on('message', (message) => {
      counts = message as Counts
    })
    const limit = setTimeout(() => {
      output += `\n  FAIL: not finished after ${FILE_LIMIT_MS / 60_000} minutes\n`
      child.kill('SIGKILL')
    }, FILE_LIMIT_MS)
    child.on('close', (code, signal) => {
      clearTimeout(limit)
      const result = counts ?? { passed: 0, failed: 1, skipped: 0 }
      if (result.failed === 0 && code !== 0) {
        output += `\n  FAIL: ended with ${signal ?? `code ${code}`}\n`
        result.failed = 1
      }
      resolve({ counts: result, output })
    })
  })
}
