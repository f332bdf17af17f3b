import * as assert from 'uvu/assert'
import { dataReception, impossibleDate } from '../../../shared/science/qartod/data-reception.js'
import { location } from '../../../shared/science/qartod/location.js'
import { timeGap } from '../../../shared/science/qartod/time-gap.js'
import { suite } from '../../suite.js'

/** Expected flags are what ioos_qc 9c1853a gave when it was run on these inputs, unless a name says otherwise. */

suite('times and places', (test) => {
  test('a gap fails the point after it, and exactly the limit is good', () => {
    assert.equal(timeGap([0, 7200, 14_401]), [1, 1, 4])
    assert.equal(timeGap([0, 7201, 7202]), [4, 4, 1])
    assert.equal(timeGap([0, 1.5, 3], 1.9 / 3600), [4, 4, 4])
  })

  test('a missing time leaves its neighbours without a comparison', () => {
    assert.equal(timeGap([0, null, 1e6, 1e6 + 1]), [2, 9, 2, 1])
    assert.equal(timeGap([null, 7200, 1e6]), [2, 2, 4])
    assert.equal(timeGap([null, null, 1e6, 1e7]), [9, 9, 2, 4])
  })

  test('a point alone is not evaluated (ours: the reference stops)', () => {
    assert.equal(timeGap([]), [])
    assert.equal(timeGap([5]), [2])
    assert.equal(timeGap([null]), [9])
  })

  test('reception looks back and lets the future pass', () => {
    const now = 100_000

    assert.equal(
      dataReception([0, null, now, now - 21_600, now - 21_601, now + 1], { now }),
      [4, 9, 1, 1, 4, 1],
    )
    assert.equal(impossibleDate([now, now + 1, null], now), [1, 4, 9])
  })

  test('a place off the globe fails, and half a place too', () => {
    const places = [
      { lonDeg: null, latDeg: null },
      { lonDeg: 1, latDeg: null },
      { lonDeg: 180, latDeg: -90 },
      { lonDeg: -180.1, latDeg: 5 },
      { lonDeg: 99, latDeg: 90.1 },
    ]

    assert.equal(location(places), [9, 4, 1, 4, 4])
    assert.equal(location([]), [])
  })

  test('a place too far from the one before is suspect, and off the globe it fails all the same', () => {
    const lon = [16.35126686, 16.35320091, 16.3208847, 16.25503349, 16.0045681]
    const lat = [55.57051468, 55.57044983, 55.54106522, 55.49047089, 55.26551819]
    const places = lon.map((lonDeg, i) => ({ lonDeg, latDeg: lat[i] ?? null }))

    assert.equal(location(places, 7000), [1, 1, 1, 1, 3])
    assert.equal(location([...places, { lonDeg: 200, latDeg: 0 }], 7000), [1, 1, 1, 1, 3, 4])
  })
})
