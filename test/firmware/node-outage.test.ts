import * as assert from 'uvu/assert'
import { suite } from '../suite.js'
import {
  balance,
  faultsOf,
  keptSeconds,
  missingFrom,
  SLEEPLESS,
  secondsOf,
  tellTimeByWater,
} from './node-ledger.js'
import { type NodeRig, nodeRig } from './node-rig.js'

const HOUR_S = 3600
const DAY_S = 86_400
const INTERVAL_S = 300
const SEND_INTERVAL_S = 3600
/** Of a configuration that is told. */
const MORE_HEALTH = 1
/** A session or a sample may be under way when it is looked at. */
const OBJECTS_UNDER_WAY = 12

interface Outage {
  rig: NodeRig
  backS: number
  framesBefore: number
  /** Of each day. */
  objects: number[]
  files: number[]
}

/** The service is there for two hours, then gone for days, then there again for two hours and a bit, until no sample is under way. */
async function outage(days: number, settings: Record<string, number>): Promise<Outage> {
  // The bound holds from the start on: it is read when the outbox opens.
  const configured = JSON.stringify({ revision: 1, settings })
  const rig = await nodeRig({ files: { ...SLEEPLESS, 'config.json': configured } })
  const { board, network, service } = rig
  tellTimeByWater(rig)
  service.config = { revision: 2, settings }
  await board.powerOn()
  await board.advance(2 * HOUR_S * 1000)
  network.setFault('broker.test', 'refuse')
  const objects: number[] = []
  const files: number[] = []
  const framesBefore = service.frames.length
  for (let day = 0; day < days; day++) {
    await board.advance(DAY_S * 1000)
    objects.push(board.countObjects())
    files.push(board.storage.list().filter(({ name }) => /^o\d+$/.test(name)).length)
  }
  assert.is(service.frames.length, framesBefore, 'the service is gone')
  network.setFault('broker.test', undefined)
  const backS = board.clock.nowMs / 1000
  await board.advance(2.4 * HOUR_S * 1000)
  assert.equal(board.stats.boots, { 'power-on': 1, 'deep-sleep': 0, reboot: 0, watchdog: 0 })
  assert.is(board.stats.uncaught, 0)
  return { rig, backS, framesBefore, objects, files }
}

function isFlat(objects: number[]): boolean {
  return Math.max(...objects) - Math.min(...objects) <= OBJECTS_UNDER_WAY
}

/** After the newest readings the backlog in its order, each frame once. */
function assertDrained({ rig: { service }, backS, framesBefore }: Outage): void {
  const freshMs = service.acknowledgedAtMs[framesBefore] ?? Number.NaN
  assert.ok(freshMs / 1000 - backS <= SEND_INTERVAL_S, `fresh after ${freshMs / 1000 - backS} s`)
  const [fresh, ...backlog] = service.frames.slice(framesBefore)
  const [first] = fresh === undefined ? [] : secondsOf(fresh)
  assert.ok(backS + SEND_INTERVAL_S > (first?.second ?? 0))
  assert.ok(freshMs / 1000 - (first?.second ?? 0) <= SEND_INTERVAL_S, 'what comes first is fresh')
  const duringOutage = backlog
    .flatMap(secondsOf)
    .map(({ second }) => second)
    .filter((second) => second < (first?.second ?? 0))
  assert.ok(duringOutage.length > 1000)
  assert.equal(
    duringOutage,
    [...duringOutage].sort((a, b) => a - b),
  )
  assert.is(new Set(duringOutage).size, duringOutage.length)
  assert.is(service.repeats, 0)
  assert.equal(faultsOf(service.frames, [0]), [])
}

suite('the service is gone', (test) => {
  const options = { limitMs: 240_000 }
  test(
    'for seven days: memory stays flat, nothing is lost, the newest comes first',
    async () => {
      const gone = await outage(7, {})
      const { sampled, stored, dropped } = balance(gone.rig, MORE_HEALTH)
      console.log(`  objects ${gone.objects}; sampled ${sampled}, stored ${stored}`)
      assert.ok(isFlat(gone.objects), String(gone.objects))
      assertDrained(gone)
      assert.is(dropped, 0)
      assert.is(stored, sampled)
      const journaled = keptSeconds(gone.rig.board.flash.bytes).journaled
      const late = missingFrom(gone.rig.service.frames, journaled)
      assert.ok(late.length <= SEND_INTERVAL_S / INTERVAL_S, 'only what waits for the next session')
    },
    options,
  )

  test(
    'for longer than a small outbox lasts: it keeps its bound, and counts what it drops',
    async () => {
      const gone = await outage(10, { outboxKb: 8 })
      const { sampled, stored, dropped } = balance(gone.rig, MORE_HEALTH)
      console.log(`  files ${gone.files}; sampled ${sampled}, stored ${stored}, dropped ${dropped}`)
      assert.ok(isFlat(gone.objects), String(gone.objects))
      assert.is(Math.max(...gone.files), 2)
      assertDrained(gone)
      assert.ok(dropped > 500)
      assert.is(stored + dropped, sampled)
    },
    options,
  )
})
