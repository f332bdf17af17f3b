import * as assert from 'uvu/assert'
import { aggregate } from '../../../shared/science/qartod/aggregate.js'
import { flatLine } from '../../../shared/science/qartod/flat-line.js'
import { grossRange } from '../../../shared/science/qartod/gross-range.js'
import { rateOfChange } from '../../../shared/science/qartod/rate-of-change.js'
import { spike } from '../../../shared/science/qartod/spike.js'
import type { Span, Verdict } from '../../../shared/science/qartod/verdict.js'
import { sharedJson } from '../../shared-data.js'
import { suite } from '../../suite.js'

interface Parameters {
  fail_span: Span
  suspect_span: Span
  threshold: number
  suspect_threshold: number
  fail_threshold?: number
  tolerance: number
}

interface Vector {
  test: string
  name: string
  params: Parameters
  flags: Verdict[]
  inp: (number | null)[]
  t_epoch_s: number[]
  vectors: Verdict[][]
}

const file = sharedJson<{ vectors: Vector[] }>('qartod_vectors.json')

suite('vectors of the reference implementation', (test) => {
  if (file === undefined) test.skip('give the same flags', 'shared data is absent')
  for (const vector of file?.vectors ?? []) {
    test(`${vector.test}, ${vector.name}: the same flags`, () => {
      assert.equal(judge(vector), vector.flags)
    })
  }
})

function judge({ test, params, inp, t_epoch_s: times, vectors }: Vector): Verdict[] {
  const fail = params.fail_threshold
  switch (test) {
    case 'gross_range_test':
      return grossRange(inp, { failSpan: params.fail_span, suspectSpan: params.suspect_span })
    case 'spike_test':
      return spike(inp, { suspect: params.suspect_threshold, fail: fail ?? 0 })
    case 'rate_of_change_test':
      return rateOfChange(inp, times, {
        suspect: params.threshold,
        ...(fail !== undefined && { fail }),
      })
    case 'flat_line_test': {
      const { suspect_threshold: suspectS, tolerance } = params
      return flatLine(inp, times, { suspectS, failS: fail ?? Number.NaN, tolerance })
    }
    case 'aggregate':
      return aggregate(vectors)
    default:
      throw new Error(`no test is called ${test}`)
  }
}
