import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import * as assert from 'uvu/assert'
import { aggregate } from '../../../shared/science/qartod/aggregate.js'
import { flatLine } from '../../../shared/science/qartod/flat-line.js'
import { grossRange } from '../../../shared/science/qartod/gross-range.js'
import { rateOfChange } from '../../../shared/science/qartod/rate-of-change.js'
import { spike } from '../../../shared/science/qartod/spike.js'
import type { Span, Values, Verdict } from '../../../shared/science/qartod/verdict.js'
import { sharedDataPath, sharedJson } from '../../shared-data.js'
import { suite } from '../../suite.js'

/** Six weeks of a real river sonde (Logan River Observatory), flagged by the reference implementation. */

interface Settings {
  gross: { fail_span: Span; suspect_span: Span }
  spike: { suspect_threshold: number; fail_threshold: number }
  roc: { threshold: number }
  flat: { suspect_threshold: number; fail_threshold: number; tolerance: number }
}

type Row = Record<string, string>

const record = rows('lro_mainstreet_2019-07-20_2019-08-31.csv')
const expected = rows('lro_mainstreet_qartod_flags.csv')
const file = sharedJson<{ config: Record<string, Settings> }>('lro_mainstreet_qartod_config.json')
const CASES = ['gross', 'spike', 'roc', 'flat', 'agg'] as const

suite('a real record', (test) => {
  if (!record || !expected || !file) {
    test.skip('gets the flags of the reference, cell by cell', 'shared data is absent')
    return
  }
  const times = record.map((row) => Date.parse(`${row.datetime}Z`) / 1000)
  for (const [name, settings] of Object.entries(file.config)) {
    test(`${name} gets the flags of the reference, cell by cell`, () => {
      const values = record.map((row) => (row[name] ? Number(row[name]) : null))
      const flags = judge(values, times, settings)

      assert.is(record.length, 4126)
      for (const kind of CASES) {
        const column = expected.map((row) => Number(row[`${name}_${kind}`]))
        assert.equal(flags[kind], column, `${name}_${kind}`)
      }
    })
  }
})

function judge(
  values: Values,
  times: readonly number[],
  settings: Settings,
): Record<(typeof CASES)[number], Verdict[]> {
  const { suspect_threshold: suspectS, fail_threshold: failS, tolerance } = settings.flat
  const gross = grossRange(values, {
    failSpan: settings.gross.fail_span,
    suspectSpan: settings.gross.suspect_span,
  })
  const spikes = spike(values, {
    suspect: settings.spike.suspect_threshold,
    fail: settings.spike.fail_threshold,
  })
  const roc = rateOfChange(values, times, { suspect: settings.roc.threshold })
  const flat = flatLine(values, times, { suspectS, failS, tolerance })
  return { gross, spike: spikes, roc, flat, agg: aggregate([gross, spikes, roc, flat]) }
}

function rows(name: string): Row[] | undefined {
  const path = sharedDataPath(name)
  return path === undefined ? undefined : parse<Row>(readFileSync(path), { columns: true })
}
