import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { buildStation, stationFiles } from '../../firmware/build/build.js'
import { ENERGY, meanCurrentMa } from '../../firmware/stations/energy.js'
import { INTERPRETER } from '../firmware/interpreter.js'
import { type Day, normalDay, outage } from './firmware/emulated.js'
import { encodeMs, variablesOf } from './firmware/interpreter.js'

export const HELP = `npm run bench -- firmware [--json] [STATION …]

What each station costs its board: bytes of the script; awake and radio seconds and bytes written to flash
of a day on the emulated board; days that its outbox lasts, from what a day without a broker puts into it.
Variables and the time for a frame of 60 values need the real interpreter: ESPRUINO=/path/to/espruino.`

/** A lead battery that is emptied further ages fast. */
const USABLE_AH = 7 / 2

const round = (value: number, digits: number) => Number(value.toFixed(digits))

export async function run(args: string[]): Promise<object> {
  const { positionals } = parseArgs({ args, allowPositionals: true })
  const paths = stationFiles().filter(
    (path) => positionals.length === 0 || positionals.includes(basename(path, '.ts')),
  )
  const encode = INTERPRETER === undefined ? null : round(await encodeMs(), 1)
  const stations: Station[] = []
  for (const path of paths) {
    const station = await measure(path, encode)
    print(station)
    stations.push(station.result)
  }
  return { stations }
}

type Station = Awaited<ReturnType<typeof measure>>['result']

async function measure(path: string, encode: number | null) {
  const { code, manifest } = await buildStation(path)
  const day = await normalDay(code)
  const { outboxDays, smallOutboxDays } = await outage(code)
  const result = {
    name: manifest.station,
    board: manifest.board,
    bytes: manifest.size,
    variables: INTERPRETER === undefined ? null : await variablesOf(code),
    outbox_days: round(outboxDays, 0),
    awake_s_per_hour: round(day.awakeSPerHour, 1),
    radio_s_per_hour: round(day.radioSPerHour, 1),
    flash_bytes_per_day: day.flashBytesPerDay,
    encode_ms_60: encode,
  }
  return { result, smallOutboxDays, batteryDays: daysWithoutSun(manifest.station, day) }
}

/** Days on a 12 V lead battery of 7 Ah, of which half may be used; undefined without an energy table. */
function daysWithoutSun(station: string, day: Day): number | undefined {
  const table = ENERGY[station]
  if (table === undefined) return undefined
  const { awakeSPerHour: awakeS, radioSPerHour: radioS, sensorsSPerHour: sensorsS } = day
  return (USABLE_AH * 1000) / meanCurrentMa(table, { awakeS, radioS, sensorsS }) / 24
}

function print({
  result,
  smallOutboxDays,
  batteryDays,
}: Awaited<ReturnType<typeof measure>>): void {
  const measured = (value: number | null) => value ?? 'not measured: ESPRUINO is not set'
  console.log(`${result.name} (${result.board})
  script          ${result.bytes} bytes
  variables       ${measured(result.variables)}
  60 values       ${measured(result.encode_ms_60)} ms to encode
  outbox          ${result.outbox_days} days in half of 896 kB, ${smallOutboxDays.toFixed(0)} days in 64 kB
  an hour         ${result.awake_s_per_hour} s awake, ${result.radio_s_per_hour} s with the radio on
  flash           ${result.flash_bytes_per_day} bytes a day
  without sun     ${batteryDays === undefined ? 'no energy table' : `${batteryDays.toFixed(0)} days on half of 12 V 7 Ah (firmware/stations/energy.ts)`}`)
}
