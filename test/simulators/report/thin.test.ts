import * as assert from 'uvu/assert'
import { thin } from '../../../simulators/report/thin.js'
import { suite } from '../../suite.js'

suite('thinning a long series', (test) => {
  const points = Array.from({ length: 10_000 }, (_, n) => ({
    timeMs: n,
    value: n === 4321 ? 99 : n === 8765 ? -99 : Math.sin(n / 7),
  }))
  const column = (timeMs: number) => timeMs / 100

  test('keeps at most four points a column, and with them the extremes of each', () => {
    const kept = thin(points, column)

    assert.ok(kept.length <= 400, `${kept.length}`)
    assert.ok(kept.some(({ value }) => value === 99))
    assert.ok(kept.some(({ value }) => value === -99))
    for (let n = 0; n < 100; n++) {
      const of = (list: typeof points) =>
        list.filter(({ timeMs }) => Math.floor(column(timeMs)) === n).map(({ value }) => value)
      assert.is(Math.max(...of(kept)), Math.max(...of(points)))
      assert.is(Math.min(...of(kept)), Math.min(...of(points)))
    }
  })

  test('keeps the order of time', () => {
    const times = thin(points, column).map(({ timeMs }) => timeMs)

    assert.equal(
      times,
      [...times].sort((a, b) => a - b),
    )
  })

  test('leaves a short series as it is', () => {
    assert.equal(
      thin(points.slice(0, 9), (timeMs) => timeMs),
      points.slice(0, 9),
    )
  })
})
