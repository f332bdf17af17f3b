import * as assert from 'uvu/assert'
import {
  type Gap,
  gapsAt,
  HISTORY_S,
  newestPiece,
  timesIn,
  without,
} from '../../simulators/demo/gaps.js'
import { suite } from '../suite.js'

const NOW_S = Date.UTC(2026, 10, 24, 12) / 1000
const DAY_S = 86_400

/** Fills in all, and gives the times in the order in which they were. */
function filled(gaps: readonly Gap[], spanS: number): number[][] {
  const pieces: number[][] = []
  let left = gaps
  for (let piece = newestPiece(left, spanS); piece; piece = newestPiece(left, spanS)) {
    pieces.push(timesIn(piece))
    left = without(left, piece)
  }
  return pieces
}

suite('what is missing of the past of a demo', (test) => {
  test('at the first start it is thirty days, each five minutes once, the newest first', () => {
    const pieces = filled(gapsAt(NOW_S, [], undefined), DAY_S)
    const times = pieces.flat()

    assert.is(times.length, 30 * 288 + 1)
    assert.is(new Set(times).size, times.length)
    assert.is(pieces[0]?.at(-1), NOW_S)
    assert.is(Math.min(...times), NOW_S - HISTORY_S)
    assert.ok(pieces.every((piece, n) => (piece[0] ?? 0) > (pieces[n + 1]?.at(-1) ?? 0)))
  })

  test('after a stop it is the time since, apart from what a board may still hold', () => {
    const [gap, ...more] = gapsAt(NOW_S, [], NOW_S - 3 * DAY_S)

    assert.equal(more, [])
    assert.is(gap && timesIn(gap)[0], NOW_S - 3 * DAY_S + 300)
  })

  test('after a stop of seconds nothing is missing', () => {
    assert.equal(gapsAt(NOW_S - 100, [], NOW_S - 110), [])
  })

  test('what was left of the time before is filled in too, but nothing older than thirty days', () => {
    const left = [{ fromS: NOW_S - 40 * DAY_S, toS: NOW_S - 20 * DAY_S }]
    const times = filled(gapsAt(NOW_S, left, NOW_S - 2 * DAY_S), DAY_S).flat()

    assert.is(Math.min(...times), NOW_S - HISTORY_S)
    assert.not(times.some((time) => time > NOW_S - 20 * DAY_S && time <= NOW_S - 2 * DAY_S))
    assert.is(times.length, 10 * 288 + 1 + 2 * 288)
  })

  test('what lies wholly before the thirty days is forgotten', () => {
    const left = [{ fromS: NOW_S - 60 * DAY_S, toS: NOW_S - 31 * DAY_S }]

    assert.equal(gapsAt(NOW_S - 100, left, NOW_S - 110), [])
  })
})
