import { AtModem } from '../../../simulators/board/peers/at-modem.js'
import { FRAMING, wholeRecords } from '../../firmware/node-ledger.js'
import { type NodeRig, nodeRig } from '../../firmware/node-rig.js'
import { riverRecord } from '../../wire/records.js'

/** A station on the emulated ESP32 over days of recorded water. */

const HOUR_S = 3600
const DAY_S = 24 * HOUR_S
const STEP_S = 300
/** After it the configuration has been told and the clock is set. */
const SETTLED_S = HOUR_S
/** One outbox file. */
const FILE_BYTES = 4064
const HOST = 'broker.test'
const SENSOR_POWER = 25
const STORAGE_KB = 896
/** The issue's own question: how long does this much last? */
const SMALL_OUTBOX_KB = 64

export interface Day {
  awakeSPerHour: number
  radioSPerHour: number
  /** With power on the sonde. */
  sensorsSPerHour: number
  flashBytesPerDay: number
}

export interface Outage {
  outboxDays: number
  /** Days that 64 kB hold. */
  smallOutboxDays: number
}

/** A day with a broker that acknowledges everything. */
export async function normalDay(code: string): Promise<Day> {
  const rig = await startedRig(code)
  await pass(rig, SETTLED_S)
  const before = rig.board.stats
  const sensorsBefore = rig.board.pins.highSeconds(SENSOR_POWER)
  await pass(rig, DAY_S)
  const after = rig.board.stats
  const sensorsS = rig.board.pins.highSeconds(SENSOR_POWER) - sensorsBefore
  return {
    awakeSPerHour: ((after.awakeS - before.awakeS) * HOUR_S) / DAY_S,
    radioSPerHour: ((after.radioS - before.radioS) * HOUR_S) / DAY_S,
    sensorsSPerHour: (sensorsS * HOUR_S) / DAY_S,
    flashBytesPerDay: after.programmedBytes - before.programmedBytes,
  }
}

/** How long the outbox lasts, from what a day without a broker puts into it. */
export async function outage(code: string): Promise<Outage> {
  const rig = await startedRig(code)
  await pass(rig, SETTLED_S)
  rig.network.setFault(HOST, 'refuse')
  const before = outboxRecords(rig)
  await pass(rig, DAY_S)
  const records = outboxRecords(rig).slice(before.length)
  const bytes = records.reduce((sum, record) => sum + record, 0)
  // A record never goes over the end of a file.
  const perFile = Math.floor(FILE_BYTES / (bytes / records.length))
  const days = (kilobytes: number) => (Math.floor(kilobytes / 4) * perFile) / records.length
  return { outboxDays: days(STORAGE_KB / 2), smallOutboxDays: days(SMALL_OUTBOX_KB) }
}

async function startedRig(code: string): Promise<NodeRig> {
  const rig = await nodeRig({ code, storageKb: STORAGE_KB })
  rig.board.attach(new AtModem({ tx: 19, rx: 18, power: 26 }))
  await rig.board.powerOn()
  return rig
}

/** Lets time pass, with the water of a river that was recorded every 15 minutes. */
async function pass({ board, water }: NodeRig, seconds: number): Promise<void> {
  const record = riverRecord()
  for (let passed = 0; passed < seconds; passed += STEP_S) {
    const index = Math.floor(board.clock.nowMs / 1000 / STEP_S) % record.length
    const [celsius, ph, oxygen, conductivity, turbidity] = record[index]?.values ?? []
    water.celsius = (celsius ?? 2000) / 100
    water.ph = (ph ?? 800) / 100
    water.oxygenMgL = (oxygen ?? 700) / 100
    water.conductivity = (conductivity ?? 2000) / 10
    water.turbidityNtu = (turbidity ?? 200) / 100
    await board.advance(STEP_S * 1000)
  }
}

/** Bytes of each record in the outbox, oldest first, what is acknowledged included. */
function outboxRecords({ board }: NodeRig): number[] {
  const names = board.storage
    .list()
    .map(({ name }) => name)
    .filter((name) => /^o\d+$/.test(name))
    .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
  return names.flatMap((name) =>
    wholeRecords(Buffer.from(board.readFile(name) ?? '', 'latin1')).map(
      ({ body }) => body.length + FRAMING,
    ),
  )
}
