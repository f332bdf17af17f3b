import * as assert from 'uvu/assert'
import { compareSites, type SiteState, seriesState, siteState } from '../../ingest/web/state.js'
import type { Flag } from '../../shared/schema/flags.js'
import { suite } from '../suite.js'

const NOW = Date.UTC(2026, 10, 24)
const seen = (ageS: number, flag: Flag = 2, typicalIntervalS = 300) => ({
  timeMs: NOW - ageS * 1000,
  flag,
  typicalIntervalS,
})

suite('state of a site', (test) => {
  test('a series is silent after three of its own intervals, not before', () => {
    assert.is(seriesState(seen(900), NOW), 'arriving')
    assert.is(seriesState(seen(901), NOW), 'silent')
    assert.is(seriesState(seen(901, 2, 3600), NOW), 'arriving')
  })

  test('a suspect or failed value needs a look; good and not evaluated ones do not', () => {
    assert.is(seriesState(seen(10, 1), NOW), 'arriving')
    assert.is(seriesState(seen(10, 2), NOW), 'arriving')
    assert.is(seriesState(seen(10, 3), NOW), 'check')
    assert.is(seriesState(seen(10, 4), NOW), 'check')
  })

  test('a site is silent when all of it is, and needs a look when a part of it is', () => {
    assert.is(siteState([], NOW), 'none')
    assert.is(siteState([seen(10), seen(20)], NOW), 'arriving')
    assert.is(siteState([seen(10), seen(9000)], NOW), 'check')
    assert.is(siteState([seen(9000), seen(9000, 4)], NOW), 'silent')
  })

  test('worst comes first, the longest silent before the others, then by title', () => {
    const site = (title: string, state: SiteState, latestMs?: number) => ({
      title,
      state,
      latestMs: latestMs ?? undefined,
    })
    const sorted = [
      site('Balige', 'arriving', NOW),
      site('Ajibata', 'arriving', NOW - 5),
      site('Meat', 'check', NOW),
      site('Porsea', 'silent', NOW - 1000),
      site('Sigumpar', 'silent', NOW - 9000),
      site('Sigapiton', 'none'),
    ].sort(compareSites)

    assert.equal(
      sorted.map((one) => one.title),
      ['Sigumpar', 'Porsea', 'Meat', 'Sigapiton', 'Ajibata', 'Balige'],
    )
  })
})
