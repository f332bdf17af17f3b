import { runInNewContext } from 'node:vm'
import * as assert from 'uvu/assert'
import { checkScript } from '../../firmware/build/check.js'
import { declaredGlobals, MISSING_METHODS, MISSING_STATICS } from '../../firmware/build/globals.js'
import { suite } from '../suite.js'
import { SNIPPETS } from './build-snippets.js'
import { INTERPRETER, runScript, WHY } from './interpreter.js'

const globals = declaredGlobals()
const rulesOf = (code: string) => [...new Set(checkScript(code, globals).map(({ rule }) => rule))]

suite('check of the built script', (test) => {
  for (const rule of new Set(SNIPPETS.map((snippet) => snippet.rule))) {
    test(`refuses: ${rule}`, () => {
      for (const { refused, allowed } of SNIPPETS.filter((snippet) => snippet.rule === rule)) {
        assert.ok(rulesOf(refused).includes(rule), `${rulesOf(refused).join(', ')}: ${refused}`)
        assert.equal(rulesOf(allowed), [], allowed)
      }
    })
  }

  test('takes no property for a method that the board lacks when the script made it', () => {
    assert.equal(rulesOf('const o={at:x=>x};print(o.at(1))'), [])
    assert.equal(rulesOf('print([1].at(0))'), ['missing method'])
  })

  test('says where', () => {
    const [problem] = checkScript('print(1);print(2**3)', globals)
    assert.equal(problem, { rule: 'exponent operator', at: 15 })
  })
})

/** A script that runs each snippet by itself, and says `n|` before the lines of the nth. */
function together(snippets: readonly string[]): string {
  return snippets
    .map(
      (code, n) =>
        `print("${n}|");try{new Function(${JSON.stringify(code)})()}catch(e){print("error")}`,
    )
    .join('\n')
}

function linesOf(output: string): string[] {
  const parts = output.split(/^\d+\|$/m)
  return parts.slice(1).map((part) => part.trim())
}

function inNode(snippets: readonly string[]): string[] {
  let output = ''
  const print = (...values: unknown[]) => {
    output += `${values.join(' ')}\n`
  }
  const getTime = () => Date.now() / 1000
  runInNewContext(together(snippets), { print, getTime, require: () => {} })
  return linesOf(output)
}

suite('what the check refuses, on the interpreter', (test) => {
  if (INTERPRETER === undefined) {
    test.skip('is wrong there, and what it allows is right', WHY)
    test.skip('and the built-ins it calls missing are missing', WHY)
    return
  }
  const shown = SNIPPETS.filter(({ boardOnly }) => boardOnly === undefined)

  test('is wrong there, and what it allows is right', async () => {
    const refused = shown.map((snippet) => snippet.refused)
    const allowed = SNIPPETS.map((snippet) => snippet.allowed)

    const wrong = linesOf(await runScript(together(refused)))
    const right = linesOf(await runScript(together(allowed)))

    assert.equal(right, inNode(allowed))
    const expected = inNode(refused)
    assert.equal(wrong.length, expected.length)
    assert.equal(
      refused.filter((_, n) => wrong[n] === expected[n]),
      [],
    )
  })

  test('and the built-ins it calls missing are missing', async () => {
    const statics = [...MISSING_STATICS].flatMap(([name, missing]) =>
      [...missing].map((property) => `${name}.${property}`),
    )
    const values = ['[]', '""', '1', '{}', '/a/', 'new Date(0)', 'new Uint8Array(1)']
    const methods = [...MISSING_METHODS].flatMap((name) =>
      values.map((value) => `(${value}).${name}`),
    )

    const output = await runScript(
      [...statics, ...methods]
        .map((path) => `if(typeof ${path}!=="undefined")print("has ${path.replaceAll('"', '')}");`)
        .join('\n'),
    )

    assert.equal(output.match(/^has .*$/gm) ?? [], [])
  })
})
