import { suite as uvuSuite } from 'uvu'

/**
 * uvu with its holes closed: a hook that throws, a test that hangs, a suite that never runs and a file
 * without a suite all fail the run. `run.ts` counts what is reported here.
 */

type Body = () => unknown | Promise<unknown>

export interface Test {
  (name: string, body: Body, options?: { limitMs?: number }): void
  /** Counted and named in the report. `why` says what is missing, in the reader's words. */
  skip(name: string, why: string): void
}

export interface Hooks {
  before(body: Body): void
  after(body: Body): void
  beforeEach(body: Body): void
  afterEach(body: Body): void
}

/** Ends what hangs, on a busy machine too: a test that needs more names its own limit. */
const LIMIT_MS = 60_000
const HOOK_LIMIT_MS = 180_000

const counts = { passed: 0, failed: 0, skipped: 0 }
/** Tests defined so far; a process that ends before they have run has failed. */
let defined = 0
const emptySuites: string[] = []
let suites = 0

process.on('exit', (code) => {
  if (suites === 0) emptySuites.push('this file')
  for (const name of emptySuites) {
    console.error(`  FAIL  ${name} defines no test`)
    counts.failed++
  }
  if (defined > counts.passed + counts.failed) {
    console.error(
      `  FAIL  the process ended with ${defined - counts.passed - counts.failed} tests to run`,
    )
    counts.failed++
  }
  if (code !== 0 && counts.failed === 0) counts.failed++
  if (counts.failed > 0) process.exitCode = 1
  process.send?.(counts)
})

export function suite(name: string, define: (test: Test, hooks: Hooks) => void): void {
  suites++
  const definedBefore = defined + counts.skipped
  const inner = uvuSuite(name)

  const guarded = (label: string, body: Body, limitMs: number) => async () => {
    try {
      await within(limitMs, label, body)
    } catch (error) {
      counts.failed++
      throw error
    }
  }

  // uvu swallows what a hook throws, so a hook is turned into a failure of our own and ends the file.
  const hook = (kind: string, body: Body) => async () => {
    try {
      await within(HOOK_LIMIT_MS, `${name}: ${kind}`, body)
    } catch (error) {
      console.error(`\n  FAIL  ${name}: hook "${kind}" threw\n`, error)
      counts.failed++
      process.exit(1)
    }
  }

  const test = ((label, body, options = {}) => {
    defined++
    inner(label, async () => {
      await guarded(label, body, options.limitMs ?? LIMIT_MS)()
      counts.passed++
    })
  }) as Test
  test.skip = (label, why) => {
    counts.skipped++
    console.log(`  skipped: ${name}: ${label} (${why})`)
    inner.skip()
  }

  define(test, {
    before: (body) => inner.before(hook('before', body)),
    after: (body) => inner.after(hook('after', body)),
    beforeEach: (body) => inner.before.each(hook('before each', body)),
    afterEach: (body) => inner.after.each(hook('after each', body)),
  })
  if (defined + counts.skipped === definedBefore) emptySuites.push(name)
  inner.run()
}

async function within(limitMs: number, label: string, body: Body): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`"${label}" took longer than ${limitMs} ms`)),
      limitMs,
    )
  })
  try {
    await Promise.race([body(), limit])
  } finally {
    clearTimeout(timer)
  }
}
