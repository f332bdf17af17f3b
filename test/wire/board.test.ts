import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { buildWire } from '../../firmware/build/build.js'
import { encodeFrame } from '../../shared/wire/encode.js'
import type { Frame } from '../../shared/wire/frame.js'
import { INTERPRETER, runScript, WHY } from '../firmware/interpreter.js'
import { suite } from '../suite.js'
import { toHex } from './hex.js'
import { noise, readVectors } from './make-vectors.js'

/** A limit in time would depend on the machine: this is 15 ms where a turn takes 1.25 us. */
const LOOP_TURNS = 12_000

/** Writes one frame as hex, or the code of its refusal. `trailer` is hex or null. */
const HARNESS = `
function show(frame, trailer) {
  var sign;
  if (trailer) sign = function () {
    var bytes = new Uint8Array(8);
    for (var i = 0; i < 8; i++) bytes[i] = parseInt(trailer.substr(2 * i, 2), 16);
    return bytes;
  };
  var hex = "";
  try {
    var frameBytes = encodeFrame(frame, sign);
    for (var i = 0; i < frameBytes.length; i++) hex += (256 + frameBytes[i]).toString(16).substr(1);
  } catch (error) {
    hex = error.code;
  }
  print("frame " + hex);
}
`

suite('encoder on the board', (test, { before, after }) => {
  if (INTERPRETER === undefined) {
    test.skip('writes the bytes of every vector', WHY)
    test.skip('refuses what it refuses in Node', WHY)
    test.skip('encodes sixty values in no more time than 12,000 turns of an empty loop', WHY)
    return
  }
  let folder = ''
  let script = ''

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'toba-board-'))
    script = readFileSync(await buildWire(join(folder, 'wire.js')), 'utf8')
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const run = (lines: string[]) => runScript(`${script}\n${HARNESS}\n${lines.join('\n')}\n`)
  const shown = (output: string) =>
    [...output.matchAll(/^frame (.*?)\r?$/gm)].map(([, text]) => text)
  const show = (frame: Frame, trailer: string | null = null) =>
    `show(${JSON.stringify(frame)},${JSON.stringify(trailer)});`

  test('writes the bytes of every vector', async () => {
    const { valid } = readVectors()

    const output = await run(valid.map(({ frame, trailer }) => show(frame, trailer)))

    assert.equal(
      shown(output),
      valid.map(({ hex }) => hex),
    )
  })

  test('refuses what it refuses in Node', async () => {
    const frame = readVectors().valid.find(({ name }) => name === 'two samples')?.frame
    if (frame === undefined) throw new Error('the vector is gone')
    const [a, b] = frame.samples
    if (a === undefined || b === undefined) throw new Error('the vector has no two samples')
    const long = Array.from({ length: 255 }, (_, n) => ({
      time: n,
      values: [noise(n)],
    }))

    const output = await run([
      show({ ...frame, samples: long }),
      show(frame),
      show({ ...frame, samples: [{ ...a, values: [25.82] }] }),
      show({ ...frame, samples: [{ ...a, values: [0x80000000] }] }),
      show({ ...frame, samples: [{ ...a, values: [null] }] }),
      show({ ...frame, samples: [b, a] }),
      show({ ...frame, samples: [] }),
      show({ ...frame, seq: -1 }),
    ])

    assert.equal(shown(output), [
      'too-long',
      toHex(encodeFrame(frame)),
      'bad-value',
      'bad-value',
      'empty-sample',
      'bad-time',
      'no-samples',
      'bad-number',
    ])
  })

  test('encodes sixty values in no more time than 12,000 turns of an empty loop', async () => {
    const frame = readVectors().valid.find(({ name }) => name === 'twelve samples of five')?.frame

    // Both at their best of many, in turn: what is above it is the machine's other work.
    const output = await run([
      `var frame = ${JSON.stringify(frame)}, ms = 1e9, loopMs = 1e9, t;`,
      'function turns(n) { for (var i = 0; i < n; i++); }',
      `for (var n = 0; n < 50 || (n < 500 && ms > ${LOOP_TURNS / 1000} * loopMs); n++) {`,
      '  t = getTime(); encodeFrame(frame); ms = Math.min(ms, 1000 * (getTime() - t));',
      '  t = getTime(); turns(1000); loopMs = Math.min(loopMs, 1000 * (getTime() - t));',
      '}',
      'print("ms " + ms); print("turns " + ms / loopMs * 1000);',
    ])

    const turns = Number(/^turns (.*)$/m.exec(output)?.[1])
    console.log(`  ${/^ms .*$/m.exec(output)?.[0]}, ${turns.toFixed(0)} turns`)
    assert.ok(turns > 0 && turns <= LOOP_TURNS, `${turns} turns`)
  })
})
