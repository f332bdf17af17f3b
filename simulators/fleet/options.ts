import { parseArgs } from 'node:util'
import { type BrokerAddress, brokerAddress, number, serviceAddress } from '../addresses.js'
import type { ServiceAddress } from '../service-client.js'
import { UsageError, usageOf } from '../terminal.js'
import type { WorldEvent } from '../world/events/event.js'
import { EVENT_KINDS } from '../world/events/kinds.js'
import type { WorldFault } from '../world/faults/fault.js'
import { FAULT_KINDS } from '../world/faults/kinds.js'
import { EVENT_FORM, FAULT_FORM, parseEvent, parseFault, seconds } from '../world/happenings.js'
import { WORLD_SITES, type WorldSite } from '../world/sites.js'

/** The firmware waits 20 s for an acknowledgement, which at this speed is a sixth of a second. */
const MOST_SPEED = 120
const SPEED = '60'
const DURATION = '1d'

const list = (kinds: readonly { name: string; about: string }[]) =>
  kinds.map(({ name, about }) => `    ${name.padEnd(18)}${about}`).join('\n')

export const USAGE = `npm run simulate -- [options]

A fleet of nodes in a simulated Lake Toba: an emulated board with the built firmware for each lake
station, a light node for each air and road station. Beside it is written what was true, sensed and sent.

At any speed but 1 it starts a service of its own on a simulated store and plays the time up to now;
with --data or --url it joins a service that runs, at --speed 1, until Ctrl-C.

  --nodes N          how many stations, 1 to ${WORLD_SITES.length}: those named by events and faults first (default ${WORLD_SITES.length})
  --speed N          N times as fast as real time, 1 to ${MOST_SPEED} (default ${SPEED}, with --data or --url 1)
  --seed N           of the world and of the boards; the same seed is the same world (default 1)
  --event ${EVENT_FORM}
                     something happens, TIME after the start, e.g. upwelling@W-08+6h. Repeatable
  --fault ${FAULT_FORM}
                     a sensor goes wrong, e.g. stuck:ph@W-02. Repeatable
  --for DURATION     how much of the world's time, e.g. 6h or 5d (default ${DURATION}; at speed 1 until Ctrl-C)
  --out FOLDER       where truth.csv and the own store go; must not be there yet
                     (default .data/fleet/ and the time)
  --report FILE      writes a page at the end: truth against stored readings, flags, and what became of all
  --scenario FILE    plays a scenario file, which names all of the above but --out, on a service of its own,
                     and compares how it ended with how it should have (simulators/README.md)
  --data FOLDER      joins the service on this data folder instead
  --url URL --token TOKEN
                     joins a service elsewhere; the token needs write:nodes, write:sites and read
  --mqtt HOST[:PORT] its broker (default: the service's host, MQTT_PORT, else 1883)

  Events
${list(EVENT_KINDS)}

  Sensor faults
${list(FAULT_KINDS)}

  Sites
    ${WORLD_SITES.map(({ code }) => code).join(' ')}
`

export interface FleetOptions {
  sites: readonly WorldSite[]
  speed: number
  seed: number
  events: readonly WorldEvent[]
  faults: readonly WorldFault[]
  /** Undefined: until the signal. */
  durationMs: number | undefined
  /** Undefined: one of its own. */
  service: { address: ServiceAddress; broker: BrokerAddress } | undefined
  out: string | undefined
  report: string | undefined
}

/** @returns 'help' when that was asked for. */
export function readFleetOptions(
  args: string[],
  environment: Record<string, string | undefined>,
): FleetOptions | 'help' {
  const values = parse(args)
  if (values.help) return 'help'
  const service = running(values, environment)
  const speed = number('--speed', values.speed ?? (service === undefined ? SPEED : '1'), [
    1,
    MOST_SPEED,
  ])
  if (service !== undefined && speed !== 1) {
    throw new UsageError(
      `--speed ${values.speed}: a service that runs keeps real time; leave out --data and --url, or say --speed 1`,
    )
  }
  const events = (values.event ?? []).map((text) => parseEvent(text, WORLD_SITES))
  const faults = (values.fault ?? []).map((text) => parseFault(text, WORLD_SITES))
  const duration = values.for ?? (speed === 1 ? undefined : DURATION)
  const durationMs =
    duration === undefined ? undefined : 1000 * seconds(duration, `--for ${duration}`)
  if (durationMs === 0) throw new UsageError(`--for ${duration}: that is no time at all`)
  return {
    sites: choose(
      number('--nodes', values.nodes ?? String(WORLD_SITES.length), [1, WORLD_SITES.length], true),
      [...events, ...faults],
    ),
    speed,
    seed: number('--seed', values.seed ?? '1', [0, 0x7fffffff], true),
    events,
    faults,
    durationMs,
    service,
    out: values.out,
    report: values.report,
  }
}

export interface ScenarioOptions {
  file: string
  out: string | undefined
}

/** @returns undefined unless a scenario is asked for. */
export function readScenarioOptions(args: string[]): ScenarioOptions | undefined {
  const { scenario: file, out, help, ...others } = parse(args)
  if (file === undefined || help) return undefined
  const [other] = Object.keys(others)
  if (other !== undefined) {
    throw new UsageError(`--${other}: a scenario names everything but --out; leave it out`)
  }
  return { file, out }
}

function parse(args: string[]) {
  return usageOf(() =>
    parseArgs({
      args,
      options: {
        nodes: { type: 'string' },
        speed: { type: 'string' },
        seed: { type: 'string' },
        event: { type: 'string', multiple: true },
        fault: { type: 'string', multiple: true },
        for: { type: 'string' },
        out: { type: 'string' },
        report: { type: 'string' },
        scenario: { type: 'string' },
        data: { type: 'string' },
        url: { type: 'string' },
        token: { type: 'string' },
        mqtt: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }),
  ).values
}

function running(
  values: ReturnType<typeof parse>,
  environment: Record<string, string | undefined>,
): FleetOptions['service'] {
  const { data, url, mqtt } = values
  if (url !== undefined && data !== undefined) throw new UsageError('--data or --url, not both')
  const address = serviceAddress(values, '')
  if (url === undefined && data === undefined) {
    if (mqtt !== undefined) throw new UsageError('--mqtt belongs to --data or --url')
    return undefined
  }
  const broker = brokerAddress(mqtt, address, environment)
  if (broker.tls !== undefined) {
    throw new UsageError('--mqtt: the emulated boards speak MQTT without TLS; name that port')
  }
  return { address, broker }
}

/** Those where something happens first, then the others in the world's order. */
function choose(
  count: number,
  happenings: readonly { site: WorldSite | undefined }[],
): readonly WorldSite[] {
  const named = new Set(happenings.flatMap(({ site }) => (site === undefined ? [] : [site])))
  if (named.size > count) {
    throw new UsageError(`--nodes ${count}: events and faults name ${named.size} sites`)
  }
  const chosen = [...new Set([...named, ...WORLD_SITES])].slice(0, count)
  return WORLD_SITES.filter((site) => chosen.includes(site))
}
