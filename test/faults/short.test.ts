import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { seededRandom } from '../../simulators/board/random.js'
import { suite } from '../suite.js'
import {
  killFirstStart,
  killService,
  mutant,
  type Result,
  stopUnderLoad,
  type Trouble,
} from './scenarios.js'

/** The short form of `npm run faults`: a few kills of each kind on the embedded engine. */

const limit = { limitMs: 300_000 }

async function trouble(
  scenario: (trouble: Trouble) => Promise<Result>,
  kills: number,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'toba-faults-'))
  try {
    return await scenario({
      folder,
      databaseUrl: undefined,
      kills,
      nodes: 20,
      random: seededRandom(11),
      say: () => {},
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const NOTHING_WRONG = { acked_missing: 0, stored_twice: 0, stored_unsent: 0 }

function verdictOf({ acked_missing, stored_twice, stored_unsent }: Result): object {
  return { acked_missing, stored_twice, stored_unsent }
}

suite('killing anything loses nothing', (test) => {
  test(
    'stopped in order under load, it acknowledges what it stores and ends',
    async () => {
      assert.equal(verdictOf(await trouble(stopUnderLoad, 1)), NOTHING_WRONG)
    },
    limit,
  )

  test(
    'the service killed while nodes publish: nothing missing, twice or unsent',
    async () => {
      const result = await trouble(killService, 4)
      assert.equal(verdictOf(result), NOTHING_WRONG)
      assert.ok(result.acknowledged_frames > 0)
      assert.ok(result.largest_wal_bytes < 256e6)
    },
    limit,
  )

  test(
    'the first start killed: the next one succeeds',
    async () => {
      await trouble(killFirstStart, 1)
    },
    limit,
  )

  test(
    'a mutant that acknowledges before it stores is found out',
    async () => {
      const result = await trouble(mutant, 2)
      assert.ok(result.acked_missing > 0, 'the run would not notice lost readings')
    },
    limit,
  )
})
