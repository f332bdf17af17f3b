import * as assert from 'uvu/assert'
import { suite } from '../suite.js'
import { balance, faultsOf, SLEEPLESS, secondsOf, tellTimeByWater } from './node-ledger.js'
import { type NodeRig, nodeRig } from './node-rig.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const INTERVAL_S = 300
/** After a long time away: enough for all that waited, and no sample is under way at the end. */
const BACK_MS = 2.4 * HOUR_MS
/** Room that the foreign file leaves, beside the files that are there: one more of the outbox, and the journal's. */
const LEFT_BYTES = 9000
const FOREIGN = 'notes.txt'
const NO_ROOM = 'Unable to find or create file'
const LIMIT = { limitMs: 240_000 }

function droppedBy({ service }: NodeRig): number {
  const told = service.stored(106)
  return told[told.length - 1]?.value ?? Number.NaN
}

/** Places on the grid of which the service has no reading, as true seconds. */
function holesOf({ board, service }: NodeRig, untilS: number): number[] {
  const there = new Set(
    service.frames.flatMap(secondsOf).map(({ second }) => Math.floor(second / INTERVAL_S)),
  )
  assert.ok(untilS <= board.clock.nowMs / 1000)
  return Array.from({ length: Math.floor(untilS / INTERVAL_S) }, (_, n) => n)
    .filter((place) => !there.has(place))
    .map((place) => place * INTERVAL_S)
}

async function startedRig(storageKb: number): Promise<NodeRig> {
  const rig = await nodeRig({ storageKb, files: SLEEPLESS })
  tellTimeByWater(rig)
  await rig.board.powerOn()
  await rig.board.advance(2 * HOUR_MS)
  return rig
}

async function away(rig: NodeRig, ms: number): Promise<void> {
  rig.network.setFault('broker.test', 'refuse')
  await rig.board.advance(ms)
  rig.network.setFault('broker.test', undefined)
  await rig.board.advance(BACK_MS)
}

suite('Storage is full', (test) => {
  test(
    'of a foreign file: it samples on, drops the oldest, counts them, and recovers when there is room',
    async () => {
      const rig = await startedRig(128)
      const goneS = rig.board.clock.nowMs / 1000
      const { freeBytes } = rig.board.storage.stats()
      rig.board.writeFile(FOREIGN, new Uint8Array(freeBytes - LEFT_BYTES))

      await away(rig, 8 * DAY_MS)

      const backS = (rig.board.clock.nowMs - BACK_MS) / 1000
      const holes = holesOf(rig, backS)
      const { sampled, stored, dropped } = balance(rig)
      console.log(`  sampled ${sampled}, stored ${stored}, dropped ${dropped}`)
      assert.is(rig.board.stats.uncaught, 0)
      assert.equal(faultsOf(rig.service.frames, [0]), [])
      assert.ok(dropped > 500, 'there was no room for all')
      assert.is(stored + dropped, sampled)
      assert.ok((holes[0] ?? 0) >= goneS - 3600, 'what it dropped is of the time without service')
      assert.is(
        (holes[holes.length - 1] ?? 0) - (holes[0] ?? 0),
        (holes.length - 1) * INTERVAL_S,
        'and the oldest of it, in one piece',
      )

      rig.board.storage.erase(FOREIGN)
      await away(rig, 8 * DAY_MS)

      const after = balance(rig)
      assert.is(droppedBy(rig), dropped, 'with room again it drops nothing')
      assert.is(after.stored + after.dropped, after.sampled)
      assert.is(rig.board.stats.uncaught, 0)
    },
    LIMIT,
  )

  const refusals: { name: string; isRefused(file: string, offset: number): boolean }[] = [
    { name: 'a new file of the journal', isRefused: (file, at) => /^j\d/.test(file) && at === 0 },
    { name: 'a sample', isRefused: (file, at) => /^j\d/.test(file) && at > 0 },
    { name: 'a new file of the outbox', isRefused: (file, at) => /^o\d/.test(file) && at === 0 },
    { name: 'a frame', isRefused: (file, at) => /^o\d/.test(file) && at > 0 },
  ]
  for (const { name, isRefused } of refusals) {
    test(
      `for ${name}, once: every sample is stored or counted as dropped`,
      async () => {
        const rig = await startedRig(256)
        rig.network.setFault('broker.test', 'refuse')
        await rig.board.advance(4 * DAY_MS)
        const { write } = rig.board.storage
        let refused = 0
        rig.board.storage.write = (file, data, where) => {
          if (refused > 0 || !isRefused(file, where.offset)) {
            return write.call(rig.board.storage, file, data, where)
          }
          refused++
          return NO_ROOM
        }

        await rig.board.advance(3 * DAY_MS)
        rig.network.setFault('broker.test', undefined)
        await rig.board.advance(BACK_MS)

        const { sampled, stored, dropped } = balance(rig)
        console.log(`  ${name}: sampled ${sampled}, stored ${stored}, dropped ${dropped}`)
        assert.is(refused, 1)
        assert.is(rig.board.stats.uncaught, 0)
        assert.equal(faultsOf(rig.service.frames, [0]), [])
        assert.is(stored + dropped, sampled)
      },
      LIMIT,
    )
  }
})
