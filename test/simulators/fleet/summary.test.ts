import * as assert from 'uvu/assert'
import { balanceOf } from '../../../simulators/fleet/balance.js'
import { NodeLedger } from '../../../simulators/fleet/ledger.js'
import { summary } from '../../../simulators/fleet/summary.js'
import { suite } from '../../suite.js'

suite('the summary of a fleet', (test) => {
  const ledger = new NodeLedger(() => {})
  ledger.samples = 1200
  const metrics = 'toba_readings{outcome="stored"} 6000\ntoba_readings{outcome="rejected"} 2'
  const fleet = { fleetCores: 0.314, fleetBytes: 180e6 }

  test('it says what became of the readings in a service of its own, and what both took', () => {
    const usage = { ...fleet, service: { cores: 0.2, bytes: 600e6 } }
    const text = summary(1, balanceOf([{ ledger }], metrics), usage, 'out').join('\n')

    assert.match(text, 'nodes         1, 1,200 samples taken')
    assert.match(text, 'readings      6,000 stored, 0 repeated, 2 rejected')
    assert.match(text, 'processor     31 % of one core fleet, 20 % of one core service')
    assert.match(text, 'memory        180 MB fleet, 600 MB service at the most')
    assert.match(text, 'truth         out/truth.csv')
  })

  test('of a service that others use too it says nothing', () => {
    const usage = { ...fleet, service: undefined }
    const text = summary(1, balanceOf([{ ledger }], undefined), usage, 'out').join('\n')

    assert.not.match(text, 'stored')
    assert.not.match(text, 'service')
  })
})
