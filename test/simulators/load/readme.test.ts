import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { readLoadOptions, USAGE } from '../../../simulators/load/options.js'
import { suite } from '../../suite.js'

const README = readFileSync(new URL('../../../simulators/README.md', import.meta.url), 'utf8')
const SECTION = README.slice(README.indexOf('\n## Load\n')).split('\n## ', 2)[1] ?? ''

suite('the README of the load', (test) => {
  const commands = [...README.matchAll(/npm run load -- (.+)/g)].map(([, args = '']) => args)

  for (const args of commands) {
    test(`${args} is understood`, () => {
      assert.is.not(readLoadOptions(args.trim().split(' '), {}), 'help')
    })
  }

  test('has examples, and every option of --help', () => {
    assert.ok(commands.length >= 2)
    const options = [...USAGE.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, name = '']) => name)
    assert.ok(options.length >= 9)
    for (const option of options) assert.match(SECTION, `\`${option}`)
  })
})
