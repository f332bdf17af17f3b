import * as assert from 'uvu/assert'
import type { Stats } from '../../simulators/board/file-system.js'
import { suite } from '../suite.js'
import {
  balance,
  faultsOf,
  keptSeconds,
  missingFrom,
  SLEEPLESS,
  tellTimeByWater,
} from './node-ledger.js'
import { type NodeRig, nodeRig } from './node-rig.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** So small that a compaction is due every second day. */
const STORAGE_KB = 96
/** What the station wants free, and of what is erased, before it compacts. */
const FIFTH = (STORAGE_KB * 1024) / 5
/** 12.1 V is the least that is good. */
const LOW_V = 12
const LIMIT = { limitMs: 240_000 }

interface Compaction {
  /** The station asked for it; else the interpreter did it by itself, where a new file found no room. */
  isAsked: boolean
  before: Stats
  /** Readings in Storage that the service does not have. */
  waiting: number
}

function watchCompactions({ board, service }: NodeRig): Compaction[] {
  const compactions: Compaction[] = []
  const { storage } = board
  const { write, compact } = storage
  let isWriting = false
  storage.write = (...call) => {
    isWriting = true
    const result = write.apply(storage, call)
    isWriting = false
    return result
  }
  storage.compact = () => {
    const kept = keptSeconds(board.flash.bytes)
    const waiting = missingFrom(service.frames, [...kept.journaled, ...kept.waiting]).length
    compactions.push({ isAsked: !isWriting, before: storage.stats(), waiting })
    return compact.call(storage)
  }
  return compactions
}

async function startedRig(): Promise<{ rig: NodeRig; compactions: Compaction[] }> {
  const rig = await nodeRig({ storageKb: STORAGE_KB, files: SLEEPLESS })
  tellTimeByWater(rig)
  const compactions = watchCompactions(rig)
  await rig.board.powerOn()
  await rig.board.advance(2.4 * HOUR_MS)
  return { rig, compactions }
}

function assertAllKept(rig: NodeRig): void {
  const { sampled, stored, dropped } = balance(rig)
  assert.is(dropped, 0)
  assert.is(stored, sampled)
  assert.equal(faultsOf(rig.service.frames, [0]), [])
  assert.is(rig.board.stats.uncaught, 0)
}

function assertEarly(compactions: readonly Compaction[], atLeast: number): void {
  assert.ok(compactions.length >= atLeast, `${compactions.length} compactions`)
  for (const { isAsked, before } of compactions) {
    assert.ok(isAsked)
    assert.ok(before.freeBytes >= FIFTH, `${before.freeBytes} bytes were free`)
    assert.ok(before.trashBytes >= FIFTH, `for ${before.trashBytes} bytes`)
  }
}

suite('Storage is compacted', (test) => {
  test(
    'while a fifth is free and nothing waits for the service',
    async () => {
      const { rig, compactions } = await startedRig()
      await rig.board.advance(6 * DAY_MS)
      assertEarly(compactions, 2)
      assert.equal(
        compactions.map(({ waiting }) => waiting),
        compactions.map(() => 0),
      )
      assertAllKept(rig)
    },
    LIMIT,
  )

  test(
    'also while samples wait, before less than a fifth is free, when the service stays away',
    async () => {
      const { rig, compactions } = await startedRig()
      rig.network.setFault('broker.test', 'refuse')
      await rig.board.advance(8 * DAY_MS)
      assertEarly(compactions, 2)
      assert.ok(compactions.every(({ waiting }) => waiting > 0))
      rig.network.setFault('broker.test', undefined)
      await rig.board.advance(2.4 * HOUR_MS)
      assertAllKept(rig)
    },
    LIMIT,
  )

  test(
    'not while the battery is low, and soon after it is full again',
    async () => {
      const { rig, compactions } = await startedRig()
      rig.setBattery(LOW_V)
      await rig.board.advance(3 * DAY_MS)
      assert.equal(compactions, [])
      assert.ok(rig.board.storage.stats().trashBytes > FIFTH, 'it would be time for it')
      rig.setBattery(12.7)
      await rig.board.advance(2 * HOUR_MS)
      assertEarly(compactions, 1)
      assertAllKept(rig)
    },
    LIMIT,
  )

  test(
    'not by the station when less than a fifth is free: then the interpreter does, for a file without room',
    async () => {
      const { rig, compactions } = await startedRig()
      rig.setBattery(LOW_V)
      await rig.board.advance(3 * DAY_MS)
      const { freeBytes, trashBytes } = rig.board.storage.stats()
      assert.ok(trashBytes > FIFTH, 'it would be time for it')
      rig.board.writeFile('notes.txt', new Uint8Array(freeBytes - 0.95 * FIFTH))
      rig.setBattery(12.7)
      await rig.board.advance(1 * DAY_MS)
      assert.equal(compactions, [])
      await rig.board.advance(2 * DAY_MS)
      assert.ok(compactions.length >= 1)
      assert.ok(compactions.every(({ isAsked }) => !isAsked))
      assertAllKept(rig)
    },
    LIMIT,
  )
})
