import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.js'

const MAIN = fileURLToPath(new URL('../../../simulators/load/main.ts', import.meta.url))

function load(...args: string[]) {
  const node = ['--import', 'tsx', MAIN, ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, node, { encoding: 'utf8' })
  return { status, stdout, problems: stderr.split('\n').filter((line) => line !== '') }
}

suite('npm run load', (test) => {
  test('tells how it is used, and starts nothing', () => {
    const { status, stdout, problems } = load('--help')

    assert.is(status, 0)
    assert.match(stdout, 'npm run load -- [options]')
    assert.equal(problems, [])
  })

  test('wrong input is one line and the way to help', () => {
    const { status, problems } = load('--rate', 'fast')

    assert.is(status, 1)
    assert.is(problems.length, 2)
    assert.match(problems[0] ?? '', '--rate fast')
    assert.match(problems[1] ?? '', '--help')
  })

  test('where no service runs, one line says how to start it', () => {
    const { status, problems } = load('--data', '/nowhere')

    assert.is(status, 1)
    assert.is(problems.length, 1)
    assert.match(problems[0] ?? '', 'no service is running on /nowhere')
  })
})
