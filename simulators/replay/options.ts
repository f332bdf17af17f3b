import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { MAX_SAMPLES, MAX_VARINT } from '../../shared/wire/frame.js'
import { NODE_NAME } from '../../shared/wire/topics.js'
import { type BrokerAddress, brokerAddress, number, serviceAddress } from '../addresses.js'
import type { ServiceAddress } from '../service-client.js'
import { UsageError, usageOf } from '../terminal.js'
import { seconds } from '../world/happenings.js'
import { labelOf } from './join.js'
import { timeReader } from './times.js'

export const USAGE = `npm run replay -- FILE.csv [FILE.csv …] [options]

Sends a recorded series to the service as a node would: frames over MQTT, each held until it is
acknowledged. The same file sent again makes the same frames, so it stores nothing twice. Several files
are one station's: their columns side by side, called FILE:COL with the file's name without its ending.

  --zone ZONE        where the clock of the file stood, e.g. Asia/Jakarta; needed when its times name no
                     zone. Etc/GMT+7 is seven hours WEST of Greenwich (UTC-7)
  --map COL=QUANTITY[@POSITION][*FACTOR]
                     sends a column as a quantity of the registry, times FACTOR for another unit;
                     COL=time names the time column, COL=none leaves a column out. Repeatable
  --period TIME      how long the vehicles of each row were counted, e.g. 5m; needed when the file counts
                     vehicles and has no column for it
  --node NAME        sends as this node instead of one named after the file; repeat it to send the
                     series as several nodes
  --site NAME[:LON:LAT]
                     where the nodes measure; without it a site of the node's own name
  --simulated        marks the nodes that are created: a real store keeps them out of public lists
  --rotate           lets an existing node that no replay made be taken over; its device then needs
                     the new secret
  --shift TIME       moves the first row to this time and all others by as much
  --speed N          N times as fast as it was recorded; default: as fast as it is acknowledged
  --samples N        samples a frame, 1 to 255 (default 12)
  --boot N           boot number of the frames; default: from the content of the file
  --data FOLDER      data folder of the service (default: DATA_DIR, else .data)
  --url URL --token TOKEN
                     a service elsewhere instead; the token needs write:nodes, write:sites and read
  --mqtt [mqtts://]HOST[:PORT]
                     its broker (default: the service's host, MQTT_PORT, else 1883; 8883 with TLS)
`

export interface ReplayOptions {
  /** One, or several of one station. */
  files: string[]
  zone: string | undefined
  maps: string[]
  nodes: string[]
  site: { name: string; at: { longitude: number; latitude: number } | undefined } | undefined
  /** In which each row's vehicles were counted; undefined: the file says it, or counts none. */
  periodS: number | undefined
  isSimulated: boolean
  mayRotate: boolean
  /** Unix seconds. */
  shiftTo: number | undefined
  /** Undefined: as fast as acknowledged. */
  speed: number | undefined
  samplesPerFrame: number
  boot: number | undefined
  service: ServiceAddress
  mqtt: BrokerAddress
}

/** @returns 'help' when that was asked for. */
export function readOptions(
  args: string[],
  environment: Record<string, string | undefined>,
): ReplayOptions | 'help' {
  const { values, positionals } = parse(args)
  if (values.help) return 'help'
  const [first] = positionals
  if (first === undefined) throw new UsageError('name a CSV file')
  const service = serviceAddress(values, environment.DATA_DIR ?? '.data')
  return {
    files: files(positionals, environment),
    zone: zone(values.zone),
    maps: values.map ?? [],
    nodes: nodes(values.node ?? [nodeNameFor(first)]),
    site: values.site === undefined ? undefined : site(values.site),
    periodS: values.period === undefined ? undefined : period(values.period),
    isSimulated: values.simulated ?? false,
    mayRotate: values.rotate ?? false,
    shiftTo: values.shift === undefined ? undefined : shift(values.shift, values.zone),
    speed: values.speed === undefined ? undefined : speed(values.speed),
    samplesPerFrame: number('--samples', values.samples ?? '12', [1, MAX_SAMPLES], true),
    boot:
      values.boot === undefined ? undefined : number('--boot', values.boot, [0, MAX_VARINT], true),
    service,
    mqtt: brokerAddress(values.mqtt, service, environment),
  }
}

function parse(args: string[]) {
  return usageOf(() =>
    parseArgs({
      args,
      allowPositionals: true,
      options: {
        zone: { type: 'string' },
        map: { type: 'string', multiple: true },
        node: { type: 'string', multiple: true },
        site: { type: 'string' },
        period: { type: 'string' },
        simulated: { type: 'boolean' },
        rotate: { type: 'boolean' },
        shift: { type: 'string' },
        speed: { type: 'string' },
        samples: { type: 'string' },
        boot: { type: 'string' },
        data: { type: 'string' },
        url: { type: 'string' },
        token: { type: 'string' },
        mqtt: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }),
  )
}

function files(named: string[], environment: Record<string, string | undefined>): string[] {
  const found = named.map((file) => find(file, environment))
  const labels = found.map(labelOf)
  const twice = labels.find((label, index) => labels.indexOf(label) !== index)
  if (twice !== undefined) throw new UsageError(`two files are called ${twice}`)
  return found
}

function period(text: string): number {
  const periodS = seconds(text, `--period ${text}`)
  if (periodS >= 1 && Number.isInteger(periodS)) return periodS
  throw new UsageError(`--period ${text}: expected whole seconds, at least one`)
}

/** `npm run` changes to the project's folder; a path is meant as it was typed. */
function find(file: string, environment: Record<string, string | undefined>): string {
  const found = [resolve(file), resolve(environment.INIT_CWD ?? '.', file)].find(existsSync)
  if (found === undefined) throw new UsageError(`there is no file ${file}`)
  return found
}

/** `replay-` and as much of the file's name as a node's name holds. */
export function nodeNameFor(file: string): string {
  return `replay-${basename(file).replace(/\.[^.]*$/, '')}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 32)
    .replace(/-+$/, '')
}

function nodes(names: string[]): string[] {
  for (const name of names) {
    if (!NODE_NAME.test(name)) {
      throw new UsageError(`--node ${name}: a name is 3 to 32 of a-z, 0-9 and -`)
    }
  }
  return [...new Set(names)]
}

function zone(name: string | undefined): string | undefined {
  try {
    if (name !== undefined) timeReader(name)
  } catch {
    throw new UsageError(`--zone ${name}: no such zone; zones are called like Asia/Jakarta`)
  }
  return name
}

function shift(text: string, zoneName: string | undefined): number {
  const result = timeReader(zoneName)(text, undefined)
  if ('time' in result) return result.time
  const why = result.problem === 'no-zone' ? 'it names no zone' : 'it is no time'
  throw new UsageError(`--shift ${text}: ${why}; write it like 2026-07-01T00:00:00Z`)
}

function site(text: string): NonNullable<ReplayOptions['site']> {
  const [name = '', ...at] = text.split(':')
  if (!NODE_NAME.test(name)) throw new UsageError(`--site ${text}: expected NAME or NAME:LON:LAT`)
  if (at.length === 0) return { name, at: undefined }
  const [longitude = Number.NaN, latitude = Number.NaN] = at.map(Number)
  const isOnEarth = Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90
  if (at.length !== 2 || !isOnEarth) {
    throw new UsageError(`--site ${text}: expected NAME:LON:LAT in degrees, e.g. pier:99.06:2.35`)
  }
  return { name, at: { longitude, latitude } }
}

function speed(text: string): number {
  const value = Number(text)
  if (!(value > 0 && Number.isFinite(value))) {
    throw new UsageError(`--speed ${text}: expected a number above 0, e.g. 60 for an hour a minute`)
  }
  return value
}
