import assert from 'node:assert/strict'
import { Board } from '../../../simulators/board/board.js'
import { PAGE_BYTES } from '../../../simulators/board/flash.js'
import { seededRandom } from '../../../simulators/board/random.js'
import { suite } from '../../suite.js'
import { ESPRUINO, marked, NO_INTERPRETER, runReal } from './real.js'

/** As large as the Storage of the interpreter for Linux. */
const STORAGE_KB = 256
const NAMES = ['a', 'bcd', 'o1', 'o2', 'o3', 'x:y', 'config.json', 'n'.repeat(27), 'm'.repeat(30)]
const SIZES = [1, 3, 4, 31, 200, 4000, 4064, 5000, 20_000, 60_000]

/**
 * Calls and what they gave: the same list runs on both. Content is `letter` repeated, so that it stays short
 * enough for the interpreter; results are told as a checksum.
 */
function randomCalls(seed: number, count: number): string {
  const random = seededRandom(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const calls = Array.from({ length: count }, () => {
    const name = JSON.stringify(pick(NAMES))
    const size = pick(SIZES)
    const text = `"${pick(['a', 'b', '\\xff', '\\0'])}".repeat(${Math.min(size, pick([1, 7, 500, 4000]))})`
    return pick([
      `S.write(${name}, ${text})`,
      `S.write(${name}, ${text}, 0, ${size})`,
      `S.write(${name}, ${text}, ${pick([1, 4, 7, 100, 3999, -1])})`,
      `S.write(${name}, "", 0, ${size})`,
      `S.write(${name}, [1, 2, 300])`,
      `S.write(${name}, { a: 1, b: "x" })`,
      `S.erase(${name})`,
      `S.erase(${name})`,
      `sum(S.read(${name}))`,
      `sum(S.read(${name}, ${pick([0, 3, -2, 9999])}, ${pick([0, 5, 4000, -1])}))`,
      'S.list()',
      'S.list(/^o\\d/)',
      'S.getStats()',
      'S.getFree()',
      ...(random() < 0.1 ? ['S.compact()'] : []),
    ])
  })
  return [
    'var S = require("Storage")',
    'function sum(t) { return t === undefined ? -1 : t.length + ":" + E.CRC32(t) }',
    'function run(f) { try { return JSON.stringify(f()) } catch (e) { return "threw " + e.message } }',
    ...calls.map((call) => `print("@" + run(function () { return ${call} }))`),
    'S.list().forEach(function (n) { print("@" + n + sum(S.read(n))) })',
    'print("@end")',
  ].join('\n')
}

/** A board without firmware, driven from outside. */
function storageOf(kb: number, files: Record<string, string> = {}) {
  const board = new Board({ storageKb: kb, files })
  const { storage } = board
  const write = (name: string, text: string, offset = 0, size = 0) =>
    storage.write(name, Buffer.from(text, 'latin1'), { offset, size })
  return { board, storage, write, names: () => storage.list().map(({ name }) => name) }
}

suite('the Storage of the emulated board', (test) => {
  test('keeps a size that was reserved as 0xFF and fills it piece by piece', () => {
    const { board, write } = storageOf(16)

    assert.equal(write('o1', 'head', 0, 8), true)
    assert.equal(write('o1', 'ta', 4), true)

    assert.equal(board.readFile('o1'), 'headta\xff\xff')
  })

  test('refuses what the interpreter refuses, in its words', () => {
    const { write } = storageOf(16, { full: 'abcd' })

    assert.equal(write('full', 'x', 1), 'File already written with different data')
    assert.equal(write('full', 'x', 4), 'Too much data for file size')
    assert.equal(write('none', 'x', 1), 'Unable to find or create file')
    assert.equal(write('big', 'x', 0, 17_000), 'Unable to find or create file')
    assert.equal(write('empty', ''), "Can't create zero length file")
    assert.equal(write('full', 'x', -1), false)
  })

  test('compacts by itself only when it is full, and says so', () => {
    const { board, storage, write } = storageOf(16)
    for (let n = 0; n < 3; n++) write('o1', String(n), 0, 4000)
    assert.equal(storage.stats().trashCount, 2)
    assert.deepEqual(board.console, [])

    assert.equal(write('o2', 'x', 0, 7000), true)

    assert.equal(storage.stats().trashCount, 0)
    assert.deepEqual(board.console, ['Compacting...'])
    assert.equal(board.readFile('o1')?.[0], '2')
  })

  test('moves nothing before the first page with erased files', () => {
    const { board, storage, write } = storageOf(64, { code: 'c'.repeat(2 * PAGE_BYTES - 32) })
    for (let n = 0; n < 4; n++) write('o1', String(n), 0, 4000)
    const { erasedPages } = board.flash

    storage.compact()

    assert.equal(board.flash.erasedPages - erasedPages, 4)
    assert.equal(board.readFile('code')?.length, 2 * PAGE_BYTES - 32)
  })

  test('wipes everything at the next start when the chain of headers is broken', async () => {
    const { board, names } = storageOf(16, { one: 'abcd' })
    board.flash.bytes[36 + 4096] = 0

    await board.powerOn()
    assert.deepEqual(names(), ['one'])

    board.flash.bytes.fill(0, PAGE_BYTES, PAGE_BYTES + 4)
    board.flash.bytes[PAGE_BYTES + 8] = 0
    await board.powerOn()
    assert.deepEqual(names(), [])
    assert.equal(board.console.includes('Storage is corrupt.'), true)
  })

  test('loses nothing but the write in hand when power fails at any unit of it', async () => {
    const cuts = 32 + 100 - 3
    for (let cut = 0; cut < cuts; cut++) {
      const code = `require("Storage").write("new", "n".repeat(100))\nvar isDone = true`
      const board = new Board({ storageKb: 16, files: { '.bootcde': code, old: 'kept' } })
      board.flash.cutAfter(cut)

      await board.powerOn()
      assert.equal(board.isAwake, false, `cut ${cut}`)
      board.writeFile('.bootcde', 'var isDone = false')
      await board.powerOn()

      assert.equal(board.readFile('old'), 'kept', `cut ${cut}`)
      assert.equal(board.console.includes('Storage is corrupt.'), false, `cut ${cut}`)
      const torn = board.readFile('new')
      assert.equal(torn?.slice(0, cut - 29) ?? '', 'n'.repeat(Math.max(0, cut - 29)), `cut ${cut}`)
    }
  })

  test('can lose power in the middle of compaction, between erasing a page and writing it', () => {
    const { board, storage, write, names } = storageOf(16)
    for (let n = 0; n < 3; n++) write('o1', String(n), 0, 4000)
    board.flash.cutAfter(1)

    assert.throws(() => storage.compact())

    assert.deepEqual(names(), [])
  })

  const name = 'gives the same results, errors and listings as the real interpreter'
  if (ESPRUINO === undefined) test.skip(name, NO_INTERPRETER)
  else {
    for (const seed of [1, 2, 3]) {
      test(`${name} (sequence ${seed})`, async () => {
        const script = randomCalls(seed, 400)
        const board = new Board({ storageKb: STORAGE_KB })
        await board.powerOn()
        board.evaluate(script)

        const emulated = marked(board.console)
        const real = await runReal(script)

        const lines = script.split('\n').slice(3)
        const at = real.findIndex((line, index) => line !== emulated[index])
        assert.deepEqual(
          { call: lines[at], result: emulated[at] },
          { call: lines[at], result: real[at] },
        )
        assert.equal(real.length >= 400, true)
        assert.equal(emulated.length, real.length)
      })
    }
  }
})
