import assert from 'node:assert/strict'
import { Board } from '../../../simulators/board/board.js'
import { suite } from '../../suite.js'
import { ESPRUINO, marked, NO_INTERPRETER, runReal } from './real.js'

/** Each is evaluated in a function of its own; the outcome is its value or what it threw. */
const EXPRESSIONS = [
  ...'Map Set WeakMap Symbol Proxy Reflect BigInt TextEncoder structuredClone queueMicrotask URL fetch'
    .split(' ')
    .map((name) => `typeof ${name}`),
  ...'Buffer setImmediate performance WebAssembly Intl RangeError EvalError unescape'
    .split(' ')
    .map((name) => `typeof ${name}`),
  'typeof Promise.race, typeof Promise.allSettled, typeof Promise.all',
  'typeof Array.from + typeof Array.of + typeof Array.isArray',
  '[typeof [].flat, typeof [].at, typeof [].lastIndexOf, typeof [].entries, typeof [].flatMap]',
  '[typeof Math.imul, typeof Math.trunc, typeof Math.clz32, typeof Math.log2, typeof Math.hypot]',
  '[typeof Number.isInteger, typeof Number.isFinite]',
  '[typeof Object.freeze, typeof Object.is, typeof Object.keys, typeof Object.fromEntries]',
  '[typeof "".localeCompare, typeof "".at, typeof "".codePointAt, typeof "".padStart]',
  '[typeof Uint8Array.from, typeof new Uint8Array(1).at, typeof new ArrayBuffer(1).slice]',
  '[typeof new DataView(new ArrayBuffer(8)).getBigInt64, typeof Date.UTC]',
  'typeof (function () {}).toString',
  'Array.from([1])',
  'new Map()',
  'Math.trunc(1.5)',
  'nowhere',
  'null.x',
  '[Math.round(-1.5), Math.round(1.5), Math.round(-0.4), Math.round(2.4)]',
  'new Error("x") instanceof Error',
  'new TypeError("x") instanceof Error',
  'String(new TypeError("x")) + new SyntaxError("y") + new Error("z")',
  'new TypeError("x").name',
  'JSON.stringify({ a: 1, b: 2 }, ["a"])',
  'JSON.stringify({ a: "\\xff\\x80\\n\\0", b: undefined, c: NaN, d: new Uint8Array([1, 2]) })',
  'JSON.stringify({ f: function () {}, g: [undefined, null] })',
  'JSON.parse("{\\"a\\":5}", function () { return 7 })',
  'JSON.parse("")',
  'JSON.parse("{\\"a\\":")',
  'new Uint8Array([1, 2, 3]).slice(1) instanceof Uint8Array',
  'new Uint8Array([1, 2, 3]).subarray(1) instanceof Uint8Array',
  'new Uint8Array([1, 2, 3]).map(function (x) { return x * 200 })',
  'String(new Uint8Array([1, 2, 200]))',
  'E.toString([1, 2, 255])',
  'E.toString(1, "ab", [3, [4]], new Uint8Array([255]))',
  'E.toString(new Uint16Array([258, 3])).length',
  'E.CRC32("123456789")',
  'E.CRC32([1, 2, 300])',
  '[atob("AP8="), btoa("\\0\\xff")]',
  'E.toUint8Array("ab", 3)',
  'new Date(0).toISOString()',
  'new Date("2026-08-20T01:02:03Z").getTime()',
  'new Date(1e12).getHours()',
  'require("nothing")',
  'clearTimeout(undefined)',
  'clearWatch(undefined)',
  'clearWatch(77)',
  'changeInterval(99, 1)',
  'setTimeout(5, 1)',
  'setTimeout(function () {}, 1e15)',
  '(function () { var a = setTimeout(function () {}, 1e6); clearTimeout(a); return setTimeout(function () {}, 1e6) - a })()',
  '(function () { var a = setInterval(function () {}, 1e6); var b = setTimeout(function () {}, 1e6); clearTimeout(a); var c = setTimeout(function () {}, 1e6); clearTimeout(b); clearTimeout(c); return [b - a, c - b] })()',
  'setWatch(function () {}, D5, { edge: "sideways" })',
  'new OneWire(D5).select("zz")',
  '[String(D5), D5 instanceof Pin]',
  '(function () { var o = {}; var r = []; o.on("a", function (x) { r.push(x) }); o.emit("a", 5); return r })()',
  '[typeof {}.on, typeof {}.emit, typeof {}.removeListener, typeof {}.once]',
  'String.fromCharCode(65, 321).charCodeAt(1)',
  '"a\\xffb".charCodeAt(1)',
  'require("Storage").readJSON("none")',
  '[typeof require("net").connect, typeof require("dgram").createSocket]',
  'new Uint8Array(require("crypto").SHA256("a"))[0]',
  'E.getErrorFlags()',
]

/** Texts of the language's own errors differ; those of the board's functions are compared whole. */
const OUTCOME = `(/not a function|not found!|Cannot read|Can't read|JSON|Expecting/.test(e.message)
  ? 'by the language' : e instanceof Error ? e.message : String(e).replace(/ReferenceError.*/, 'unknown name'))`

function scriptOf(expressions: readonly string[]): string {
  return `${expressions
    .map(
      (expression) =>
        `try { print('@' + JSON.stringify((function () { return ${expression} })())) } catch (e) { print('@threw ' + ${OUTCOME}) }`,
    )
    .join('\n')}\nprint('@end')\n`
}

async function runEmulated(script: string): Promise<string[]> {
  const board = new Board({ files: { '.bootcde': script } })
  await board.powerOn()
  return marked(board.console)
}

suite('the language of the emulated board', (test) => {
  test('lacks what Espruino lacks', async () => {
    const missing = ['Map', 'Symbol', 'Proxy', 'Reflect', 'Buffer', 'structuredClone']
    const outcomes = await runEmulated(scriptOf(missing.map((name) => `typeof ${name}`)))

    assert.deepEqual(
      outcomes,
      missing.map(() => '"undefined"'),
    )
  })

  test('bends what Espruino does differently', async () => {
    const outcomes = await runEmulated(
      scriptOf([
        'Math.round(-1.5)',
        'JSON.stringify({ a: 1, b: 2 }, ["a"])',
        'new TypeError("x") instanceof Error',
        'new Uint8Array(3).slice(1) instanceof Uint8Array',
      ]),
    )

    assert.deepEqual(outcomes, ['-2', '"{\\"a\\":1,\\"b\\":2}"', 'false', 'false'])
  })

  test('gives the firmware arrays and bytes that lack it too', async () => {
    const outcomes = await runEmulated(
      scriptOf(['typeof require("Storage").list().flat', 'typeof E.toUint8Array("a").at']),
    )

    assert.deepEqual(outcomes, ['"undefined"', '"undefined"'])
  })

  const name = 'gives the same outcome as the real interpreter'
  if (ESPRUINO === undefined) test.skip(name, NO_INTERPRETER)
  else {
    test(name, async () => {
      const script = scriptOf(EXPRESSIONS)
      const [emulated, real] = await Promise.all([runEmulated(script), runReal(script)])

      const differences = EXPRESSIONS.map((expression, at) => ({
        expression,
        emulated: emulated[at],
        real: real[at],
      })).filter((row) => row.emulated !== row.real)
      assert.deepEqual(differences, [])
      assert.equal(real.length, EXPRESSIONS.length)
    })
  }
})
