import * as assert from 'uvu/assert'
import { FileSystem } from '../../simulators/board/file-system.js'
import type { Flash } from '../../simulators/board/flash.js'
import { seededRandom } from '../../simulators/board/random.js'
import { suite } from '../suite.js'
import {
  faultsOf,
  flashOf,
  keptSeconds,
  missingFrom,
  secondsOf,
  tellTimeByWater,
} from './node-ledger.js'
import { type NodeRig, nodeRig } from './node-rig.js'
import { logFilesOn, rot } from './node-storage-damage.js'

const HOUR_MS = 3_600_000
const STORAGE_KB = 128
/** Long enough for three files of the outbox. */
const AWAY_MS = 7 * 24 * HOUR_MS
const RUN_ON_MS = 3 * HOUR_MS
const PAUSE_MS = 90_000
/** After it the newest sample may still wait for its session. */
const SEND_INTERVAL_S = 3600
const SEEDS = 12
const LIMIT = { limitMs: 240_000 }

interface Before {
  rig: NodeRig
  image: Uint8Array
}

/** A week in which the service is there for two hours only, and the power goes then. */
async function aWeekAlone(): Promise<Before> {
  const rig = await nodeRig({ storageKb: STORAGE_KB })
  tellTimeByWater(rig)
  await rig.board.powerOn()
  await rig.board.advance(2 * HOUR_MS)
  rig.network.setFault('broker.test', 'refuse')
  await rig.board.advance(AWAY_MS)
  rig.board.cutPower()
  assert.is(rig.board.stats.uncaught, 0)
  return { rig, image: rig.board.flash.bytes.slice() }
}

interface After {
  faults: string[]
  /** Readings that were whole in a log when the board got power again, and of those that the service has. */
  whole: number
  lost: number[]
}

/** What the service has when a board with this flash gets power. */
async function afterPower(before: Before, image: Uint8Array, seed: number): Promise<After> {
  const rig = await nodeRig({ storageKb: STORAGE_KB, seed: seed + 2 })
  tellTimeByWater(rig)
  rig.board.flash.bytes.set(image)
  const startMs = before.rig.board.clock.nowMs + PAUSE_MS
  rig.network.clock.moveTo(startMs)
  await rig.board.powerOn()
  await rig.board.advance(RUN_ON_MS)

  const frames = [...before.rig.service.frames, ...rig.service.frames]
  const faults = faultsOf(frames, [0, startMs / 1000])
  if (rig.board.stats.uncaught > 0) faults.push(`${rig.board.stats.uncaught} uncaught errors`)
  if (rig.board.console.includes('Storage is corrupt.')) faults.push('Storage was wiped')
  const last = Math.max(...rig.service.frames.flatMap(secondsOf).map(({ second }) => second))
  const nowS = rig.board.clock.nowMs / 1000
  if (!(last > nowS - SEND_INTERVAL_S - 300)) faults.push(`nothing after ${last} of ${nowS}`)
  const kept = keptSeconds(image)
  // What was framed is the outbox's: a frame that has rotted is not made again, and a mark that has rotted says "sent".
  const framed = keptSeconds(before.image)
  const isFramed = new Set([...framed.waiting, ...framed.sent])
  const whole = new Set([...kept.journaled.filter((one) => !isFramed.has(one)), ...kept.waiting])
  return { faults, whole: whole.size, lost: missingFrom(frames, whole) }
}

/** What is wrong after one kind of damage, in words. */
async function problemsOf(
  before: Before,
  seeds: number,
  damage: (flash: Flash, random: () => number) => void,
): Promise<string[]> {
  const problems: string[] = []
  for (let seed = 0; seed < seeds; seed++) {
    const flash = flashOf(before.image)
    damage(flash, seededRandom(seed + 1))
    const { faults, whole, lost } = await afterPower(before, flash.bytes, seed)
    for (const fault of faults) problems.push(`${seed}: ${fault}`)
    if (lost.length > 0) problems.push(`${seed}: ${lost.length} of ${whole} whole readings lost`)
  }
  return problems
}

suite('Storage is corrupted', (test, { before }) => {
  let week: Before
  before(async () => {
    week = await aWeekAlone()
  })

  function pick<T>(from: readonly T[], random: () => number): T {
    const one = from[Math.floor(random() * from.length)]
    if (one === undefined) throw new Error('there is none')
    return one
  }

  for (const [letter, name] of [
    ['o', 'outbox'],
    ['j', 'journal'],
  ] as const) {
    test(
      `bytes of the ${name} have become 0: it sends what is whole, and nothing wrong`,
      async () => {
        const problems = await problemsOf(week, SEEDS, (flash, random) => {
          for (let n = 0; n < 5; n++) {
            const file = pick(logFilesOn(flash, letter), random)
            rot(flash, file, Math.floor(random() * file.size))
          }
        })
        assert.equal(problems, [])
      },
      LIMIT,
    )
  }

  test(
    'a file is cut short: it sends what is whole, and nothing wrong',
    async () => {
      const problems = await problemsOf(week, SEEDS, (flash, random) => {
        const files = new FileSystem(flash)
        const { name, size } = pick(logFilesOn(flash, 'oj'), random)
        const bytes = files.read(name, 0, Math.ceil(random() * size))
        assert.is(files.write(name, bytes ?? new Uint8Array(), { offset: 0, size: 0 }), true)
      })
      assert.equal(problems, [])
    },
    LIMIT,
  )

  test(
    'foreign files have names like those of its own: it leaves them alone',
    async () => {
      const text = Buffer.from('of somebody else. '.repeat(30))
      const names = ['o', 'j', 'o1.bak', 'o01', 'j1x', 'oo3', 'j-1', 'journal', 'o 2', 'O1']
      const problems = await problemsOf(week, 1, (flash) => {
        const files = new FileSystem(flash)
        for (const name of names) files.write(name, text, { offset: 0, size: 0 })
      })
      assert.equal(problems, [])
    },
    LIMIT,
  )

  test(
    'a foreign file has the name of its next one: it goes on behind it',
    async () => {
      const text = Buffer.from('of somebody else. '.repeat(30))
      const problems = await problemsOf(week, 1, (flash) => {
        const files = new FileSystem(flash)
        for (const letter of ['o', 'j']) {
          const numbers = logFilesOn(flash, letter).map(({ name }) => Number(name.slice(1)))
          const next = `${letter}${Math.max(...numbers) + 1}`
          files.write(next, text, { offset: 0, size: 0 })
        }
      })
      assert.equal(problems, [])
    },
    LIMIT,
  )
})
