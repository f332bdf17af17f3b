import * as assert from 'uvu/assert'
import { NodeLedger } from '../../../simulators/fleet/ledger.js'
import { summary } from '../../../simulators/fleet/summary.js'
import { suite } from '../../suite.js'
import { site } from '../world/world-rig.js'

suite('the summary of a fleet', (test) => {
  const ledger = new NodeLedger(() => {})
  ledger.samples = 1200
  const rows = [{ site: site('W-01'), name: 'sim-balige', state: 'asleep', ledger }]
  const metrics = 'toba_readings{outcome="stored"} 6000\ntoba_readings{outcome="rejected"} 2'

  test('it says what became of the readings in a service of its own', () => {
    const text = summary(rows, metrics, 'out').join('\n')

    assert.match(text, 'nodes         1, 1,200 samples taken')
    assert.match(text, 'readings      6,000 stored, 0 repeated, 2 rejected')
    assert.match(text, 'truth         out/truth.csv')
  })

  test('of a service that others use too it says nothing', () => {
    assert.not.match(summary(rows, undefined, 'out').join('\n'), 'stored')
  })
})
