import * as assert from 'uvu/assert'
import { type TestStore, withStore } from '../../store-fixture.js'
import { suite } from '../../suite.js'
import { run } from '../query.js'
import { fill } from './fill.js'
import { makeYear, QUANTITIES } from './year.js'

const DAY_S = 86_400
const NODES = 2
const EXPECTED = NODES * QUANTITIES.length * 144

suite('bench: query', (test) => {
  const filled = async (signal: AbortSignal): Promise<{ rig: TestStore; readings: number }> => {
    const endS = Math.floor(Date.now() / 1000 / 7200) * 7200
    const clock = { nowMs: 0 }
    const rig = await withStore('embedded', { clock: { now: () => clock.nowMs } })
    const span = { nodes: NODES, startS: endS - DAY_S, endS, clock, signal }
    try {
      return { rig, readings: await fill(rig.store, makeYear(NODES, endS - DAY_S), span) }
    } catch (error) {
      await rig.close()
      throw error
    }
  }

  test(
    'fills a store as frames would have: readings judged, latest, raw frames, aggregates',
    async () => {
      const { rig, readings } = await filled(new AbortController().signal)
      const count = async (text: string) => {
        const [row] = await rig.store.db.query<{ n: number }>('read', `SELECT ${text}`)
        return row?.n
      }

      // The record has gaps, and a gap is no reading.
      assert.ok(readings > 0.9 * EXPECTED && readings <= EXPECTED, `${readings}`)
      assert.is(await count('count(*)::int AS n FROM reading'), readings)
      assert.ok(
        Number(await count('count(*)::int AS n FROM reading WHERE flag <> 2')) > readings / 2,
      )
      assert.is(await count('sum(n_all)::int AS n FROM reading_day'), readings)
      assert.is(await count('count(*)::int AS n FROM frame'), NODES * 12)
      assert.is(
        await count(`count(*)::int AS n FROM latest WHERE time =
          (SELECT max(time) FROM reading r WHERE r.node_id = latest.node_id
             AND r.quantity_id = latest.quantity_id)`),
        NODES * QUANTITIES.length,
      )
      await rig.close()
    },
    { limitMs: 120_000 },
  )

  test(
    'ends between two batches when it is stopped',
    async () => {
      const stopped = AbortSignal.abort(new RangeError('stopped'))

      const error = await filled(stopped).catch((reason: unknown) => reason)

      assert.instance(error, RangeError)
    },
    { limitMs: 120_000 },
  )

  test('refuses what it cannot measure before it makes anything', async () => {
    for (const args of [
      ['--months', '13'],
      ['--nodes', '0'],
      ['--rounds', 'x'],
      ['--years', '1'],
    ]) {
      const error = await run(args).catch((reason: unknown) => reason)

      assert.instance(error, Error)
    }
  })
})
