import * as assert from 'uvu/assert'
import type { Episode } from '../../../shared/science/alarms/episode.js'
import { type KnownAlarm, reconcile } from '../../../shared/science/alarms/reconcile.js'
import { suite } from '../../suite.js'

function episode(firstS: number, clearedS: number | null, changes: Partial<Episode> = {}): Episode {
  return {
    tier: 'siaga',
    firstS,
    raisedS: firstS + 1,
    lastS: firstS + 1,
    clearedS,
    raisedValue: 3.9,
    worstValue: 3.9,
    isDoubtful: false,
    ...changes,
  }
}

function known(id: number, firstS: number, clearedS: number | null, isClearTold = false) {
  return {
    id,
    tier: 'siaga',
    firstS,
    raisedS: firstS + 1,
    clearedS,
    isClearTold,
  } satisfies KnownAlarm
}

suite('which alarm an episode is', (test) => {
  test('the one that overlaps, however its times have moved; another one is new', () => {
    const moved = episode(90, null)
    const later = episode(500, null)

    assert.equal(reconcile([moved], [known(1, 100, null)]).changed, [{ id: 1, episode: moved }])
    assert.equal(reconcile([later], [known(1, 100, 400)]).added, [later])
    assert.equal(
      reconcile([episode(90, null, { tier: 'awas' })], [known(1, 100, null)]).withdrawn,
      [1],
    )
  })

  test('the same again changes nothing but itself', () => {
    const both = [episode(100, 200), episode(300, null)]
    const result = reconcile(both, [known(1, 100, 200, true), known(2, 300, null)])

    assert.equal(result.added, [])
    assert.equal(result.withdrawn, [])
    assert.equal(
      result.changed.map(({ id }) => id),
      [1, 2],
    )
  })

  test('what goes on after people were told that it is over is raised again, once', () => {
    const going = episode(100, null, { lastS: 900 })

    const first = reconcile([going], [known(1, 100, 400, true)])
    const second = reconcile([going], [known(1, 100, 400, true), known(2, 400, null)])
    const untold = reconcile([going], [known(1, 100, 400)])

    assert.equal(
      first.added.map(({ firstS, raisedS }) => [firstS, raisedS]),
      [[400, 900]],
    )
    assert.equal(second.added, [])
    assert.equal(untold.added, [])
  })

  test('one that goes on and that nothing supports any more is withdrawn, one that is over stays', () => {
    const result = reconcile([], [known(1, 100, 200), known(2, 300, null)])

    assert.equal(result, { added: [], changed: [], withdrawn: [2] })
  })
})
