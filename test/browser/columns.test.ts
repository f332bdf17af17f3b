import * as assert from 'uvu/assert'
import { type Row, rowsOf, toColumns } from '../../ingest/web/chart/columns.js'
import { append } from '../../ingest/web/chart/loaded.js'
import type { Flag } from '../../shared/schema/flags.js'
import type { Bucket, ReadingsAnswer } from '../../shared/schema/reading.js'
import { suite } from '../suite.js'

const HOUR = 3_600_000
const row = (minute: number, value: number, flag: Flag = 2): Row => ({
  timeMs: minute * 60_000,
  node: 'balige-1',
  value,
  flag,
  why: [],
  bucket: undefined,
})

suite('columns of a chart', (test) => {
  test('good, suspect and failed values stand in columns of their own, in order of time', () => {
    const columns = toColumns([row(10, 3, 4), row(0, 1, 1), row(5, 2, 3)], 300)

    assert.equal(columns.times, [0, 300, 600])
    assert.equal(columns.line, [1, undefined, undefined])
    assert.equal(columns.suspect, [undefined, 2, undefined])
    assert.equal(columns.failed, [undefined, undefined, 3])
  })

  test('the line is broken where values are missing, and nowhere else', () => {
    const columns = toColumns([row(0, 1), row(5, 1), row(12, 1), row(40, 1), row(45, 1)], 300)

    assert.equal(columns.gaps, [[2, 3]])
    assert.equal(columns.isolated, [])
  })

  test('a suspect value inside the line does not tear it', () => {
    assert.equal(toColumns([row(0, 1), row(5, 9, 3), row(10, 1)], 300).gaps, [])
  })

  test('a series that is slower than usual is not all gaps', () => {
    const slow = [0, 15, 30, 45, 60].map((minute) => row(minute, 1))

    assert.equal(toColumns(slow, 300).gaps, [])
  })

  test('a value without neighbours is told, so that it is drawn as a point', () => {
    const columns = toColumns([row(0, 1), row(5, 1), row(60, 1), row(120, 1), row(125, 1)], 300)

    assert.equal(columns.isolated, [2])
  })

  test('nothing gives empty columns', () => {
    const columns = toColumns([], 300)

    assert.equal(columns.times, [])
    assert.equal(columns.gaps, [])
  })

  test('a bucket brings its spread, its suspect values and what it is made of', () => {
    const [first, second] = rowsOf(answer([bucket(0), bucket(1, { value: null, nUsed: 0 })]), [])
    assert.ok(first && second)
    const columns = toColumns([first, second], 300, HOUR)

    assert.equal(columns.line, [7, undefined])
    assert.equal(columns.low, [6, 6])
    assert.equal(columns.high, [8, 8])
    assert.equal(columns.suspect, [9, 9])
    assert.is(first.bucket?.nFailed, 2)
    assert.is(first.flag, 2)
    assert.is(second.flag, 3)
  })

  test('an hour without a bucket is a gap, two hours side by side are none', () => {
    const rows = rowsOf(answer([bucket(0), bucket(1), bucket(3)]), [])

    assert.equal(toColumns(rows, 300, HOUR).gaps, [[1, 2]])
  })

  test('history of an earlier node stays; a node that measures beside it is left out', () => {
    const both = answer([bucket(0)])
    const series = both.series[0]
    assert.ok(series)
    both.series.push({ ...series, node: 'earlier' }, { ...series, node: 'beside' })

    const nodes = rowsOf(both, ['beside']).map((one) => one.node)

    assert.equal(nodes, ['balige-1', 'earlier'])
  })
})

suite('readings that arrive', (test) => {
  const loaded = { rows: [row(0, 1), row(5, 2)], bucketMs: undefined, rangeMs: 10 * 60_000 }

  test('are added once, and what has left the range is let go', () => {
    const after = append(loaded, [row(5, 9), row(12, 3)])

    assert.equal(
      after.rows.map((one) => one.value),
      [2, 3],
    )
  })

  test('say anew what is to be thought of one that is there', () => {
    const after = append(loaded, [{ ...row(5, 9), flag: 3, why: ['spike'] }])

    assert.equal(
      after.rows.map(({ value, flag, why }) => [value, flag, why]),
      [
        [1, loaded.rows[0]?.flag, loaded.rows[0]?.why],
        [2, 3, ['spike']],
      ],
    )
  })

  test('change nothing when they are known, or when summaries are drawn', () => {
    const summaries = { ...loaded, bucketMs: HOUR }

    assert.is(append(loaded, [row(5, 9)]), loaded)
    assert.is(append(summaries, [row(12, 3)]), summaries)
  })
})

function bucket(hour: number, change: Partial<Bucket> = {}): Bucket {
  return {
    time: new Date(hour * HOUR).toISOString(),
    value: 7,
    min: 6,
    max: 8,
    suspectMin: 9,
    suspectMax: 9,
    nAll: 12,
    nGood: 0,
    nUsed: 9,
    nSuspect: 1,
    ...change,
  }
}

function answer(buckets: Bucket[]): ReadingsAnswer {
  return {
    store: 'real',
    from: '',
    to: '',
    resolution: 'hour',
    series: [
      {
        site: 'balige',
        node: 'balige-1',
        simulated: false,
        quantity: 'dissolved_oxygen',
        position: 0,
        depthM: null,
        directionDeg: null,
        unit: 'mg/L',
        summary: 'mean',
        buckets,
      },
    ],
  }
}
