import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.js'

const MAIN = fileURLToPath(new URL('../../../simulators/fleet/main.ts', import.meta.url))

function simulate(...args: string[]) {
  const node = ['--import', 'tsx', MAIN, ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, node, { encoding: 'utf8' })
  // Of the machine's npm settings, not of the command.
  return { status, stdout, problems: stderr.split('\n').filter((line) => line !== '') }
}

suite('npm run simulate', (test) => {
  test('tells how it is used, and starts nothing', () => {
    const { status, stdout, problems } = simulate('--help')

    assert.is(status, 0)
    assert.match(stdout, 'npm run simulate -- [options]')
    assert.equal(problems, [])
  })

  test('wrong input is one line and the way to help', () => {
    const { status, stdout, problems } = simulate('--event', 'upwelling@T-01')

    assert.is(status, 1)
    assert.is(stdout, '')
    assert.is(problems.length, 2)
    assert.match(problems[0] ?? '', 'T-01 is a road site')
    assert.match(problems[1] ?? '', '--help')
  })

  test('a scenario with a mistake is one line, with its place, and starts nothing', () => {
    const { status, stdout, problems } = simulate('--scenario', fileURLToPath(import.meta.url))

    assert.is(status, 1)
    assert.is(stdout, '')
    assert.match(problems[0] ?? '', /command\.test\.ts: line 1: no JSON/)
    assert.match(problems[1] ?? '', '--help')
  })

  test('a folder that is there already is left alone', () => {
    const { status, problems } = simulate('--out', fileURLToPath(new URL('.', import.meta.url)))

    assert.is(status, 1)
    assert.match(problems[0] ?? '', 'exists already')
  })
})
