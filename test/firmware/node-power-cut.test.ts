import * as assert from 'uvu/assert'
import type { Frame } from '../../shared/wire/frame.js'
import { seededRandom } from '../../simulators/board/random.js'
import { suite } from '../suite.js'
import { faultsOf, keptSeconds, missingFrom, secondsOf, tellTimeByWater } from './node-ledger.js'
import { Playback, placesIn, type Recording, recordWrites } from './node-recording.js'
import { NODE, type NodeRig, nodeRig } from './node-rig.js'

/**
 * A day is recorded once, write by write. Then power goes at a write, or inside it: a board with the flash of that
 * moment starts after a pause and runs on. All of some thousand places take minutes:
 *
 *   POWER_CUTS=all node --import tsx test/firmware/node-power-cut.test.ts
 */
const CUTS = process.env.POWER_CUTS === 'all' ? Number.POSITIVE_INFINITY : 30
const HOUR_MS = 3_600_000
const RUN_ON_MS = 3 * HOUR_MS
const STORAGE_KB = 96
/** Five pages with their header: what earlier months would have left behind, for one compaction in the day. */
const OLD_BYTES = 5 * 4096 - 32

interface Day {
  recording: Recording
  arrivals: { frame: Frame; atMs: number }[]
}

/** Alone, with a configuration that comes in the third hour, four hours without the service, and a compaction. */
async function recordDay(): Promise<Day> {
  const rig = await nodeRig({ storageKb: STORAGE_KB })
  tellTimeByWater(rig)
  const recording = recordWrites(rig)
  await rig.board.powerOn()
  await rig.board.advance(HOUR_MS)
  rig.board.storage.write('old', Uint8Array.of(0), { offset: 0, size: OLD_BYTES })
  await rig.board.advance(1.5 * HOUR_MS)
  rig.service.config = { revision: 1, samplesPerFrame: 7 }
  await rig.board.advance(5 * HOUR_MS)
  rig.network.setFault('broker.test', 'refuse')
  await rig.board.advance(4 * HOUR_MS)
  rig.network.setFault('broker.test', undefined)
  rig.board.storage.erase('old')
  await rig.board.advance(12.5 * HOUR_MS)
  assert.is(rig.board.stats.uncaught, 0)
  assert.ok(rig.board.console.includes('Compacting...'), 'the day has a compaction')
  return { recording, arrivals: arrivalsOf(rig) }
}

function arrivalsOf({ service }: NodeRig): Day['arrivals'] {
  assert.is(service.repeats, 0)
  return service.frames.map((frame, n) => ({ frame, atMs: service.acknowledgedAtMs[n] ?? 0 }))
}

interface Cut {
  write: number
  places: number
}

/** Before each write, and once inside each that can tear. */
function allCuts({ writes }: Recording, random: () => number): Cut[] {
  return writes.flatMap((write, n) => {
    const inside = 1 + Math.floor(random() * (placesIn(write) - 1))
    return [{ write: n, places: 0 }, ...(placesIn(write) > 1 ? [{ write: n, places: inside }] : [])]
  })
}

interface Outcome {
  frames: Frame[]
  starts: number[]
  uncaught: number
  /** The chain of files is broken: Espruino erases everything then. */
  isWiped: boolean
  endS: number
}

async function runOnAfter(day: Day, image: Uint8Array, cut: Cut, n: number): Promise<Outcome> {
  const atMs = day.recording.writes[cut.write]?.atMs ?? 0
  const pauseMs = ((n * 37) % 600) * 1000 + 1000
  const rig = await nodeRig({ storageKb: STORAGE_KB, seed: n + 2 })
  tellTimeByWater(rig)
  rig.board.flash.bytes.set(image)
  rig.service.config = { revision: 1, samplesPerFrame: 7 }
  rig.network.clock.moveTo(atMs + pauseMs)
  await rig.board.powerOn()
  await rig.board.advance(RUN_ON_MS)
  const before = day.arrivals.filter((arrival) => arrival.atMs <= atMs)
  return {
    frames: [...before.map(({ frame }) => frame), ...rig.service.frames],
    starts: [0, (atMs + pauseMs) / 1000],
    uncaught: rig.board.stats.uncaught,
    isWiped: rig.board.console.includes('Storage is corrupt.'),
    endS: rig.board.clock.nowMs / 1000,
  }
}

/** Whether the write is part of a compaction: these take no time on the board's clock, and nothing else erases pages. */
function isMoving({ writes }: Recording, n: number): boolean {
  const atMs = writes[n]?.atMs
  const pages = writes.flatMap((write, index) =>
    write.kind === 'page' && write.atMs === atMs ? [index] : [],
  )
  return n >= Math.min(...pages) && n <= Math.max(...pages)
}

suite(`power cut at a write of a recorded day (${NODE})`, (test) => {
  const options = { limitMs: 3 * HOUR_MS }
  test(
    'loses no sample that was journaled, puts none under a wrong time, and ends no board',
    async () => {
      const day = await recordDay()
      const random = seededRandom(20)
      const cuts = allCuts(day.recording, random)
      const every = Math.max(1, cuts.length / CUTS)
      const playback = new Playback(day.recording)
      const kept = new Set<number>()
      const problems: string[] = []
      let tried = 0
      let moving = 0
      for (const [n, cut] of cuts.entries()) {
        const image = playback.torn(cut.write, cut.places)
        for (const second of keptSeconds(image).journaled) kept.add(second)
        const isInside = isMoving(day.recording, cut.write)
        if (n < tried * every && !isInside) continue
        tried++
        if (isInside) moving++
        const outcome = await runOnAfter(day, image, cut, n)
        const faults = [
          ...faultsOf(outcome.frames, outcome.starts),
          ...missingFrom(outcome.frames, kept).map((second) => `second ${second} is lost`),
        ]
        const last = Math.max(...outcome.frames.flatMap(secondsOf).map(({ second }) => second))
        if (outcome.uncaught > 0) faults.push(`${outcome.uncaught} uncaught errors`)
        if (outcome.isWiped) faults.push('the chain of files is broken, and all is erased')
        if (last < outcome.endS - 70 * 60) faults.push(`dead after second ${last}`)
        for (const fault of faults)
          problems.push(`write ${cut.write}, place ${cut.places}: ${fault}`)
      }
      console.log(`  ${tried} of ${cuts.length} places, ${day.recording.writes.length} writes`)
      console.log(`  ${moving} of them inside a compaction; ${kept.size} samples were journaled`)
      assert.equal(problems, [])
    },
    options,
  )
})
