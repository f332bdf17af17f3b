import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from '../suite.js'

const testFolder = fileURLToPath(new URL('..', import.meta.url))

/** Runs one made-up test file through `run.ts`; gives its last line and exit code. */
async function runFile(body: string): Promise<{ code: number; last: string; output: string }> {
  const folder = await mkdtemp(join(testFolder, 'house', 'made-up-'))
  const name = `${folder.slice(testFolder.length)}/case.test.ts`
  await writeFile(
    join(folder, 'case.test.ts'),
    `import * as assert from 'uvu/assert'\nimport { suite } from '../../suite.js'\n${body}`,
  )
  try {
    const child = spawn(process.execPath, ['--import', 'tsx', join(testFolder, 'run.ts'), name], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    const [code] = await once(child, 'close')
    return { code, last: output.trim().split('\n').at(-1) ?? '', output }
  } finally {
    await rm(folder, { recursive: true })
  }
}

suite('the test wrapper', (test) => {
  const cases: { name: string; body: string; code: number; last: string }[] = [
    {
      name: 'counts what passes and what is skipped',
      body: `suite('a', (test) => { test('one', () => {}); test.skip('two', 'no board here') })`,
      code: 0,
      last: '1 passed, 0 failed, 1 skipped',
    },
    {
      name: 'fails on an assertion',
      body: `suite('a', (test) => { test('one', () => assert.ok(false)); test('two', () => {}) })`,
      code: 1,
      last: '1 passed, 1 failed',
    },
    {
      name: 'fails on a hook that throws before',
      body: `suite('a', (test, { before }) => { before(() => { throw new Error('no') }); test('one', () => {}) })`,
      code: 1,
      last: '0 passed, 1 failed',
    },
    {
      name: 'fails on a hook that throws after each',
      body: `suite('a', (test, { afterEach }) => { afterEach(() => { throw new Error('no') }); test('one', () => {}) })`,
      code: 1,
      last: '1 passed, 1 failed',
    },
    {
      name: 'fails on a test that hangs',
      body: `suite('a', (test) => { test('one', () => new Promise((r) => setTimeout(r, 60_000).unref()), { limitMs: 50 }) })`,
      code: 1,
      last: '0 passed, 1 failed',
    },
    {
      name: 'fails on a file that runs no suite',
      body: `export const forgotten = [suite, assert]`,
      code: 1,
      last: '0 passed, 1 failed',
    },
    {
      name: 'fails on a suite without a test',
      body: `suite('a', () => {})`,
      code: 1,
      last: '0 passed, 1 failed',
    },
    {
      name: 'fails on a process that ends early',
      body: `suite('a', (test) => { test('one', () => process.exit(0)) })`,
      code: 1,
      last: '0 passed, 1 failed',
    },
    {
      name: 'fails on a test left on its own',
      body: `suite('a', (test) => { test('one', () => {}) })\nexport const left = (test: { only(x: string): void }) => test.${'only'}('x')`,
      code: 1,
      last: '0 passed, 1 failed',
    },
  ]
  for (const { name, body, code, last } of cases) {
    test(
      name,
      async () => {
        const result = await runFile(body)
        assert.is(result.last, last, result.output)
        assert.is(result.code, code)
      },
      { limitMs: 60_000 },
    )
  }
})
