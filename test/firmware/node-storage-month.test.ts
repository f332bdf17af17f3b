import * as assert from 'uvu/assert'
import { sharedDataPath } from '../shared-data.js'
import { suite } from '../suite.js'
import { riverRecord } from '../wire/records.js'
import { SLEEPLESS } from './node-ledger.js'
import { EPOCH_S, type NodeRig, nodeRig, type Stored } from './node-rig.js'

const HOUR_S = 3600
const DAY_S = 24 * HOUR_S
const INTERVAL_S = 300
const DAYS = 30
const OUTBOX_KB = 64
const FILE_KB = 4
const RECORD = 'lro_mainstreet_2019-07-20_2019-08-31.csv'
/** Oxygen of that river would be urgent every night, which is not what is asked here. */
const CALM = { quantity: 'dissolved_oxygen', urgentBelow: -100, urgentChange: 1000 }
const CONFIG = { revision: 1, settings: { outboxKb: OUTBOX_KB }, channels: [CALM] }
/** The thermometer has sixteenths of a degree, and the oxygen probe makes up for the temperature that it is told. */
const CELSIUS_STEPS = 7
const OXYGEN_STEPS = 3

/** Temperature, pH, oxygen, conductivity, turbidity in steps: the record without what its loggers wrote for failures. */
function water(): number[][] {
  const ceilings = [4000, 1400, 2000, 20_000, 400_000]
  return riverRecord().flatMap(({ values }) => {
    const row = values.filter((value) => value !== null)
    const isWater =
      row.length === 5 && row.every((value, c) => value > 0 && value < (ceilings[c] ?? 0))
    return isWater ? [row] : []
  })
}

function waterAt(record: readonly number[][], second: number): number[] {
  return record[Math.floor(second / INTERVAL_S) % record.length] ?? []
}

async function pass(rig: NodeRig, record: readonly number[][], seconds: number): Promise<void> {
  const { board, water: now } = rig
  for (let passed = 0; passed < seconds; passed += INTERVAL_S) {
    const row = waterAt(record, board.clock.nowMs / 1000)
    const [celsius = 0, ph = 0, oxygen = 0, conductivity = 0, turbidity = 0] = row
    now.celsius = celsius / 100
    now.ph = ph / 100
    now.oxygenMgL = oxygen / 100
    now.conductivity = conductivity / 10
    now.turbidityNtu = turbidity / 100
    await board.advance(INTERVAL_S * 1000)
  }
}

/** What is wrong with the five values of a sample, in words; undefined when they are right. */
function faultOf(values: (number | undefined)[], truth: number[]): string | undefined {
  const [celsius = Number.NaN, ph, oxygen = Number.NaN, conductivity = Number.NaN, turbidity] =
    values
  const at25 = (truth[3] ?? 0) / (1 + 0.0191 * (celsius / 100 - 25))
  const isRight =
    Math.abs(celsius - (truth[0] ?? 0)) <= CELSIUS_STEPS &&
    ph === truth[1] &&
    Math.abs(oxygen - (truth[2] ?? 0)) <= OXYGEN_STEPS &&
    Math.abs(conductivity - at25) <= 1 &&
    turbidity === truth[4]
  return isRight ? undefined : `${values} where ${truth} was`
}

suite(`${DAYS} days without a service, in an outbox of ${OUTBOX_KB} kB`, (test) => {
  const name = 'every value of every five minutes comes out, at its time'
  if (sharedDataPath(RECORD) === undefined) {
    test.skip(name, `../shared/data/${RECORD} is not there`)
    return
  }
  test(
    name,
    async () => {
      const record = water()
      assert.ok(record.length > 3000)
      const files = { ...SLEEPLESS, 'config.json': JSON.stringify(CONFIG) }
      const rig = await nodeRig({ files })
      rig.service.config = CONFIG
      await rig.board.powerOn()
      await pass(rig, record, HOUR_S)
      rig.network.setFault('broker.test', 'refuse')
      await pass(rig, record, DAYS * DAY_S)
      const outbox = rig.board.storage.list().filter(({ name }) => /^o\d+$/.test(name)).length
      rig.network.setFault('broker.test', undefined)
      await pass(rig, record, 2 * HOUR_S)

      const channels = [1, 2, 3, 4, 5].map((quantity) => byTime(rig.service.stored(quantity)))
      const faults: string[] = []
      for (let second = 0; second < HOUR_S + DAYS * DAY_S; second += INTERVAL_S) {
        const values = channels.map((channel) => channel.get(EPOCH_S + second))
        const fault = faultOf(values, waterAt(record, second))
        if (fault !== undefined) faults.push(`second ${second}: ${fault}`)
      }
      console.log(`  ${channels[1]?.size} samples; ${outbox} of ${OUTBOX_KB / FILE_KB} files used`)
      assert.equal(faults.slice(0, 5), [])
      assert.is(rig.service.stored(106).at(-1)?.value, 0)
      assert.ok(outbox <= OUTBOX_KB / FILE_KB)
      assert.is(rig.board.stats.uncaught, 0)
    },
    { limitMs: 600_000 },
  )
})

function byTime(stored: readonly Stored[]): Map<number, number> {
  return new Map(stored.map(({ time, value }) => [time, value]))
}
