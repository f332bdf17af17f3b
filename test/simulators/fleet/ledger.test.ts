import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { Frame } from '../../../shared/wire/frame.js'
import { Ledger, type NodeLedger } from '../../../simulators/fleet/ledger.js'
import { suite } from '../../suite.js'

const START_S = Date.UTC(2026, 5, 1) / 1000

function frame(timeS: number, steps: number, changes: Partial<Frame> = {}): Frame {
  return {
    boot: 1,
    seq: 0,
    undated: false,
    channels: [{ quantity: 2, position: 0 }],
    samples: [{ time: timeS, values: [steps] }],
    ...changes,
  }
}

const measure = (timeS: number, isTrue: number, sensed: number | null) => ({
  timeMs: timeS * 1000,
  values: new Map([['ph', [isTrue, sensed] as const]]),
})

suite('the ledger of a fleet', (test) => {
  async function written(act: (page: NodeLedger) => void): Promise<string[]> {
    const folder = await mkdtemp(join(tmpdir(), 'toba-ledger-'))
    const ledger = new Ledger(join(folder, 'truth.csv'))
    const page = ledger.account('W-02', 'node')
    act(page)
    page.finish()
    await ledger.close()
    const text = await readFile(join(folder, 'truth.csv'), 'utf8')
    await rm(folder, { recursive: true })
    return text.trim().split('\n').slice(1)
  }

  test('a reading stands beside what was true and sensed when it was taken', async () => {
    const rows = await written((page) => {
      page.measured(measure(START_S - 300, 7.5, 7.52))
      page.measured(measure(START_S - 5, 7.9, 8.204))
      page.sent(frame(START_S, 820))
    })

    assert.equal(rows, [
      '2026-06-01T00:00:00Z,W-02,node,ph,7.9,8.2,8.2',
      '2026-05-31T23:55:00Z,W-02,node,ph,7.5,7.52,',
    ])
  })

  test('a frame that is sent again is one frame', async () => {
    const rows = await written((page) => {
      page.measured(measure(START_S, 7.9, 7.9))
      page.sent(frame(START_S, 790))
      page.sent(frame(START_S, 790))
      assert.equal([page.frames, page.readings, page.samples], [1, 1, 1])
    })

    assert.is(rows.length, 1)
  })

  test('sensors asked one after the other are one sample, and a silent one has nothing sensed', async () => {
    const rows = await written((page) => {
      page.measured(measure(START_S, 7.9, 7.9))
      page.measured({ timeMs: (START_S + 2) * 1000, values: new Map([['turbidity', [2, null]]]) })
      assert.is(page.samples, 1)
    })

    assert.equal(rows, [
      '2026-06-01T00:00:00Z,W-02,node,ph,7.9,7.9,',
      '2026-06-01T00:00:00Z,W-02,node,turbidity,2,,',
    ])
  })

  test('a reading without a date or far from every measurement has no truth beside it', async () => {
    const rows = await written((page) => {
      page.sent(frame(40, 790, { undated: true }))
      page.measured(measure(START_S, 7.9, 7.9))
      page.sent(frame(START_S + 3600, 790, { seq: 1 }))
    })

    assert.equal(rows.slice(0, 2), [
      ',W-02,node,ph,,,7.9',
      '2026-06-01T01:00:00Z,W-02,node,ph,,,7.9',
    ])
  })
})
