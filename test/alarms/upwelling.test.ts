import * as assert from 'uvu/assert'
import { upwelling } from '../../simulators/world/events/upwelling.js'
import { WORLD_SITES } from '../../simulators/world/sites.js'
import { createWorld } from '../../simulators/world/world.js'
import { suite } from '../suite.js'
import { type AlarmsRig, alarmsRig, outbox, type Sample, START_S, told } from './rig.js'

const HOUR_S = 3600
const EVENT_S = START_S + 12 * HOUR_S
const END_S = EVENT_S + 96 * HOUR_S
const KEYS = ['dissolved_oxygen', 'water_temperature']

/** An upwelling of four days, as a station measures it: every five minutes, every minute while oxygen is low. */
function measured(): Sample[] {
  const site = WORLD_SITES.find(({ code }) => code === 'W-01')
  if (site === undefined) throw new Error('no W-01')
  const events = [{ kind: upwelling, site, afterS: 12 * HOUR_S, durationS: undefined }]
  const world = createWorld({ seed: 7, startMs: START_S * 1000, sites: [site], events, faults: [] })
  const samples: Sample[] = []
  for (let timeS = START_S; timeS < END_S; ) {
    const values = Object.fromEntries(
      KEYS.map((key) => [key, world.sensed(site, key, timeS * 1000) ?? 0]),
    )
    samples.push({ timeS, values })
    timeS += 300
  }
  return samples
}

const STORY = [
  'oxygen waspada raised',
  'oxygen siaga raised',
  'oxygen awas raised',
  'oxygen awas cleared',
  'oxygen siaga cleared',
  'oxygen waspada cleared',
]

/** As it arrives, and looked at by the way. */
async function live(rig: AlarmsRig, samples: readonly Sample[]): Promise<void> {
  for (const sample of samples) {
    rig.clock.nowS = sample.timeS + 5
    await rig.send('meat-1', [sample])
    await rig.alarms().settled()
  }
}

suite('a whole upwelling', (test) => {
  const samples = measured()
  /** The hours around the crossings are what counts; the rest is one sample an hour. */
  const thinned = samples.filter(({ timeS }) => timeS < EVENT_S + 6 * HOUR_S || timeS % 1800 === 0)

  test(
    'is told tier by tier and over tier by tier, with default flags and rules',
    async () => {
      const rig = await alarmsRig()
      await rig.addNode('meat-1')
      await rig.alarms().tick()

      await live(rig, thinned)

      const lines = (await told(rig)).filter((line) => line.startsWith('oxygen '))
      assert.equal(lines, STORY)
      const [first] = (await outbox(rig)).filter(({ rule }) => rule === 'oxygen')
      assert.match(
        first?.text ?? '',
        /^\[SIMULASI\] WASPADA: Oksigen terlarut rendah, Danau meat-1/,
      )
      assert.match(first?.text ?? '', /Oksigen terlarut 4,\d\d mg\/L, 2026-07-\d\d \d\d:\d\d WIB/)
      assert.match(first?.text ?? '', /perubahan 3 jam -\d,\d\d/)
      assert.match(first?.text ?? '', /Terukur otomatis, belum diperiksa petugas\./)
      assert.match(first?.text ?? '', /Kurangi pakan/)
      assert.match(first?.text ?? '', /https:\/\/toba\.example\.id\/\?alarm=\d+/)
      assert.match(first?.english ?? '', /Dissolved oxygen 4\.\d\d mg\/L/)
      const [event] = await rig.rows<{ events: number; below: number }>(
        `SELECT count(DISTINCT event_id)::int AS events,
                count(oxygen_below_3_at)::int AS below
         FROM alarm a JOIN rule r ON r.id = a.rule_id WHERE r.name = 'oxygen' AND tier <> 'note'`,
      )
      assert.equal(event, { events: 1, below: 3 })
      await rig.close()
    },
    { limitMs: 180_000 },
  )

  test(
    'is told once however often it is repeated, reordered and interrupted by restarts',
    async () => {
      const rig = await alarmsRig()
      await rig.addNode('meat-1')
      await rig.alarms().tick()
      // The crossings, in frames of twenty minutes.
      const some = samples.filter(
        ({ timeS }) => timeS > EVENT_S - HOUR_S && timeS <= EVENT_S + 7 * HOUR_S,
      )
      const chance = draws(11)
      let times = 0
      for (let start = 0; start < some.length; start += 4) {
        const frames = some.slice(start, start + 4).map((sample) => [sample])
        rig.clock.nowS = (some[Math.min(start + 3, some.length - 1)]?.timeS ?? 0) + 5
        while (times < (1000 * (start + 4)) / some.length) {
          for (const frame of shuffled(frames, chance)) {
            if (chance() < 0.5) await rig.send('meat-1', frame)
            if (chance() < 0.2) await rig.restart()
            times++
          }
        }
        for (const frame of shuffled(frames, chance)) await rig.send('meat-1', frame)
        await rig.alarms().settled()
      }

      assert.ok(times >= 1000)
      const lines = (await told(rig)).filter((line) => line.startsWith('oxygen '))
      assert.equal(lines, STORY.slice(0, 3))
      assert.equal(
        rig.logged.filter((line) => 'event' in line && line.event !== 'store_opened'),
        [],
      )
      await rig.close()
    },
    { limitMs: 230_000 },
  )

  test('that a service learns of when it is back is told then', async () => {
    const rig = await alarmsRig()
    await rig.addNode('meat-1')
    await rig.alarms().tick()
    const upTo = samples.filter(({ timeS }) => timeS <= EVENT_S + 6 * HOUR_S)
    const last = upTo.slice(-60)
    rig.clock.nowS = (last.at(-1)?.timeS ?? 0) + 5
    await rig.alarms().stop()
    for (let start = 0; start < last.length; start += 12) {
      await rig.send('meat-1', last.slice(start, start + 12))
    }
    assert.equal(await told(rig), [])

    await rig.restart()
    await rig.restart()

    assert.equal(
      (await told(rig)).filter((line) => line.startsWith('oxygen ')),
      ['oxygen awas raised'],
    )
    await rig.close()
  })
})

function draws(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

function shuffled<T>(items: readonly T[], chance: () => number): T[] {
  return items
    .map((item) => ({ item, order: chance() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item)
}
